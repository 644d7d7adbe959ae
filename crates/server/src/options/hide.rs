//! Takes a password out of what other users see of the command line.
//!
//! The kernel shows the bytes of the process' own stack where its arguments were put; writing to
//! `/proc/self/mem` changes them without any pointer.
use std::fs::{File, OpenOptions, read};
use std::io::{Seek as _, SeekFrom, Write as _};

/// Fields of `/proc/self/stat`, counted from the one behind the name of the program, which is the
/// second: where the arguments start and end in memory.
const ARGUMENTS_START: usize = 48 - 3;
const ARGUMENTS_END: usize = 49 - 3;

/// Overwrites every argument of this process that is `secret`. False if it could not.
pub fn hide(secret: &[u8]) -> bool {
    secret.is_empty() || overwrite(secret).is_some()
}

fn overwrite(secret: &[u8]) -> Option<()> {
    let line = read("/proc/self/stat").ok()?;
    let behind_name = line.iter().rposition(|byte| *byte == b')')? + 2;
    let field = |index: usize| -> Option<u64> {
        let text = line[behind_name..].split(|byte| *byte == b' ').nth(index)?;
        str::from_utf8(text).ok()?.trim().parse().ok()
    };
    let (start, end) = (field(ARGUMENTS_START)?, field(ARGUMENTS_END)?);
    let arguments = read("/proc/self/cmdline").ok()?;
    if start == 0 || arguments.len() as u64 != end - start {
        return None;
    }
    let mut memory = OpenOptions::new().write(true).open("/proc/self/mem").ok()?;
    let mut at = start;
    for argument in arguments.split(|byte| *byte == 0) {
        if argument == secret {
            fill(&mut memory, at, argument.len())?;
        }
        at += argument.len() as u64 + 1;
    }
    Some(())
}

fn fill(memory: &mut File, at: u64, size: usize) -> Option<()> {
    memory.seek(SeekFrom::Start(at)).ok()?;
    (0..size).try_for_each(|_| memory.write_all(b"*")).ok()
}
