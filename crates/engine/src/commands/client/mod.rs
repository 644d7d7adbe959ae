//! CLIENT: what connections are called, how they are shown, and who may close them.
pub mod address;
mod kill;
mod list;

pub use kill::kill;
pub use list::{info, list};

use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::session::{ReplyMode, ShortText};
use crate::resp::request::Request;

const NAME_TOO_LONG: CommandError =
    CommandError::Line("ERR text is longer than client-name-max, which is 64 bytes");

/// `CLIENT ID`: the number of the connection.
pub fn id(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let id = cx.session().id;
    cx.reply.integer(id.cast_signed());
    Ok(())
}

/// `CLIENT GETNAME`: its name, or null.
pub fn getname(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let name = cx.session().name;
    match name.as_bytes() {
        b"" => cx.reply.null(),
        name => cx.reply.bulk(name),
    }
    Ok(())
}

/// `CLIENT SETNAME name`: names the connection; an empty name takes the name away.
pub fn setname(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    cx.session().name = checked_name(request.argument(2))?;
    cx.reply.ok();
    Ok(())
}

/// A name that can stand in a line of CLIENT LIST.
pub fn checked_name(name: &[u8]) -> Result<ShortText, CommandError> {
    if !is_one_word(name) {
        return Err(CommandError::Line(
            "ERR Client names cannot contain spaces, newlines or special characters.",
        ));
    }
    ShortText::new(name).ok_or(NAME_TOO_LONG)
}

fn is_one_word(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_graphic)
}

/// `CLIENT SETINFO LIB-NAME|LIB-VER text`: what library the client uses.
pub fn setinfo(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let (option, text) = (request.argument(2), request.argument(3));
    let is_name = is_word(option, "lib-name");
    if !is_name && !is_word(option, "lib-ver") {
        return cx.fail("ERR", &[b"ERR Unrecognized option '", option, b"'"]);
    }
    if !is_one_word(text) {
        let reason = b" cannot contain spaces, newlines or special characters.";
        return cx.fail("ERR", &[b"ERR ", option, reason]);
    }
    let text = ShortText::new(text).ok_or(NAME_TOO_LONG)?;
    let session = cx.session();
    if is_name {
        session.library_name = text;
    } else {
        session.library_version = text;
    }
    cx.reply.ok();
    Ok(())
}

/// `CLIENT REPLY ON|OFF|SKIP`: whether replies are sent. OFF and SKIP have no reply themselves.
pub fn reply(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let mode = request.argument(2);
    if is_word(mode, "on") {
        cx.session().reply_mode = ReplyMode::On;
        cx.reply.set_muted(false);
        cx.reply.ok();
    } else if is_word(mode, "off") {
        cx.session().reply_mode = ReplyMode::Off;
        cx.reply.set_muted(true);
    } else if is_word(mode, "skip") {
        if cx.session().reply_mode != ReplyMode::Off {
            cx.session().reply_mode = ReplyMode::SkipNext;
        }
        // Within EXEC only its own reply is left out: the next one is that of the next request.
        if cx.queueing.is_some() {
            cx.reply.set_muted(true);
        }
    } else {
        return Err(CommandError::SYNTAX);
    }
    Ok(())
}

/// `CLIENT NO-EVICT ON|OFF`: is the connection spared when memory for clients is short?
pub fn no_evict(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    cx.session().no_evict = is_on(request.argument(2))?;
    cx.reply.ok();
    Ok(())
}

/// `CLIENT NO-TOUCH ON|OFF`: do reads leave the age of keys as it is?
pub fn no_touch(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    cx.session().no_touch = is_on(request.argument(2))?;
    cx.reply.ok();
    Ok(())
}

fn is_on(argument: &[u8]) -> Result<bool, CommandError> {
    match argument {
        _ if is_word(argument, "on") => Ok(true),
        _ if is_word(argument, "off") => Ok(false),
        _ => Err(CommandError::SYNTAX),
    }
}

/// `CLIENT GETREDIR`: -1, since nothing is tracked.
pub fn getredir(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    cx.reply.integer(-1);
    Ok(())
}

/// `CLIENT TRACKINGINFO`: tracking is off.
pub fn trackinginfo(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    cx.reply.map(3);
    cx.reply.bulk(b"flags");
    cx.reply.set(1);
    cx.reply.bulk(b"off");
    cx.reply.bulk(b"redirect");
    cx.reply.integer(-1);
    cx.reply.bulk(b"prefixes");
    cx.reply.array(0);
    Ok(())
}

/// `CLIENT UNPAUSE`: there is never a pause to end.
pub fn unpause(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    cx.reply.ok();
    Ok(())
}
