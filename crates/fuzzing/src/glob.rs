//! Glob patterns against the obvious recursion, and within their bound of steps.
use granite_engine::stdx::glob::{Case, STEPS_MAX, matches};
use granite_simulator::model;

/// The obvious recursion takes the text's size to the power of the stars.
const STARS_MAX: usize = 3;
const TEXT_SIZE_MAX: usize = 48;

pub(crate) fn run(data: &[u8]) {
    let split = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (pattern, text) = data.split_at(split);
    let text = text.get(1..).unwrap_or_default();
    for case in [Case::Sensitive, Case::Ignored] {
        let mut steps = STEPS_MAX;
        let result = matches(pattern, text, case, &mut steps);
        assert!(steps <= STEPS_MAX, "steps are taken, never given");
        let bound = (pattern.len() as u64 + 2) * (text.len() as u64 + 2) * 2;
        assert!(u64::from(STEPS_MAX - steps) <= bound, "more steps than size times size");
        assert!(result.is_ok() || bound > u64::from(STEPS_MAX), "refused below the bound");
        // An empty text matches only the empty pattern: callers treat the lone star themselves.
        let stars = pattern.split(|byte| *byte == b'*').count() - 1;
        let is_small = stars <= STARS_MAX && text.len() <= TEXT_SIZE_MAX && !text.is_empty();
        // Beyond ASCII Redis compares ranges as signed bytes, which the model leaves out.
        if case == Case::Sensitive && is_small && data.is_ascii() {
            assert_eq!(result, Ok(model::matches(pattern, text)), "{pattern:?} {text:?}");
        }
    }
}
