//! File descriptors: each connection needs one, and the limit on them may be lower than that.
use core::fmt;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors for anything but connections: standard streams, log, listeners, rings, figures.
const OTHERS_COUNT: u64 = 32;

/// What became of the wish for `connections` connections.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Descriptors {
    /// Connections that were asked for.
    pub wanted: u32,
    /// Connections that are possible.
    pub possible: u32,
    /// Files that may have to be open for what was asked for.
    pub needed: u64,
    /// The limit at the start.
    pub limit_before: u64,
    /// The limit now.
    pub limit: u64,
}

impl Descriptors {
    /// Raises the limit as far as `wanted` connections, and `reserved` ones beside them, need it
    /// and the hard limit allows it.
    pub fn raise(wanted: u32, reserved: u32) -> Self {
        let others = u64::from(reserved) + OTHERS_COUNT;
        let needed = u64::from(wanted) + others;
        let before = getrlimit(Resource::Nofile);
        let hard = before.maximum.unwrap_or(u64::MAX);
        let soft = before.current.unwrap_or(u64::MAX);
        if soft < needed {
            let raised = Rlimit { current: Some(hard.min(needed)), maximum: before.maximum };
            // Refused (a sandbox may forbid it), the limit stays what it is.
            let _ = setrlimit(Resource::Nofile, raised);
        }
        let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        let possible = limit.saturating_sub(others).min(u64::from(wanted)) as u32;
        Self { wanted, possible, needed, limit_before: soft, limit }
    }

    /// Is there something that an operator should know?
    pub fn is_worth_a_line(&self) -> bool {
        self.limit != self.limit_before || self.possible < self.wanted
    }
}

impl fmt::Display for Descriptors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { wanted, possible, needed, limit_before, limit } = self;
        if possible < wanted {
            return write!(
                f,
                "maxclients {wanted} lowered to {possible}: only {limit} files may be open; raise \
                 LimitNOFILE (ulimit -n) to {needed}"
            );
        }
        write!(f, "Raised the limit on open files from {limit_before} to {limit}")
    }
}
