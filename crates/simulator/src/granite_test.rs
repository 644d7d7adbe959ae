//! Transcripts through the engine.
use super::Granite;
use crate::kernel::Faults;
use crate::transcript::{Transcript, replay};
use expect_test::expect_file;
use granite_engine::limits::Limits;

/// Every case of every transcript, as bytes through a fresh engine with tiny limits. A wrong reply
/// shows as a difference to the file; `UPDATE_EXPECT=1` writes it down.
#[test]
fn transcripts_hold() {
    let mut granite = Granite::new(Limits::tiny(), 1, Faults::default());
    for path in crate::transcript_paths() {
        let text = std::fs::read_to_string(&path).unwrap();
        let transcript = Transcript::parse(&text).unwrap_or_else(|why| panic!("{path:?}:{why}"));
        let outcome = replay(&transcript, &mut granite, |_| None);
        assert!(outcome.skipped.is_empty(), "{:?}", outcome.skipped);
        expect_file![&path].assert_eq(&outcome.text);
    }
}
