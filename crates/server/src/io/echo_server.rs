//! For tests: an engine that sends back what it receives, and the thread that runs it over a real
//! driver. It checks what a driver promises: no more than a buffer holds for each time it asks, one
//! send at a time, each chain back exactly once, `Closed` last, nothing for a connection that is
//! gone.
use super::sockets::{self, ListenOptions, Listeners};
use super::{Choice, Io, Parts};
use crate::signals::Signals;
use granite_engine::event::{Action, ConnectionId, Event, Signal};
use granite_engine::memory::buffer::{BUFFER_SIZE, BufferHandle, BufferPool};
use std::collections::VecDeque;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// What a client sends first to have its connection closed while a receive is armed.
pub(super) const CLOSE_COMMAND: &[u8] = b"close";

/// What a client that finds no slot gets.
pub(super) const REFUSAL: &[u8] = b"-ERR max number of clients reached\r\n";

/// Bytes that wait for a client before its input is left in the socket.
const QUEUED_BYTES_MAX: u32 = 256 * 1024;

/// Sizes of an echo server.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) slots: u32,
    pub(super) receive_buffers: u32,
    pub(super) socket_buffer_size: Option<u32>,
    /// Every receive is one-shot, as where the kernel cannot bound one that goes on.
    pub(super) receives_once: bool,
}

impl Sizes {
    pub(super) const DEFAULT: Self =
        Self { slots: 128, receive_buffers: 16, socket_buffer_size: None, receives_once: false };
}

/// What the server saw, told when it stops.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) accepted_count: u32,
    pub(super) closed_count: u32,
    pub(super) failed_count: u32,
    pub(super) short_send_count: u32,
    pub(super) generation_max: u32,
    pub(super) turn_count: u32,
    /// Receives behind which the socket had more.
    pub(super) more_count: u32,
    pub(super) signals: Vec<Signal>,
}

/// A running echo server.
pub(super) struct EchoServer {
    pub(super) address: SocketAddr,
    pub(super) unix_path: PathBuf,
    shared: Arc<Shared>,
    thread: JoinHandle<Seen>,
}

/// What the test and the server's thread both see.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// Turns without an event since the last event.
    idle_turn_count: AtomicU32,
    sending_count: AtomicU32,
}

impl EchoServer {
    /// Starts one, or says that this machine has no such engine.
    pub(super) fn start(choice: Choice, sizes: Sizes) -> Option<Self> {
        let name = format!("granite-io-{}-{:?}", std::process::id(), std::thread::current().id());
        let unix_path = std::env::temp_dir().join(name);
        let listeners = listen(&unix_path, sizes);
        let address = rustix::net::getsockname(&listeners.sockets[0].socket).expect("bound");
        let address = SocketAddr::try_from(address).expect("the first listener is TCP");
        let shared = Arc::new(Shared::default());
        let (sender, receiver) = std::sync::mpsc::channel();
        let its_shared = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let parts = Parts {
                listeners,
                signals: Signals::open().expect("signals"),
                connection_slots: sizes.slots,
                buffers: BufferPool::new(sizes.receive_buffers),
            };
            let mut io = match Io::open(choice, parts) {
                Ok((io, _)) => io,
                Err(error) => {
                    assert!(error.fallback().is_some(), "a broken engine: {error}");
                    sender.send(false).expect("the test waits");
                    return Seen::default();
                }
            };
            if let (Io::Uring(uring), true) = (&mut io, sizes.receives_once) {
                uring.receive_once();
            }
            sender.send(true).expect("the test waits");
            Echo::new(sizes.slots, its_shared).run(io)
        });
        receiver.recv().expect("the server thread lives").then_some(Self {
            address,
            unix_path,
            shared,
            thread,
        })
    }

    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket option");
        stream.set_write_timeout(Some(Duration::from_secs(20))).expect("a socket option");
        stream.set_nodelay(true).expect("a socket option");
        stream
    }

    /// Whether a send is stuck: one is in flight, and nothing has happened for some turns.
    pub(super) fn is_stuck_sending(&self) -> bool {
        self.shared.sending_count.load(Ordering::Relaxed) > 0
            && self.shared.idle_turn_count.load(Ordering::Relaxed) > 2
    }

    /// Waits until every connection is closed, and ends the server.
    pub(super) fn stop(self) -> Seen {
        self.shared.stop.store(true, Ordering::Relaxed);
        let seen = self.thread.join().expect("the server did not panic");
        assert_eq!(seen.accepted_count, seen.closed_count, "every slot came back");
        std::fs::remove_file(&self.unix_path).expect("the server made it");
        seen
    }
}

fn listen(unix_path: &Path, sizes: Sizes) -> Listeners {
    let options = ListenOptions {
        bind: &[],
        port: 0,
        backlog: 511,
        keepalive_s: 300,
        socket_buffer_size: sizes.socket_buffer_size,
        unix_path: Some(unix_path),
        unix_permission: Some(0o700),
    };
    let unix = sockets::open(&options).expect("a path of our own");
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let tcp = sockets::listen_tcp("any port", any, &options).expect("a port of 65,535");
    let sockets = std::iter::once(tcp).chain(unix.sockets).collect();
    Listeners { sockets, skipped: unix.skipped }
}

/// One connection of the echo engine.
#[derive(Default)]
struct Client {
    generation: u32,
    is_open: bool,
    is_receiving: bool,
    /// Bytes since it last asked.
    received_size: u32,
    is_sending: bool,
    is_closing: bool,
    has_ended: bool,
    queued: VecDeque<BufferHandle>,
    queued_bytes: u32,
}

struct Echo {
    clients: Vec<Client>,
    replies: BufferPool,
    actions: VecDeque<Action>,
    seen: Seen,
    shared: Arc<Shared>,
}

impl Echo {
    fn new(slots: u32, shared: Arc<Shared>) -> Self {
        let clients = (0..slots).map(|_| Client::default()).collect();
        let replies = BufferPool::new(slots.min(64) * 40);
        Self { clients, replies, actions: VecDeque::new(), seen: Seen::default(), shared }
    }

    fn run(mut self, mut io: Io) -> Seen {
        while !self.shared.stop.load(Ordering::Relaxed)
            || self.clients.iter().any(|client| client.is_open)
        {
            io.wait(Some(10));
            self.seen.turn_count += 1;
            let mut event_count = 0;
            while let Some(event) = io.next_event() {
                event_count += 1;
                self.handle(event);
            }
            for slot in 0..self.clients.len() {
                self.go_on(slot);
            }
            assert!(event_count <= super::EVENTS_PER_TURN);
            let sending_count = self.clients.iter().filter(|client| client.is_sending).count();
            self.shared.sending_count.store(sending_count as u32, Ordering::Relaxed);
            if event_count > 0 {
                self.shared.idle_turn_count.store(0, Ordering::Relaxed);
            } else {
                self.shared.idle_turn_count.fetch_add(1, Ordering::Relaxed);
            }
            while let Some(action) = self.actions.pop_front() {
                io.submit(action);
            }
        }
        assert_eq!(self.replies.free_count(), self.replies.capacity(), "every reply came back");
        io.end();
        self.seen
    }

    fn client(&mut self, connection: ConnectionId) -> &mut Client {
        let client = &mut self.clients[connection.slot as usize];
        assert!(client.is_open, "an event of a closed connection");
        assert_eq!(client.generation, connection.generation, "an event of another life");
        client
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Accepted { socket, peer } => {
                assert!(peer.is_local(), "tests run on loopback");
                let Some(slot) = self.clients.iter().position(|client| !client.is_open) else {
                    self.actions.push_back(Action::Refuse { socket, line: REFUSAL });
                    return;
                };
                let generation = self.clients[slot].generation + 1;
                self.clients[slot] = Client { generation, is_open: true, ..Client::default() };
                let connection = ConnectionId { slot: slot as u32, generation };
                self.seen.accepted_count += 1;
                self.seen.generation_max = self.seen.generation_max.max(generation);
                self.actions.push_back(Action::Adopt { socket, connection });
            }
            Event::Received { connection, buffer, more_waits } => {
                self.seen.more_count += u32::from(more_waits);
                self.received(connection, buffer);
            }
            Event::ReceiveEnded { connection, orderly } => {
                self.seen.failed_count += u32::from(!orderly);
                let client = self.client(connection);
                assert!(!client.is_closing, "nothing is received after `Close`");
                client.is_receiving = false;
                client.has_ended = true;
            }
            Event::Sent { connection, buffer, sent_bytes } => {
                self.sent(connection, buffer, sent_bytes);
            }
            Event::Closed { connection } => {
                let client = self.client(connection);
                assert!(client.is_closing && !client.is_sending, "closed too early");
                client.is_open = false;
                self.seen.closed_count += 1;
            }
            Event::Signal(signal) => self.seen.signals.push(signal),
        }
    }

    fn received(&mut self, connection: ConnectionId, buffer: BufferHandle) {
        assert!(buffer.filled_size() > 0, "a receive of nothing is an end");
        let is_close = buffer.filled() == CLOSE_COMMAND;
        let reply = self.replies.acquire().expect("queued bytes are bounded");
        assert_eq!(reply.append(buffer.filled()) as u32, buffer.filled_size());
        self.actions.push_back(Action::Return { buffer });
        let client = self.client(connection);
        assert!(!client.is_closing, "nothing is received after `Close`");
        client.is_receiving = false;
        client.received_size += reply.filled_size();
        assert!(client.received_size as usize <= BUFFER_SIZE, "more than was asked for");
        // A chain of many pieces, so that drivers are tried with such.
        client.queued_bytes += reply.filled_size();
        match client.queued.back_mut() {
            Some(last) if last.room_size() >= reply.filled_size() => {
                last.append(reply.filled());
                self.replies.release(reply);
            }
            _ => client.queued.push_back(reply),
        }
        if is_close {
            // A receive is armed again, so that closing has to end it.
            let client = self.client(connection);
            client.is_receiving = true;
            client.has_ended = true;
            self.actions.push_back(Action::Receive { connection });
        }
    }

    fn sent(&mut self, connection: ConnectionId, chain: BufferHandle, sent_bytes: u32) {
        let mut size = chain.filled_size();
        let mut next = chain.next();
        while let Some(buffer) = next {
            size += buffer.filled_size();
            next = buffer.next();
        }
        self.replies.release(chain);
        assert!(sent_bytes <= size);
        self.seen.short_send_count += u32::from(sent_bytes < size);
        let client = self.client(connection);
        assert!(client.is_sending, "a send ends once");
        client.is_sending = false;
        client.queued_bytes -= size;
        if sent_bytes < size {
            client.has_ended = true;
            while let Some(buffer) = self.client(connection).queued.pop_front() {
                self.replies.release(buffer);
            }
        }
    }

    /// Sends, receives or closes, whatever is possible now.
    fn go_on(&mut self, slot: usize) {
        let client = &mut self.clients[slot];
        if !client.is_open || client.is_closing {
            return;
        }
        let connection = ConnectionId { slot: slot as u32, generation: client.generation };
        if !client.is_sending && !client.queued.is_empty() {
            let mut chain: Option<BufferHandle> = None;
            while let Some(buffer) = client.queued.pop_back() {
                if let Some(rest) = chain.take() {
                    buffer.link(rest);
                }
                chain = Some(buffer);
            }
            client.is_sending = true;
            let buffer = chain.expect("the queue was not empty");
            self.actions.push_back(Action::Send { connection, buffer });
        }
        let client = self.client(connection);
        if client.has_ended {
            if !client.is_sending {
                client.is_closing = true;
                self.actions.push_back(Action::Close { connection });
            }
        } else if !client.is_receiving && client.queued_bytes < QUEUED_BYTES_MAX {
            (client.is_receiving, client.received_size) = (true, 0);
            self.actions.push_back(Action::Receive { connection });
        }
    }
}
