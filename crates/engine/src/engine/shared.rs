//! What every command may see, whoever sent it: the data, the sessions, the counters. The engine
//! adds a connection's own output and its requests, and runs them.
use crate::clock::Now;
use crate::commands::config;
use crate::commands::context::{Context, Orders, Queueing};
use crate::commands::dispatch;
use crate::commands::known::Known;
use crate::commands::session::{ReplyMode, Session, ShortText, Transaction};
use crate::commands::statistics::Statistics;
use crate::commands::transaction;
use crate::event::{ConnectionId, Peer};
use crate::facts::Facts;
use crate::hooks::Hooks;
use crate::limits::Limits;
use crate::log::{LINES_MAX, Log};
use crate::memory::blocks::{Blocks, Span};
use crate::memory::plan::Plan;
use crate::memory::takings::Takings;
use crate::memory::usage::Usage;
use crate::options::hot::HotSettings;
use crate::options::settings::Settings;
use crate::options::table::{OptionId, option};
use crate::resp::output::{Output, REPLY_ROOM, ReplyPool};
use crate::resp::reply::{Protocol, Reply};
use crate::resp::request::Request;
use crate::store::Store;
use alloc::boxed::Box;
use core::cell::Cell;

const VALUE_SIZE_MAX: OptionId = option("proto-max-bulk-len");

/// The part of the engine that commands see.
pub(super) struct Shared {
    pub(super) now: Now,
    pub(super) limits: Limits,
    pub(super) store: Store,
    pub(super) sessions: Box<[Session]>,
    pub(super) replies: ReplyPool,
    /// Commands queued by MULTI.
    pub(super) queues: Blocks,
    pub(super) settings: Settings,
    pub(super) hot: HotSettings,
    pub(super) usage: Usage,
    pub(super) plan: Plan,
    pub(super) statistics: Statistics,
    pub(super) facts: Facts,
    pub(super) hooks: Hooks,
    pub(super) log: Log,
}

/// What came of running requests of one connection.
pub(super) struct Ran {
    /// How many ran, or were refused with an error line.
    pub(super) count: u32,
    /// Their part of the turn's bound.
    pub(super) spent: Spent,
    /// Why no more were run.
    pub(super) end: End,
}

/// Why no more requests were run.
pub(super) enum End {
    /// All ran, or the turn's bytes are spent, or the last one left something to do first: orders,
    /// a transaction, a value to stream, the end of the connection.
    Done(Orders),
    /// The next request has to be run in a later turn, when so many bytes of room for its reply
    /// can be had: nothing of it was done.
    AwaitsRoom(u64),
    /// The same, when the store has freed what it owes.
    AwaitsStore,
}

/// A part of the turn's bound.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    /// Queued commands that EXEC ran.
    pub(super) requests: u32,
    /// Bytes written and looked through.
    pub(super) bytes: u64,
}

impl Shared {
    /// Takes the memory of all parts; the order is the plan's.
    pub(super) fn new(
        limits: &Limits,
        mut settings: Settings,
        (hash_key, seed): ([u8; 16], u64),
        hooks: Hooks,
        takings: &mut Takings,
    ) -> Self {
        // Both say how long a string may be; the smaller one holds until CONFIG SET.
        let value_size_max = settings.unsigned(VALUE_SIZE_MAX).min(limits.value_size_max);
        settings.adopt(VALUE_SIZE_MAX, value_size_max);
        let hot = HotSettings::of(&settings);
        let sessions = (0..limits.connection_slots()).map(free_session).collect();
        let mut shared = Self {
            now: Now::default(),
            limits: *limits,
            sessions: takings.made("connections", sessions),
            replies: takings.made("reply buffers", ReplyPool::new(limits)),
            queues: takings.made("queue blocks", Blocks::new(limits.queue_blocks())),
            settings,
            hot,
            usage: Usage::default(),
            plan: Plan::of(limits),
            statistics: takings.made("command statistics", Statistics::new(limits)),
            facts: Facts::NONE,
            hooks,
            log: takings.made("log lines", Log::new(LINES_MAX)),
            store: Store::counted(limits, hash_key, seed, takings),
        };
        shared.store.tell_gone = hooks.gone;
        shared.apply_settings();
        shared
    }

    /// CONFIG SET changed something: refreshes what was derived from it.
    pub(super) fn apply_settings(&mut self) {
        let (store, statistics) = (&mut self.store, &mut self.statistics);
        self.hot = config::apply(&self.settings, store, statistics, &mut self.log);
    }

    /// Begins the session of a connection that was accepted.
    pub(super) fn open_session(&mut self, connection: ConnectionId, id: u64, peer: Peer) {
        let session = &mut self.sessions[connection.slot as usize];
        *session = Session {
            connection,
            id,
            peer,
            open: true,
            connected_ms: self.now.monotonic_ms,
            active_ms: self.now.monotonic_ms,
            authenticated: !self.hot.password_set,
            ..free_session(connection.slot)
        };
    }

    /// Runs the requests of the connection in `slot` that `next` gives out, each with what is known
    /// of it, until they have taken `bytes_max` of the turn; `spans` is room for a request that
    /// EXEC unpacks. All see the same context, which is made once.
    pub(super) fn run<'r>(
        &mut self,
        slot: usize,
        output: &mut Output,
        mut next: impl FnMut(&Store) -> Option<(Request<'r>, &'r Known)>,
        bytes_max: u64,
        spans: &mut [Span],
    ) -> Ran {
        let session = &mut self.sessions[slot];
        session.active_ms = self.now.monotonic_ms;
        let (connection, local) = (session.connection, session.peer.is_local());
        let mut orders = Orders::default();
        let (mut count, mut spent, mut refused) = (0, Spent::default(), None);
        let mut cx = self.context(slot, spans, &mut orders, |pool| Reply::new(output, pool, local));
        while let Some((request, known)) = next(cx.store) {
            let (protocol, reply_mode) = (cx.session().protocol, cx.session().reply_mode);
            if cx.reply.begin(protocol).is_err() {
                refused = Some(End::AwaitsRoom(u64::from(REPLY_ROOM)));
                break;
            }
            cx.known = known;
            cx.work.set(0);
            let written_size = cx.reply.written_size();
            dispatch::execute(&mut cx, &request);
            spent.bytes += cx.work.get() + (cx.reply.written_size() - written_size);
            if cx.orders.retry {
                // CLIENT REPLY SKIP still skips it when it is run again.
                cx.session().reply_mode = reply_mode;
                refused = Some(cx.reply.awaited_size().map_or(End::AwaitsStore, End::AwaitsRoom));
                break;
            }
            count += 1;
            if cx.session().transaction.running {
                break;
            }
            (cx.hooks.answered)(connection);
            let is_spent = spent.bytes + cx.store.room_bytes() >= bytes_max;
            if is_spent || cx.must_rest() {
                break;
            }
        }
        spent.requests = cx.executed_count;
        cx.end_reply();
        Ran { count, spent, end: refused.unwrap_or(End::Done(orders)) }
    }

    /// Runs the next slice of the transaction that the connection in `slot` has running. If
    /// `is_abandoned`, nobody reads its reply.
    pub(super) fn go_on(
        &mut self,
        slot: usize,
        is_abandoned: bool,
        output: &mut Output,
        spans: &mut [Span],
    ) -> (Orders, Spent) {
        let session = &self.sessions[slot];
        let (protocol, local) = (session.protocol, session.peer.is_local());
        let transaction = &session.transaction;
        let (muted, left_count) = (transaction.muted, transaction.queued_count);
        let mut orders = Orders::default();
        let mut cx = self.context(slot, spans, &mut orders, |pool| {
            let mut reply = Reply::resume(output, pool, protocol, local, left_count);
            reply.set_muted(muted);
            if is_abandoned {
                reply.abandon();
            }
            reply
        });
        transaction::go_on(&mut cx);
        let spent = Spent { requests: cx.executed_count, bytes: cx.work.get() };
        cx.end_reply();
        let session = &self.sessions[slot];
        if !session.transaction.running {
            (self.hooks.ran)();
            (self.hooks.answered)(session.connection);
        }
        (orders, spent)
    }

    /// What a command of the connection in `slot` may see and change, with the writer that
    /// `reply` makes.
    #[inline]
    fn context<'a>(
        &'a mut self,
        slot: usize,
        spans: &'a mut [Span],
        orders: &'a mut Orders,
        reply: impl FnOnce(&'a mut ReplyPool) -> Reply<'a>,
    ) -> Context<'a> {
        Context {
            now: self.now,
            limits: &self.limits,
            store: &mut self.store,
            reply: reply(&mut self.replies),
            sessions: &mut self.sessions,
            current: slot,
            known: &Known::NOTHING,
            queueing: Some(Queueing { blocks: &mut self.queues, spans }),
            settings: &mut self.settings,
            hot: &self.hot,
            usage: &self.usage,
            plan: &self.plan,
            statistics: &mut self.statistics,
            facts: &self.facts,
            hooks: &self.hooks,
            log: &mut self.log,
            orders,
            work: Cell::new(0),
            executed_count: 0,
        }
    }

    /// Writes an error line outside of any command; false if there is no room for it now.
    pub(super) fn write_error(&mut self, slot: usize, output: &mut Output, line: &[u8]) -> bool {
        let session = &mut self.sessions[slot];
        let muted = session.reply_mode != ReplyMode::On;
        let local = session.peer.is_local();
        let mut reply = Reply::new(output, &mut self.replies, local);
        if reply.begin(session.protocol).is_err() {
            return false;
        }
        reply.set_muted(muted);
        reply.error(line);
        reply.finish();
        if session.reply_mode == ReplyMode::SkipNext {
            session.reply_mode = ReplyMode::On;
        }
        (self.hooks.refused)(line);
        (self.hooks.answered)(session.connection);
        true
    }
}

/// The session of a slot that is free.
fn free_session(slot: u32) -> Session {
    Session {
        connection: ConnectionId { slot, generation: 0 },
        id: 0,
        peer: Peer::Unix,
        open: false,
        connected_ms: 0,
        active_ms: 0,
        database: 0,
        protocol: Protocol::Resp2,
        authenticated: false,
        unauthenticated_count: 0,
        reply_mode: ReplyMode::On,
        no_evict: false,
        no_touch: false,
        close_after_reply: false,
        killed: false,
        name: ShortText::EMPTY,
        library_name: ShortText::EMPTY,
        library_version: ShortText::EMPTY,
        last_command: None,
        transaction: Transaction::default(),
        watched_count: 0,
        input_bytes: 0,
        output_bytes: 0,
    }
}
