//! MULTI, EXEC, DISCARD, WATCH, UNWATCH.
//!
//! Queued commands are records in a chain of blocks: a head (row, count of arguments), then for
//! each argument its size and its bytes, each contiguous within a block. A staged value is queued
//! by its number: the queue owns it until EXEC runs the command or the queue is discarded.
//!
//! Invariant: a transaction that has failed holds no blocks: it can only end with EXECABORT.
use crate::commands::context::{Context, Staging};
use crate::commands::dispatch;
use crate::commands::error::CommandError;
use crate::commands::session::Transaction;
use crate::commands::table::CommandId;
use crate::marks::Mark;
use crate::memory::blocks::{BLOCK_SIZE, Blocks, BlocksFull, Chain, Span};
use crate::planted::{Bug, is_planted};
use crate::resp::request::{Request, STAGED, StagedId, Value};
use crate::store::Store;

/// Bytes of a queued command's head: number of its row, count of its arguments.
const HEAD_SIZE: u32 = 8;
/// Bytes before an argument: its size, or for a staged one its number with the top bit set.
const SIZE_SIZE: u32 = 4;
/// The top bit of an argument's size.
const IS_STAGED: u32 = 1 << 31;

const QUEUE_FULL: CommandError = CommandError::Line(
    "OOM no room to queue the command: a transaction may have 'request-size-max' bytes, and a \
     quarter of what is free of 'request-blocks'",
);

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
    // Reserve first: from here on each command has room for its reply.
    if let Err(full) = cx.reply.begin_transaction(count) {
        let error = CommandError::from(full);
        if error != CommandError::Retry {
            discard(cx);
        }
        return Err(error);
    }
    // Out of the session: the watched keys are forgotten, and a queued command cannot queue.
    let mut transaction = core::mem::take(&mut cx.session().transaction);
    if !is_planted(Bug::WatchKept) {
        unwatch(cx);
    }
    cx.reply.array(count.into());
    cx.first_hash = None;
    let mut staging = cx.staging.take().expect("EXEC is never queued");
    run_queue(cx, &mut staging, &transaction);
    staging.blocks.release(&mut transaction.queue);
    cx.staging = Some(staging);
    cx.reply.end_transaction();
    Ok(())
}

fn run_queue(cx: &mut Context<'_>, staging: &mut Staging<'_>, transaction: &Transaction) {
    let mut walk = Walk::new(&transaction.queue);
    for _ in 0..transaction.queued_count {
        let (id, count) = walk.command(staging.blocks, &mut *staging.spans);
        let request = Request::new(staging.blocks.bytes(), &staging.spans[..count]);
        cx.reply.next_in_transaction();
        dispatch::call(cx, id, &request);
        if cx.orders.retry {
            // The commands before this one have run, so that this one cannot wait for its turn.
            cx.orders.retry = false;
            let _ = cx.fail("ERR", &[b"ERR too much is still being freed: try again later"]);
        }
        discard_staged(cx.store, &request);
    }
}

fn discard_staged(store: &mut Store, request: &Request<'_>) {
    for index in 0..request.argument_count() {
        if let Value::Staged(staged) = request.value(index) {
            store.stage_discard(staged);
        }
    }
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
        for index in 0..request.argument_count() {
            if let Value::Staged(staged) = request.value(index) {
                cx.store.stage_discard(staged);
            }
        }
        cx.reply.simple("QUEUED");
        return Ok(());
    }
    let staging = cx.staging.as_mut().expect("a queued command is never queued again");
    if push(staging, &mut transaction.queue, id, request).is_err() {
        cx.statistics.marks.reach(Mark::QueueFull);
        return Err(QUEUE_FULL);
    }
    transaction.queued_count += 1;
    let values = (0..request.argument_count()).map(|index| request.value(index));
    let large_count = values.filter(|value| matches!(value, Value::Staged(_))).count();
    transaction.large_count += large_count as u16;
    cx.reply.simple("QUEUED");
    Ok(())
}

fn push(
    staging: &mut Staging<'_>,
    queue: &mut Chain,
    id: CommandId,
    request: &Request<'_>,
) -> Result<(), BlocksFull> {
    let (blocks, most) = (&mut *staging.blocks, staging.block_count_max);
    let count = request.argument_count() as u32;
    let mut head = [0; HEAD_SIZE as usize];
    head[..4].copy_from_slice(&id.to_u32().to_le_bytes());
    head[4..].copy_from_slice(&count.to_le_bytes());
    blocks.append(queue, &head, most)?;
    for index in 0..request.argument_count() {
        match request.value(index) {
            Value::Bytes(bytes) => {
                blocks.append(queue, &(bytes.len() as u32).to_le_bytes(), most)?;
                blocks.append(queue, bytes, most)?;
            }
            Value::Staged(StagedId(number)) => {
                blocks.append(queue, &(number | IS_STAGED).to_le_bytes(), most)?;
            }
        }
    }
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
    // Within EXEC there is no queue left, and no staging.
    let Some(staging) = &mut cx.staging else { return };
    release(staging.blocks, cx.store, &mut cx.sessions[cx.current].transaction);
}

/// Gives back the blocks and the staged values of a queue: for whoever closes a connection.
pub fn release(blocks: &mut Blocks, store: &mut Store, transaction: &mut Transaction) {
    let mut walk = Walk::new(&transaction.queue);
    for _ in 0..transaction.queued_count {
        walk.discard_command(blocks, store);
    }
    (transaction.queued_count, transaction.large_count) = (0, 0);
    blocks.release(&mut transaction.queue);
}

/// Walks over the records of a queue, by the same rule that `Blocks::extend` places them.
struct Walk<'a> {
    queue: &'a Chain,
    block: Option<u32>,
    offset: u32,
}

impl<'a> Walk<'a> {
    const fn new(queue: &'a Chain) -> Self {
        Self { queue, block: None, offset: BLOCK_SIZE }
    }

    /// The next record, which has `size` bytes.
    fn record(&mut self, blocks: &Blocks, size: u32) -> Span {
        if BLOCK_SIZE - self.offset < size || self.block.is_none() {
            self.block = blocks.block_after(self.queue, self.block);
            self.offset = 0;
        }
        let block = self.block.expect("the queue has as many records as it counts");
        let start = block * BLOCK_SIZE + self.offset;
        self.offset += size;
        Span { start, size }
    }

    fn number(&mut self, blocks: &Blocks) -> u32 {
        let span = self.record(blocks, SIZE_SIZE);
        let bytes = blocks.record(span).try_into().expect("the size was asked for");
        u32::from_le_bytes(bytes)
    }

    fn head(&mut self, blocks: &Blocks) -> (CommandId, u32) {
        let span = self.record(blocks, HEAD_SIZE);
        let (id, count) = blocks.record(span).split_at(4);
        let number = |bytes: &[u8]| {
            u32::from_le_bytes(bytes.try_into().expect("half of the head is four bytes"))
        };
        (CommandId::from_u32(number(id)), number(count))
    }

    fn argument(&mut self, blocks: &Blocks) -> Span {
        match self.number(blocks) {
            staged if staged & IS_STAGED != 0 => Span { start: STAGED, size: staged ^ IS_STAGED },
            size => self.record(blocks, size),
        }
    }

    /// The next command: its row, and its arguments in `spans`.
    fn command(&mut self, blocks: &Blocks, spans: &mut [Span]) -> (CommandId, usize) {
        let (id, count) = self.head(blocks);
        for span in &mut spans[..count as usize] {
            *span = self.argument(blocks);
        }
        (id, count as usize)
    }

    fn discard_command(&mut self, blocks: &Blocks, store: &mut Store) {
        let (_, count) = self.head(blocks);
        for _ in 0..count {
            let span = self.argument(blocks);
            if span.start == STAGED {
                store.stage_discard(StagedId(span.size));
            }
        }
    }
}
