//! The three ways, and what leads from one to the next.
use super::Encoding::{Integers, Packed, Table};
use super::*;
use crate::options::settings::Settings;

fn hot() -> HotSettings {
    HotSettings {
        set_intset_count_max: 4,
        set_listpack_count_max: 3,
        set_listpack_size_max: 5,
        ..HotSettings::of(&Settings::default())
    }
}

#[track_caller]
fn check(before: Encoding, count: u64, member: &[u8], has_long: bool, after: Encoding) {
    assert_eq!(before.with(&hot(), count, member, |_| has_long), after);
}

#[test]
fn a_member_may_change_the_encoding() {
    check(Integers, 3, b"-7", false, Integers);
    check(Integers, 4, b"-7", false, Table);
    check(Integers, 2, b"a", false, Packed);
    check(Integers, 2, b"01", false, Packed);
    check(Integers, 2, b"a", true, Table);
    check(Integers, 2, b"abcdef", false, Table);
    check(Integers, 3, b"a", false, Table);
    check(Packed, 2, b"1", true, Packed);
    check(Packed, 2, b"123456", false, Table);
    check(Packed, 3, b"1", false, Table);
    check(Table, 0, b"1", false, Table);
}

#[test]
fn so_may_what_is_to_come() {
    assert_eq!(Encoding::new(&hot(), b"1", 4), Integers);
    assert_eq!(Encoding::new(&hot(), b"1", 5), Table);
    assert_eq!(Encoding::new(&hot(), b"a", 3), Packed);
    assert_eq!(Encoding::new(&hot(), b"a", 4), Table);
    assert_eq!(Integers.expecting(&hot(), 4), Integers);
    assert_eq!(Integers.expecting(&hot(), 5), Table);
    assert_eq!(Packed.expecting(&hot(), 3), Packed);
    assert_eq!(Packed.expecting(&hot(), 4), Table);
}

#[test]
fn the_store_remembers_it() {
    for encoding in [Integers, Packed, Table] {
        assert_eq!(Encoding::of(encoding.kept()), encoding);
    }
}
