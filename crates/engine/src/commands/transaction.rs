//! MULTI, EXEC, DISCARD, WATCH, UNWATCH.
//!
//! EXEC runs its queue in slices, so that turns stay short. Between them the transaction is
//! *running*: the engine executes nothing else until it has ended, and time stands still for it,
//! so that nobody sees it half done.
//!
//! Invariant: a transaction that has failed holds no blocks: it can only end with EXECABORT.
use crate::commands::context::Context;
use crate::commands::dispatch;
use crate::commands::error::CommandError;
use crate::commands::known::Known;
use crate::commands::queue::{self, Walk, discard_staged};
use crate::commands::session::Transaction;
use crate::commands::table::CommandId;
use crate::marks::Mark;
use crate::memory::blocks::{BLOCK_SIZE, Blocks, Place};
use crate::planted::{Bug, is_planted};
use crate::resp::reply::STEP_ROOM;
use crate::resp::request::{Request, Value};
use crate::store::Store;

/// The most commands of one slice: an eighth of a turn's, by which a slice may exceed it.
const SLICE_COMMANDS: u32 = 64;

/// Bytes of replies and of work after which a slice ends: a sixteenth of a turn's.
const SLICE_BYTES: u64 = 64 * 1024;

const QUEUE_FULL: CommandError = CommandError::Line(
    "OOM no room to queue the command: a transaction may have 'request-size-max' bytes, and a \
     quarter of what is free of 'request-blocks'",
);

const NO_REPLY_ROOM: &str = "OOM no room for the reply: see 'reply-max'";

const _: () = assert!(NO_REPLY_ROOM.len() + 3 <= STEP_ROOM as usize, "with `-`, CR and LF");

/// `MULTI`: from now on commands are queued.
pub fn multi(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let transaction = &mut cx.session().transaction;
    if transaction.open {
        return Err(CommandError::Line("ERR MULTI calls can not be nested"));
    }
    transaction.open = true;
    cx.reply.ok();
    Ok(())
}

/// `DISCARD`: forgets the queue and the watched keys.
pub fn discard_queue(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    if !cx.session().transaction.open {
        return Err(CommandError::Line("ERR DISCARD without MULTI"));
    }
    discard(cx);
    cx.reply.ok();
    Ok(())
}

/// `WATCH key [key ...]`: EXEC will run nothing if one of them changes before it.
pub fn watch(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    if cx.session().transaction.open {
        return Err(CommandError::Line("ERR WATCH inside MULTI is not allowed"));
    }
    let slot = cx.current as u32;
    let (mark, watched_count) = (cx.store.watch_mark(slot), cx.session().watched_count);
    for index in 1..request.argument_count() {
        let key = cx.key(request, index);
        if !cx.store.watch(cx.now, slot, &key) {
            cx.store.unwatch_since(slot, mark);
            cx.session().watched_count = watched_count;
            return Err(CommandError::Line(
                "OOM cannot watch more keys: all connections together watch 'watches-max' already",
            ));
        }
        cx.session().watched_count += 1;
    }
    cx.reply.ok();
    Ok(())
}

/// `UNWATCH`: forgets the watched keys.
pub fn unwatch_all(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    unwatch(cx);
    cx.reply.ok();
    Ok(())
}

fn unwatch(cx: &mut Context<'_>) {
    if cx.session().watched_count > 0 {
        cx.session().watched_count = 0;
        cx.store.unwatch(cx.current as u32);
    }
}

/// `EXEC`: runs what was queued, or nothing at all.
pub fn exec(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let (open, failed, count) = {
        let transaction = &cx.session().transaction;
        (transaction.open, transaction.failed, transaction.queued_count)
    };
    if !open {
        return Err(CommandError::Line("ERR EXEC without MULTI"));
    }
    let slot = cx.current as u32;
    let broken = cx.session().watched_count > 0 && cx.store.watch_broken(cx.now, slot);
    if failed || broken {
        discard(cx);
        if failed {
            cx.statistics.marks.reach(Mark::ExecAborted);
            return Err(CommandError::Line(
                "EXECABORT Transaction discarded because of previous errors.",
            ));
        }
        cx.statistics.marks.reach(Mark::ExecBroken);
        cx.reply.null_array();
        return Ok(());
    }
    // Reserve first: from here on each command can at least answer that it found no room.
    if let Err(full) = cx.reply.begin_transaction(count) {
        let error = CommandError::from(full);
        if error != CommandError::Retry {
            discard(cx);
        }
        return Err(error);
    }
    if !is_planted(Bug::WatchKept) {
        unwatch(cx);
    }
    let transaction = &mut cx.session().transaction;
    (transaction.open, transaction.running, transaction.at) = (false, true, Place::START);
    cx.reply.array(count.into());
    cx.known = &Known::NOTHING;
    go_on(cx);
    Ok(())
}

/// Runs the next slice of a transaction that is running.
pub fn go_on(cx: &mut Context<'_>) {
    // Out of the context: a queued command cannot queue.
    let queueing = cx.queueing.take().expect("EXEC is never queued");
    let mut transaction = core::mem::take(&mut cx.session().transaction);
    let mut work = 0;
    for _ in 0..SLICE_COMMANDS {
        if transaction.queued_count == 0 || work + cx.store.room_bytes() >= SLICE_BYTES {
            break;
        }
        let mut walk = Walk::new(&transaction.queue, transaction.at);
        let (id, count) = walk.command(queueing.blocks, &mut *queueing.spans);
        let request = Request::new(queueing.blocks.bytes(), &queueing.spans[..count]);
        let written_size = cx.reply.written_size();
        cx.work.set(0);
        if !run_step(cx, id, &request) {
            break;
        }
        work += cx.work.get() + (cx.reply.written_size() - written_size);
        discard_staged(cx.store, &request);
        transaction.at = walk.place;
        transaction.queued_count -= 1;
        transaction.large_count -= large_count(&request);
        cx.executed_count += 1;
    }
    cx.work.set(work);
    if transaction.queued_count == 0 {
        queueing.blocks.release(&mut transaction.queue);
        transaction = Transaction::default();
        cx.reply.end_transaction();
    }
    transaction.muted = transaction.running && cx.reply.is_muted();
    cx.session().transaction = transaction;
    cx.queueing = Some(queueing);
}

/// Runs one command of the queue; false if it has to wait for a later turn.
fn run_step(cx: &mut Context<'_>, id: CommandId, request: &Request<'_>) -> bool {
    if cx.reply.next_in_transaction().is_err() {
        cx.statistics.marks.reach(Mark::StepRefused);
        let _ = cx.fail("OOM", &[NO_REPLY_ROOM.as_bytes()]);
        return true;
    }
    dispatch::call(cx, id, request);
    !core::mem::take(&mut cx.orders.retry)
}

/// Large values among the arguments.
fn large_count(request: &Request<'_>) -> u16 {
    let values = (0..request.argument_count()).map(|index| request.value(index));
    values.filter(|value| matches!(value, Value::Staged(_))).count() as u16
}

/// Puts a command at the end of the queue and answers QUEUED. A full pool fails the transaction.
pub fn enqueue(
    cx: &mut Context<'_>,
    id: CommandId,
    request: &Request<'_>,
) -> Result<(), CommandError> {
    let transaction = &mut cx.sessions[cx.current].transaction;
    if transaction.failed {
        // It can only end with EXECABORT: nothing is kept.
        discard_staged(cx.store, request);
        cx.reply.simple("QUEUED");
        return Ok(());
    }
    let queueing = cx.queueing.as_mut().expect("a queued command is never queued again");
    // A quarter of what nobody else has.
    let open_count = queueing.blocks.free_count() + transaction.queue.block_count();
    let request_max = cx.limits.request_size_max.div_ceil(u64::from(BLOCK_SIZE)) as u32;
    let block_count_max = request_max.min(open_count / 4).max(1);
    let queue = &mut transaction.queue;
    if queue::push(queueing.blocks, queue, id, request, block_count_max).is_err() {
        cx.statistics.marks.reach(Mark::QueueFull);
        return Err(QUEUE_FULL);
    }
    transaction.queued_count += 1;
    transaction.large_count += large_count(request);
    cx.reply.simple("QUEUED");
    Ok(())
}

/// A command was refused between MULTI and EXEC: EXEC will answer EXECABORT. The queue goes now.
pub fn flag_failed(cx: &mut Context<'_>) {
    if cx.session().transaction.open && !cx.session().transaction.failed {
        cx.session().transaction.failed = true;
        release_queue(cx);
    }
}

/// Ends the transaction without running it, and forgets the watched keys. Also for RESET and for
/// connections that close.
pub fn discard(cx: &mut Context<'_>) {
    release_queue(cx);
    let transaction = &mut cx.session().transaction;
    (transaction.open, transaction.failed) = (false, false);
    unwatch(cx);
}

fn release_queue(cx: &mut Context<'_>) {
    // Within EXEC there is no queue left, and nothing to queue with.
    let Some(queueing) = &mut cx.queueing else { return };
    release(queueing.blocks, cx.store, &mut cx.sessions[cx.current].transaction);
}

/// Gives back the blocks and the staged values of a queue: for whoever closes a connection.
pub fn release(blocks: &mut Blocks, store: &mut Store, transaction: &mut Transaction) {
    let mut walk = Walk::new(&transaction.queue, transaction.at);
    for _ in 0..transaction.queued_count {
        walk.discard_command(blocks, store);
    }
    (transaction.queued_count, transaction.large_count) = (0, 0);
    blocks.release(&mut transaction.queue);
}
