//! The load generator: one thread, one ring, and connections that each send a batch of requests,
//! wait for all its replies, and send the next.
//!
//! It is made to be lighter than any server it measures, and it says how busy it was, so that
//! nobody takes its limit for a server's. After it has connected it looks at nothing but bytes and
//! clocks.
pub mod cpu;
pub mod keys;
pub mod kind;
pub mod measurement;
pub mod options;
pub mod reply;
pub mod report;
pub mod request;
pub mod ring;
pub mod zipf;

use granite_server::descriptors::Descriptors;
use keys::Keys;
use measurement::Measurement;
use options::Options;
use reply::{Counts, ReplyReader};
use report::Report;
use request::RequestWriter;
use ring::{Completion, Ring};
use std::net::{Ipv4Addr, TcpStream};

/// A connection between two batches, or waiting for the replies of one.
#[derive(Default)]
struct Connection {
    reader: ReplyReader,
    waiting_count: u32,
    batch_size: u32,
    sent_at_ns: u64,
}

/// A run in progress.
struct Load {
    options: Options,
    ring: Ring,
    connections: Box<[Connection]>,
    requests: RequestWriter,
    measurement: Measurement,
    counts: Counts,
    sent_count: u64,
    busy_count: u32,
}

/// Connects, sends for as long as it was asked to, and tells what it saw.
pub fn run(options: Options) -> Result<Report, String> {
    Descriptors::raise(options.connection_count, 0);
    let sockets = (0..options.connection_count).map(|_| connect(options.port));
    let sockets = sockets.collect::<Result<Vec<_>, _>>()?;
    let keys = Keys::new(options.distribution, options.key_count * options.mix.element_count);
    let mut load = Load {
        connections: sockets.iter().map(|_| Connection::default()).collect(),
        ring: Ring::open(sockets).map_err(|why| format!("no ring: {why}"))?,
        requests: RequestWriter::new(&options.mix, keys, options.seed),
        measurement: Measurement::new(options.server_pid)?,
        counts: Counts::default(),
        sent_count: 0,
        busy_count: 0,
        options,
    };
    load.run()?;
    Ok(load.measurement.report())
}

fn connect(port: u16) -> Result<TcpStream, String> {
    let explain = |why| format!("port {port}: {why}");
    let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(explain)?;
    socket.set_nodelay(true).map_err(explain)?;
    Ok(socket)
}

impl Load {
    fn run(&mut self) -> Result<(), String> {
        self.look_at_the_clock()?;
        for lane in 0..self.connections.len() {
            self.send(lane);
        }
        while self.busy_count > 0 {
            self.ring.wait().map_err(|why| format!("the ring failed: {why}"))?;
            self.look_at_the_clock()?;
            while let Some(completion) = self.ring.completion()? {
                // The end of a send says nothing: it came before the replies did.
                let Completion::Received { lane, filled } = completion else { continue };
                let bytes = self.ring.bytes(&filled);
                let reader = &mut self.connections[lane].reader;
                let count = reader.read(bytes, &mut self.counts)?;
                self.ring.give_back(filled);
                self.replied(lane, count)?;
            }
        }
        if !self.measurement.has_ended() {
            self.measurement.end(self.counts)?;
        }
        Ok(())
    }

    /// Begins and ends the measurement when it is time. A count of requests has no end but its
    /// last reply.
    fn look_at_the_clock(&mut self) -> Result<(), String> {
        let now_s = self.measurement.now_ns() as f64 / 1e9;
        let begin_s = self.options.warm_seconds;
        if !self.measurement.has_begun() {
            if now_s >= begin_s {
                self.measurement.begin(self.counts)?;
            }
        } else if self.options.request_count.is_none()
            && !self.measurement.has_ended()
            && now_s >= begin_s + self.options.seconds
        {
            self.measurement.end(self.counts)?;
        }
        Ok(())
    }

    /// `count` more replies for a connection.
    fn replied(&mut self, lane: usize, count: u32) -> Result<(), String> {
        let connection = &mut self.connections[lane];
        let left = connection.waiting_count.checked_sub(count);
        connection.waiting_count = left.ok_or("the server sent a reply too many")?;
        if count > 0 && connection.waiting_count == 0 {
            let latency_ns = self.measurement.now_ns() - connection.sent_at_ns;
            self.measurement.record(latency_ns, connection.batch_size);
            self.busy_count -= 1;
            self.send(lane);
        }
        Ok(())
    }

    /// Sends the next batch of a connection, unless all is sent.
    fn send(&mut self, lane: usize) {
        let left = match self.options.request_count {
            Some(count) => count - self.sent_count,
            None if self.measurement.has_ended() => 0,
            None => u64::MAX,
        };
        let count = left.min(self.options.pipeline.into()) as u32;
        if count == 0 {
            return;
        }
        let output = self.ring.output(lane);
        output.clear();
        for _ in 0..count {
            self.requests.write(output);
        }
        self.sent_count += u64::from(count);
        self.busy_count += 1;
        let connection = &mut self.connections[lane];
        (connection.waiting_count, connection.batch_size) = (count, count);
        connection.sent_at_ns = self.measurement.now_ns();
        self.ring.send(lane);
    }
}
