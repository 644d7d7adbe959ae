//! The comparison of passwords.
use super::is_same;

#[test]
fn only_the_same_bytes_are_the_same() {
    let texts: [&[u8]; 6] = [b"", b"a", b"b", b"aa", b"ab", b"aaaa"];
    for given in texts {
        for password in texts {
            assert_eq!(is_same(given, password), given == password, "{given:?} {password:?}");
        }
    }
}
