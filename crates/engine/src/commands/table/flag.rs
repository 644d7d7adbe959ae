//! The flags of a command, under the names that COMMAND INFO answers.

/// Changes data.
pub const WRITE: u32 = 1 << 0;
/// Reads data and changes nothing.
pub const READONLY: u32 = 1 << 1;
/// May need more memory than it frees.
pub const DENYOOM: u32 = 1 << 2;
/// Administers the server.
pub const ADMIN: u32 = 1 << 3;
/// Not for scripts.
pub const NOSCRIPT: u32 = 1 << 4;
/// Allowed while data is loaded.
pub const LOADING: u32 = 1 << 5;
/// Allowed on a replica with stale data.
pub const STALE: u32 = 1 << 6;
/// Not shown by MONITOR.
pub const SKIP_MONITOR: u32 = 1 << 7;
/// Not kept by SLOWLOG.
pub const SKIP_SLOWLOG: u32 = 1 << 8;
/// O(1) or O(log n).
pub const FAST: u32 = 1 << 9;
/// Allowed before AUTH.
pub const NO_AUTH: u32 = 1 << 10;
/// Not while data is loaded in the background.
pub const NO_ASYNC_LOADING: u32 = 1 << 11;
/// Refused between MULTI and EXEC.
pub const NO_MULTI: u32 = 1 << 12;
/// Allowed while a script is busy.
pub const ALLOW_BUSY: u32 = 1 << 13;
/// Only where an option allows it.
pub const PROTECTED: u32 = 1 << 14;
/// Where its keys are depends on an argument that counts them.
pub const MOVABLE_KEYS: u32 = 1 << 15;

/// Every flag with its name, in the order in which COMMAND INFO lists them.
pub const NAMES: &[(u32, &str)] = &[
    (WRITE, "write"),
    (READONLY, "readonly"),
    (DENYOOM, "denyoom"),
    (ADMIN, "admin"),
    (NOSCRIPT, "noscript"),
    (LOADING, "loading"),
    (STALE, "stale"),
    (SKIP_MONITOR, "skip_monitor"),
    (SKIP_SLOWLOG, "skip_slowlog"),
    (FAST, "fast"),
    (NO_AUTH, "no_auth"),
    (PROTECTED, "protected"),
    (NO_ASYNC_LOADING, "no_async_loading"),
    (NO_MULTI, "no_multi"),
    (MOVABLE_KEYS, "movablekeys"),
    (ALLOW_BUSY, "allow_busy"),
];

/// A set of flags.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Flags(pub u32);

impl Flags {
    /// Are all of `flags` set?
    pub const fn contain(self, flags: u32) -> bool {
        self.0 & flags == flags
    }

    /// The names of the flags that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> + Clone {
        NAMES.iter().filter(move |(flag, _)| self.contain(*flag)).map(|(_, name)| *name)
    }
}
