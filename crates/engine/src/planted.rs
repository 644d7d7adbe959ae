//! Planted bugs: mistakes of the kinds that one makes, to see whether the tests notice them.
//!
//! They exist only in builds with `--cfg planted`, of which the simulator makes one when it is
//! asked to test the tests. In all others `is_planted` is `false` when it is compiled, and the
//! line that asks it is gone. Whoever reads the engine may skip these lines.
//!
//! Invariant: at most one bug is planted in a process; a bug's number is its place in `ALL`,
//! counted from 1.
#[cfg(planted)]
use core::sync::atomic::{AtomicU32, Ordering};

/// A mistake.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Bug {
    /// An object one byte above a class gets a slot of the smaller class.
    ClassBorder = 1,
    /// A hole leaves its list, but the next one still names it.
    HoleHalfUnlinked,
    /// An object that gets another class gives its old slot back twice.
    SlotFreedTwice,
    /// A full frame that becomes the top counts one slot too few.
    TopFrameShort,
    /// Frames promised to a value that is given up stay promised.
    PromiseKept,
    /// The index is not told that an object moved.
    OwnerUnpatched,
    /// The wheel is not told that an object moved.
    LinkUnpatched,
    /// The pieces of a rope are not told that their object moved.
    PieceUnadopted,
    /// The object of a rope is not told that a piece moved.
    RootUnpatched,
    /// A value that is arriving is not told that a piece moved.
    StagedUnpatched,
    /// A bucket is not told that its child moved.
    BucketUnpatched,
    /// A pin is not told that its object moved.
    PinUnpatched,
    /// The reaper is not told that the first of its list moved.
    GraveUnpatched,
    /// A child bucket is not given back when its chain no longer needs it.
    ChildLeaked,
    /// A full bucket gets a child, and its last entry is lost.
    ChainEntryLost,
    /// The index forgets that a key has a deadline.
    TtlBitLost,
    /// The group's row counts each deadline twice.
    TtlCountedTwice,
    /// SCAN that stops for its count skips a bucket.
    ScanSkips,
    /// SCAN and KEYS show keys past their deadline.
    ScanShowsExpired,
    /// A key lives a millisecond longer than it should.
    ExpiredLate,
    /// The wheel deletes a key in the millisecond that its deadline names.
    ExpiredEarly,
    /// A deadline moved nearer is written, but stays in its old slot of the wheel.
    EarlierForgotten,
    /// A key that loses its deadline by a SET stays in the wheel.
    WheelLinkLeft,
    /// SET with KEEPTTL, and INCR, lose the deadline.
    KeepTtlLost,
    /// GETSET keeps the deadline that it should remove.
    GetsetKeepsTtl,
    /// RENAME and MOVE lose the deadline.
    RenameTtlLost,
    /// EXPIRE with GT sets a deadline that is not later.
    GtTakesEqual,
    /// SETRANGE beyond the end leaves what was there instead of zeros.
    GapKept,
    /// The part of a new frame before what is written keeps its old bytes.
    FrameKept,
    /// A piece of a rope that grows keeps what its new slot held before.
    PieceKept,
    /// COPY of a large value lists the same frames.
    CopyShared,
    /// A value is changed in place while a client is reading it.
    PinnedWritten,
    /// A large value that lost its key is never freed.
    GraveForgotten,
    /// MSET forgets what its first pair needs.
    MsetShort,
    /// Making room for a key may evict the key itself.
    SparedEvicted,
    /// A large value that no command consumed is not given back.
    StagedLeaked,
    /// A write into a string does not tell those who watch it.
    WatchMissed,
    /// EXEC that ran does not forget what was watched.
    WatchKept,
    /// SWAPDB and the flushes do not tell those who watch.
    SwapUnseen,
    /// A flushed database is not given to the reaper.
    FlushForgotten,
    /// MGET forgets the values when it reserves its reply.
    ReplyShort,
    /// GETRANGE stops one byte early where it is asked for the end.
    RangeEndShort,
    /// BITOP leaves the bytes behind the last whole word as they were.
    TailKept,
    /// INCR beyond the end of the integers wraps around.
    IncrWraps,
    /// A string that was written into reads as if it were set whole.
    RawForgotten,
    /// The last byte of an argument before the end of a buffer is lost.
    ByteLost,
    /// Two full reply buffers are sent in the wrong order.
    RepliesSwapped,
    /// Output that is dropped does not give its buffers back.
    ReplyLost,
    /// What was sent still counts against the credit.
    CreditKept,
    /// The jumbo permit is not given back.
    JumboKept,
    /// A value that was sent stays pinned.
    PinKept,
    /// A connection that waits for its own output is never woken.
    OutputUnwoken,
    /// A connection that waits for buffers of others is never woken.
    PoolUnwoken,
    /// A connection that waits for the reaper is never woken.
    StoreUnwoken,
    /// What is parsed behind a request that waits is dropped.
    RequestsDropped,
    /// A receive buffer that was kept does not go back.
    ReceiveLost,
    /// A carry buffer that was used does not go back.
    CarryLost,
    /// A send that was cut counts as complete.
    ShortSendTaken,
    /// Bytes that come after a connection was asked to be closed become its input.
    LateTaken,
    /// Others are executed while a transaction goes on.
    OthersExecuted,
    /// Time goes on while a transaction does.
    TimeGoesOn,
    /// Frames that a value has collected stay promised when its client leaves.
    CollectedKept,
    /// Buffers kept for the rest of a transaction stay promised.
    SuspendedKept,
    /// What waits behind a large value loses a byte where a buffer ends.
    MovedShort,
    /// A large value that gave a part up still lists it.
    GivenTwice,
    /// BITOP takes memory of the heap.
    HeapTaken,
    /// The root of a tree is not told of a new element.
    CountShort,
    /// The right half of a leaf begins one key too late.
    BorderShifted,
    /// The new first child of an inner node keeps its key.
    FirstKeyKept,
    /// The last element of a leaf that goes into another is lost.
    MergeLoses,
    /// Two leaves become one that has no room for its header.
    MergedShort,
    /// The parent of a node is not told that it moved.
    NodeUnpatched,
    /// The children of a node are not told that it moved.
    ChildrenUnadopted,
    /// A collection is not told that the root of its tree moved.
    RootUntold,
    /// A text is not told that it is in another leaf.
    TextUnadopted,
    /// A leaf that loses a text still counts it.
    TextCountKept,
    /// A tree is not told that a text became longer.
    BytesKept,
    /// A leaf that goes whole leaves its bytes behind.
    CutBytesKept,
    /// A new score does not reach the tree of scores.
    ScoreForgotten,
    /// A sorted set that shrinks to a page keeps its tree of scores.
    ScoresLeaked,
    /// Several elements for a tree reserve nothing.
    ElementsShort,
    /// The reaper forgets the texts of a tree.
    TextsLeaked,
    /// The last element leaves an empty key.
    EmptyKept,
    /// A walk back enters a leaf at its first element.
    WalkBackSkips,
    /// A list that gives an element to itself loses its neighbour.
    CarriedTwice,
    /// COPY of a large collection lists the same texts.
    CopySharesTexts,
    /// SREM does not tell those who watch.
    ElementUnseen,
    /// A step over a large set or hash that stops for its count skips a leaf.
    ScanLeafSkips,
    /// SPOP of several takes a neighbour of one that it answers.
    PoppedBeside,
    /// The element that makes a HyperLogLog dense is not in it.
    RegisterLost,
    /// A dense HyperLogLog that changes keeps its count.
    CountFresh,
    /// A search among positions leaves out its last cell.
    CellForgotten,
    /// SORT leaves its first record where it was.
    RecordUnsorted,
    /// SORT does not give its workspace back.
    WorkspaceKept,
    /// LCS forgets what one word carries into the next.
    WordCarryForgotten,
    /// A result that cannot be made is not given up.
    ResultKept,
    /// The sources of a result may leave while it is made.
    SourceUnspared,
    /// A range of names takes its open end.
    EndTaken,
    /// Several elements for a tree reserve twice what they may need.
    ElementsGreedy,
    /// One element for a tree wants whole frames besides.
    ElementGreedy,
    /// Bytes that come while others wait are lost.
    JoinedLost,
    /// Postponed output is forgotten when nothing comes.
    OutputPostponedForEver,
}

/// Every bug with its name in print.
pub const ALL: [(Bug, &str); 102] = [
    (Bug::ClassBorder, "class border"),
    (Bug::HoleHalfUnlinked, "hole half unlinked"),
    (Bug::SlotFreedTwice, "slot freed twice"),
    (Bug::TopFrameShort, "top frame short"),
    (Bug::PromiseKept, "promise kept"),
    (Bug::OwnerUnpatched, "owner unpatched"),
    (Bug::LinkUnpatched, "link unpatched"),
    (Bug::PieceUnadopted, "piece unadopted"),
    (Bug::RootUnpatched, "root unpatched"),
    (Bug::StagedUnpatched, "staged root unpatched"),
    (Bug::BucketUnpatched, "bucket unpatched"),
    (Bug::PinUnpatched, "pin unpatched"),
    (Bug::GraveUnpatched, "grave unpatched"),
    (Bug::ChildLeaked, "child bucket leaked"),
    (Bug::ChainEntryLost, "chain entry lost"),
    (Bug::TtlBitLost, "deadline bit lost"),
    (Bug::TtlCountedTwice, "deadline counted twice"),
    (Bug::ScanSkips, "scan skips"),
    (Bug::ScanShowsExpired, "scan shows expired"),
    (Bug::ExpiredLate, "expired late"),
    (Bug::ExpiredEarly, "expired early"),
    (Bug::EarlierForgotten, "earlier deadline forgotten"),
    (Bug::WheelLinkLeft, "wheel link left"),
    (Bug::KeepTtlLost, "KEEPTTL lost"),
    (Bug::GetsetKeepsTtl, "GETSET keeps the deadline"),
    (Bug::RenameTtlLost, "RENAME loses the deadline"),
    (Bug::GtTakesEqual, "GT takes equal"),
    (Bug::GapKept, "gap kept"),
    (Bug::FrameKept, "frame kept"),
    (Bug::PieceKept, "piece kept"),
    (Bug::CopyShared, "copy shares frames"),
    (Bug::PinnedWritten, "pinned value written"),
    (Bug::GraveForgotten, "grave forgotten"),
    (Bug::MsetShort, "MSET reserves too little"),
    (Bug::SparedEvicted, "spared key evicted"),
    (Bug::StagedLeaked, "staged value leaked"),
    (Bug::WatchMissed, "watch missed"),
    (Bug::WatchKept, "watch kept"),
    (Bug::SwapUnseen, "swap unseen"),
    (Bug::FlushForgotten, "flush forgotten"),
    (Bug::ReplyShort, "reply reserved short"),
    (Bug::RangeEndShort, "range end short"),
    (Bug::TailKept, "BITOP tail kept"),
    (Bug::IncrWraps, "INCR wraps"),
    (Bug::RawForgotten, "raw forgotten"),
    (Bug::ByteLost, "byte lost at a split"),
    (Bug::RepliesSwapped, "replies swapped"),
    (Bug::ReplyLost, "reply buffer lost"),
    (Bug::CreditKept, "credit kept"),
    (Bug::JumboKept, "jumbo kept"),
    (Bug::PinKept, "pin kept"),
    (Bug::OutputUnwoken, "never woken for output"),
    (Bug::PoolUnwoken, "never woken for the pool"),
    (Bug::StoreUnwoken, "never woken for the store"),
    (Bug::RequestsDropped, "requests dropped"),
    (Bug::ReceiveLost, "receive buffer lost"),
    (Bug::CarryLost, "carry buffer lost"),
    (Bug::ShortSendTaken, "short send taken"),
    (Bug::LateTaken, "late bytes taken"),
    (Bug::OthersExecuted, "others executed in EXEC"),
    (Bug::TimeGoesOn, "time goes on in EXEC"),
    (Bug::CollectedKept, "collected frames kept"),
    (Bug::SuspendedKept, "suspended grant kept"),
    (Bug::MovedShort, "byte lost behind a stream"),
    (Bug::GivenTwice, "part given twice"),
    (Bug::HeapTaken, "memory of the heap taken"),
    (Bug::CountShort, "count not carried up"),
    (Bug::BorderShifted, "border of leaves shifted"),
    (Bug::FirstKeyKept, "first key kept"),
    (Bug::MergeLoses, "merged leaf loses one"),
    (Bug::MergedShort, "merged leaf short"),
    (Bug::NodeUnpatched, "parent unpatched"),
    (Bug::ChildrenUnadopted, "children unadopted"),
    (Bug::RootUntold, "tree root unpatched"),
    (Bug::TextUnadopted, "text unadopted"),
    (Bug::TextCountKept, "text count kept"),
    (Bug::BytesKept, "bytes of a subtree kept"),
    (Bug::CutBytesKept, "bytes of a cut leaf kept"),
    (Bug::ScoreForgotten, "second tree forgotten"),
    (Bug::ScoresLeaked, "second tree leaked"),
    (Bug::ElementsShort, "elements reserved short"),
    (Bug::TextsLeaked, "texts leaked"),
    (Bug::EmptyKept, "empty key kept"),
    (Bug::WalkBackSkips, "walk back skips"),
    (Bug::CarriedTwice, "neighbour of a carried one lost"),
    (Bug::CopySharesTexts, "copy shares texts"),
    (Bug::ElementUnseen, "watch of an element missed"),
    (Bug::ScanLeafSkips, "scan skips a leaf"),
    (Bug::PoppedBeside, "neighbour popped"),
    (Bug::RegisterLost, "register lost"),
    (Bug::CountFresh, "count of a changed one kept"),
    (Bug::CellForgotten, "cell forgotten"),
    (Bug::RecordUnsorted, "record left unsorted"),
    (Bug::WorkspaceKept, "workspace kept"),
    (Bug::WordCarryForgotten, "carry between words forgotten"),
    (Bug::ResultKept, "half a result kept"),
    (Bug::SourceUnspared, "source unspared"),
    (Bug::EndTaken, "open end taken"),
    (Bug::ElementsGreedy, "elements reserve twice"),
    (Bug::ElementGreedy, "element wants frames"),
    (Bug::JoinedLost, "joined input lost"),
    (Bug::OutputPostponedForEver, "output postponed for ever"),
];

/// The one bug of this process; 0 is none. The only global of the engine, and only here.
#[cfg(planted)]
static PLANTED: AtomicU32 = AtomicU32::new(0);

/// Plants the bug with this number for the rest of the process.
#[cfg(planted)]
pub fn plant(number: u32) {
    PLANTED.store(number, Ordering::Relaxed);
}

/// Does this process have the bug?
#[cfg(planted)]
#[inline]
pub fn is_planted(bug: Bug) -> bool {
    PLANTED.load(Ordering::Relaxed) == bug as u32
}

/// No.
#[cfg(not(planted))]
#[inline]
pub const fn is_planted(_: Bug) -> bool {
    false
}

#[cfg(test)]
#[path = "planted_test.rs"]
mod planted_test;
