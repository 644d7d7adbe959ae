//! Redis' glob patterns: `*`, `?`, `[a-z]`, `[^a]`, `\`.

/// Does `text` match `pattern` as a whole? The obvious recursion, for short patterns.
pub fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, rest) => rest.is_none(),
        (Some((b'*', after)), _) => {
            (0..=text.len()).any(|skipped| matches(after, &text[skipped..]))
        }
        (Some(_), None) => false,
        (Some((b'?', after)), Some((_, rest))) => matches(after, rest),
        (Some((b'[', after)), Some((byte, rest))) => {
            let (is_member, after) = class(after, *byte);
            is_member && matches(after, rest)
        }
        (Some((b'\\', after)), Some((byte, rest))) if !after.is_empty() => {
            after[0] == *byte && matches(&after[1..], rest)
        }
        (Some((literal, after)), Some((byte, rest))) => literal == byte && matches(after, rest),
    }
}

/// The class that begins after `[`: does it have `byte`, and what follows its `]`? A class that
/// does not end is taken as if it ended with the pattern.
fn class(mut pattern: &[u8], byte: u8) -> (bool, &[u8]) {
    let negated = pattern.first() == Some(&b'^');
    if negated {
        pattern = &pattern[1..];
    }
    let mut is_member = false;
    loop {
        match pattern {
            [] => return (is_member != negated, pattern),
            [b']', after @ ..] => return (is_member != negated, after),
            [b'\\', escaped, after @ ..] => {
                is_member |= *escaped == byte;
                pattern = after;
            }
            [low, b'-', high, after @ ..] => {
                is_member |= (*low.min(high)..=*low.max(high)).contains(&byte);
                pattern = after;
            }
            [member, after @ ..] => {
                is_member |= *member == byte;
                pattern = after;
            }
        }
    }
}
