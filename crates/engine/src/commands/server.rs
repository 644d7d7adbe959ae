//! The server as a whole: TIME, LASTSAVE, SHUTDOWN, and what clears caches that it does not have.
use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::request::Request;
use crate::stdx::number::{I64_TEXT_SIZE_MAX, format_u64};

/// `TIME`: Unix seconds, and the microseconds in the current one.
pub fn time(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let now_us = cx.now.unix_us;
    cx.reply.array(2);
    for value in [now_us / 1_000_000, now_us % 1_000_000] {
        cx.reply.bulk(format_u64(value, &mut [0; I64_TEXT_SIZE_MAX]));
    }
    Ok(())
}

/// Unix time in seconds at which the server started.
pub fn started_unix_s(cx: &Context<'_>) -> u64 {
    let uptime_s = cx.now.monotonic_ms.saturating_sub(cx.facts.started_ms) / 1000;
    cx.now.unix_s().saturating_sub(uptime_s)
}

/// `LASTSAVE`: nothing is saved, so it is the time of the start, as in Redis without a save.
pub fn lastsave(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let started_s = started_unix_s(cx);
    cx.reply.integer(started_s.cast_signed());
    Ok(())
}

/// `SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]`: ends the server, with no reply.
pub fn shutdown(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let (mut save, mut nosave, mut abort, mut hurry) = (false, false, false, false);
    for option in request.arguments_from(1) {
        match option {
            _ if is_word(option, "save") => save = true,
            _ if is_word(option, "nosave") => nosave = true,
            _ if is_word(option, "abort") => abort = true,
            _ if is_word(option, "now") || is_word(option, "force") => hurry = true,
            _ => return Err(CommandError::SYNTAX),
        }
    }
    if (save && nosave) || (abort && (save || nosave || hurry)) {
        return Err(CommandError::SYNTAX);
    }
    if abort {
        return Err(CommandError::Line("ERR No shutdown in progress."));
    }
    if save {
        return Err(CommandError::Line(
            "ERR SHUTDOWN SAVE is refused: Granite keeps no data over a restart yet. \
             Use SHUTDOWN NOSAVE",
        ));
    }
    cx.orders.shutdown = true;
    Ok(())
}

/// `FUNCTION FLUSH [ASYNC | SYNC]`: there is no function to delete.
pub fn function_flush(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    if request.argument_count() > 3 {
        let name = request.argument(1);
        let text: [&[u8]; 3] = [
            b"ERR unknown subcommand or wrong number of arguments for '",
            &name[..name.len().min(128)],
            b"'. Try FUNCTION HELP.",
        ];
        return cx.fail("ERR", &text);
    }
    flush_nothing(cx, request, "ERR FUNCTION FLUSH only supports SYNC|ASYNC option")
}

/// `SCRIPT FLUSH [ASYNC | SYNC]`: there is no script to delete.
pub fn script_flush(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    flush_nothing(cx, request, "ERR SCRIPT FLUSH only support SYNC|ASYNC option")
}

fn flush_nothing(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    refusal: &'static str,
) -> Result<(), CommandError> {
    match request.argument_count() {
        2 => {}
        3 if is_word(request.argument(2), "sync") || is_word(request.argument(2), "async") => {}
        _ => return Err(CommandError::Line(refusal)),
    }
    cx.reply.ok();
    Ok(())
}
