//! The seal: from here to the end of the process, nothing is taken from the operating system.
//!
//! Two locks on one door. The allocator aborts on any call; a seccomp filter kills the process for
//! every system call that is not on a short list, so that code which goes around the allocator (a
//! C library, a hidden `mmap`) dies as well. The list is what serving needs: the drivers add
//! theirs (seccomp cannot see what a ring does, so a ring restricts itself).
//!
//! Invariant: no call on the list can change the address space, make a thread, a process, a socket
//! or a file descriptor other than an accepted connection.
use crate::startup_allocator::{self, State};
use core::fmt;
use rustix::process::DumpableBehavior;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use std::collections::BTreeMap;

/// `--seal`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Mode {
    /// A call that is not allowed ends the process.
    #[default]
    Enforce,
    /// A call that is not allowed is counted and logged (system calls: by the kernel's audit log).
    Count,
    /// No seal.
    Off,
}

impl Mode {
    /// The name that the option has.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Count => "count",
            Self::Off => "off",
        }
    }
}

/// What the process itself calls while it serves, whatever the driver.
const SYSTEM_CALLS: &[i64] = &[
    // Log lines; figures of the process from files that are open.
    libc::SYS_write,
    libc::SYS_ppoll,
    libc::SYS_pread64,
    // Notices to the service manager, over a socket that is connected.
    libc::SYS_sendto,
    // Clocks, where the kernel has no fast path for them, and DEBUG SLEEP.
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_getpid,
    // Closing a connection; a build with assertions first asks whether it is open.
    libc::SYS_close,
    #[cfg(debug_assertions)]
    libc::SYS_fcntl,
    // Returning from and resuming after a stop, locks of the runtime, and the end.
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    libc::SYS_futex,
    libc::SYS_exit_group,
    // What `abort` needs beside `tgkill`, which is allowed for this process only.
    libc::SYS_gettid,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigaction,
];

/// Why the process cannot be sealed.
#[derive(Debug)]
pub struct SealError(String);

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the kernel refused the seccomp filter ({}): allow seccomp(2) here, or start with \
             '--seal count' or '--seal off'",
            self.0
        )
    }
}

/// A filter that is ready to be put over the process: made before memory is counted, since making
/// it allocates.
pub struct Seal {
    mode: Mode,
    program: BpfProgram,
}

impl Seal {
    /// The filter for `mode`, with what the driver calls.
    pub fn prepare(mode: Mode, driver_calls: &[i64]) -> Result<Self, SealError> {
        let program = match mode {
            Mode::Off => BpfProgram::new(),
            Mode::Enforce | Mode::Count => {
                filter(mode, driver_calls).map_err(|error| SealError(error.to_string()))?
            }
        };
        Ok(Self { mode, program })
    }

    /// Seals the process. Under `Count` a kernel that refuses the filter is an answer, not an end:
    /// the allocator counts all the same.
    pub fn close(self, core_dumps: bool) -> Result<(), SealError> {
        let state = match self.mode {
            Mode::Enforce => State::Sealed,
            Mode::Count => State::Counting,
            Mode::Off => {
                startup_allocator::seal(State::Unsealed);
                return Ok(());
            }
        };
        if !core_dumps {
            // Memory full of other people's data does not belong into a core file.
            let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
        }
        let applied = seccompiler::apply_filter_all_threads(&self.program);
        match applied.map_err(|error| SealError(error.to_string())) {
            Err(error) if self.mode == Mode::Enforce => return Err(error),
            Err(error) => crate::log::warning(format_args!("{error}")),
            Ok(()) => {}
        }
        startup_allocator::seal(state);
        // Nothing is freed any more, not even the filter.
        core::mem::forget(self.program);
        Ok(())
    }
}

fn filter(mode: Mode, driver_calls: &[i64]) -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        SYSTEM_CALLS.iter().chain(driver_calls).map(|number| (*number, Vec::new())).collect();
    let own_id = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, vec![only_with(0, own_id)?]);
    if cfg!(debug_assertions) {
        // The standard library asks whether a descriptor is open before it closes it.
        let get_flags = u64::from(libc::F_GETFD.cast_unsigned());
        rules.insert(libc::SYS_fcntl, vec![only_with(1, get_flags)?]);
    }
    let otherwise = match mode {
        Mode::Enforce => SeccompAction::KillProcess,
        Mode::Count | Mode::Off => SeccompAction::Log,
    };
    let architecture = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, otherwise, SeccompAction::Allow, architecture)?.try_into()
}

/// A call is allowed only if its argument `index` is `value`.
fn only_with(index: u8, value: u64) -> Result<SeccompRule, seccompiler::BackendError> {
    let length = SeccompCmpArgLen::Dword;
    SeccompRule::new(vec![SeccompCondition::new(index, length, SeccompCmpOp::Eq, value)?])
}
