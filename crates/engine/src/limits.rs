//! Every limit of a running engine, as plain numbers. Sizes are bytes, counts are items.
//!
//! `options` turns what the user wrote into these; `plan` turns these into memory. Nothing here
//! changes after the start: what may change while running lives in `Settings`.

/// Every limit that decides about memory. Fixed from the start to the end of the process.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// All bytes the process takes: image, pools, index, data. Option `maxmemory`.
    pub maxmemory: u64,
    /// Bytes of the process image: binary, stack, rings; measured by the server.
    pub image_bytes: u64,
    /// Connection slots, without the reserved ones. Option `maxclients`; at most 32,000.
    pub connections_max: u32,
    /// Slots kept for administrators on loopback.
    pub connections_reserved: u32,
    /// Receive buffers that the driver lends to the kernel.
    pub receive_buffers_max: u32,
    /// Reply buffers that all connections share.
    pub reply_buffers_max: u32,
    /// Bytes of output that one connection may hold before it is no longer parsed.
    pub reply_credit: u32,
    /// Bytes of the largest reply other than a string value: the jumbo slot.
    pub reply_max: u64,
    /// Pieces of 20 KiB for what clients have sent and is not executed, shared by all connections:
    /// half of them for incomplete requests, a quarter for queued commands, a quarter for input
    /// that waits behind a command that waits.
    pub blocks_max: u32,
    /// Arguments in one command.
    pub args_max: u32,
    /// Bytes that one command may stage besides values.
    pub request_size_max: u64,
    /// Keys that the index is sized for; a hint up to several times its value.
    pub keys_max: u64,
    /// Bytes of index and frames together.
    pub data_bytes: u64,
    /// Bytes in a frame: 64 KiB, or 32 KiB under 64 MiB of data memory.
    pub frame_size: u32,
    /// Bytes of a key's name.
    pub key_size_max: u32,
    /// Bytes of a string value. Option `proto-max-bulk-len`, at most 512 MiB.
    pub value_size_max: u64,
    /// Keys watched by all connections together.
    pub watches_max: u32,
    /// Large values being copied out at once.
    pub pins_max: u32,
    /// Large values arriving at once.
    pub staged_max: u32,
    /// Database names, 1 to 16.
    pub databases: u32,
    /// Entries that SLOWLOG can keep.
    pub slowlog_max: u32,
    /// Bytes that an O(n) command may touch in one turn.
    pub command_work_max: u64,
    /// Bytes of the kernel's buffer for each direction of a socket; 0 leaves them to the kernel.
    pub socket_buffers: u32,
    /// Bytes of the I/O engine's tables; measured by the server.
    pub driver_bytes: u64,
}

/// The largest slot of a frame: what is bigger becomes a rope.
pub const SLOT_SIZE_MAX: u32 = 8 * 1024;

/// Spans of arguments for the requests that are executed as one group.
pub const GROUP_SPANS: u32 = 8 * 1024;

impl Limits {
    /// Blocks for incomplete requests.
    pub const fn request_blocks(&self) -> u32 {
        self.blocks_max - self.queue_blocks() - self.carry_buffers()
    }

    /// Blocks for the commands that MULTI queues.
    pub const fn queue_blocks(&self) -> u32 {
        self.blocks_max / 4
    }

    /// Buffers for input that waits behind a command that waits.
    pub const fn carry_buffers(&self) -> u32 {
        self.blocks_max / 4
    }

    /// Spans of arguments, eight bytes each: of one group of requests, and of one large request.
    pub const fn spans(&self) -> u32 {
        GROUP_SPANS + self.args_max
    }

    /// Connection slots, the reserved ones included.
    pub const fn connection_slots(&self) -> u32 {
        self.connections_max + self.connections_reserved
    }

    /// Small enough that tests reach every limit, large enough to start.
    pub const fn tiny() -> Self {
        Self {
            maxmemory: 8 << 20,
            image_bytes: 0,
            connections_max: 8,
            connections_reserved: 2,
            receive_buffers_max: 8,
            reply_buffers_max: 32,
            reply_credit: 64 << 10,
            reply_max: 256 << 10,
            blocks_max: 32,
            args_max: 4096,
            request_size_max: 256 << 10,
            keys_max: 20_000,
            data_bytes: 4 << 20,
            frame_size: 32 << 10,
            key_size_max: 8_000,
            value_size_max: 512 << 20,
            watches_max: 64,
            pins_max: 4,
            staged_max: 16,
            databases: 16,
            slowlog_max: 16,
            command_work_max: 16 << 20,
            socket_buffers: 0,
            driver_bytes: 0,
        }
    }
}
