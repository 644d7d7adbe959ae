//! SLOWLOG and LATENCY: what took long.
use crate::commands::arguments::is_word;
use crate::commands::client::address::{PeerText, Side};
use crate::commands::context::Context;
use crate::commands::error::{CommandError, LineText};
use crate::commands::slowlog::Entry;
use crate::commands::statistics::{CommandStatistics, Statistics};
use crate::commands::table::CommandId;
use crate::resp::reply::Reply;
use crate::resp::request::Request;
use crate::stdx::number;
use core::fmt::Write as _;

/// Entries that SLOWLOG GET answers if it is not told how many.
const ENTRIES_DEFAULT: usize = 10;

/// `SLOWLOG GET [count]`: the latest slow commands; -1 for all.
pub fn slowlog_get(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let entry_count_max = match request.argument_count() {
        2 => ENTRIES_DEFAULT,
        3 => match number::parse_i64(request.argument(2)) {
            Some(-1) => usize::MAX,
            Some(count @ 0..) => count.unsigned_abs() as usize,
            _ => {
                return Err(CommandError::Line("ERR count should be greater than or equal to -1"));
            }
        },
        _ => {
            return Err(CommandError::Line(
                "ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP.",
            ));
        }
    };
    let slowlog = &cx.statistics.slowlog;
    cx.reply.measured(|reply| {
        let entries = slowlog.latest().take(entry_count_max);
        reply.array(entries.len() as u64);
        for entry in entries {
            write_entry(reply, entry);
        }
    })?;
    Ok(())
}

fn write_entry(reply: &mut Reply<'_>, entry: &Entry) {
    reply.array(6);
    reply.integer(entry.id.cast_signed());
    reply.integer(entry.unix_s.cast_signed());
    reply.integer(entry.duration_us.cast_signed());
    let arguments = entry.arguments();
    reply.array(arguments.len() as u64);
    for argument in arguments {
        reply.bulk(argument);
    }
    let mut address = LineText::new();
    write!(address, "{}", PeerText(&entry.peer, Side::Remote)).expect("a line takes everything");
    reply.bulk(address.bytes());
    reply.bulk(entry.name.as_bytes());
}

/// `SLOWLOG LEN`: how many slow commands are kept.
pub fn slowlog_len(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let count = cx.statistics.slowlog.len() as u64;
    cx.reply.integer(count.cast_signed());
    Ok(())
}

/// `SLOWLOG RESET`: forgets them.
pub fn slowlog_reset(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    cx.statistics.slowlog.clear();
    cx.reply.ok();
    Ok(())
}

/// `LATENCY HISTOGRAM [command ...]`: for each command that ran, how many calls took at most how
/// many microseconds. A container stands for its subcommands.
pub fn histogram(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let statistics = &*cx.statistics;
    cx.reply.measured(|reply| {
        let wanted = |id: &CommandId| is_wanted(statistics, request, *id);
        reply.map(CommandId::all().filter(wanted).count() as u64);
        for id in CommandId::all().filter(wanted) {
            reply.bulk(id.command().name.as_bytes());
            write_histogram(reply, statistics.command(id));
        }
    })?;
    Ok(())
}

fn is_wanted(statistics: &Statistics, request: &Request<'_>, id: CommandId) -> bool {
    let name = id.command().name;
    let container = name.split_once('|').map_or(name, |(container, _)| container);
    let is_named = |argument: &[u8]| is_word(argument, name) || is_word(argument, container);
    statistics.command(id).buckets.iter().any(|count| *count > 0)
        && (request.argument_count() == 2 || request.arguments_from(2).any(is_named))
}

fn write_histogram(reply: &mut Reply<'_>, command: &CommandStatistics) {
    reply.map(2);
    reply.bulk(b"calls");
    reply.integer(command.buckets.iter().sum::<u64>().cast_signed());
    reply.bulk(b"histogram_usec");
    reply.map(command.buckets.iter().filter(|count| **count > 0).count() as u64);
    let mut seen: u64 = 0;
    for (index, count) in command.buckets.iter().enumerate() {
        seen += count;
        if *count > 0 {
            reply.integer((1024_i64 << index) / 1000);
            reply.integer(seen.cast_signed());
        }
    }
}

/// `LATENCY RESET [event ...]`: how many events were forgotten: none, since none are sampled.
pub fn latency_reset(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    cx.reply.integer(0);
    Ok(())
}

/// `LATENCY LATEST` and `LATENCY HISTORY event`: no events are sampled.
pub fn latency_samples(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    cx.reply.array(0);
    Ok(())
}

/// `LATENCY DOCTOR`: the commands that took longest, on average.
pub fn latency_doctor(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let statistics = &*cx.statistics;
    let average = |id: &CommandId| {
        let command = statistics.command(*id);
        command.duration_ns / command.call_count.max(1)
    };
    let slowest = CommandId::all().max_by_key(average).filter(|id| average(id) > 0);
    cx.reply.text(|f| {
        f.write_str("Granite samples no latency events: no step of its own work can take long.\n")?;
        if let Some(id) = slowest {
            let (name, average_us) = (id.command().name, average(&id) / 1000);
            writeln!(f, "Of the commands, {name} took longest: {average_us} us on average.")?;
        }
        f.write_str("See LATENCY HISTOGRAM, SLOWLOG GET and INFO commandstats.\n")
    })?;
    Ok(())
}
