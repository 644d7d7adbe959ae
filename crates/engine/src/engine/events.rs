//! What each event does to its connection. Nothing is executed here: that is the turn's part.
use super::{Answer, EVENTS_PER_TURN, Engine};
use crate::clock::Now;
use crate::connection::{Moment, Parked, Phase};
use crate::event::{ConnectionId, Event, Peer, Signal, Socket};
use crate::marks::Mark;
use crate::memory::buffer::{Buffer, BufferHandle};
use crate::planted::{Bug, is_planted};

/// Bytes a second at which a request never runs into `request-timeout`.
const REQUEST_RATE_MIN: u64 = 16 * 1024;

/// What a client hears when all slots are taken.
const TOO_MANY: &[u8] = b"-ERR max number of clients reached\r\n";

/// What a client hears while the server ends.
const STOPPING: &[u8] = b"-ERR the server is shutting down\r\n";

/// What a client of another machine hears when nobody has set a password.
const DENIED: &[u8] = b"-DENIED Granite is running in protected mode because protected mode is \
enabled and no password is set for the default user. In this mode connections are only accepted \
from the loopback interface. If you want to connect from external computers, you may adopt one of \
the following solutions: 1) Disable protected mode by sending the command 'CONFIG SET \
protected-mode no' from the loopback interface, connecting from the same host the server is \
running on, but make sure the server is not publicly accessible from internet if you do so. 2) \
Disable protected mode in the configuration file by setting protected-mode to no, and restart the \
server. 3) If you started the server manually just for testing, restart it with '--protected-mode \
no'. 4) Set a password with requirepass. NOTE: You only need to do one of the above things in \
order for the server to start accepting connections from the outside.\r\n";

impl Engine {
    /// Takes in one event; at most `EVENTS_PER_TURN` between two turns.
    pub fn handle(&mut self, now: Now, event: Event) {
        self.shared.now = now;
        match event {
            Event::Accepted { socket, peer } => self.accepted(socket, peer),
            Event::Received { connection, buffer, more_waits } => {
                self.received(connection, buffer, more_waits);
            }
            Event::ReceiveEnded { connection, orderly } => self.receive_ended(connection, orderly),
            Event::Sent { connection, buffer, sent_bytes } => {
                self.sent(connection, buffer, sent_bytes);
            }
            Event::Closed { connection } => self.closed(connection),
            Event::Signal(Signal::Terminate) => {
                self.shared.log.warning(format_args!("Received SIGTERM scheduling shutdown..."));
                self.begin_stop();
            }
            Event::Signal(Signal::Hangup) => {
                self.shared.log.notice(format_args!("Received SIGHUP: nothing to reload"));
            }
        }
    }

    fn accepted(&mut self, socket: Socket, peer: Peer) {
        let answer = match self.refusal_of(&peer) {
            Some(line) => {
                self.shared.statistics.traffic.rejected_count += 1;
                let is_full = line == TOO_MANY;
                let mark = if is_full { Mark::ConnectionsFull } else { Mark::ConnectionRefused };
                self.marks.reach(mark);
                Answer::Refuse(socket, line)
            }
            None => Answer::Adopt(socket, self.open(peer)),
        };
        assert!(self.answer_count < EVENTS_PER_TURN, "more events than a turn takes");
        self.answers[self.answer_count] = Some(answer);
        self.answer_count += 1;
    }

    /// Why a peer is not let in. The reserved slots are for clients of this machine, which may run
    /// any command there, so that an administrator gets in when all others are taken.
    fn refusal_of(&self, peer: &Peer) -> Option<&'static [u8]> {
        let hot = &self.shared.hot;
        let reserved_count =
            if peer.is_local() { 0 } else { self.shared.limits.connections_reserved };
        if self.stopping_ms.is_some() {
            Some(STOPPING)
        } else if self.free_slot_count <= reserved_count {
            Some(TOO_MANY)
        } else if hot.protected_mode && !hot.password_set && !peer.is_local() {
            Some(DENIED)
        } else {
            None
        }
    }

    fn open(&mut self, peer: Peer) -> ConnectionId {
        self.free_slot_count -= 1;
        let slot = self.free_slots[self.free_slot_count as usize];
        let connection = &mut self.connections[slot as usize];
        connection.open(self.shared.now.monotonic_ms);
        let id = ConnectionId { slot, generation: connection.generation };
        self.shared.open_session(id, self.next_session_id, peer);
        self.next_session_id += 1;
        self.shared.statistics.traffic.accepted_count += 1;
        self.settle(slot);
        id
    }

    fn received(&mut self, id: ConnectionId, buffer: BufferHandle, more_waits: bool) {
        let Some(slot) = self.slot_of(id) else {
            self.give_back(buffer);
            return;
        };
        let connection = &mut self.connections[slot as usize];
        connection.is_receiving = false;
        connection.more_waits = more_waits;
        self.shared.statistics.traffic.input_bytes += u64::from(buffer.filled_size());
        let is_late = connection.phase != Phase::Open;
        if is_late {
            self.marks.reach(Mark::ReceiveLate);
        }
        if is_late && !is_planted(Bug::LateTaken) || buffer.filled_size() == 0 {
            self.give_back(buffer);
            self.settle(slot);
            return;
        }
        let now_ms = self.shared.now.monotonic_ms;
        connection.received = Moment::at(now_ms);
        // `request-timeout` is for those that send next to nothing, not for large values.
        let earned_ms = u64::from(buffer.filled_size()) * 1000 / REQUEST_RATE_MIN;
        connection.request_started = connection.request_started.later(earned_ms, now_ms);
        self.take_input(slot, buffer);
    }

    /// Bytes wait to be executed, behind those that wait already.
    fn take_input(&mut self, slot: u32, buffer: BufferHandle) {
        let connection = &mut self.connections[slot as usize];
        if let Some(input) = &mut connection.input {
            self.marks.reach(Mark::InputJoined);
            if !is_planted(Bug::JoinedLost) {
                input.append_all(buffer.filled());
            }
            self.give_back(buffer);
        } else {
            connection.input = Some(buffer);
        }
        let connection = &self.connections[slot as usize];
        if connection.parked == Parked::No {
            self.runnable.push(&mut self.connections, slot);
        } else {
            let input = connection.input.as_ref();
            self.shared.sessions[slot as usize].input_bytes =
                input.map_or(0, |input| input.filled_size());
            self.carry_input(slot);
        }
    }

    fn receive_ended(&mut self, id: ConnectionId, orderly: bool) {
        let Some(slot) = self.slot_of(id) else { return };
        let connection = &mut self.connections[slot as usize];
        connection.is_receiving = false;
        connection.more_waits = false;
        connection.is_ended = true;
        // What came before an error is still executed: it was sent. Its replies find nobody.
        if orderly || connection.has_work() || connection.parked != Parked::No {
            self.settle(slot);
        } else {
            self.close(slot);
        }
    }

    fn sent(&mut self, id: ConnectionId, chain: BufferHandle, sent_bytes: u32) {
        let slot = self.slot_of(id).expect("a send ends before its connection is closed");
        let connection = &mut self.connections[slot as usize];
        assert!(connection.is_sending, "a send ended that was not begun");
        connection.is_sending = false;
        connection.drained = Moment::at(self.shared.now.monotonic_ms);
        let complete = chain_size(chain) == u64::from(sent_bytes);
        let complete = complete || is_planted(Bug::ShortSendTaken);
        self.shared.replies.release(&mut connection.output, chain);
        let waiting_bytes = self.shared.replies.waiting_bytes(&connection.output);
        self.shared.sessions[slot as usize].output_bytes = waiting_bytes;
        self.shared.statistics.traffic.output_bytes += u64::from(sent_bytes);
        self.buffers_came_back = true;
        if !complete && connection.phase != Phase::Closing {
            self.marks.reach(Mark::SendCut);
            self.close(slot);
            return;
        }
        if connection.parked == Parked::Output && !is_planted(Bug::OutputUnwoken) {
            self.wake_sent(slot);
        }
        let connection = &mut self.connections[slot as usize];
        if connection.has_work() && connection.parked == Parked::No {
            self.runnable.push(&mut self.connections, slot);
        }
        self.settle(slot);
    }

    fn closed(&mut self, id: ConnectionId) {
        let slot = self.slot_of(id).expect("a connection is closed once");
        let connection = &mut self.connections[slot as usize];
        assert!(connection.is_close_asked, "closed without being asked");
        assert!(!connection.is_sending, "closed while a send is in flight");
        assert_eq!(connection.output.held_count(), 0, "a closed connection holds buffers");
        connection.phase = Phase::Free;
        self.free_slots[self.free_slot_count as usize] = slot;
        self.free_slot_count += 1;
    }
}

fn chain_size(chain: &Buffer) -> u64 {
    let mut size = u64::from(chain.filled_size());
    let mut rest = chain.next();
    while let Some(buffer) = rest {
        size += u64::from(buffer.filled_size());
        rest = buffer.next();
    }
    size
}
