//! From a request to a command that runs: every rule that holds for all commands, in Redis' order.
//!
//! Invariant: exactly one reply for each request (or none, if the connection asked for that or is
//! closing), and each staged value of it has been consumed, queued or given back - unless the
//! orders say that the request has to be run again.
use crate::commands::context::Context;
use crate::commands::error::{CommandError, LineText};
use crate::commands::queue::discard_staged;
use crate::commands::session::ReplyMode;
use crate::commands::table::{self, Command, CommandId, Staged, flag};
use crate::commands::transaction;
use crate::options::hot::{HotSettings, Permission};
use crate::planted::{Bug, is_planted};
use crate::resp::request::{Request, Value};

/// Bytes that an error quotes of a name or of all arguments.
const QUOTE_SIZE_MAX: usize = 128;

/// Commands that a connection may send before AUTH. It is closed with the answer to the last one:
/// no honest client goes on for so long, and an attacker shall not be fed for ever.
const UNAUTHENTICATED_MAX: u16 = 1024;

/// Commands that run at once between MULTI and EXEC.
const UNQUEUED: [&str; 6] = ["exec", "discard", "multi", "watch", "quit", "reset"];

/// Why a request was refused before its command ran.
#[derive(Clone, Copy)]
enum Refusal {
    /// There is no such command.
    UnknownCommand,
    /// The container has no such subcommand.
    UnknownSubcommand(CommandId),
    /// A browser was led to speak to us: close without a word.
    Attack,
    /// The command is known, but not so or not now.
    Known(CommandId, CommandError),
}

/// Runs one request and writes its reply.
pub fn execute(cx: &mut Context<'_>, request: &Request<'_>) {
    apply_reply_mode(cx);
    let mut queued = false;
    match admit(cx, request) {
        Ok(id) if must_be_queued(cx, id) => match transaction::enqueue(cx, id, request) {
            Ok(()) => queued = true,
            Err(error) => refuse(cx, request, Refusal::Known(id, error)),
        },
        Ok(id) => call(cx, id, request),
        Err(refusal) => refuse(cx, request, refusal),
    }
    if !queued && !cx.orders.retry && !is_planted(Bug::StagedLeaked) {
        discard_staged(cx.store, request);
    }
}

/// CLIENT REPLY: is this reply sent? SKIP is over with the command that it skips.
#[inline(always)]
fn apply_reply_mode(cx: &mut Context<'_>) {
    let session = cx.session();
    let is_muted = session.reply_mode != ReplyMode::On;
    if session.reply_mode == ReplyMode::SkipNext {
        session.reply_mode = ReplyMode::On;
    }
    cx.reply.set_muted(is_muted);
}

/// Finds the command and checks everything that can be checked without running it.
#[inline(always)]
fn admit(cx: &mut Context<'_>, request: &Request<'_>) -> Result<CommandId, Refusal> {
    let id = resolve(request)?;
    let command = id.command();
    let known = |error| Refusal::Known(id, error);
    if !command.accepts(request.argument_count()) {
        return Err(known(CommandError::Arity(command.name)));
    }
    if command.flags.contain(flag::PROTECTED) && !is_permitted(cx) {
        return Err(known(DEBUG_REFUSED));
    }
    if !cx.session().authenticated && !command.flags.contain(flag::NO_AUTH) {
        let session = cx.session();
        session.unauthenticated_count = session.unauthenticated_count.saturating_add(1);
        session.close_after_reply |= session.unauthenticated_count >= UNAUTHENTICATED_MAX;
        return Err(known(CommandError::Line("NOAUTH Authentication required.")));
    }
    if has_misplaced_value(command.staged, request) {
        return Err(known(CommandError::Line(
            "ERR argument is too long: only values may be longer than 16384 bytes",
        )));
    }
    if cx.session().transaction.open && command.flags.contain(flag::NO_MULTI) {
        return Err(known(CommandError::Line("ERR Command not allowed inside a transaction")));
    }
    Ok(id)
}

const DEBUG_REFUSED: CommandError = CommandError::Line(
    "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you \
     can run it from a local connection, otherwise you need to set this option in the \
     configuration file, and then restart the server.",
);

/// `enable-debug-command`.
fn is_permitted(cx: &Context<'_>) -> bool {
    match cx.hot.debug_command {
        Permission::Nobody => false,
        Permission::Everybody => true,
        Permission::Local => cx.sessions[cx.current].peer.is_local(),
    }
}

/// The row of a request, or of its subcommand.
#[inline(always)]
fn resolve(request: &Request<'_>) -> Result<CommandId, Refusal> {
    let name = request.argument(0);
    let Some(id) = table::lookup(name) else {
        let attack = name.eq_ignore_ascii_case(b"post") || name.eq_ignore_ascii_case(b"host:");
        return Err(if attack { Refusal::Attack } else { Refusal::UnknownCommand });
    };
    // A container alone is refused for its arity, or runs by itself (COMMAND).
    if id.command().subcommands.is_empty() || request.argument_count() == 1 {
        return Ok(id);
    }
    id.subcommand(request.argument(1)).ok_or(Refusal::UnknownSubcommand(id))
}

/// The row of a request that may be unknown or wrong: for COMMAND GETKEYS and the
/// sources of sorted sets.
pub fn find(request: &Request<'_>) -> Option<CommandId> {
    resolve(request).ok()
}

fn has_misplaced_value(staged: Staged, request: &Request<'_>) -> bool {
    request.has_staged()
        && (0..request.argument_count())
            .any(|index| matches!(request.value(index), Value::Staged(_)) && !staged.allows(index))
}

fn must_be_queued(cx: &mut Context<'_>, id: CommandId) -> bool {
    cx.session().transaction.open && !UNQUEUED.contains(&id.command().name)
}

/// Runs a command that was admitted: at once, or by EXEC.
#[inline(always)]
pub(super) fn call(cx: &mut Context<'_>, id: CommandId, request: &Request<'_>) {
    let command = id.command();
    cx.session().last_command = Some(command.name);
    (cx.hooks.phase)(command.name);
    let is_short = command.is_short(request.argument_count())
        && !request.has_staged()
        && !cx.statistics.is_exact();
    let started = if is_short {
        cx.statistics.start_short(id, cx.hooks.ticks);
        None
    } else {
        Some(cx.statistics.start(cx.hooks.ticks))
    };
    let result = (command.run)(cx, request);
    match result {
        Ok(()) | Err(CommandError::Written) => {}
        Err(CommandError::Retry) => cx.orders.retry = true,
        Err(error) => answer(cx, request, error),
    }
    if cx.orders.retry {
        return;
    }
    if !cx.session().transaction.running {
        (cx.hooks.ran)();
    }
    if cx.store.tuning.chaos {
        cx.store.shuffle();
    }
    if let Some(started) = started {
        let ended = (cx.hooks.ticks)();
        let duration_us = cx.statistics.count_call(id, started, ended, result.is_err()) / 1000;
        note_slow(cx, command, request, duration_us);
    } else {
        cx.statistics.count_short_call(id, result.is_err());
    }
}

/// Keeps a command in the log of slow ones, if it is.
fn note_slow(cx: &mut Context<'_>, command: &Command, request: &Request<'_>, duration_us: u64) {
    let slower_than_us = if cx.orders.settings_changed {
        HotSettings::of(cx.settings).slowlog_slower_than_us
    } else {
        cx.hot.slowlog_slower_than_us
    };
    if slower_than_us >= 0
        && duration_us >= slower_than_us.unsigned_abs()
        && !command.flags.contain(flag::SKIP_SLOWLOG)
    {
        let session = &cx.sessions[cx.current];
        cx.statistics.slowlog.add(
            (cx.now, duration_us, cx.hot.slowlog_max as usize),
            (session.peer, session.name),
            request,
            |index| is_secret(command.name, request, index),
        );
    }
}

/// Must argument `index` not be shown to those who read logs?
fn is_secret(name: &str, request: &Request<'_>, index: usize) -> bool {
    let is = |index: usize, word: &[u8]| request.argument(index).eq_ignore_ascii_case(word);
    match name {
        "auth" => index > 0,
        "hello" => (2..index).any(|at| at + 2 >= index && is(at, b"auth")),
        "config|set" => {
            index > 2 && (is(index - 1, b"requirepass") || is(index - 1, b"masterauth"))
        }
        _ => false,
    }
}

/// Writes the line of an error, and counts it.
fn answer(cx: &mut Context<'_>, request: &Request<'_>, error: CommandError) {
    cx.statistics.count_error(error.kind());
    if let Some(mark) = error.mark() {
        cx.statistics.marks.reach(mark);
    }
    let line = error.line(request);
    (cx.hooks.refused)(line.bytes());
    cx.reply.error(line.bytes());
}

/// Answers a request that was refused, and remembers it for EXEC.
fn refuse(cx: &mut Context<'_>, request: &Request<'_>, refusal: Refusal) {
    transaction::flag_failed(cx);
    match refusal {
        Refusal::Known(id, error) => {
            cx.statistics.count_rejected(id);
            if id.command().name == "exec" {
                let line = error.line(request);
                transaction::discard(cx);
                // The reason without its own prefix, behind EXEC's.
                let reason = line.bytes().strip_prefix(b"ERR ").unwrap_or(line.bytes());
                let _ = cx.fail("EXECABORT", &[EXEC_REFUSED, reason]);
            } else {
                answer(cx, request, error);
            }
        }
        Refusal::UnknownCommand => answer_unknown(cx, request),
        Refusal::UnknownSubcommand(id) => {
            let subcommand = request.argument(1);
            let subcommand = &subcommand[..subcommand.len().min(QUOTE_SIZE_MAX)];
            let container = Upper::new(id.command().name);
            let _ = cx.fail(
                "ERR",
                &[
                    b"ERR unknown subcommand '",
                    subcommand,
                    b"'. Try ",
                    container.bytes(),
                    b" HELP.",
                ],
            );
        }
        Refusal::Attack => {
            if cx.statistics.attack_is_news(cx.now.monotonic_ms) {
                cx.log.warning(format_args!(
                    "Possible SECURITY ATTACK detected: something speaks HTTP to this server. \
                     The connection is closed."
                ));
            }
            cx.session().killed = true;
            cx.orders.killed = true;
        }
    }
}

const EXEC_REFUSED: &[u8] = b"EXECABORT Transaction discarded because of: ";

fn answer_unknown(cx: &mut Context<'_>, request: &Request<'_>) {
    let mut start = [0; QUOTE_SIZE_MAX];
    let name = match request.value(0) {
        Value::Bytes(bytes) => &bytes[..bytes.len().min(QUOTE_SIZE_MAX)],
        Value::Staged(staged) => {
            let size = cx.store.stage_read(staged, 0, &mut start);
            &start[..size]
        }
    };
    let mut quoted = LineText::new();
    for argument in request.arguments_from(1) {
        let Some(room) = QUOTE_SIZE_MAX.checked_sub(quoted.bytes().len()).filter(|room| *room > 0)
        else {
            break;
        };
        quoted.push(b"'");
        quoted.push_quoted(&argument[..argument.len().min(room)]);
        quoted.push(b"' ");
    }
    let _ = cx.fail(
        "ERR",
        &[b"ERR unknown command '", name, b"', with args beginning with: ", quoted.bytes()],
    );
}

/// A short name in upper case.
struct Upper {
    bytes: [u8; 32],
    size: usize,
}

impl Upper {
    fn new(name: &str) -> Self {
        let mut upper = Self { bytes: [0; 32], size: name.len() };
        upper.bytes[..name.len()].copy_from_slice(name.as_bytes());
        upper.bytes.make_ascii_uppercase();
        upper
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.size]
    }
}
