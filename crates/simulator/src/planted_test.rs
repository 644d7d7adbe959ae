//! What the test of the tests itself promises, with the shell as a hunter.
use super::{SEEDS, fails, first_failing, shown};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A program that is called as the simulator is: `--bug`, the number `$2`, the words of the hunter,
/// the seeds.
fn shell(script: &str) -> PathBuf {
    let name = format!("granite-planted-test-{}-{}", std::process::id(), script.len());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

/// One test for all scripts: a process that starts while another test writes its script would keep
/// that file open, and it could not be run.
#[test]
fn hunters_are_run_and_understood() {
    the_first_seed_that_fails_is_found();
    a_process_that_says_so_has_failed();
    a_process_that_aborts_has_failed();
}

fn the_first_seed_that_fails_is_found() {
    // Bug 7 shows in seeds from 12 on; seed 13 fails with any bug and without one.
    let script = "first=${5%%..*}; end=${5##*..}
[ $end -gt 13 ] && [ $first -le 13 ] && { echo always >&2; exit 1; }
[ $2 = 7 ] && [ $end -gt 12 ] && { echo first; echo \"wrong reply\" >&2; exit 1; }
exit 0";
    let program = shell(script);
    let hunter = &["random", "--seeds", SEEDS];
    assert_eq!(first_failing(&program, 7, hunter, 0..12), None);
    let found = first_failing(&program, 7, hunter, 10..20);
    assert_eq!(found, Some((12, "wrong reply".to_owned())));
    // What fails without the bug is not the bug's.
    assert_eq!(first_failing(&program, 8, hunter, 10..20), None);
    assert_eq!(fails(&program, 8, hunter, 10..20).as_deref(), Some("always"));
    std::fs::remove_file(program).unwrap();
}

fn a_process_that_says_so_has_failed() {
    let program = shell("echo begin 3; printf 'failed seed 3:\\tno reply\\n'");
    let how = fails(&program, 1, &["child", SEEDS], 3..4);
    assert_eq!(how.as_deref(), Some("seed 3: no reply"));
    std::fs::remove_file(program).unwrap();
    let program = shell("echo begin 3; echo done");
    assert_eq!(fails(&program, 1, &["child", SEEDS], 3..4), None);
    std::fs::remove_file(program).unwrap();
}

fn a_process_that_aborts_has_failed() {
    let program = shell("kill -ABRT $$");
    let how = fails(Path::new(&program), 1, &["random", "--seeds", SEEDS], 0..1).unwrap();
    assert!(how.contains("signal: 6"), "{how}");
    std::fs::remove_file(program).unwrap();
}

#[test]
fn a_panic_is_shown_by_its_message() {
    let text = "\nthread 'main' (7) panicked at crates/engine/src/store/index.rs:9:5:\nit broke\n\
                note: run with RUST_BACKTRACE=1\n";
    assert_eq!(shown(text).as_deref(), Some("it broke"));
    assert_eq!(shown("seed 3\n> GET k\nwrong\n").as_deref(), Some("wrong"));
    assert_eq!(shown("\n"), None);
}
