//! INFO: the state of the server as text, in sections.
//!
//! Each section is a function that writes lines `name:value`. Every value is the truth: what has
//! no meaning here is 0 if a tool reads it, and left out if none does.
mod clients;
mod commands;
mod memory;
mod persistence;
mod replication;
mod server;
mod stats;

use crate::clock::Now;
use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::pools::Pools;
use crate::commands::session::Session;
use crate::commands::statistics::Statistics;
use crate::facts::Facts;
use crate::limits::Limits;
use crate::options::hot::HotSettings;
use crate::options::settings::Settings;
use crate::resp::request::Request;
use crate::store::Store;
use core::fmt;

/// What sections may read.
struct View<'a> {
    now: Now,
    limits: &'a Limits,
    store: &'a Store,
    sessions: &'a [Session],
    statistics: &'a Statistics,
    settings: &'a Settings,
    hot: &'a HotSettings,
    pools: Pools<'a>,
    waiting_count: u32,
    facts: &'a Facts,
    started_unix_s: u64,
    used_memory: u64,
    used_memory_max: u64,
}

/// Writes one section, without its heading.
type Write = fn(&View<'_>, &mut dyn fmt::Write) -> fmt::Result;

/// A section of the text.
struct Section {
    /// What INFO is asked for.
    name: &'static str,
    heading: &'static str,
    /// Shown by INFO without arguments.
    default: bool,
    write: Write,
}

const fn section(
    name: &'static str,
    heading: &'static str,
    default: bool,
    write: Write,
) -> Section {
    Section { name, heading, default, write }
}

/// The sections, in the order in which they are shown.
#[rustfmt::skip] // A table reads in columns.
const SECTIONS: &[Section] = &[
    section("server",       "Server",       true,  server::write),
    section("clients",      "Clients",      true,  clients::write),
    section("memory",       "Memory",       true,  memory::write),
    section("persistence",  "Persistence",  true,  persistence::write),
    section("stats",        "Stats",        true,  stats::write),
    section("replication",  "Replication",  true,  replication::write),
    section("cpu",          "CPU",          true,  server::write_cpu),
    section("modules",      "Modules",      true,  |_, _| Ok(())),
    section("commandstats", "Commandstats", false, commands::write_calls),
    section("errorstats",   "Errorstats",   true,  commands::write_errors),
    section("latencystats", "Latencystats", false, commands::write_latencies),
    section("cluster",      "Cluster",      true,  |_, f| line(f, "cluster_enabled", 0)),
    section("keyspace",     "Keyspace",     true,  stats::write_keyspace),
];

/// `INFO [section ...]`: the sections that are asked for; `default`, `all` or `everything`.
pub fn info(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let used_memory = crate::commands::memory::used_bytes(cx.limits, cx.store);
    let view = View {
        used_memory_max: cx.statistics.note_used_memory(used_memory),
        used_memory,
        started_unix_s: crate::commands::server::started_unix_s(cx),
        now: cx.now,
        limits: cx.limits,
        store: cx.store,
        sessions: cx.sessions,
        statistics: cx.statistics,
        settings: cx.settings,
        hot: cx.hot,
        pools: Pools::new(cx.plan, cx.usage, cx.store, &cx.statistics.slowlog),
        waiting_count: cx.usage.waiting_count,
        facts: cx.facts,
    };
    cx.reply.text(|f| {
        let mut first = true;
        for section in SECTIONS.iter().filter(|section| is_wanted(section, request)) {
            if !first {
                f.write_str("\r\n")?;
            }
            first = false;
            write!(f, "# {}\r\n", section.heading)?;
            (section.write)(&view, f)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn is_wanted(section: &Section, request: &Request<'_>) -> bool {
    if request.argument_count() == 1 {
        return section.default;
    }
    request.arguments_from(1).any(|name| {
        is_word(name, section.name)
            || (section.default && is_word(name, "default"))
            || is_word(name, "all")
            || is_word(name, "everything")
    })
}

/// One line.
fn line(f: &mut dyn fmt::Write, name: &str, value: impl fmt::Display) -> fmt::Result {
    write!(f, "{name}:{value}\r\n")
}

/// Several lines.
fn lines<T: fmt::Display>(f: &mut dyn fmt::Write, pairs: &[(&str, T)]) -> fmt::Result {
    pairs.iter().try_for_each(|(name, value)| line(f, name, value))
}

/// A size as people read it: `1.50M`.
struct Human(u64);

impl fmt::Display for Human {
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(1 << 40, "T"), (1 << 30, "G"), (1 << 20, "M"), (1 << 10, "K")];
        match units.iter().find(|(size, _)| self.0 >= *size) {
            Some((size, unit)) => write!(f, "{:.2}{unit}", self.0 as f64 / *size as f64),
            None => write!(f, "{}B", self.0),
        }
    }
}

/// Bytes that may not be UTF-8, as text.
struct Text<'a>(&'a [u8]);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.utf8_chunks().try_for_each(|chunk| f.write_str(chunk.valid()))
    }
}
