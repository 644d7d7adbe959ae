//! The null engine: takes events and asks for actions as Granite's engine does, counts commands and
//! answers a constant.
//!
//! Invariant: it asks for bytes once until some have come, has one send at a time for each
//! connection, and asks for `Close` once, when neither is in flight (the driver would not mind, but
//! it keeps this small).
use super::scan::{Command, Scanner, name};
use granite_engine::event::{Action, ConnectionId, Event, SEND_BUFFERS_MAX, Signal};
use granite_engine::memory::buffer::{BufferHandle, BufferPool};
use std::collections::VecDeque;

/// Buffers for replies: what 50 connections with 64 requests for values of 16 KiB are due, and
/// more. Whoever asks for more than all of them ends the server.
const REPLY_BUFFERS: u32 = 4096;

const GET: u64 = name(b"get");
const MGET: u64 = name(b"mget");

/// One connection.
#[derive(Default)]
struct Connection {
    generation: u32,
    is_open: bool,
    is_receiving: bool,
    is_sending: bool,
    has_ended: bool,
    scanner: Scanner,
    output: VecDeque<BufferHandle>,
}

/// The engine.
pub struct NullEngine {
    connections: Box<[Connection]>,
    free_slots: Vec<u32>,
    replies: BufferPool,
    actions: VecDeque<Action>,
    /// Those that may have to ask for more once all events are in: bytes may come unasked.
    waiting: VecDeque<ConnectionId>,
    /// A value as a bulk string.
    value: Box<[u8]>,
    command_count: u64,
    is_stopping: bool,
}

impl NullEngine {
    /// An engine for `slot_count` connections, whose values have `value_size` bytes.
    pub fn new(slot_count: u32, value_size: u32) -> Self {
        let mut value = format!("${value_size}\r\n").into_bytes();
        value.resize(value.len() + value_size as usize, b'x');
        value.extend_from_slice(b"\r\n");
        Self {
            connections: (0..slot_count).map(|_| Connection::default()).collect(),
            free_slots: (0..slot_count).rev().collect(),
            replies: BufferPool::new(REPLY_BUFFERS),
            actions: VecDeque::new(),
            waiting: VecDeque::new(),
            value: value.into(),
            command_count: 0,
            is_stopping: false,
        }
    }

    /// Commands so far.
    pub fn command_count(&self) -> u64 {
        self.command_count
    }

    /// Whether somebody told the server to end.
    pub fn is_stopping(&self) -> bool {
        self.is_stopping
    }

    /// What is asked of the driver next.
    pub fn next_action(&mut self) -> Option<Action> {
        if let Some(action) = self.actions.pop_front() {
            return Some(action);
        }
        while let Some(id) = self.waiting.pop_front() {
            let connection = &mut self.connections[id.slot as usize];
            let is_served = connection.is_open && connection.generation == id.generation;
            if is_served && !connection.has_ended && !connection.is_receiving {
                connection.is_receiving = true;
                return Some(Action::Receive { connection: id });
            }
        }
        None
    }

    /// Takes one event.
    pub fn handle(&mut self, event: Event) {
        match event {
            Event::Accepted { socket, .. } => {
                let Some(slot) = self.free_slots.pop() else {
                    let line = b"-ERR max number of clients reached\r\n";
                    self.actions.push_back(Action::Refuse { socket, line });
                    return;
                };
                let connection = &mut self.connections[slot as usize];
                let generation = (connection.generation + 1) & 0x00ff_ffff;
                *connection = Connection { generation, is_open: true, ..Connection::default() };
                let id = ConnectionId { slot, generation };
                self.actions.push_back(Action::Adopt { socket, connection: id });
                self.go_on(id);
            }
            Event::Received { connection, buffer, .. } => {
                self.connection_mut(connection).is_receiving = false;
                self.answer(connection, buffer.filled());
                self.actions.push_back(Action::Return { buffer });
                self.go_on(connection);
            }
            Event::ReceiveEnded { connection: id, .. } => {
                let connection = self.connection_mut(id);
                (connection.is_receiving, connection.has_ended) = (false, true);
                self.go_on(id);
            }
            Event::Sent { connection, buffer, .. } => {
                self.replies.release(buffer);
                self.connection_mut(connection).is_sending = false;
                self.go_on(connection);
            }
            Event::Closed { connection } => {
                self.connection_mut(connection).is_open = false;
                self.free_slots.push(connection.slot);
            }
            Event::Signal(signal) => self.is_stopping |= signal == Signal::Terminate,
        }
    }

    fn connection_mut(&mut self, id: ConnectionId) -> &mut Connection {
        let connection = &mut self.connections[id.slot as usize];
        assert!(connection.is_open && connection.generation == id.generation, "a stranger");
        connection
    }

    /// Answers every command that is complete.
    fn answer(&mut self, id: ConnectionId, mut bytes: &[u8]) {
        let connection = &mut self.connections[id.slot as usize];
        let (output, replies) = (&mut connection.output, &mut self.replies);
        while let Some(Command { name, argument_count }) = connection.scanner.next(&mut bytes) {
            self.command_count += 1;
            match name {
                GET => write(&self.value, output, replies),
                MGET => {
                    write(format!("*{}\r\n", argument_count - 1).as_bytes(), output, replies);
                    (1..argument_count).for_each(|_| write(&self.value, output, replies));
                }
                _ => write(b"+OK\r\n", output, replies),
            }
        }
    }

    /// Sends, receives or closes, whatever is possible now.
    fn go_on(&mut self, id: ConnectionId) {
        let connection = &mut self.connections[id.slot as usize];
        if !connection.is_sending && !connection.output.is_empty() {
            let count = connection.output.len().min(SEND_BUFFERS_MAX as usize);
            let mut pieces = connection.output.drain(..count).rev();
            let mut buffer = pieces.next().expect("there is output");
            for before in pieces {
                before.link(buffer);
                buffer = before;
            }
            connection.is_sending = true;
            self.actions.push_back(Action::Send { connection: id, buffer });
        }
        if !connection.has_ended && !connection.is_receiving {
            self.waiting.push_back(id);
        }
        if connection.has_ended && !connection.is_sending {
            self.actions.push_back(Action::Close { connection: id });
        }
    }
}

/// Appends to the output, in as many buffers as it takes.
fn write(mut bytes: &[u8], output: &mut VecDeque<BufferHandle>, replies: &mut BufferPool) {
    while !bytes.is_empty() {
        if output.back().is_none_or(|buffer| buffer.room_size() == 0) {
            output.push_back(replies.acquire().expect("more replies than the null server has"));
        }
        let size = output.back_mut().map_or(0, |buffer| buffer.append(bytes));
        bytes = &bytes[size..];
    }
}
