//! First-in first-out lists of connections, linked through the connections themselves: as many as
//! there are slots can stand in each, so no list is ever full.
//!
//! Invariant: a connection stands at most once in each list; its flag says whether it does.
use crate::connection::Connection;
use core::num::NonZeroU32;

/// The slot that follows in a list, if one does: four bytes, since each connection has one for each
/// list.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Next(Option<NonZeroU32>);

impl Next {
    const fn to(slot: u32) -> Self {
        Self(NonZeroU32::new(slot + 1))
    }

    const fn slot(self) -> Option<u32> {
        match self.0 {
            Some(number) => Some(number.get() - 1),
            None => None,
        }
    }
}

/// Which of the lists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Which {
    /// Something to execute.
    Runnable,
    /// Something to ask of the kernel.
    Ready,
    /// Something to wait for that others give back.
    Waiting,
    /// Output that waits for what the socket has.
    Postponed,
}

/// One list.
#[derive(Debug)]
pub struct List {
    which: Which,
    head: Option<u32>,
    tail: Option<u32>,
    count: u32,
}

impl List {
    /// An empty list.
    pub const fn new(which: Which) -> Self {
        Self { which, head: None, tail: None, count: 0 }
    }

    /// Connections in it.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The first.
    pub const fn first(&self) -> Option<u32> {
        self.head
    }

    fn link<'c>(&self, connection: &'c mut Connection) -> (&'c mut bool, &'c mut Next) {
        match self.which {
            Which::Runnable => (&mut connection.is_runnable, &mut connection.next_runnable),
            Which::Ready => (&mut connection.is_ready, &mut connection.next_ready),
            Which::Waiting => (&mut connection.is_waiting, &mut connection.next_waiting),
            Which::Postponed => (&mut connection.is_postponed, &mut connection.next_postponed),
        }
    }

    /// Puts `slot` at the end, unless it stands in the list already.
    pub fn push(&mut self, connections: &mut [Connection], slot: u32) {
        let (stands, next) = self.link(&mut connections[slot as usize]);
        if *stands {
            return;
        }
        *stands = true;
        *next = Next::default();
        match self.tail {
            Some(tail) => *self.link(&mut connections[tail as usize]).1 = Next::to(slot),
            None => self.head = Some(slot),
        }
        self.tail = Some(slot);
        self.count += 1;
    }

    /// Takes the first.
    pub fn pop(&mut self, connections: &mut [Connection]) -> Option<u32> {
        let slot = self.head?;
        let (stands, next) = self.link(&mut connections[slot as usize]);
        assert!(*stands, "a list lost one of its connections");
        *stands = false;
        self.head = core::mem::take(next).slot();
        if self.head.is_none() {
            self.tail = None;
        }
        self.count -= 1;
        Some(slot)
    }
}
