//! Patterns as Redis reads them.
use super::Pattern;

fn key<'a>(before: &'a [u8], behind: &'a [u8], field: Option<&'a [u8]>) -> Pattern<'a> {
    Pattern::Key { before, behind, field }
}

#[test]
fn a_pattern_names_a_key_a_field_or_nothing() {
    for (text, pattern) in [
        (&b"#"[..], Pattern::Element),
        (b"#\0x", Pattern::Element),
        (b"##", Pattern::Nothing),
        (b"", Pattern::Nothing),
        (b"nosort", Pattern::Nothing),
        (b"w->f", Pattern::Nothing),
        (b"w\0*", Pattern::Nothing),
        (b"*", key(b"", b"", None)),
        (b"w_*", key(b"w_", b"", None)),
        (b"w*_*", key(b"w", b"_*", None)),
        (b"w_*->f", key(b"w_", b"", Some(b"f"))),
        (b"w_*x->f->g", key(b"w_", b"x", Some(b"f->g"))),
        (b"a->*->f", key(b"a->", b"", Some(b"f"))),
        (b"w_*->", key(b"w_", b"->", None)),
        (b"w_*->\0f", key(b"w_", b"->\0f", None)),
        (b"w_*->f\0g", key(b"w_", b"", Some(b"f\0g"))),
        (b"w_*\0->f", key(b"w_", b"\0->f", None)),
    ] {
        assert_eq!(Pattern::parse(text), pattern, "{text:?}");
    }
}
