//! libFuzzer's entry to the target `collections`; the body is in `granite_fuzzing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| granite_fuzzing::run("collections", data));
