//! INFO server and INFO cpu: the process.
use super::{Text, View, line, lines};
use crate::commands::connection::REDIS_VERSION;
use core::fmt;

/// Our own version.
const GRANITE_VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn write(view: &View<'_>, f: &mut dyn fmt::Write) -> fmt::Result {
    let facts = view.facts;
    let uptime_s = view.now.monotonic_ms.saturating_sub(facts.started_ms) / 1000;
    lines(
        f,
        &[
            ("redis_version", REDIS_VERSION),
            ("granite_version", GRANITE_VERSION),
            // What this is no build of: tools want the fields.
            ("redis_git_sha1", "00000000"),
            ("redis_git_dirty", "0"),
            ("redis_build_id", "0"),
            ("redis_mode", "standalone"),
            ("server_mode", "standalone"),
            ("os", facts.operating_system),
            ("arch_bits", if size_of::<usize>() == 8 { "64" } else { "32" }),
            ("monotonic_clock", "POSIX clock_gettime"),
            ("multiplexing_api", facts.io_engine),
            ("io_engine", facts.io_engine),
            ("io_fallback", facts.io_fallback),
            ("seal", facts.seal),
        ],
    )?;
    line(f, "process_id", facts.process_id)?;
    line(f, "process_supervised", view.settings.choice(SUPERVISED))?;
    line(f, "run_id", Text(&facts.run_id))?;
    line(f, "tcp_port", facts.port)?;
    lines(
        f,
        &[
            ("server_time_usec", view.now.unix_us),
            ("uptime_in_seconds", uptime_s),
            ("uptime_in_days", uptime_s / 86_400),
            ("hz", 10),
            ("configured_hz", 10),
            ("lru_clock", view.now.unix_s() & 0xFF_FFFF),
        ],
    )?;
    line(f, "executable", facts.executable)?;
    line(f, "config_file", facts.config_file)?;
    line(f, "io_threads_active", 0)
}

const SUPERVISED: crate::options::table::OptionId = crate::options::table::option("supervised");

pub(super) fn write_cpu(view: &View<'_>, f: &mut dyn fmt::Write) -> fmt::Result {
    let facts = view.facts;
    for (name, duration_us) in [
        ("used_cpu_sys", facts.cpu_system_us),
        ("used_cpu_user", facts.cpu_user_us),
        ("used_cpu_sys_children", 0),
        ("used_cpu_user_children", 0),
        ("used_cpu_sys_main_thread", facts.cpu_system_us),
        ("used_cpu_user_main_thread", facts.cpu_user_us),
    ] {
        let (seconds, fraction) = (duration_us / 1_000_000, duration_us % 1_000_000);
        line(f, name, format_args!("{seconds}.{fraction:06}"))?;
    }
    Ok(())
}
