//! MEMORY: where the memory goes, which was all taken at the start.
use crate::commands::arguments::{integer, is_word};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::pools::{Pool, Pools};
use crate::commands::session::Session;
use crate::limits::Limits;
use crate::memory::plan::Part;
use crate::resp::reply::Reply;
use crate::resp::request::Request;
use crate::store::Store;

/// Bytes that are in use, as `used_memory` has them: everything that is not room for new data.
pub fn used_bytes(limits: &Limits, store: &Store) -> u64 {
    overhead_bytes(limits) + store.used_bytes()
}

/// Bytes that are in use before there is any data: the process and its pools.
pub fn overhead_bytes(limits: &Limits) -> u64 {
    limits.maxmemory - limits.data_bytes
}

/// `MEMORY USAGE key [SAMPLES count]`: the bytes that the key takes, or null.
pub fn usage(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let count = request.argument_count();
    for index in (3..count).step_by(2) {
        // Nothing has to be sampled, but the count is checked as in Redis.
        if !is_word(request.argument(index), "samples")
            || index + 1 == count
            || integer(request.argument(index + 1))? < 0
        {
            return Err(CommandError::SYNTAX);
        }
    }
    let key = cx.key(request, 2);
    match cx.store.find(cx.now, &key) {
        Some(entry) => {
            let bytes = cx.store.memory_usage(entry);
            cx.reply.integer(bytes.cast_signed());
        }
        None => cx.reply.null(),
    }
    Ok(())
}

/// `MEMORY PLAN`: every pool with the size of a unit, how many it has, how many are in use, and
/// the most that ever were.
pub fn plan(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let pools = Pools::new(cx.plan, cx.usage, cx.store, &cx.statistics.slowlog);
    cx.reply.measured(|reply| {
        reply.map(pools.iter().count() as u64);
        for pool in pools.iter() {
            reply.bulk(pool.row.name.as_bytes());
            let fields = [
                ("unit-bytes", pool.row.unit_bytes),
                ("count", pool.row.count),
                ("bytes", pool.row.bytes()),
                ("used", pool.used),
                ("used-max", pool.used_max),
            ];
            reply.map(fields.len() as u64);
            for (name, value) in fields {
                write_field(reply, name, value);
            }
        }
    })?;
    Ok(())
}

fn write_field(reply: &mut Reply<'_>, name: &str, value: u64) {
    reply.bulk(name.as_bytes());
    reply.integer(value.cast_signed());
}

/// What MEMORY STATS calls the databases.
const DATABASE_NAMES: [&str; 16] = [
    "db.0", "db.1", "db.2", "db.3", "db.4", "db.5", "db.6", "db.7", "db.8", "db.9", "db.10",
    "db.11", "db.12", "db.13", "db.14", "db.15",
];

/// `part` of `whole`, in percent.
#[expect(clippy::cast_precision_loss, reason = "a share is shown, not counted with")]
pub fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// `MEMORY STATS`: the same figures under the names that tools know from Redis.
pub fn stats(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let (limits, store) = (cx.limits, &*cx.store);
    let used = used_bytes(limits, store);
    let peak = cx.statistics.note_used_memory(used);
    let (overhead, data) = (overhead_bytes(limits), store.used_bytes());
    let resident = cx.facts.resident_bytes;
    let clients = cx.sessions.iter().map(session_bytes).sum();
    let keys: u64 = databases(limits).map(|database| store.key_count(database)).sum();
    let with_keys = || databases(limits).filter(|database| store.key_count(*database) > 0);
    let counts = [
        ("peak.allocated", peak),
        ("total.allocated", used),
        ("startup.allocated", overhead),
        ("replication.backlog", 0),
        ("clients.slaves", 0),
        ("clients.normal", clients),
        ("cluster.links", 0),
        ("aof.buffer", 0),
        ("lua.caches", 0),
        ("functions.caches", 0),
        ("overhead.total", overhead),
        ("keys.count", keys),
        ("keys.bytes-per-key", data.checked_div(keys).unwrap_or(0)),
        ("dataset.bytes", data),
        ("allocator.allocated", used),
        ("allocator.active", limits.maxmemory),
        ("allocator.resident", resident),
    ];
    let shares = [
        ("dataset.percentage", percent(data, used)),
        ("peak.percentage", percent(used, peak)),
        ("fragmentation", percent(resident, limits.maxmemory) / 100.0),
    ];
    cx.reply.measured(|reply| {
        reply.map((counts.len() + shares.len() + with_keys().count()) as u64);
        for (name, value) in counts {
            write_field(reply, name, value);
        }
        for (name, value) in shares {
            reply.bulk(name.as_bytes());
            reply.double(value);
        }
        for database in with_keys() {
            reply.bulk(DATABASE_NAMES[database as usize].as_bytes());
            reply.map(2);
            write_field(reply, "keys", store.key_count(database));
            write_field(reply, "expires", store.expires_count(database));
        }
    })?;
    Ok(())
}

fn databases(limits: &Limits) -> impl Iterator<Item = u8> + Clone + use<> {
    0..limits.databases as u8
}

/// Bytes of output and input that a connection holds.
pub fn session_bytes(session: &Session) -> u64 {
    if !session.open {
        return 0;
    }
    u64::from(session.input_bytes) + u64::from(session.output_bytes)
}

/// `MEMORY DOCTOR`: what is full, or was.
pub fn doctor(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let facts = cx.facts;
    let pools = Pools::new(cx.plan, cx.usage, cx.store, &cx.statistics.slowlog);
    // What is in use as a whole from the start on is never short.
    let is_short = |pool: &Pool<'_>| {
        let count = pool.row.count;
        pool.used_max * 10 >= count * 9 && pool.row.part == Part::Fixed && pool.used < count
    };
    cx.reply.text(|f| {
        writeln!(
            f,
            "Memory is set in stone: {} allocations since the start.",
            facts.allocations_after_seal
        )?;
        let mut quiet = true;
        for pool in pools.iter().filter(|pool| is_short(pool)) {
            quiet = false;
            writeln!(
                f,
                "Pool '{}' has {} units; {} are in use, and {} once were: consider more.",
                pool.row.name, pool.row.count, pool.used, pool.used_max
            )?;
        }
        if quiet {
            f.write_str("No pool was ever nine tenths full.\n")?;
        }
        Ok(())
    })?;
    Ok(())
}
