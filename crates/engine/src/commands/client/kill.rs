//! CLIENT KILL: closes connections, chosen by what they are.
use super::address::{PeerText, Side};
use crate::clock::Now;
use crate::commands::arguments::{count, is_word};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::session::Session;
use crate::resp::request::Request;
use core::fmt::{self, Write as _};

/// What a connection is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Class {
    /// A client: so far each one is.
    Normal,
    /// Replication and subscribers: there are none.
    Other,
}

impl Class {
    /// The class called `name`, in any case.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        let others = ["master", "replica", "slave", "pubsub"];
        if is_word(name, "normal") {
            return Some(Self::Normal);
        }
        others.iter().any(|other| is_word(name, other)).then_some(Self::Other)
    }
}

/// Answers that there is no such class.
pub(super) fn unknown_class(cx: &mut Context<'_>, name: &[u8]) -> Result<(), CommandError> {
    cx.fail("ERR", &[b"ERR Unknown client type '", name, b"'"])
}

/// Which connections are meant. What is not given does not matter.
#[derive(Clone, Copy, Default)]
struct Filter<'a> {
    id: Option<u64>,
    address: Option<&'a [u8]>,
    local_address: Option<&'a [u8]>,
    class: Option<Class>,
    age_max_s: Option<u64>,
}

impl Filter<'_> {
    fn matches(&self, session: &Session, now: Now) -> bool {
        let age_s = now.monotonic_ms.saturating_sub(session.connected_ms) / 1000;
        let is_at = |side, address| is_written(&PeerText(&session.peer, side), address);
        session.open
            && self.id.is_none_or(|id| id == session.id)
            && self.address.is_none_or(|address| is_at(Side::Remote, address))
            && self.local_address.is_none_or(|address| is_at(Side::Local, address))
            && self.class.is_none_or(|class| class == Class::Normal)
            && self.age_max_s.is_none_or(|age_max_s| age_s >= age_max_s)
    }
}

/// `CLIENT KILL address`, or `CLIENT KILL` with `ID`, `ADDR`, `LADDR`, `TYPE`, `USER`, `SKIPME`
/// and `MAXAGE`: closes the connections that match all of them; answers how many.
pub fn kill(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    if request.argument_count() == 3 {
        let filter = Filter { address: Some(request.argument(2)), ..Filter::default() };
        if close(cx, &filter, false) == 0 {
            return Err(CommandError::Line("ERR No such client"));
        }
        cx.reply.ok();
        return Ok(());
    }
    let (filter, skip_self) = parse(cx, request)?;
    let count = close(cx, &filter, skip_self);
    cx.reply.integer(count);
    Ok(())
}

fn parse<'r>(
    cx: &mut Context<'_>,
    request: &Request<'r>,
) -> Result<(Filter<'r>, bool), CommandError> {
    let (mut filter, mut skip_self) = (Filter::default(), true);
    for index in (2..request.argument_count()).step_by(2) {
        if index + 1 == request.argument_count() {
            return Err(CommandError::SYNTAX);
        }
        let (option, value) = (request.argument(index), request.argument(index + 1));
        if is_word(option, "id") {
            filter.id = Some(count(value, 1, "ERR client-id should be greater than 0")?);
        } else if is_word(option, "type") {
            filter.class = Class::named(value);
            if filter.class.is_none() {
                unknown_class(cx, value)?;
            }
        } else if is_word(option, "addr") {
            filter.address = Some(value);
        } else if is_word(option, "laddr") {
            filter.local_address = Some(value);
        } else if is_word(option, "user") {
            if value != b"default" {
                cx.fail("ERR", &[b"ERR No such user '", value, b"'"])?;
            }
        } else if is_word(option, "maxage") {
            let refusal = "ERR maxage is not an integer or out of range";
            filter.age_max_s = Some(count(value, 1, refusal)?);
        } else if is_word(option, "skipme") {
            skip_self = match value {
                _ if is_word(value, "yes") => true,
                _ if is_word(value, "no") => false,
                _ => return Err(CommandError::SYNTAX),
            };
        } else {
            return Err(CommandError::SYNTAX);
        }
    }
    Ok((filter, skip_self))
}

/// Marks the connections that match; the engine closes them after the command.
fn close(cx: &mut Context<'_>, filter: &Filter<'_>, skip_self: bool) -> i64 {
    let (now, current) = (cx.now, cx.current);
    let mut count = 0;
    for (slot, session) in cx.sessions.iter_mut().enumerate() {
        if !filter.matches(session, now) || (slot == current && skip_self) {
            continue;
        }
        // The one that asked still gets its answer.
        session.close_after_reply |= slot == current;
        session.killed |= slot != current;
        count += 1;
    }
    cx.orders.killed |= count > 0;
    count
}

/// Is `expected` what `text` is written as?
fn is_written(text: &impl fmt::Display, expected: &[u8]) -> bool {
    struct Rest<'a>(Option<&'a [u8]>);
    impl fmt::Write for Rest<'_> {
        fn write_str(&mut self, piece: &str) -> fmt::Result {
            self.0 = self.0.and_then(|rest| rest.strip_prefix(piece.as_bytes()));
            Ok(())
        }
    }
    let mut rest = Rest(Some(expected));
    write!(rest, "{text}").is_ok() && rest.0 == Some(b"")
}
