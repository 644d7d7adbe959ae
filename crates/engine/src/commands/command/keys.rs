//! COMMAND GETKEYS: the keys of a whole command, found as the table says.
use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::dispatch;
use crate::commands::error::CommandError;
use crate::commands::table::Command;
use crate::commands::table::key::{ACCESS, Keys, OW, RO, RW, UPDATE, VARIABLE};
use crate::resp::request::Request;

/// `COMMAND GETKEYS command [argument ...]`: its keys.
pub fn getkeys(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let (whole, command) = command_of(request)?;
    cx.reply.measured(|reply| {
        reply.array(command.keys.iter().map(|keys| keys.positions(&whole).count() as u64).sum());
        for position in command.keys.iter().flat_map(|keys| keys.positions(&whole)) {
            reply.bulk(whole.argument(position));
        }
    })?;
    Ok(())
}

/// `COMMAND GETKEYSANDFLAGS command [argument ...]`: its keys, and what it does with them.
pub fn getkeysandflags(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let (whole, command) = command_of(request)?;
    cx.reply.measured(|reply| {
        reply.array(command.keys.iter().map(|keys| keys.positions(&whole).count() as u64).sum());
        for keys in command.keys {
            let flags = Keys { flags: flags_here(*keys, command, &whole), ..*keys };
            for position in keys.positions(&whole) {
                reply.array(2);
                reply.bulk(whole.argument(position));
                reply.set(flags.flag_names().count() as u64);
                flags.flag_names().for_each(|name| reply.simple(name));
            }
        }
    })?;
    Ok(())
}

/// The command that the arguments behind GETKEYS are.
fn command_of<'r>(request: &Request<'r>) -> Result<(Request<'r>, &'static Command), CommandError> {
    let whole = request.from(2);
    let Some(id) = dispatch::find(&whole) else {
        return Err(CommandError::Line("ERR Invalid command specified"));
    };
    let command = id.command();
    if command.keys.is_empty() {
        return Err(CommandError::Line("ERR The command has no key arguments"));
    }
    if !command.accepts(whole.argument_count()) {
        return Err(CommandError::Line("ERR Invalid number of arguments specified for command"));
    }
    let is_wrong = |keys: &Keys| keys.is_counted && keys.positions(&whole).next().is_none();
    if command.keys.iter().any(is_wrong) {
        return Err(CommandError::Line("ERR Invalid arguments specified for command"));
    }
    Ok((whole, command))
}

/// What is done with the keys of this very command, where that depends on its options.
fn flags_here(keys: Keys, command: &Command, whole: &Request<'_>) -> u16 {
    match command.name {
        _ if keys.flags & VARIABLE == 0 => keys.flags,
        "set" if whole.arguments_from(3).any(|argument| is_word(argument, "get")) => {
            RW | ACCESS | UPDATE
        }
        "set" => OW | UPDATE,
        "bitfield" if only_reads(whole) => RO | ACCESS,
        "bitfield" => RW | ACCESS | UPDATE,
        _ => keys.flags,
    }
}

/// Does BITFIELD only read? What is wrong is taken for a write, as in Redis.
fn only_reads(whole: &Request<'_>) -> bool {
    let (mut index, count) = (2, whole.argument_count());
    while index < count {
        let (word, rest_count) = (whole.argument(index), count - index - 1);
        index += match word {
            _ if is_word(word, "get") && rest_count >= 2 => 3,
            _ if is_word(word, "overflow") && rest_count >= 1 => 2,
            _ => return false,
        };
    }
    true
}
