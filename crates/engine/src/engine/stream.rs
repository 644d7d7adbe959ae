//! Large values on their way out: copied from the store into the output as the client reads, so
//! that a value of 512 MiB takes no more buffers than a small one; and what waits behind them.
//!
//! Invariant: while a stream lasts, no further request of its connection is executed; what the rest
//! of its transaction answers waits behind the value.
use super::Engine;
use crate::connection::Parked;
use crate::marks::Mark;
use crate::planted::{Bug, is_planted};
use crate::resp::output::Piece;

/// Buffers that a stream fills ahead of the client: what it copies in one turn.
const STREAM_BUFFERS_MAX: u32 = 32;

/// Bytes that one stream may copy in one turn: half of what a turn may, so that two share it.
const STREAM_BYTES_PER_TURN: u64 = 512 * 1024;

/// Bytes of a value's last line end.
const LINE_END_SIZE: u32 = 2;

impl Engine {
    /// Copies on; returns the count of bytes copied. Parks the connection when it is ahead enough.
    pub(super) fn pump(&mut self, slot: u32) -> u64 {
        let local = self.shared.sessions[slot as usize].peer.is_local();
        let output = &mut self.connections[slot as usize].output;
        let (replies, store) = (&mut self.shared.replies, &mut self.shared.store);
        let mut copied_size = 0;
        let waits = loop {
            let Some(piece) = output.next_piece(replies) else { break false };
            let is_ahead = replies.ready_count(output) >= STREAM_BUFFERS_MAX;
            if is_ahead || copied_size >= STREAM_BYTES_PER_TURN {
                break true;
            }
            let needed_size = match piece {
                Piece::Value { left: 0, .. } => LINE_END_SIZE,
                _ => 1,
            };
            let Ok(mut grant) = replies.admit_ready(output, needed_size, local) else {
                break true;
            };
            copied_size += match piece {
                Piece::Plain(size) => {
                    self.buffers_came_back = true;
                    output.move_on(replies, &mut grant, size)
                }
                Piece::Value { left: 0, .. } => {
                    let pin = output.end_value(replies, &mut grant);
                    self.marks.reach(Mark::StreamFinished);
                    if !is_planted(Bug::PinKept) {
                        store.unpin(pin);
                    }
                    u64::from(LINE_END_SIZE)
                }
                Piece::Value { pin, offset, left } => {
                    output.append_value(replies, &mut grant, |room| {
                        let size = (room.len() as u64).min(left) as usize;
                        store.pin_read(pin, offset, &mut room[..size])
                    })
                }
            };
        };
        if waits {
            let is_sending = replies.ready_count(output) > 0;
            self.connections[slot as usize].awaited_size = 0;
            self.park(slot, if is_sending { Parked::Output } else { Parked::Pool });
        } else {
            output.end_streams(replies);
            // The promise and the place of the stream.
            self.buffers_came_back = true;
        }
        copied_size
    }
}
