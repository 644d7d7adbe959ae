//! Processor time: our own, and that of the server, which the kernel counts to the nanosecond for
//! each thread. What the machine below takes away is in neither.
use rustix::time::{ClockId, clock_gettime};
use std::fs;

/// Processor time of this process so far.
pub fn own_ns() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec.cast_unsigned() * 1_000_000_000 + time.tv_nsec.cast_unsigned()
}

/// Processor time of all threads of process `pid` so far.
pub fn process_ns(pid: u32) -> Result<u64, String> {
    let folder = format!("/proc/{pid}/task");
    let explain = |why: std::io::Error| format!("{folder}: {why}");
    let mut sum = 0;
    for thread in fs::read_dir(&folder).map_err(explain)? {
        let path = thread.map_err(explain)?.path().join("schedstat");
        // A thread that has just ended has no file any more.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let first = text.split_whitespace().next().and_then(|word| word.parse::<u64>().ok());
        sum += first.ok_or_else(|| format!("{}: {text}", path.display()))?;
    }
    Ok(sum)
}
