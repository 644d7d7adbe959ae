//! Expected lines with holes: `<integer>`, `<any>`, and the line `<lines>`.

/// Do the lines of `actual` fit the `expected` ones?
pub(super) fn fits(expected: &[String], actual: &[String]) -> bool {
    match (expected.split_first(), actual.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "<lines>" => {
            (0..=actual.len()).any(|skipped| fits(rest, &actual[skipped..]))
        }
        (Some((pattern, expected)), Some((line, actual))) => {
            line_fits(pattern, line) && fits(expected, actual)
        }
        _ => false,
    }
}

fn line_fits(pattern: &str, line: &str) -> bool {
    let hole = ["<integer>", "<any>"]
        .into_iter()
        .filter_map(|hole| pattern.find(hole).map(|at| (at, hole)))
        .min();
    let Some((at, hole)) = hole else { return pattern == line };
    let Some(rest) = line.strip_prefix(&pattern[..at]) else { return false };
    let pattern = &pattern[at + hole.len()..];
    let lengths = 0..=rest.len();
    lengths.filter(|&length| rest.is_char_boundary(length)).any(|length| {
        let filling_fits = hole == "<any>" || rest[..length].parse::<i128>().is_ok();
        filling_fits && line_fits(pattern, &rest[length..])
    })
}
