//! CLIENT LIST and CLIENT INFO: connections as lines of text, field by field as in Redis 7.2.
use super::address::{PeerText, Side};
use super::kill::{Class, unknown_class};
use crate::clock::Now;
use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::session::Session;
use crate::event::Peer;
use crate::memory::blocks::BLOCK_SIZE;
use crate::resp::reply::Protocol;
use crate::resp::request::Request;
use crate::stdx::number;
use core::fmt;

/// `CLIENT INFO`: the line of this connection.
pub fn info(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let (session, now) = (&cx.sessions[cx.current], cx.now);
    let size = request.size();
    cx.reply.text(|f| write_line(f, session, now, size))?;
    Ok(())
}

/// `CLIENT LIST [TYPE type] [ID id [id ...]]`: the lines of all connections, or of some.
pub fn list(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let count = request.argument_count();
    let (mut class, mut ids) = (None, 0..0);
    if count == 4 && is_word(request.argument(2), "type") {
        let name = request.argument(3);
        match Class::named(name) {
            Some(named) => class = Some(named),
            None => return unknown_class(cx, name),
        }
    } else if count > 3 && is_word(request.argument(2), "id") {
        ids = 3..count;
        let is_number = |index| number::parse_i64(request.argument(index)).is_some();
        if !ids.clone().all(is_number) {
            return Err(CommandError::Line("ERR Invalid client ID"));
        }
    } else if count != 2 {
        return Err(CommandError::SYNTAX);
    }
    let wanted = |session: &Session| {
        let id = session.id.cast_signed();
        session.open
            && class.is_none_or(|class| class == Class::Normal)
            && (ids.is_empty()
                || ids.clone().any(|at| number::parse_i64(request.argument(at)) == Some(id)))
    };
    let (sessions, now, current) = (&*cx.sessions, cx.now, cx.current);
    let size = request.size();
    cx.reply.text(|f| {
        let chosen = sessions.iter().enumerate().filter(|(_, session)| wanted(session));
        for (slot, session) in chosen {
            let request_size = if slot == current { size } else { 0 };
            write_line(f, session, now, request_size)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The text of a client; only printable ASCII was let in.
fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or("")
}

/// One connection; `request_size` is that of the request that it is running.
fn write_line(
    f: &mut dyn fmt::Write,
    session: &Session,
    now: Now,
    request_size: u64,
) -> fmt::Result {
    let age_s = now.monotonic_ms.saturating_sub(session.connected_ms) / 1000;
    let idle_s = now.monotonic_ms.saturating_sub(session.active_ms) / 1000;
    write!(
        f,
        "id={} addr={} laddr={} fd=-1 name={} age={age_s} idle={idle_s} flags=",
        session.id,
        PeerText(&session.peer, Side::Remote),
        PeerText(&session.peer, Side::Local),
        text(session.name.as_bytes()),
    )?;
    write_flags(f, session)?;
    let transaction = &session.transaction;
    let queued: i64 = if transaction.open { transaction.queued_count.into() } else { -1 };
    let queue_bytes = u64::from(transaction.queue.block_count()) * u64::from(BLOCK_SIZE);
    let memory_bytes = queue_bytes
        + u64::from(session.input_bytes)
        + u64::from(session.output_bytes)
        + size_of::<Session>() as u64;
    writeln!(
        f,
        " db={} sub=0 psub=0 ssub=0 multi={queued} qbuf={} qbuf-free=0 argv-mem=0 \
         multi-mem={queue_bytes} rbs=0 rbp=0 obl={} oll=0 omem={} tot-mem={memory_bytes} events={} \
         cmd={} user=default redir=-1 resp={} lib-name={} lib-ver={}",
        session.database,
        u64::from(session.input_bytes) + request_size,
        session.output_bytes,
        session.output_bytes,
        if session.output_bytes > 0 { "rw" } else { "r" },
        session.last_command.unwrap_or("NULL"),
        if session.protocol == Protocol::Resp3 { 3 } else { 2 },
        text(session.library_name.as_bytes()),
        text(session.library_version.as_bytes()),
    )
}

fn write_flags(f: &mut dyn fmt::Write, session: &Session) -> fmt::Result {
    let flags = [
        (session.transaction.open, "x"),
        (session.close_after_reply, "c"),
        (session.peer == Peer::Unix, "U"),
        (session.no_evict, "e"),
        (session.no_touch, "T"),
    ];
    if flags.iter().all(|(set, _)| !set) {
        return f.write_str("N");
    }
    flags.iter().filter(|(set, _)| *set).try_for_each(|(_, flag)| f.write_str(flag))
}
