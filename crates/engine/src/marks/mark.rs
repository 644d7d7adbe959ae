//! The marks: what is rare enough to be counted, each with its name in print.
//!
//! Invariant: `ALL` lists every mark once, in its order.

/// A rare path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Mark {
    /// A receive found no buffer: all are lent. Counted by the driver, see `BufferPool`.
    ReceiveFull,
    /// No carry buffer was free: a connection that waits keeps a receive buffer.
    ReceiveKept,
    /// Input waits in a buffer for which the driver got a carry buffer.
    InputCarried,
    /// Bytes came unasked, while others waited to be executed.
    InputJoined,
    /// Output waited for that of the requests which the socket still had.
    OutputPostponed,
    /// Postponed output was sent though the socket has more, or seemed to.
    PostponedSent,
    /// Too few reply buffers were free for a reply.
    ReplyFull,
    /// A reply got the jumbo permit.
    JumboGranted,
    /// A reply needed the jumbo permit while another connection had it.
    JumboRefused,
    /// A reply was above what waiting could give it.
    ReplyTooLarge,
    /// A request on its way found no block, or had its share of them.
    RequestFull,
    /// MULTI could not queue a command.
    QueueFull,
    /// A large value found no row of the table of staged values.
    StagedFull,
    /// A connection had its share of the staged values.
    StagedShare,
    /// No pin was free for a value to be sent.
    PinsFull,
    /// No more keys could be watched.
    WatchesFull,
    /// A client was sent away because all slots were taken.
    ConnectionsFull,
    /// A client was sent away for another reason.
    ConnectionRefused,
    /// A full bucket of the index got a child.
    BucketChained,
    /// A chain had all the buckets that it may have.
    ChainRefused,
    /// A child bucket was given back with its last entry but one.
    ChildFreed,
    /// Compaction moved a child bucket.
    ChildMoved,
    /// The last object of a class moved into a hole.
    HoleFilled,
    /// The last slot of a class was itself a hole.
    LastHoleDropped,
    /// A class gave its last frame back, or its top frame.
    FrameEmptied,
    /// An object that is linked in the wheel moved.
    ScheduledMoved,
    /// An object that a client is reading moved.
    PinnedMoved,
    /// An object that waits for the reaper moved.
    DetachedMoved,
    /// A piece or table of a rope moved.
    PieceMoved,
    /// A piece or table of a value that is arriving moved.
    StagedPieceMoved,
    /// A write found no room and paid a step of debt.
    DebtPaid,
    /// A write found no room and deleted a key past its deadline.
    OverdueExpired,
    /// The oldest of the class that is needed left.
    EvictedOwn,
    /// The oldest of a random chain left.
    EvictedGlobal,
    /// The rows of counts led to a key that may leave.
    EvictedByCounts,
    /// The key with the nearest deadline left.
    EvictedSoonest,
    /// An object stayed in a slot larger than its class.
    MisfitLeft,
    /// Such an object moved to a slot of its class.
    MisfitSettled,
    /// A part of a rope that is missing was read as zeros.
    RopeAbsentRead,
    /// A rope grew in place.
    RopeGrown,
    /// The tail of a rope became a whole frame.
    RopePromoted,
    /// A value within a slot took the place of a rope.
    RopeReplaced,
    /// A key lost its value while a client was reading it.
    RopeDetached,
    /// A value was copied because a client was reading what was to be changed.
    RopeCopied,
    /// The reaper freed the last part of a rope.
    RopeReaped,
    /// A longer name or a deadline turned a value into a rope.
    ValueOutgrown,
    /// A large value that arrived became the value of a key.
    StagedConsumed,
    /// A large value that arrived was given up.
    StagedDiscarded,
    /// There was no room for a large value, or it was too large.
    StagedRefused,
    /// The reaper freed the last part of a value that was given up.
    StagedReaped,
    /// A connection waits until some of its own output is sent: its credit is used up.
    ParkedOutput,
    /// A connection waits for buffers of others.
    ParkedPool,
    /// A connection waits until the store has freed what it owes.
    ParkedStore,
    /// Reply buffers were scarce: who held some longest was closed.
    HogOfReplies,
    /// Request blocks were scarce: who held some longest was closed.
    HogOfRequests,
    /// Receive buffers were scarce: who kept one longest was closed.
    HogOfInput,
    /// The jumbo permit was held too long while others waited.
    HogOfJumbo,
    /// A client that did not read was closed.
    StallClosed,
    /// A client whose request did not end was closed.
    RequestSlowClosed,
    /// A client that did nothing was closed.
    IdleClosed,
    /// A large value began to be sent.
    StreamBegun,
    /// A large value was sent to its end.
    StreamFinished,
    /// The connection ended before a large value was sent.
    StreamCut,
    /// A request for which there was no room was read to its end, and answered.
    RefusedDrained,
    /// A malformed request ended its connection.
    ProtocolBroken,
    /// A buffer ended in the line after `*`.
    SplitCount,
    /// A buffer ended before `$`.
    SplitDollar,
    /// A buffer ended in the line after `$`.
    SplitSize,
    /// A buffer ended in an argument.
    SplitBody,
    /// A buffer ended before the CR after an argument.
    SplitEnd,
    /// A buffer ended between CR and LF after an argument.
    SplitLineFeed,
    /// A buffer ended in an inline request.
    SplitInline,
    /// An inline request was read by the thorough parser.
    InlineRead,
    /// A request without arguments was read by the thorough parser.
    EmptyRead,
    /// A slot of the second level of the wheel fired.
    WheelLevel1,
    /// A slot of the third level of the wheel fired.
    WheelLevel2,
    /// A slot of the fourth level of the wheel fired.
    WheelLevel3,
    /// A deadline lay beyond the reach of the wheel.
    WheelBeyond,
    /// The clock went back, and the wheel with it.
    WheelBack,
    /// The old slot of a deadline that was moved later fired.
    DeadlineLater,
    /// The last key of a flushed database was freed.
    FlushReaped,
    /// A flush took a number that another database had before.
    NumberRecycled,
    /// A flush waits for earlier ones to be reaped.
    FlushRetried,
    /// EXEC ran nothing because a watched key had changed.
    ExecBroken,
    /// EXEC ran nothing because a command was refused before it.
    ExecAborted,
    /// A watched key's database got another number.
    WatchRenumbered,
    /// A command was refused because data memory is full.
    OomData,
    /// A command was refused because a chain is full.
    OomChain,
    /// A command was refused because no more large values may arrive.
    OomStaged,
    /// A command was refused because a client is reading a value that is too large to be copied.
    OomPinned,
    /// A command was refused because of the size of its reply.
    OomReply,
    /// A request was refused because of its own size.
    OomRequest,
    /// A command was refused because it cannot be queued.
    OomQueue,
    /// WATCH was refused.
    OomWatches,
    /// A command was refused because of the bytes that it would touch.
    OomWork,
    /// A command was refused because of the size of a name.
    KeyTooLong,
    /// A command was refused because of the size of a value.
    ValueTooLong,
    /// A connection was closed because another one asked for it.
    ClientKilled,
    /// The server was to end while clients waited for replies.
    StopWaited,
    /// The server ended although a client had not read all its replies.
    StopCut,
    /// Bytes came for a connection that was asked to be closed.
    ReceiveLate,
    /// A send ended before its end: the client is gone.
    SendCut,
    /// A turn had done its bound of work while connections still had requests.
    TurnSpent,
    /// A transaction did not end in one slice, and goes on in a later turn.
    ExecGoesOn,
    /// The client of a transaction that goes on was gone before its end.
    ExecForNobody,
    /// A command of a transaction found no room for its reply.
    StepRefused,
    /// A large value is sent within the reply of a transaction.
    StreamInExec,
    /// Replies that waited behind a large value moved on.
    MovedOn,
    /// A large value that arrives collects its room over more than one turn.
    CollectedLater,
    /// A command had made all the room that it may, and is to come back.
    CommandLater,
    /// A large value gave a part up for the small one that takes its place.
    RopeGaveWay,
    /// A leaf of a tree became two.
    LeafSplit,
    /// Two leaves of a tree became one.
    LeafMerged,
    /// A leaf went with all its elements.
    LeafCut,
    /// A leaf of members was put behind all others.
    LeafAppended,
    /// An inner node moved to a slot of another class.
    InnerMoved,
    /// An inner node of a tree became two.
    InnerSplit,
    /// Two inner nodes of a tree became one.
    InnerMerged,
    /// A tree got a new root, above the old one.
    RootGrown,
    /// The root of a tree had one child left, which took its place.
    RootDropped,
    /// The first child of an inner node went, and the next one took its key.
    FirstKeyLowered,
    /// A small collection became a tree.
    PageOutgrown,
    /// A tree became a small collection again.
    PageRegained,
    /// A collection was made as a tree, as its name leaves no room for a page.
    TreeAtOnce,
    /// A small collection became a tree, to get a longer name.
    TreeForName,
    /// Compaction moved a node of a tree that is not its root.
    NodeMoved,
    /// Compaction moved the root of a tree.
    RootMoved,
    /// A text too long for a cell became an object of its own.
    TextMade,
    /// Compaction moved the object of a text.
    TextMoved,
    /// The object of a small collection moved, and told its texts.
    TextsAdopted,
    /// A tree lost its key, and was left to the reaper.
    TreeBuried,
    /// The reaper freed a part of a tree, and left the rest for later.
    TreeReapedLater,
    /// A tree was copied, node by node.
    TreeCopied,
    /// The object of a text was copied with its collection.
    TextCopied,
    /// A text went from list to list as it is.
    TextCarried,
    /// An element was replaced by one that its leaf has no room for.
    ElementOutgrown,
    /// There was no room for several elements at once.
    ElementsRefused,
    /// Making room moved a tree, and the place in it was sought again.
    PlaceSoughtAgain,
    /// A step over a tree began within it.
    ScanResumed,
    /// A step over a sorted set looked at all of it.
    ScoresWalked,
    /// A sparse HyperLogLog became a dense one.
    RegistersPromoted,
    /// PFCOUNT answered what the HyperLogLog had kept.
    CountRemembered,
    /// SORT took a workspace of data memory.
    WorkspaceTaken,
    /// LCS had its table in data memory.
    TableStaged,
    /// A result took the place of a key.
    ResultReplaced,
    /// A result without elements deleted its target.
    ResultEmpty,
    /// A result could not be made.
    ResultGivenUp,
}

/// Count of marks.
pub const COUNT: usize = ALL.len();

/// Every mark with its name in print.
pub const ALL: [(Mark, &str); 147] = [
    (Mark::ReceiveFull, "receive pool full"),
    (Mark::ReceiveKept, "receive buffer kept"),
    (Mark::InputCarried, "input carried"),
    (Mark::InputJoined, "input joined"),
    (Mark::OutputPostponed, "output postponed"),
    (Mark::PostponedSent, "postponed output sent"),
    (Mark::ReplyFull, "reply pool full"),
    (Mark::JumboGranted, "jumbo granted"),
    (Mark::JumboRefused, "jumbo refused"),
    (Mark::ReplyTooLarge, "reply too large"),
    (Mark::RequestFull, "request blocks full"),
    (Mark::QueueFull, "queue blocks full"),
    (Mark::StagedFull, "staged table full"),
    (Mark::StagedShare, "staged share used up"),
    (Mark::PinsFull, "pins full"),
    (Mark::WatchesFull, "watches full"),
    (Mark::ConnectionsFull, "connections full"),
    (Mark::ConnectionRefused, "connection refused"),
    (Mark::BucketChained, "bucket chained"),
    (Mark::ChainRefused, "chain cap refused"),
    (Mark::ChildFreed, "child bucket freed"),
    (Mark::ChildMoved, "child bucket moved"),
    (Mark::HoleFilled, "hole filled by a move"),
    (Mark::LastHoleDropped, "last hole dropped"),
    (Mark::FrameEmptied, "frame emptied"),
    (Mark::ScheduledMoved, "scheduled object moved"),
    (Mark::PinnedMoved, "pinned object moved"),
    (Mark::DetachedMoved, "detached object moved"),
    (Mark::PieceMoved, "piece moved"),
    (Mark::StagedPieceMoved, "staged piece moved"),
    (Mark::DebtPaid, "debt paid in the foreground"),
    (Mark::OverdueExpired, "overdue key expired in the foreground"),
    (Mark::EvictedOwn, "evicted in the own class"),
    (Mark::EvictedGlobal, "evicted in a random chain"),
    (Mark::EvictedByCounts, "evicted by the counts"),
    (Mark::EvictedSoonest, "evicted by the wheel"),
    (Mark::MisfitLeft, "misfit left"),
    (Mark::MisfitSettled, "misfit settled"),
    (Mark::RopeAbsentRead, "absent part of a rope read"),
    (Mark::RopeGrown, "rope grown"),
    (Mark::RopePromoted, "rope tail promoted"),
    (Mark::RopeReplaced, "rope shrunk"),
    (Mark::RopeDetached, "rope detached while pinned"),
    (Mark::RopeCopied, "rope written while pinned"),
    (Mark::RopeReaped, "rope reaped"),
    (Mark::ValueOutgrown, "value outgrown its slot"),
    (Mark::StagedConsumed, "staged value consumed"),
    (Mark::StagedDiscarded, "staged value discarded"),
    (Mark::StagedRefused, "staged value refused"),
    (Mark::StagedReaped, "staged value reaped"),
    (Mark::ParkedOutput, "parked for output"),
    (Mark::ParkedPool, "parked for the pool"),
    (Mark::ParkedStore, "parked for the store"),
    (Mark::HogOfReplies, "hog of replies closed"),
    (Mark::HogOfRequests, "hog of requests closed"),
    (Mark::HogOfInput, "hog of input closed"),
    (Mark::HogOfJumbo, "hog of the jumbo closed"),
    (Mark::StallClosed, "stall closed"),
    (Mark::RequestSlowClosed, "request too slow closed"),
    (Mark::IdleClosed, "idle closed"),
    (Mark::StreamBegun, "stream begun"),
    (Mark::StreamFinished, "stream finished"),
    (Mark::StreamCut, "stream cut"),
    (Mark::RefusedDrained, "refused request drained"),
    (Mark::ProtocolBroken, "protocol broken"),
    (Mark::SplitCount, "split in the count"),
    (Mark::SplitDollar, "split before a size"),
    (Mark::SplitSize, "split in a size"),
    (Mark::SplitBody, "split in an argument"),
    (Mark::SplitEnd, "split before the line end"),
    (Mark::SplitLineFeed, "split in the line end"),
    (Mark::SplitInline, "split in an inline request"),
    (Mark::InlineRead, "inline request read piece by piece"),
    (Mark::EmptyRead, "empty request read"),
    (Mark::WheelLevel1, "wheel cascade of level 1"),
    (Mark::WheelLevel2, "wheel cascade of level 2"),
    (Mark::WheelLevel3, "wheel cascade of level 3"),
    (Mark::WheelBeyond, "deadline beyond the wheel"),
    (Mark::WheelBack, "wheel went back"),
    (Mark::DeadlineLater, "deadline moved later"),
    (Mark::FlushReaped, "flushed database reaped"),
    (Mark::NumberRecycled, "database number recycled"),
    (Mark::FlushRetried, "flush put off"),
    (Mark::ExecBroken, "exec broken by watch"),
    (Mark::ExecAborted, "exec aborted"),
    (Mark::WatchRenumbered, "watch moved with its database"),
    (Mark::OomData, "OOM: maxmemory"),
    (Mark::OomChain, "OOM: bucket chain"),
    (Mark::OomStaged, "OOM: staged-values-max"),
    (Mark::OomPinned, "OOM: pinned value"),
    (Mark::OomReply, "OOM: reply-max"),
    (Mark::OomRequest, "OOM: request-size-max"),
    (Mark::OomQueue, "OOM: request-blocks"),
    (Mark::OomWatches, "OOM: watches-max"),
    (Mark::OomWork, "OOM: command-work-max"),
    (Mark::KeyTooLong, "key-size-max"),
    (Mark::ValueTooLong, "proto-max-bulk-len"),
    (Mark::ClientKilled, "killed by CLIENT KILL"),
    (Mark::StopWaited, "stop with clients waiting"),
    (Mark::StopCut, "stop cut"),
    (Mark::ReceiveLate, "bytes after the end"),
    (Mark::SendCut, "send cut short"),
    (Mark::TurnSpent, "turn used up"),
    (Mark::ExecGoesOn, "exec goes on later"),
    (Mark::ExecForNobody, "exec ended for nobody"),
    (Mark::StepRefused, "step of exec refused"),
    (Mark::StreamInExec, "stream in exec"),
    (Mark::MovedOn, "moved on behind a stream"),
    (Mark::CollectedLater, "staged value collects"),
    (Mark::CommandLater, "command put off for room"),
    (Mark::RopeGaveWay, "rope gave way"),
    (Mark::LeafSplit, "leaf split"),
    (Mark::LeafMerged, "leaves merged"),
    (Mark::LeafCut, "leaf cut whole"),
    (Mark::LeafAppended, "leaf appended whole"),
    (Mark::InnerMoved, "inner node resized"),
    (Mark::InnerSplit, "inner node split"),
    (Mark::InnerMerged, "inner nodes merged"),
    (Mark::RootGrown, "tree root grown"),
    (Mark::RootDropped, "tree root dropped"),
    (Mark::FirstKeyLowered, "first key lowered"),
    (Mark::PageOutgrown, "page became a tree"),
    (Mark::PageRegained, "tree became a page"),
    (Mark::TreeAtOnce, "tree behind a long name"),
    (Mark::TreeForName, "tree for a longer name"),
    (Mark::NodeMoved, "tree node moved"),
    (Mark::RootMoved, "tree root moved"),
    (Mark::TextMade, "text out of line"),
    (Mark::TextMoved, "text moved"),
    (Mark::TextsAdopted, "texts adopted"),
    (Mark::TreeBuried, "tree detached"),
    (Mark::TreeReapedLater, "tree reaped in slices"),
    (Mark::TreeCopied, "tree copied"),
    (Mark::TextCopied, "text copied"),
    (Mark::TextCarried, "text carried"),
    (Mark::ElementOutgrown, "element outgrew its leaf"),
    (Mark::ElementsRefused, "elements refused together"),
    (Mark::PlaceSoughtAgain, "place in a tree sought again"),
    (Mark::ScanResumed, "scan resumed in a tree"),
    (Mark::ScoresWalked, "scan looked at all scores"),
    (Mark::RegistersPromoted, "registers became dense"),
    (Mark::CountRemembered, "count remembered"),
    (Mark::WorkspaceTaken, "workspace taken"),
    (Mark::TableStaged, "table staged"),
    (Mark::ResultReplaced, "result took a key"),
    (Mark::ResultEmpty, "result without elements"),
    (Mark::ResultGivenUp, "result given up"),
];

impl Mark {
    /// The name in print.
    pub const fn name(self) -> &'static str {
        ALL[self as usize].1
    }

    /// The mark with this name.
    pub fn named(name: &str) -> Option<Self> {
        ALL.iter().find(|(_, known)| *known == name).map(|(mark, _)| *mark)
    }
}
