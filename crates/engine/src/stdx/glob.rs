//! Glob patterns as in KEYS, SCAN MATCH and CONFIG GET, with the semantics of Redis to the letter:
//! `*`, `?`, `[abc]`, `[a-z]`, `[^...]` and `\x`; an unclosed class ends with the pattern, and
//! bytes compare as signed in ranges.
//!
//! Iterative, and bounded in counted steps. Only the last `*` is ever tried again: if what follows
//! it matches nowhere in the rest of the text, giving an earlier `*` more of the text cannot help.
//! That bounds a match by (pattern size) x (text size), and `steps` bounds it below that.
//!
//! One trap is kept: an empty text matches only the empty pattern, not `*`. Redis' callers treat
//! the lone `*` as "everything" before they ask.

/// Steps that one match may take: far beyond every honest pattern, about a millisecond.
pub const STEPS_MAX: u32 = 1 << 20;

/// The match would take more steps than were allowed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PatternTooComplex;

/// Does a letter of the pattern match both cases?
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Case {
    /// Bytes are compared as they are.
    Sensitive,
    /// ASCII letters match both cases (CONFIG GET).
    Ignored,
}

/// Where to go on if what follows the last `*` does not match here.
#[derive(Clone, Copy)]
struct Retry {
    pattern: usize,
    text: usize,
}

/// Does `pattern` match the whole of `text`? Takes what it needs from `steps`, about one for each
/// byte it compares.
pub fn matches(
    pattern: &[u8],
    text: &[u8],
    case: Case,
    steps: &mut u32,
) -> Result<bool, PatternTooComplex> {
    let mut at = Retry { pattern: 0, text: 0 };
    let mut retry: Option<Retry> = None;
    while at.text < text.len() {
        spend(steps, 1)?;
        if pattern.get(at.pattern) == Some(&b'*') {
            at.pattern += 1;
            if at.pattern == pattern.len() {
                return Ok(true);
            }
            retry = Some(at);
            continue;
        }
        if at.pattern < pattern.len() {
            let (matched, size) = match_one(&pattern[at.pattern..], text[at.text], case);
            spend(steps, size as u32)?;
            if matched {
                at = Retry { pattern: at.pattern + size, text: at.text + 1 };
                if at.text == text.len() {
                    // Starting later would leave even less text for the rest of the pattern.
                    return only_stars(&pattern[at.pattern..], steps);
                }
                continue;
            }
        }
        // A mismatch, or text is left: the last `*` takes one byte more.
        let Some(again) = &mut retry else { return Ok(false) };
        again.text += 1;
        at = *again;
    }
    Ok(at.pattern == pattern.len())
}

fn spend(steps: &mut u32, count: u32) -> Result<(), PatternTooComplex> {
    *steps = steps.checked_sub(count).ok_or(PatternTooComplex)?;
    Ok(())
}

fn only_stars(pattern: &[u8], steps: &mut u32) -> Result<bool, PatternTooComplex> {
    let star_count = pattern.iter().take_while(|&&byte| byte == b'*').count();
    spend(steps, star_count as u32)?;
    Ok(star_count == pattern.len())
}

/// Does the first element of `pattern`, which is not a `*`, match `byte`? And its size.
fn match_one(pattern: &[u8], byte: u8, case: Case) -> (bool, usize) {
    match pattern {
        [b'?', ..] => (true, 1),
        [b'[', ..] => match_class(pattern, byte, case),
        [b'\\', literal, ..] => (fold(*literal, case) == fold(byte, case), 2),
        [literal, ..] => (fold(*literal, case) == fold(byte, case), 1),
        [] => unreachable!("the caller looks at the end of the pattern first"),
    }
}

/// `[...]`: a class without its `]` ends with the pattern; `]` right after `[` ends it too.
fn match_class(pattern: &[u8], byte: u8, case: Case) -> (bool, usize) {
    let negated = pattern.get(1) == Some(&b'^');
    let mut size = if negated { 2 } else { 1 };
    let mut matched = false;
    loop {
        match &pattern[size..] {
            [b'\\', literal, ..] => {
                // An escaped byte is compared as it is, whatever the case mode: so does Redis.
                matched |= *literal == byte;
                size += 2;
            }
            [b']', ..] => {
                size += 1;
                break;
            }
            [] => break,
            [start, b'-', end, ..] => {
                matched |= in_range(*start, *end, byte, case);
                size += 3;
            }
            [literal, ..] => {
                matched |= fold(*literal, case) == fold(byte, case);
                size += 1;
            }
        }
    }
    (matched != negated, size)
}

/// Redis orders the two ends first and folds their case afterwards, and its bytes are signed.
fn in_range(start: u8, end: u8, byte: u8, case: Case) -> bool {
    let (start, end) = (start.cast_signed(), end.cast_signed());
    let (low, high) = (start.min(end), start.max(end));
    let folded = |value: i8| fold(value.cast_unsigned(), case).cast_signed();
    (folded(low)..=folded(high)).contains(&folded(byte.cast_signed()))
}

const fn fold(byte: u8, case: Case) -> u8 {
    match case {
        Case::Sensitive => byte,
        Case::Ignored => byte.to_ascii_lowercase(),
    }
}

#[cfg(test)]
#[path = "glob_test.rs"]
mod glob_test;
