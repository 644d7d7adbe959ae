//! Which mappings belong to the image.
use super::Mapping;

fn check(line: &str, expected: Option<(usize, usize, bool)>) {
    let mapping = Mapping::parse(line);
    let actual = mapping.map(|found| (found.addresses.start, found.addresses.end, found.write));
    assert_eq!(actual, expected, "{line}");
}

#[test]
fn only_what_is_ours_and_readable_is_made_resident() {
    check(
        "55d0c000-55d0d000 r-xp 00001000 fe:00 1234   /usr/bin/granite",
        Some((0x55d0_c000, 0x55d0_d000, false)),
    );
    check("55d0d000-55d0f000 rw-p 00000000 00:00 0", Some((0x55d0_d000, 0x55d0_f000, true)));
    check(
        "7ffc0000-7ffe0000 rw-p 00000000 00:00 0  [stack]",
        Some((0x7ffc_0000, 0x7ffe_0000, true)),
    );
    check("7f000000-7f001000 ---p 00000000 fe:00 1234   /usr/lib/libc.so.6", None);
    check("7f000000-7f001000 rw-s 00000000 00:0e 99 anon_inode:[io_uring]", None);
    check("7ffff000-80000000 r--p 00000000 00:00 0  [vvar]", None);
    check("7ffff000-80000000 r-xp 00000000 00:00 0  [vdso]", None);
    check("no line of that file", None);
}
