//! First-in first-out lists of connections, linked through the connections themselves: as many as
//! there are slots can stand in each, so no list is ever full.
//!
//! Invariant: a connection stands at most once in each list; its flag says whether it does.
use crate::connection::Connection;

/// Which of the three lists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Which {
    /// Something to execute.
    Runnable,
    /// Something to ask of the kernel.
    Ready,
    /// Something to wait for that others give back.
    Waiting,
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

    fn link<'c>(&self, connection: &'c mut Connection) -> (&'c mut bool, &'c mut Option<u32>) {
        match self.which {
            Which::Runnable => (&mut connection.is_runnable, &mut connection.next_runnable),
            Which::Ready => (&mut connection.is_ready, &mut connection.next_ready),
            Which::Waiting => (&mut connection.is_waiting, &mut connection.next_waiting),
        }
    }

    /// Puts `slot` at the end, unless it stands in the list already.
    pub fn push(&mut self, connections: &mut [Connection], slot: u32) {
        let (stands, next) = self.link(&mut connections[slot as usize]);
        if *stands {
            return;
        }
        *stands = true;
        *next = None;
        match self.tail {
            Some(tail) => *self.link(&mut connections[tail as usize]).1 = Some(slot),
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
        self.head = next.take();
        if self.head.is_none() {
            self.tail = None;
        }
        self.count -= 1;
        Some(slot)
    }
}
