//! `Plan::of`: one row for each pool, from the limits and from the size that each pool gives for
//! its unit. A new pool is a row here.
//!
//! Invariant: a row has exactly the bytes that the pool's constructor takes.
use crate::commands::session::Session;
use crate::commands::slowlog::Slowlog;
use crate::commands::statistics::Statistics;
use crate::connection::Connection;
use crate::limits::Limits;
use crate::log::{LINES_MAX, Log};
use crate::memory::blocks::{Blocks, Span};
use crate::memory::buffer::Buffer;
use crate::memory::frames::Frames;
use crate::memory::plan::{KeyShape, Part, Plan, PlanRow, SOCKET_BUFFERS};
use crate::resp::output::ReplyPool;
use crate::sizing::capacity::guaranteed_keys;
use crate::store::index::{Bucket, GROUP_BUCKETS, Index};
use crate::store::watch::Watches;
use crate::store::wheel::Wheel;
use crate::store::{Division, Store};

/// Bytes that the kernel's own tables take for a TCP socket. By slabinfo of Linux 6.18: the socket
/// 2,496, its inode 832, its file 192, its directory entry 192, and two operations in the ring of
/// 256 each; rounded up.
const KERNEL_SOCKET_BYTES: u64 = 5 * 1_024;

/// Where the kernel's autotuning ends by default: the third numbers of `tcp_rmem` (6 MiB, on newer
/// kernels 32) and of `tcp_wmem`.
const TUNED_SOCKET_BYTES: u64 = (32 << 20) + (4 << 20);

/// A row of the process' own memory.
const fn fixed(name: &'static str, unit_bytes: u64, count: u64, why: &'static str) -> PlanRow {
    PlanRow { name, unit_bytes, count, part: Part::Fixed, why }
}

const fn data(name: &'static str, unit_bytes: u64, count: u64, why: &'static str) -> PlanRow {
    PlanRow { name, unit_bytes, count, part: Part::Data, why }
}

const fn kernel(name: &'static str, unit_bytes: u64, count: u64, why: &'static str) -> PlanRow {
    PlanRow { name, unit_bytes, count, part: Part::Kernel, why }
}

impl Plan {
    /// The plan for `limits`.
    pub fn of(limits: &Limits) -> Self {
        Self::with_shape(limits, KeyShape::DEFAULT)
    }

    /// The plan for `limits`, with a promise for keys of `shape`.
    pub fn with_shape(limits: &Limits, shape: KeyShape) -> Self {
        let mut plan = Self::new(limits.maxmemory);
        plan.push_connections(limits);
        plan.push_requests(limits);
        plan.push_statistics(limits);
        plan.push_data(limits);
        plan.push_kernel(limits);
        plan.keys_max = limits.keys_max;
        plan.shape = shape;
        plan.guaranteed_keys = guaranteed_keys(limits, shape);
        plan.sockets_fixed = limits.socket_buffers > 0;
        plan
    }

    /// Bytes of everything but data memory.
    pub(super) fn fixed_bytes_of(limits: &Limits) -> u64 {
        let mut plan = Self::new(limits.maxmemory);
        plan.push_connections(limits);
        plan.push_requests(limits);
        plan.push_statistics(limits);
        plan.fixed_bytes()
    }

    /// Bytes of the index.
    pub(super) fn index_bytes_of(limits: &Limits) -> u64 {
        let bucket_count = u64::from(Division::of(limits).bucket_count);
        bucket_count * size_of::<Bucket>() as u64
            + bucket_count.div_ceil(u64::from(GROUP_BUCKETS)) * u64::from(Index::group_row_size())
    }

    /// Bytes of one connection in the engine: what it said about itself, the request it is
    /// sending, the reply it is reading, its place among the free slots, what it watches.
    pub const fn connection_bytes() -> u64 {
        let (_, watcher_size) = Watches::unit_sizes();
        (size_of::<Session>() + size_of::<Connection>() + size_of::<u32>()) as u64
            + watcher_size as u64
    }

    fn push_connections(&mut self, limits: &Limits) {
        let slots = u64::from(limits.connection_slots());
        let buffer = size_of::<Buffer>() as u64;
        let reply_buffers = u64::from(limits.reply_buffers_max);
        let jumbo_buffers = u64::from(ReplyPool::jumbo_buffer_count(limits));
        self.push(fixed("process image", limits.image_bytes, 1, "binary, stack, rings: measured"));
        self.push(fixed(
            "connections",
            Self::connection_bytes(),
            slots,
            "maxclients and connections-reserved",
        ));
        self.push(fixed("I/O tables", limits.driver_bytes, 1, "a row for each connection"));
        self.push(fixed(
            "receive buffers",
            buffer,
            u64::from(limits.receive_buffers_max),
            "what the kernel fills, lent for one turn",
        ));
        self.push(fixed("reply buffers", buffer, reply_buffers, "what clients have to read"));
        self.push(fixed("jumbo reply", buffer, jumbo_buffers, "reply-max, for one at a time"));
    }

    fn push_requests(&mut self, limits: &Limits) {
        let block = u64::from(Blocks::unit_size());
        let (watch_size, _) = Watches::unit_sizes();
        let (pin_size, staged_size) = Store::large_value_sizes();
        self.push(fixed(
            "request blocks",
            block,
            u64::from(limits.request_blocks()),
            "requests that have not arrived completely",
        ));
        self.push(fixed(
            "queue blocks",
            block,
            u64::from(limits.queue_blocks()),
            "commands that MULTI queued",
        ));
        self.push(fixed(
            "carry buffers",
            size_of::<Buffer>() as u64,
            u64::from(limits.carry_buffers()),
            "input behind a command that waits",
        ));
        self.push(fixed(
            "argument spans",
            size_of::<Span>() as u64,
            u64::from(limits.spans()),
            "args-max, and a group of small commands",
        ));
        self.push(fixed(
            "watches",
            u64::from(watch_size),
            u64::from(limits.watches_max),
            "WATCH, of all connections",
        ));
        self.push(fixed(
            "pins",
            u64::from(pin_size),
            u64::from(limits.pins_max),
            "large values that clients are reading",
        ));
        self.push(fixed(
            "streams",
            u64::from(ReplyPool::stream_size()),
            u64::from(limits.pins_max),
            "their places in the replies",
        ));
        self.push(fixed(
            "staged values",
            u64::from(staged_size),
            u64::from(limits.staged_max),
            "large values that clients are sending",
        ));
    }

    fn push_statistics(&mut self, limits: &Limits) {
        let slowlog = u64::from(Slowlog::unit_size());
        let slowlog_count = u64::from(limits.slowlog_max);
        let commands = Statistics::size(limits) - slowlog * slowlog_count;
        self.push(fixed("expiry wheel", Wheel::BYTES, 1, "which keys are due when"));
        self.push(fixed("command statistics", commands, 1, "counts and latencies of each command"));
        self.push(fixed("slowlog entries", slowlog, slowlog_count, "slowlog-entries-max"));
        self.push(fixed(
            "log lines",
            u64::from(Log::unit_size()),
            u64::from(LINES_MAX),
            "what waits to be logged",
        ));
    }

    fn push_data(&mut self, limits: &Limits) {
        let Division { bucket_count, frame_count } = Division::of(limits);
        let buckets = u64::from(bucket_count);
        let frames = u64::from(frame_count);
        self.push(data(
            "index buckets",
            size_of::<Bucket>() as u64,
            buckets,
            "keys-max at a load of 0.85",
        ));
        self.push(data(
            "index counts",
            u64::from(Index::group_row_size()),
            buckets.div_ceil(u64::from(GROUP_BUCKETS)),
            "keys of each database, by 1,024 buckets",
        ));
        self.push(data(
            "frame table",
            u64::from(Frames::table_row_size()),
            frames,
            "who uses which frame",
        ));
        self.push(data("frames", u64::from(limits.frame_size), frames, "keys and values"));
        self.push(data("frame base", Frames::size(0, 0), 1, "so that no reference is 0"));
    }

    fn push_kernel(&mut self, limits: &Limits) {
        let slots = u64::from(limits.connection_slots());
        // The kernel doubles what SO_SNDBUF and SO_RCVBUF ask for.
        let (buffers, why) = match u64::from(limits.socket_buffers) {
            0 => (TUNED_SOCKET_BYTES, "where autotuning ends by default"),
            size => (size * 4, "socket-buffers, both directions, doubled by the kernel"),
        };
        self.push(kernel(SOCKET_BUFFERS, buffers, slots, why));
        self.push(kernel("sockets", KERNEL_SOCKET_BYTES, slots, "socket, file, inode, ring entry"));
        // One entry of eight bytes for each page of 4 KiB, if there are no huge pages.
        self.push(kernel(
            "page tables",
            8,
            self.user_bytes().div_ceil(4_096) + 4_096,
            "without huge pages",
        ));
    }
}
