//! What the engine says about itself through its hooks, in the order in which it happened.
//!
//! Hooks are plain functions, so what they see is kept for the thread: a kernel takes it after
//! each turn. Two kernels on one thread do not disturb each other as long as each takes its own.
use crate::watched_allocator::without;
use granite_engine::event::ConnectionId;
use granite_engine::hooks::Hooks;
use std::cell::RefCell;

/// One thing that happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Seen {
    /// A command has run, by itself or as the next one of a transaction.
    Ran,
    /// An error line was answered.
    Refused(Vec<u8>),
    /// A request of this connection has its answer.
    Answered(ConnectionId),
    /// The store dropped a key by itself.
    Gone(Gone),
}

/// A key that the store dropped by itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Gone {
    /// The number that SELECT takes.
    pub database: u8,
    /// The key.
    pub name: Vec<u8>,
    /// To make room, and not because its time had come.
    pub evicted: bool,
}

thread_local! {
    static SEEN: RefCell<Vec<Seen>> = const { RefCell::new(Vec::new()) };
}

fn see(what: impl FnOnce() -> Seen) {
    without(|| SEEN.with_borrow_mut(|seen| seen.push(what())));
}

/// Hooks that remember.
pub const HOOKS: Hooks = Hooks {
    ran: || see(|| Seen::Ran),
    refused: |line| see(|| Seen::Refused(line.to_vec())),
    answered: |connection| see(|| Seen::Answered(connection)),
    gone: |database, name, evicted| {
        see(|| Seen::Gone(Gone { database, name: name.to_vec(), evicted }));
    },
    ..Hooks::NONE
};

/// Moves what was seen since the last call into `seen`, which is emptied first.
pub fn take(seen: &mut Vec<Seen>) {
    seen.clear();
    SEEN.with_borrow_mut(|new| std::mem::swap(new, seen));
}
