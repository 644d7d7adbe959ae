//! COMMAND: what commands there are, told from the table, in the shapes of Redis 7.
mod arguments;
mod docs;
mod keys;

pub use docs::docs;
pub use keys::{getkeys, getkeysandflags};

use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::table::category::Categories;
use crate::commands::table::key::Keys;
use crate::commands::table::{COMMAND_COUNT, COMMANDS, Command, CommandId, lookup};
use crate::resp::reply::Reply;
use crate::resp::request::Request;
use crate::stdx::glob;

/// `COMMAND`: every command, as COMMAND INFO shows it.
pub fn all(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    cx.reply.measured(|reply| {
        reply.array(COMMANDS.len() as u64);
        for command in COMMANDS {
            write_row(reply, command);
        }
    })?;
    Ok(())
}

/// `COMMAND COUNT`: how many commands there are, without subcommands.
pub fn count(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    cx.reply.integer(COMMAND_COUNT.cast_signed() as i64);
    Ok(())
}

/// `COMMAND INFO [name ...]`: arity, flags, keys and more of some commands, null for unknown ones.
pub fn info(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    if request.argument_count() == 2 {
        return all(cx, request);
    }
    cx.reply.measured(|reply| {
        let names = request.arguments_from(2);
        reply.array(names.len() as u64);
        for name in names {
            match named(name) {
                Some(id) => write_row(reply, id.command()),
                None => reply.null(),
            }
        }
    })?;
    Ok(())
}

/// `COMMAND LIST [FILTERBY ACLCAT category | PATTERN pattern | MODULE name]`: names of commands.
/// With a filter, subcommands are listed, too.
pub fn list(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let filter = match request.argument_count() {
        2 => None,
        5 if is_word(request.argument(2), "filterby") => Some(request.argument(3)),
        _ => return Err(CommandError::SYNTAX),
    };
    let wanted = request.arguments_from(4).next().unwrap_or_default();
    match filter {
        None => write_names(cx, |command| !command.name.contains('|')),
        // There are no modules.
        Some(filter) if is_word(filter, "module") => write_names(cx, |_| false),
        Some(filter) if is_word(filter, "aclcat") => match Categories::named(wanted) {
            Some(category) => write_names(cx, |command| command.categories.contain(category)),
            None => write_names(cx, |_| false),
        },
        Some(filter) if is_word(filter, "pattern") => write_names(cx, |command| {
            let mut steps = 4_096;
            let name = command.name.as_bytes();
            glob::matches(wanted, name, glob::Case::Ignored, &mut steps).unwrap_or(false)
        }),
        Some(_) => Err(CommandError::SYNTAX),
    }
}

fn write_names(
    cx: &mut Context<'_>,
    wanted: impl Fn(&Command) -> bool,
) -> Result<(), CommandError> {
    cx.reply.measured(|reply| {
        let names = CommandId::all().map(CommandId::command).filter(|command| wanted(command));
        reply.array(names.clone().count() as u64);
        names.for_each(|command| reply.bulk(command.name.as_bytes()));
    })?;
    Ok(())
}

/// The row called `name`, which may be `container|subcommand`.
fn named(name: &[u8]) -> Option<CommandId> {
    match name.iter().position(|byte| *byte == b'|') {
        None => lookup(name),
        Some(bar) => lookup(&name[..bar])?.subcommand(&name[bar + 1..]),
    }
}

/// The ten fields of a command.
fn write_row(reply: &mut Reply<'_>, command: &Command) {
    reply.array(10);
    reply.bulk(command.name.as_bytes());
    reply.integer(command.arity.into());
    write_words(reply, command.flags.names());
    let (first, last, step) = command.key_range();
    reply.integer(first);
    reply.integer(last);
    reply.integer(step);
    let categories = command.categories.names();
    reply.set(categories.clone().count() as u64);
    for category in categories {
        reply.raw(b"+@");
        reply.raw(category.as_bytes());
        reply.raw(b"\r\n");
    }
    reply.set(command.tips.len() as u64);
    for tip in command.tips {
        reply.bulk(tip.as_bytes());
    }
    reply.set(command.keys.len() as u64);
    for keys in command.keys {
        write_keys(reply, *keys);
    }
    reply.set(command.subcommands.len() as u64);
    for row in command.subcommands {
        write_row(reply, row);
    }
}

/// A set of words.
fn write_words(reply: &mut Reply<'_>, words: impl Iterator<Item = &'static str> + Clone) {
    reply.set(words.clone().count() as u64);
    words.for_each(|word| reply.simple(word));
}

/// One key specification: where the search begins, and how far it goes.
fn write_keys(reply: &mut Reply<'_>, keys: Keys) {
    if keys.is_hidden {
        return write_hidden(reply, keys);
    }
    reply.map(3);
    reply.bulk(b"flags");
    write_words(reply, keys.flag_names());
    reply.bulk(b"begin_search");
    reply.map(2);
    reply.bulk(b"type");
    reply.bulk(if keys.word.is_some() { b"keyword" } else { b"index" });
    reply.bulk(b"spec");
    if let Some(word) = keys.word {
        reply.map(2);
        reply.bulk(b"keyword");
        reply.bulk(word.as_bytes());
        reply.bulk(b"startfrom");
    } else {
        reply.map(1);
        reply.bulk(b"index");
    }
    reply.integer(i64::from(keys.first) - i64::from(keys.is_counted));
    reply.bulk(b"find_keys");
    reply.map(2);
    reply.bulk(b"type");
    if keys.is_counted {
        return write_count(reply, keys);
    }
    reply.bulk(b"range");
    reply.bulk(b"spec");
    reply.map(3);
    reply.bulk(b"lastkey");
    // From the first key, unless it counts from the end.
    let first = i64::from(keys.first);
    reply.integer(if keys.last < 0 { keys.last.into() } else { i64::from(keys.last) - first });
    reply.bulk(b"keystep");
    reply.integer(keys.step.into());
    reply.bulk(b"limit");
    reply.integer(0);
}

/// The specification of keys that cannot be found by their positions.
fn write_hidden(reply: &mut Reply<'_>, keys: Keys) {
    reply.map(3);
    reply.bulk(b"flags");
    write_words(reply, keys.flag_names());
    for part in [&b"begin_search"[..], b"find_keys"] {
        reply.bulk(part);
        reply.map(2);
        reply.bulk(b"type");
        reply.bulk(b"unknown");
        reply.bulk(b"spec");
        reply.map(0);
    }
}

/// The rest of a specification of keys that are counted: from where the search begins, where the
/// count is, and the first key.
fn write_count(reply: &mut Reply<'_>, keys: Keys) {
    reply.bulk(b"keynum");
    reply.bulk(b"spec");
    reply.map(3);
    reply.bulk(b"keynumidx");
    reply.integer(0);
    reply.bulk(b"firstkey");
    reply.integer(1);
    reply.bulk(b"keystep");
    reply.integer(keys.step.into());
}
