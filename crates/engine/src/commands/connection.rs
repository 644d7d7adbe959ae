//! Commands about the connection itself: PING, ECHO, SELECT, AUTH, HELLO, RESET, QUIT.
//!
//! Invariant: an error leaves the connection as it was: HELLO checks everything before it changes
//! anything.
use crate::commands::arguments;
use crate::commands::client;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::session::{ReplyMode, ShortText};
use crate::commands::transaction;
use crate::options::hot::REQUIREPASS;
use crate::resp::reply::Protocol;
use crate::resp::request::{Request, StagedId, Value};
use crate::stdx::number;

/// The version of Redis that we answer as: the last one under a free licence.
pub const REDIS_VERSION: &str = "7.2.4";

const WRONG_PASSWORD: CommandError =
    CommandError::Line("WRONGPASS invalid username-password pair or user is disabled.");

/// `PING [message]`: PONG, or the message.
pub fn ping(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    match request.argument_count() {
        1 => {
            cx.reply.simple("PONG");
            Ok(())
        }
        2 => echo(cx, request),
        _ => Err(CommandError::Arity("ping")),
    }
}

/// `ECHO message`: the message.
pub fn echo(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    match request.value(1) {
        Value::Bytes(bytes) => {
            cx.reply.reserve(bytes.len() as u64 + 32)?;
            cx.reply.bulk(bytes);
            Ok(())
        }
        Value::Staged(staged) => echo_staged(cx, staged),
    }
}

fn echo_staged(cx: &mut Context<'_>, staged: StagedId) -> Result<(), CommandError> {
    let size = cx.store.staged_size(staged);
    cx.reply.reserve(size + 32)?;
    cx.reply.bulk_header(size);
    let mut piece = [0; 4096];
    let mut offset = 0;
    while offset < size {
        let read = cx.store.stage_read(staged, offset, &mut piece);
        assert!(read > 0, "a staged value is shorter than its size");
        cx.reply.raw(&piece[..read]);
        offset += read as u64;
    }
    cx.reply.raw(b"\r\n");
    Ok(())
}

/// `SELECT index`: the database of the commands that follow.
pub fn select(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let number = arguments::small_integer(request.argument(1))?;
    cx.session().database = arguments::database(cx, number)?;
    cx.reply.ok();
    Ok(())
}

/// `QUIT`: OK, and the connection is closed when that is sent.
pub fn quit(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    cx.session().close_after_reply = true;
    cx.reply.ok();
    Ok(())
}

/// `RESET`: the connection as it was when it was new.
pub fn reset(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    transaction::discard(cx);
    let authenticated = password(cx).is_empty();
    let session = cx.session();
    session.database = 0;
    session.protocol = Protocol::Resp2;
    session.authenticated = authenticated;
    session.reply_mode = ReplyMode::On;
    (session.no_evict, session.no_touch) = (false, false);
    session.name = ShortText::EMPTY;
    cx.reply.set_protocol(Protocol::Resp2);
    cx.reply.set_muted(false);
    cx.reply.simple("RESET");
    Ok(())
}

/// `AUTH [username] password`: lets the connection in.
pub fn auth(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let (user, given): (&[u8], _) = match request.argument_count() {
        2 if password(cx).is_empty() => {
            return Err(CommandError::Line(
                "ERR AUTH <password> called without any password configured for the default \
                 user. Are you sure your configuration is correct?",
            ));
        }
        2 => (b"default", request.argument(1)),
        3 => (request.argument(1), request.argument(2)),
        _ => return Err(CommandError::SYNTAX),
    };
    authenticate(cx, user, given)?;
    cx.reply.ok();
    Ok(())
}

fn authenticate(cx: &mut Context<'_>, user: &[u8], given: &[u8]) -> Result<(), CommandError> {
    let password = password(cx);
    // An unknown user costs as much as a wrong password; no password lets everybody in.
    let right = is_same(given, password) || password.is_empty();
    if !right || user != b"default" {
        return Err(WRONG_PASSWORD);
    }
    cx.session().authenticated = true;
    Ok(())
}

/// Compares in a time that depends on the size of `given` alone, which its sender knows.
fn is_same(given: &[u8], password: &[u8]) -> bool {
    let mut difference = u8::from(given.len() != password.len());
    for (index, byte) in given.iter().enumerate() {
        let position = index.checked_rem(password.len()).unwrap_or(0);
        difference |= byte ^ password.get(position).unwrap_or(&0);
    }
    // The compiler must not find out that it may stop early.
    core::hint::black_box(difference) == 0
}

/// `requirepass`; empty if there is none.
fn password<'c>(cx: &'c Context<'_>) -> &'c [u8] {
    cx.settings.text(REQUIREPASS)
}

/// What HELLO was asked for, checked.
struct Hello<'a> {
    protocol: Protocol,
    credentials: Option<(&'a [u8], &'a [u8])>,
    name: Option<ShortText>,
}

/// `HELLO [protover [AUTH username password] [SETNAME clientname]]`: chooses the protocol, tells
/// about the server.
pub fn hello(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let hello = parse_hello(cx, request)?;
    if let Some((user, given)) = hello.credentials {
        authenticate(cx, user, given)?;
    }
    if !cx.session().authenticated {
        return Err(CommandError::Line(
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the \
             HELLO AUTH <user> <pass> option can be used to authenticate the client and select \
             the RESP protocol version at the same time",
        ));
    }
    if let Some(name) = hello.name {
        cx.session().name = name;
    }
    cx.session().protocol = hello.protocol;
    cx.reply.set_protocol(hello.protocol);
    let id = cx.session().id;
    let reply = &mut cx.reply;
    reply.map(7);
    for (name, value) in [("server", "redis"), ("version", REDIS_VERSION)] {
        reply.bulk(name.as_bytes());
        reply.bulk(value.as_bytes());
    }
    reply.bulk(b"proto");
    reply.integer(if hello.protocol == Protocol::Resp3 { 3 } else { 2 });
    reply.bulk(b"id");
    reply.integer(id.cast_signed());
    for (name, value) in [("mode", "standalone"), ("role", "master")] {
        reply.bulk(name.as_bytes());
        reply.bulk(value.as_bytes());
    }
    reply.bulk(b"modules");
    reply.array(0);
    Ok(())
}

fn parse_hello<'r>(cx: &mut Context<'_>, request: &Request<'r>) -> Result<Hello<'r>, CommandError> {
    let mut hello = Hello { protocol: cx.session().protocol, credentials: None, name: None };
    let count = request.argument_count();
    if count == 1 {
        return Ok(hello);
    }
    hello.protocol = match number::parse_i64(request.argument(1)) {
        Some(2) => Protocol::Resp2,
        Some(3) => Protocol::Resp3,
        Some(_) => return Err(CommandError::Line("NOPROTO unsupported protocol version")),
        None => {
            return Err(CommandError::Line(
                "ERR Protocol version is not an integer or out of range",
            ));
        }
    };
    let mut index = 2;
    while index < count {
        let option = request.argument(index);
        let following_count = count - 1 - index;
        if arguments::is_word(option, "auth") && following_count >= 2 {
            hello.credentials = Some((request.argument(index + 1), request.argument(index + 2)));
            index += 3;
        } else if arguments::is_word(option, "setname") && following_count >= 1 {
            hello.name = Some(client::checked_name(request.argument(index + 1))?);
            index += 2;
        } else {
            cx.fail("ERR", &[b"ERR Syntax error in HELLO option '", option, b"'"])?;
        }
    }
    Ok(hello)
}

#[cfg(test)]
#[path = "connection_test.rs"]
mod connection_test;
