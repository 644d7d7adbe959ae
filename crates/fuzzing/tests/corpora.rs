//! Every file of every committed corpus, through the target that it is for.
use granite_fuzzing::TARGETS;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

#[test]
fn every_corpus_passes() {
    for (name, target) in TARGETS {
        let corpus = folder().join("corpus").join(name);
        let entries = std::fs::read_dir(&corpus).expect("each target has a corpus");
        let mut count = 0;
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            println!("{}", path.display());
            target(&std::fs::read(path).expect("a readable file"));
            count += 1;
        }
        assert!(count >= 5, "the corpus of {name} has {count} files");
    }
}

/// Bytes of no plan at all: what a fuzzer without a good corpus begins with.
#[test]
fn targets_take_any_bytes() {
    let mut state = 1_u64;
    for (_, target) in TARGETS {
        for size in (0..60).chain([200, 700]) {
            let bytes: Vec<u8> = (0..size)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 56) as u8
                })
                .collect();
            target(&bytes);
        }
    }
}

#[test]
fn the_fuzz_folder_has_each_target() {
    let manifest = std::fs::read_to_string(folder().join("Cargo.toml")).expect("it is in the tree");
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "fuzz/Cargo.toml lacks {name}");
        let path = folder().join("fuzz_targets").join(format!("{name}.rs"));
        let body = std::fs::read_to_string(&path).expect("each target has a file");
        assert!(body.contains(&format!("\"{name}\"")), "{} runs another target", path.display());
    }
}
