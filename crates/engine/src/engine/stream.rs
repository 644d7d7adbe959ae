//! Large values on their way out: copied from the store into the output as the client reads, so
//! that a value of 512 MiB takes no more buffers than a small one.
//!
//! Invariant: while a stream lasts, nothing else is written to the connection's output.
use super::Engine;
use super::shared::Shared;
use crate::connection::{Parked, Stream};
use crate::marks::Mark;
use crate::planted::{Bug, is_planted};
use crate::resp::output::{Grant, Output};

/// Buffers that a stream fills ahead of the client.
const STREAM_BUFFERS_MAX: u32 = 32;

/// Bytes that one stream may copy in one turn.
const STREAM_BYTES_PER_TURN: u64 = 512 * 1024;

impl Engine {
    /// Copies on; returns the count of bytes copied. Parks the connection when it is ahead enough.
    pub(super) fn pump(&mut self, slot: u32) -> u64 {
        let connection = &mut self.connections[slot as usize];
        let Some(mut stream) = connection.stream else { return 0 };
        let local = self.shared.sessions[slot as usize].peer.is_local();
        let output = &mut connection.output;
        let mut copied_size = 0;
        let waits = loop {
            let left = stream.size - stream.offset;
            if copied_size >= STREAM_BYTES_PER_TURN || output.held_count() >= STREAM_BUFFERS_MAX {
                break true;
            }
            let needed = if left == 0 { 2 } else { u64::from(output.room_size().max(1)) };
            let Ok(mut grant) = self.shared.replies.admit(output, needed, local, true) else {
                break true;
            };
            if left == 0 {
                output.append(&mut self.shared.replies, &mut grant, b"\r\n");
                break false;
            }
            let size = copy(&mut self.shared, output, &mut grant, stream);
            stream.offset += size;
            copied_size += size;
        };
        let held_count = output.held_count();
        if waits {
            connection.stream = Some(stream);
            let parked = if held_count > 0 { Parked::Output } else { Parked::Pool };
            self.park(slot, parked);
        } else {
            connection.stream = None;
            self.marks.reach(Mark::StreamFinished);
            if !is_planted(Bug::PinKept) {
                self.shared.store.unpin(stream.pin);
            }
        }
        copied_size
    }
}

/// Fills the room of one buffer; returns how much that was.
fn copy(shared: &mut Shared, output: &mut Output, grant: &mut Grant, stream: Stream) -> u64 {
    let (replies, store) = (&mut shared.replies, &shared.store);
    let left = stream.size - stream.offset;
    let size = output.append_with(replies, grant, |room| {
        let size = (room.len() as u64).min(left) as usize;
        store.pin_read(stream.pin, stream.offset, &mut room[..size])
    });
    assert!(size > 0, "a pinned value is shorter than it was");
    size as u64
}
