//! Facts of the process: what INFO, HELLO and CONFIG tell about it and the engine cannot know.
//!
//! The server fills this in before the first turn and refreshes the changing half every 100 ms.
//! Nothing here decides anything; a simulation runs with `Facts::NONE`.

/// What the process knows about itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Facts {
    /// The process id.
    pub process_id: u32,
    /// The TCP port, 0 for none.
    pub port: u16,
    /// Path of the binary.
    pub executable: &'static str,
    /// Path of the configuration file; empty if there is none.
    pub config_file: &'static str,
    /// `uring` or `epoll`.
    pub io_engine: &'static str,
    /// Why `--io auto` fell back to epoll; empty if it did not.
    pub io_fallback: &'static str,
    /// `enforce`, `count` or `off`.
    pub seal: &'static str,
    /// Kernel name, release and machine.
    pub operating_system: &'static str,
    /// Forty hexadecimal digits, new at each start.
    pub run_id: [u8; 40],
    /// `Now::monotonic_ms` at the start.
    pub started_ms: u64,
    /// All memory of the machine.
    pub system_memory_bytes: u64,
    /// The plan's user-space total.
    pub plan_user_bytes: u64,
    /// The plan's ceiling for what the kernel holds on our behalf.
    pub plan_kernel_bytes: u64,
    /// Memory that is resident now.
    pub resident_bytes: u64,
    /// The most that was ever seen resident.
    pub resident_bytes_max: u64,
    /// Processor time in user mode, in microseconds.
    pub cpu_user_us: u64,
    /// Processor time in the kernel, in microseconds.
    pub cpu_system_us: u64,
    /// Page faults served without reading from a disk.
    pub page_faults_minor: u64,
    /// Page faults that had to read from a disk.
    pub page_faults_major: u64,
    /// Calls of the global allocator since the seal. The promise is 0.
    pub allocations_after_seal: u64,
}

impl Facts {
    /// No process: an engine in a simulation or a test.
    pub const NONE: Self = Self {
        process_id: 0,
        port: 0,
        executable: "",
        config_file: "",
        io_engine: "none",
        io_fallback: "",
        seal: "off",
        operating_system: "",
        run_id: [b'0'; 40],
        started_ms: 0,
        system_memory_bytes: 0,
        plan_user_bytes: 0,
        plan_kernel_bytes: 0,
        resident_bytes: 0,
        resident_bytes_max: 0,
        cpu_user_us: 0,
        cpu_system_us: 0,
        page_faults_minor: 0,
        page_faults_major: 0,
        allocations_after_seal: 0,
    };
}
