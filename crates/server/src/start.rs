//! The start, in the one order that keeps every promise: nothing is mapped before the options are
//! right, nothing is touched before it is known to fit, the plan is printed before it is taken,
//! and the seal comes before the first client.
//!
//! What allocates for itself (listeners, filters, texts) does so before the image is measured; from
//! then on the only memory taken is what the plan has a row for.
use crate::facts::{self, FactsReader};
use crate::host_memory::{self, Shortage};
use crate::io::sockets::{self, ListenOptions};
use crate::io::{Io, Kind, Parts, system_calls};
use crate::notify::{Notifier, Supervised};
use crate::planning::{self, ROUNDING_BYTES, Refusal};
use crate::region::Region;
use crate::seal::{Mode, Seal};
use crate::signals::Signals;
use crate::{clock, event_loop, log, options, startup_allocator};
use core::convert::Infallible;
use granite_engine::engine::Engine;
use granite_engine::event::Signal;
use granite_engine::facts::Facts;
use granite_engine::hooks::Hooks;
use granite_engine::log::Level;
use granite_engine::memory::plan::{KeyShape, Plan, PlanRow};
use granite_engine::options::settings::Settings;
use granite_engine::options::table::option;
use std::path::Path;

/// What the process gives the engine.
const HOOKS: Hooks = Hooks {
    ticks: clock::ticks,
    processor_ticks: clock::processor_ticks,
    taken: startup_allocator::taken,
    phase: startup_allocator::phase,
    ..Hooks::NONE
};

/// What rounding may cost in one of `ROWS`.
const ROW_ROUNDING_BYTES: u64 = 512;

/// What asking the kernel about its operations leaves behind in the region.
const PROBE_BYTES: u64 = 4 << 10;

const _: () =
    assert!(ROWS.len() as u64 * ROW_ROUNDING_BYTES + PROBE_BYTES <= ROUNDING_BYTES, "in the image");

/// Rows of the plan, together where one constructor takes several.
const ROWS: &[&[&str]] = &[
    &["connections", "watches"],
    &["receive buffers"],
    &["reply buffers", "jumbo reply", "streams"],
    &["request blocks"],
    &["queue blocks"],
    &["carry buffers"],
    &["argument spans"],
    &["pins"],
    &["staged values"],
    &["expiry wheel"],
    &["command statistics", "slowlog entries"],
    &["log lines"],
    &["index buckets", "index counts"],
    &["frames", "frame table", "frame base"],
];

/// What is ready before memory is counted.
struct Prepared {
    listeners: sockets::Listeners,
    signals: Signals,
    notifier: Notifier,
    facts: FactsReader,
    /// One filter for each engine, since only the ring itself tells whether it can be had.
    uring_seal: Seal,
    epoll_seal: Seal,
}

/// Starts with what the user asked for, and serves until the process ends. Returns only what
/// stopped the start.
pub fn serve(asked: options::Start) -> Result<Infallible, Refusal> {
    let options::Start { mut settings, notices, config_file, .. } = asked;
    let descriptors = planning::raise_descriptors(&mut settings)?;
    planning::check(&settings)?;
    open_log(&settings)?;
    announce(&settings, &config_file);
    for notice in &notices {
        log::notice(format_args!("{notice}"));
    }
    if descriptors.is_worth_a_line() {
        log::warning(format_args!("{descriptors}"));
    }
    let choice = planning::choice(&settings);
    let mut prepared = prepare(&settings, config_file)?;

    let (limits, plan) = planning::plan(&settings, KeyShape::DEFAULT)?;
    // From here on CONFIG GET answers with what was decided.
    limits.adopt_into(&mut settings);
    check_host(&plan)?;
    print(&plan);
    prepared.facts.set_plan(plan.user_bytes(), plan.kernel_ceiling_bytes());
    let region = take(&settings, &plan, limits.image_bytes, &prepared)?;
    startup_allocator::serve_from(region);
    startup_allocator::phase("building the engine");
    let debug = settings.choice(option("enable-debug-command")) != "no";
    let hash_key = entropy()?;
    let seed = u64::from_ne_bytes(entropy()?);
    let mut engine = Engine::new(&limits, settings, hash_key, seed, HOOKS);
    check_takings(&engine, &plan);
    let parts = Parts {
        listeners: prepared.listeners,
        signals: prepared.signals,
        connection_slots: limits.connection_slots(),
        buffers: engine.take_receive_buffers(),
    };
    let taken = startup_allocator::taken();
    let (io, fallback) = Io::open(choice, parts).map_err(|error| error.to_string())?;
    let taken = startup_allocator::taken() - taken;
    let planned = limits.driver_bytes;
    assert!(taken <= planned + PROBE_BYTES, "I/O took {taken} bytes, planned: {planned}");
    if let Some(reason) = fallback {
        log::warning(format_args!("{reason}"));
    }
    prepared.facts.set_io(io.kind().name(), fallback.unwrap_or(""));
    let now = clock::now();
    engine.tick(now, prepared.facts.begin(now));
    log::notice(format_args!("Server initialized"));
    let seal = match io.kind() {
        Kind::Uring => prepared.uring_seal,
        Kind::Epoll => prepared.epoll_seal,
    };
    seal.close(debug).map_err(|error| error.to_string())?;
    log::notice(format_args!("Ready to accept connections"));
    prepared.notifier.ready();
    event_loop::run(&mut engine, io, &mut prepared.facts, &prepared.notifier)
}

fn open_log(settings: &Settings) -> Result<(), Refusal> {
    let level = Level::from_name(settings.choice(option("loglevel")));
    log::set_level(level.unwrap_or_default());
    let path = text(settings, "logfile")?;
    if path.is_empty() {
        return Ok(());
    }
    log::open(path).map_err(|error| format!("Can't open the log file {path}: {error}"))
}

fn announce(settings: &Settings, config_file: &str) {
    let version = env!("CARGO_PKG_VERSION");
    let pid = std::process::id();
    log::notice(format_args!(
        "Granite version={version}, bits=64, PID: {pid}, compatible with Redis 7.2"
    ));
    if config_file.is_empty() {
        log::notice(format_args!("No configuration file: every option has its default"));
    } else {
        log::notice(format_args!("Configuration loaded from {config_file}"));
    }
    let port = settings.unsigned(option("port"));
    log::notice(format_args!("Running mode=standalone, port={port}"));
    if rustix::process::getuid().is_root() {
        log::warning(format_args!("Running as root: a user of its own is safer"));
    }
    log::warning(format_args!(
        "Nothing is kept over a restart yet: there is no log and no snapshot on disk"
    ));
}

fn prepare(settings: &Settings, config_file: String) -> Result<Prepared, Refusal> {
    let explain = |error: std::io::Error| error.to_string();
    let mode = match settings.choice(option("seal")) {
        "count" => Mode::Count,
        "off" => Mode::Off,
        _ => Mode::Enforce,
    };
    let supervised = match settings.choice(option("supervised")) {
        "systemd" => Supervised::Systemd,
        "auto" => Supervised::Auto,
        _ => Supervised::No,
    };
    let seal = |kind| {
        Seal::prepare(mode, system_calls::system_calls(kind)).map_err(|error| error.to_string())
    };
    let listeners = listen(settings)?;
    for skipped in &listeners.skipped {
        log::notice(format_args!("{skipped}"));
    }
    write_process_id(settings)?;
    let facts = Facts {
        process_id: std::process::id(),
        port: settings.unsigned(option("port")) as u16,
        executable: leak(std::env::current_exe().unwrap_or_default().display().to_string()),
        config_file: leak(config_file),
        seal: mode.name(),
        operating_system: leak(facts::operating_system()),
        run_id: facts::run_id(entropy()?),
        system_memory_bytes: host_memory::total_bytes(Path::new("/")),
        ..Facts::NONE
    };
    Ok(Prepared {
        listeners,
        signals: Signals::open().map_err(|error| format!("signalfd: {error}"))?,
        notifier: Notifier::connect(supervised).map_err(explain)?,
        facts: FactsReader::new(facts).map_err(explain)?,
        uring_seal: seal(Kind::Uring)?,
        epoll_seal: seal(Kind::Epoll)?,
    })
}

fn listen(settings: &Settings) -> Result<sockets::Listeners, Refusal> {
    let number = |name| settings.unsigned(name) as u32;
    let not_zero = |value: u32| (value > 0).then_some(value);
    let bind: Vec<&str> =
        text(settings, "bind")?.split(' ').filter(|word| !word.is_empty()).collect();
    let unix_path = Path::new(text(settings, "unixsocket")?);
    let options = ListenOptions {
        bind: &bind,
        port: number(option("port")) as u16,
        backlog: number(option("tcp-backlog")),
        keepalive_s: number(option("tcp-keepalive")),
        socket_buffer_size: not_zero(number(option("socket-buffers"))),
        unix_path: (!unix_path.as_os_str().is_empty()).then_some(unix_path),
        unix_permission: not_zero(number(option("unixsocketperm"))),
    };
    sockets::open(&options).map_err(|error| error.to_string())
}

/// `pidfile`. It is left behind at the end: after the seal no file can be opened or removed.
fn write_process_id(settings: &Settings) -> Result<(), Refusal> {
    let path = text(settings, "pidfile")?;
    if path.is_empty() {
        return Ok(());
    }
    std::fs::write(path, format!("{}\n", std::process::id()))
        .map_err(|error| format!("Can't write the pidfile {path}: {error}"))
}

/// Refuses what does not fit, warns where only the kernel's part does not.
fn check_host(plan: &Plan) -> Result<(), Refusal> {
    let bounds = host_memory::bounds(Path::new("/"));
    match host_memory::shortage(plan.user_bytes(), plan.kernel_ceiling_bytes(), &bounds) {
        Some(shortage @ Shortage::User { .. }) => Err(shortage.to_string()),
        Some(shortage @ Shortage::Kernel { .. }) => {
            log::warning(format_args!("{shortage}"));
            Ok(())
        }
        None => Ok(()),
    }
}

fn print(plan: &Plan) {
    let mut table = String::with_capacity(8 << 10);
    table.push('\n');
    plan.write_table(&mut table).expect("a string takes what it is given");
    table.push('\n');
    log::table(&table);
}

/// Holds what the pools took against the plan, row by row. A difference is a bug: a pool has
/// another size than its row says.
fn check_takings(engine: &Engine, plan: &Plan) {
    let pools = engine.takings().pools();
    for names in ROWS {
        let is_named = |name: &str| names.contains(&name);
        let planned: u64 =
            plan.rows().iter().filter(|row| is_named(row.name)).map(PlanRow::bytes).sum();
        let taken: u64 =
            pools.iter().filter(|(name, _)| is_named(name)).map(|(_, bytes)| bytes).sum();
        assert!(
            taken.abs_diff(planned) <= ROW_ROUNDING_BYTES,
            "{names:?} took {taken} bytes, planned were {planned}"
        );
    }
}

/// Takes all memory that the plan has rows for, but for the image, which is there already.
fn take(
    settings: &Settings,
    plan: &Plan,
    image_bytes: u64,
    prepared: &Prepared,
) -> Result<Region, Refusal> {
    prepared.notifier.loading();
    let size = plan.user_bytes() - image_bytes + ROUNDING_BYTES;
    let huge_pages = settings.is_yes(option("hugepages"));
    let explain = |error| format!("Can't take {size} bytes of memory: {error}");
    let go_on = |_| prepared.signals.next() != Some(Signal::Terminate);
    let region = Region::take(size, huge_pages, go_on).map_err(explain)?;
    match settings.choice(option("lock-memory")) {
        "yes" => region.lock().map_err(explain)?,
        "try" => {
            if let Err(error) = region.lock() {
                log::warning(format_args!("Memory is not locked: {error}"));
            }
        }
        _ => {}
    }
    Ok(region)
}

fn text<'s>(settings: &'s Settings, name: &str) -> Result<&'s str, Refusal> {
    core::str::from_utf8(settings.text(option(name)))
        .map_err(|_| format!("the value of '{name}' is not UTF-8"))
}

fn entropy<const SIZE: usize>() -> Result<[u8; SIZE], Refusal> {
    facts::entropy().map_err(|error| format!("getrandom: {error}"))
}

/// A text that lives until the process ends.
fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
