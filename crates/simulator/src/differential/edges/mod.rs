//! The kinds of values, which argument has which, and the hand-written edges of each.
//!
//! Keeps true: no edge makes a string of more than a few MiB (a valid offset at the end of 512 MiB
//! would), closes the driver's own connections, or depends on the second in which it is used.
mod texts;

use texts::{
    BROKEN_BYTES, CATEGORIES, COMMAND_NAMES, FLOATS, INTEGERS, KEY_PATTERNS, NAME_ENDS, OPERANDS,
    PARAMETERS, SCORE_ENDS, SCORES, SECTIONS,
};

/// A kind of value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source {
    /// The name of a key.
    Key,
    /// A string to store.
    Value,
    /// The name of a field.
    Field,
    /// A pattern for fields.
    FieldPattern,
    /// Of HRANDFIELD: not so much that nobody could answer it.
    PickCount,
    /// Of INCRBY and the like.
    Integer,
    /// Of INCRBYFLOAT.
    Float,
    /// A pattern for keys.
    KeyPattern,
    /// A pattern for commands.
    CommandPattern,
    /// A time to live.
    Seconds,
    /// A time to live.
    Milliseconds,
    /// A time.
    UnixSeconds,
    /// A time.
    UnixMilliseconds,
    /// A bit that is read.
    BitRead,
    /// A bit that is written.
    BitOffset,
    /// Of SETRANGE.
    ByteOffset,
    /// The begin or end of a range.
    Position,
    /// 0 or 1.
    Bit,
    /// `u8`.
    FieldWidth,
    /// `#3`.
    FieldOffset,
    /// The same, where it can only be read.
    FieldRead,
    /// What a bit field is set to.
    FieldOperand,
    /// Of BITOP.
    Operation,
    /// The number of a database.
    Database,
    /// Of SCAN.
    Cursor,
    /// Of SCAN, SLOWLOG and so on.
    Count,
    /// An element of a list: one of a few, so that it is found again.
    Element,
    /// Of LPOS.
    Rank,
    /// A member of a set: one of a few, so that it is found again.
    Member,
    /// How many keys follow.
    KeyCount,
    /// The score of a member, or a weight.
    Score,
    /// The end of a range of scores.
    ScoreEnd,
    /// The end of a range of names.
    NameEnd,
    /// A pattern of BY, with a place for the element.
    WeightPattern,
    /// A pattern of GET.
    GetPattern,
    /// The key of a sorted set with one score, as ranges of names ask for.
    UniformKey,
    /// The key of a HyperLogLog that nothing else changes.
    HyperLogLogKey,
    /// The key of one that is changed byte by byte.
    BrokenKey,
    /// Where.
    BrokenOffset,
    /// And into what.
    BrokenByte,
    /// An element of a HyperLogLog.
    Observed,
    /// The key of a set of positions.
    PlaceKey,
    /// The key of a set of distances.
    DistanceKey,
    /// Of a position.
    Longitude,
    /// The same, at its ends and beyond.
    LongitudeEdge,
    /// Of a position.
    Latitude,
    /// The same, at its ends and beyond.
    LatitudeEdge,
    /// How far a search reaches.
    Extent,
    /// A type of values.
    Type,
    /// The name of a connection.
    Name,
    /// The name of a user.
    User,
    /// A password.
    Password,
    /// Of HELLO.
    Protocol,
    /// Of INFO.
    Section,
    /// Of LATENCY.
    Event,
    /// The name of a command.
    CommandName,
    /// A category of commands.
    Category,
    /// The name of an option.
    Parameter,
    /// An address of a client.
    Address,
    /// The number of a client.
    ClientId,
    /// `yes` or `no`.
    YesNo,
}

impl Source {
    /// May a malformed number stand here?
    pub fn is_number(self) -> bool {
        matches!(
            self,
            Self::Integer
                | Self::Float
                | Self::Seconds
                | Self::Milliseconds
                | Self::UnixSeconds
                | Self::UnixMilliseconds
                | Self::BitRead
                | Self::BitOffset
                | Self::ByteOffset
                | Self::Position
                | Self::Bit
                | Self::FieldOffset
                | Self::FieldRead
                | Self::FieldOperand
                | Self::Database
                | Self::Cursor
                | Self::Count
                | Self::Score
                | Self::ScoreEnd
                | Self::Rank
                | Self::PickCount
                | Self::LongitudeEdge
                | Self::LatitudeEdge
                | Self::Extent
                | Self::Protocol
        )
    }
}

/// Which values an argument of a command has.
pub fn source(command: &str, argument: &str) -> Option<Source> {
    Some(match (command, argument) {
        ("zlexcount" | "zrangebylex" | "zrevrangebylex" | "zremrangebylex", "key") => {
            Source::UniformKey
        }
        ("zlexcount" | "zrangebylex" | "zrevrangebylex" | "zremrangebylex", "min" | "max") => {
            Source::NameEnd
        }
        ("zincrby", "increment") => Source::Score,
        (_, "min" | "max") => Source::ScoreEnd,
        (_, "key" | "key1" | "key2" | "destkey" | "source" | "destination" | "newkey") => {
            Source::Key
        }
        ("bitfield", "value" | "increment") => Source::FieldOperand,
        ("setbit", "value") | ("bitpos", "bit") => Source::Bit,
        ("bitfield", "offset") => Source::FieldOffset,
        ("bitfield_ro", "offset") => Source::FieldRead,
        ("getbit", "offset") => Source::BitRead,
        ("setbit", "offset") => Source::BitOffset,
        ("setrange", "offset") => Source::ByteOffset,
        ("incrbyfloat" | "hincrbyfloat", "increment") => Source::Float,
        (_, "field") => Source::Field,
        ("hscan", "pattern") => Source::FieldPattern,
        ("hrandfield", "count") => Source::PickCount,
        ("command|list", "pattern") => Source::CommandPattern,
        ("lindex" | "lset", "index") | ("lrem", "count") | (_, "start" | "end" | "stop") => {
            Source::Position
        }
        (_, "element" | "pivot") => Source::Element,
        (_, "rank") => Source::Rank,
        (_, "value" | "message") => Source::Value,
        (_, "increment" | "decrement") => Source::Integer,
        (_, "pattern") => Source::KeyPattern,
        (_, "seconds") => Source::Seconds,
        (_, "milliseconds") => Source::Milliseconds,
        (_, "unix-time-seconds") => Source::UnixSeconds,
        (_, "unix-time-milliseconds") => Source::UnixMilliseconds,
        (_, "offset") => Source::Position,
        (_, "encoding") => Source::FieldWidth,
        (_, "operation") => Source::Operation,
        (_, "db" | "destination-db" | "index" | "index1" | "index2") => Source::Database,
        (_, "cursor") => Source::Cursor,
        (_, "count" | "limit" | "num-matches" | "len") => Source::Count,
        (_, "member") => Source::Member,
        (_, "type") => Source::Type,
        (_, "connection-name" | "clientname" | "module-name") => Source::Name,
        (_, "username") => Source::User,
        (_, "password") => Source::Password,
        (_, "protover") => Source::Protocol,
        (_, "section") => Source::Section,
        (_, "event") => Source::Event,
        (_, "command-name" | "command") => Source::CommandName,
        (_, "category") => Source::Category,
        (_, "parameter") => Source::Parameter,
        (_, "ip:port") => Source::Address,
        (_, "client-id") => Source::ClientId,
        (_, "yes/no") => Source::YesNo,
        _ => return None,
    })
}

/// Numbers that are none, or hardly.
pub const MALFORMED: &[&str] = &[
    "",
    " 1",
    "1 ",
    "01",
    "+1",
    "-0",
    "-",
    "1.0",
    "1e3",
    "0x10",
    "abc",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "123456789012345678901234567890",
];

/// Edges of a kind, and that one in so many is an edge (1: always).
pub fn fixed(source: Source) -> Option<(u64, &'static [&'static str])> {
    let row = EDGES.iter().find(|(kind, ..)| *kind == source);
    row.map(|(_, often, texts)| (*often, *texts))
}

/// Kind, one in how many, and the edges.
type Edges = (Source, u64, &'static [&'static str]);

const EDGES: &[Edges] = &[
    (Source::Integer, 4, INTEGERS),
    (Source::FieldOperand, 4, OPERANDS),
    (Source::Float, 1, FLOATS),
    (Source::KeyPattern, 1, KEY_PATTERNS),
    (Source::Field, 24, &["", "10", "-1", "a field\r\n", "\u{e9}"]),
    (Source::FieldPattern, 1, &["*", "*", "f*", "f:1?", "*[13579]", "nosuch", "", "\\"]),
    (
        Source::PickCount,
        1,
        &[
            "0",
            "1",
            "2",
            "-1",
            "-3",
            "5",
            "1000",
            "-100",
            "x",
            "",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
        ],
    ),
    (Source::CommandPattern, 1, &["get*", "*bit*", "config|*", "[a-c]*", "nosuch", "GETRANGE"]),
    (
        Source::Seconds,
        12,
        &["0", "-1", "-100000", "9223372036854775807", "9223372036854775", "-9223372036854775808"],
    ),
    (
        Source::Milliseconds,
        12,
        &[
            "0",
            "-1",
            "-100000",
            "9223372036854775807",
            "9223372036854775806",
            "-9223372036854775808",
        ],
    ),
    (
        Source::UnixSeconds,
        8,
        &[
            "0",
            "-1",
            "1",
            "1000000000",
            "4102444800",
            "33177117420",
            "9223372036854775807",
            "9223372036854775",
            "-9223372036854775808",
        ],
    ),
    (
        Source::UnixMilliseconds,
        8,
        &[
            "0",
            "-1",
            "1",
            "1000000000000",
            "4102444800000",
            "33177117420000",
            "9223372036854775807",
            "-9223372036854775808",
        ],
    ),
    (
        Source::BitRead,
        6,
        &["0", "7", "8", "63", "64", "4294967295", "4294967296", "-1", "9223372036854775807"],
    ),
    (
        Source::BitOffset,
        6,
        &[
            "0",
            "7",
            "8",
            "63",
            "64",
            "65535",
            "65536",
            "524288",
            "4294967296",
            "-1",
            "9223372036854775807",
        ],
    ),
    (
        Source::ByteOffset,
        6,
        &["0", "1", "8191", "8192", "65535", "65536", "536870912", "-1", "9223372036854775807"],
    ),
    (
        Source::Position,
        5,
        &[
            "0",
            "-1",
            "1",
            "-2",
            "63",
            "64",
            "65535",
            "65536",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775806",
            "-9223372036854775807",
        ],
    ),
    (Source::Bit, 1, &["0", "1", "0", "1", "0", "1", "0", "1", "0", "1", "2", "-1"]),
    (
        Source::FieldWidth,
        8,
        &["u63", "i64", "u64", "i65", "u0", "i0", "x8", "u", "", "U8", "u8x", "i-1"],
    ),
    (Source::FieldOffset, 12, &["#0", "#", "#-1", "4294967296", "-1", "x"]),
    // Where the product with the width overflows, Redis goes on with what is left of it.
    (
        Source::FieldRead,
        8,
        &["#0", "#", "#-1", "4294967295", "4294967296", "-1", "#1152921504606846976", "x"],
    ),
    (
        Source::Operation,
        1,
        &["AND", "OR", "XOR", "NOT", "and", "Or", "xor", "not", "AND", "OR", "XOR", "NAND"],
    ),
    (Source::Database, 1, &["0", "0", "0", "1", "1", "2", "2", "15", "16", "-1"]),
    (Source::Cursor, 1, &["0", "0", "0", "0", "0", "0", "0", "7", "x", "18446744073709551615"]),
    (Source::Count, 4, &["1000000", "1000000", "1", "0", "-1", "-2", "9223372036854775807"]),
    (Source::Element, 2, &["a", "b", "c", "a", "b", "1", "-1", "01", "", "9223372036854775807"]),
    // 7.0 lets the least number overflow.
    (Source::Rank, 1, &["1", "1", "2", "3", "-1", "-2", "-3", "0", "-9223372036854775807"]),
    (Source::Member, 3, &["a", "b", "c", "d", "e", "", "01", "-0", "1.0", "9223372036854775807"]),
    (Source::KeyCount, 1, &["0", "1", "2", "3", "9", "-1", "4294967296"]),
    (Source::Member, 3, &["a", "b", "c", "d", "e", "", "01", "-0", "1.0", "9223372036854775807"]),
    (Source::Score, 3, SCORES),
    (Source::ScoreEnd, 2, SCORE_ENDS),
    (Source::NameEnd, 1, NAME_ENDS),
    (Source::UniformKey, 1, &["uniform:1", "uniform:2", "uniform:3"]),
    (Source::HyperLogLogKey, 1, &["hll:1", "hll:2", "hll:3", "hll:4"]),
    (Source::BrokenKey, 1, &["broken:1", "broken:2", "broken:3"]),
    (
        Source::BrokenOffset,
        1,
        &["0", "3", "4", "4", "7", "8", "15", "16", "16", "17", "17", "18", "19", "20", "23", "30"],
    ),
    (Source::BrokenByte, 1, BROKEN_BYTES),
    (Source::Observed, 12, &["", "a", "an element", "\r\n", "\0"]),
    (Source::PlaceKey, 1, &["place:1", "place:2", "place:3"]),
    (Source::DistanceKey, 1, &["distances:1", "distances:2"]),
    (
        Source::LongitudeEdge,
        1,
        &["180", "-180", "0", "-0", "179.999999", "-179.999999", "180.0000001", "-1e300", "inf"],
    ),
    (
        Source::LatitudeEdge,
        1,
        &["85.05112878", "-85.05112878", "0", "66.1", "-80.1", "85.051129", "-90", "1e-300", "nan"],
    ),
    (
        Source::Extent,
        3,
        &["0", "0.5", "1e-3", "1", "10018", "20015.2", "40075", "1e300", "inf", "-1", "-0", "nan"],
    ),
    (Source::WeightPattern, 1, &["key:*", "key:*", "key:*", "key:*->f:1", "nosuch:*", "*"]),
    (
        Source::GetPattern,
        1,
        &["#", "#", "key:*", "key:*", "key:*->f:1", "key:*->f:2", "key:*->", "key:1", "", "*"],
    ),
    (Source::Type, 1, &["string", "string", "STRING", "hash", "list", "nosuch", ""]),
    (Source::Name, 1, &["me", "", "a name", "you\n", "x", "~!", "\u{e9}", "\u{7f}"]),
    (Source::User, 1, &["default", "default", "nobody", ""]),
    (Source::Password, 1, &["", "secret"]),
    (Source::Protocol, 1, &["2", "3", "3", "3", "1", "4", "-3"]),
    (Source::Section, 1, SECTIONS),
    (Source::Event, 1, &["command", "fork", "", "nosuch"]),
    (Source::CommandName, 1, COMMAND_NAMES),
    (Source::Category, 1, CATEGORIES),
    (Source::Parameter, 1, PARAMETERS),
    (Source::Address, 1, &["1.2.3.4:5678", "x", "", "[::1]:1"]),
    (Source::ClientId, 1, &["999999999999", "9223372036854775807", "0", "-1", "x"]),
    (Source::YesNo, 1, &["yes", "no", "YES", "maybe"]),
];
