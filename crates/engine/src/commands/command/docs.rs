//! COMMAND DOCS: what commands are for and what arguments they take, for people and for redis-cli.
use super::arguments::{Argument, arguments_of};
use super::{named, write_words};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::table::{COMMANDS, Command};
use crate::resp::reply::Reply;
use crate::resp::request::Request;

/// `COMMAND DOCS [name ...]`: a map from names to their documentation; unknown ones are left out.
pub fn docs(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    if request.argument_count() == 2 {
        cx.reply.measured(|reply| {
            reply.map(COMMANDS.len() as u64);
            for command in COMMANDS {
                write_command(reply, command);
            }
        })?;
        return Ok(());
    }
    cx.reply.measured(|reply| {
        let known = || request.arguments_from(2).filter_map(named);
        reply.map(known().count() as u64);
        known().for_each(|id| write_command(reply, id.command()));
    })?;
    Ok(())
}

fn write_command(reply: &mut Reply<'_>, command: &Command) {
    reply.bulk(command.name.as_bytes());
    let arguments = arguments_of(command.name);
    let deprecated_count = if command.deprecated.is_some() { 3 } else { 0 };
    let optional_count =
        u64::from(!arguments.is_empty()) + u64::from(!command.subcommands.is_empty());
    reply.map(4 + deprecated_count + optional_count);
    for (name, value) in [
        ("summary", command.summary),
        ("since", command.since),
        ("group", command.group.name()),
        ("complexity", command.complexity),
    ] {
        reply.bulk(name.as_bytes());
        reply.bulk(value.as_bytes());
    }
    if let Some((since, replaced_by)) = command.deprecated {
        reply.bulk(b"doc_flags");
        write_words(reply, core::iter::once("deprecated"));
        reply.bulk(b"deprecated_since");
        reply.bulk(since.as_bytes());
        reply.bulk(b"replaced_by");
        reply.bulk(replaced_by.as_bytes());
    }
    if !arguments.is_empty() {
        reply.bulk(b"arguments");
        write_arguments(reply, arguments);
    }
    if !command.subcommands.is_empty() {
        reply.bulk(b"subcommands");
        reply.map(command.subcommands.len() as u64);
        for row in command.subcommands {
            write_command(reply, row);
        }
    }
}

/// Arguments, each with those that it is made of. The depth is that of a constant: at most 5.
fn write_arguments(reply: &mut Reply<'_>, arguments: &[Argument]) {
    reply.array(arguments.len() as u64);
    for argument in arguments {
        let flags = argument.flag_names();
        let texts = [("token", argument.token), ("since", argument.since)];
        let field_count = 2
            + u64::from(argument.key_spec.is_some())
            + texts.iter().filter(|(_, text)| text.is_some()).count() as u64
            + u64::from(flags.clone().next().is_some())
            + u64::from(!argument.arguments.is_empty());
        reply.map(field_count);
        reply.bulk(b"name");
        reply.bulk(argument.name.as_bytes());
        reply.bulk(b"type");
        reply.bulk(argument.kind.name().as_bytes());
        if let Some(key_spec) = argument.key_spec {
            reply.bulk(b"key_spec_index");
            reply.integer(key_spec.into());
        }
        for (name, text) in texts {
            if let Some(text) = text {
                reply.bulk(name.as_bytes());
                reply.bulk(text.as_bytes());
            }
        }
        if flags.clone().next().is_some() {
            reply.bulk(b"flags");
            write_words(reply, flags);
        }
        if !argument.arguments.is_empty() {
            reply.bulk(b"arguments");
            write_arguments(reply, argument.arguments);
        }
    }
}
