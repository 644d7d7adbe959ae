//! The syntax of the commands that know positions, and what may differ of their replies.
//!
//! Sets of positions have keys of their own, and so do sets of distances: their scores may differ
//! in the last bit, because two libraries have other sines. No two positions of a stream are the
//! same, mostly: the order of members equally far away is left open where some are cut off.
use super::compare::number;
use super::grammar::Node;
use super::values::Source;
use crate::value::Value;

/// How the keys of sets of distances begin.
pub const DISTANCES: &[u8] = b"distances:";

fn optional(node: Node) -> Node {
    Node::Optional(Box::new(node))
}

fn words(words: &[&str]) -> Vec<Node> {
    words.iter().map(|word| Node::word(word)).collect()
}

fn sequence<const N: usize>(parts: [Node; N]) -> Node {
    Node::Sequence(Vec::from(parts))
}

/// Mostly a set of positions.
fn key() -> Node {
    let keys = [Source::PlaceKey, Source::PlaceKey, Source::PlaceKey, Source::Key];
    Node::Choice(keys.map(Node::Value).to_vec())
}

/// What is searched. In other sorted sets many members have one place, and Redis leaves to chance
/// which of those equally far away come first.
fn searched() -> Node {
    Node::Value(Source::PlaceKey)
}

/// A longitude and a latitude, of which at most one is an edge.
fn position() -> Node {
    let pair = |longitude, latitude| sequence([Node::Value(longitude), Node::Value(latitude)]);
    Node::Choice(vec![
        pair(Source::Longitude, Source::Latitude),
        pair(Source::Longitude, Source::Latitude),
        pair(Source::Longitude, Source::Latitude),
        pair(Source::LongitudeEdge, Source::Latitude),
        pair(Source::Longitude, Source::LatitudeEdge),
    ])
}

fn unit() -> Node {
    Node::Choice(words(&["m", "km", "km", "km", "KM", "ft", "mi", "Mi", "furlong"]))
}

fn member() -> Node {
    Node::Value(Source::Member)
}

fn circle() -> Node {
    sequence([Node::Value(Source::Extent), unit()])
}

/// What every search may be asked for.
fn options() -> [Node; 2] {
    let count = sequence([Node::word("COUNT"), Node::Value(Source::Count)]);
    let count = sequence([count, optional(Node::word("ANY"))]);
    [optional(count), optional(Node::OneOf(words(&["ASC", "DESC"])))]
}

/// What is shown besides names.
fn shown() -> [Node; 3] {
    ["WITHCOORD", "WITHDIST", "WITHHASH"].map(|word| optional(Node::word(word)))
}

/// A search around `center`, of an older command.
fn around(name: &str, center: Node) -> Node {
    let parts = [vec![searched(), center, circle()], options().to_vec()].concat();
    let shows = Node::Sequence([parts.clone(), shown().to_vec()].concat());
    if name.ends_with("_ro") {
        return shows;
    }
    let target = |word, key| sequence([Node::word(word), Node::Value(key)]);
    let store = |target: Node| Node::Sequence([parts.clone(), vec![target]].concat());
    Node::Choice(vec![
        shows.clone(),
        shows,
        store(target("STORE", Source::PlaceKey)),
        store(target("STOREDIST", Source::DistanceKey)),
    ])
}

/// GEOSEARCH, or the rest of GEOSEARCHSTORE.
fn search() -> Vec<Node> {
    let center = Node::OneOf(vec![
        sequence([Node::word("FROMMEMBER"), member()]),
        sequence([Node::word("FROMLONLAT"), position()]),
    ]);
    let extent = || Node::Value(Source::Extent);
    let extent = Node::OneOf(vec![
        sequence([Node::word("BYRADIUS"), circle()]),
        sequence([Node::word("BYBOX"), extent(), extent(), unit()]),
    ]);
    [vec![searched(), center, extent], options().to_vec()].concat()
}

/// The syntax of a command.
pub fn node(name: &str) -> Node {
    match name {
        "geoadd" => sequence([
            Node::Value(Source::PlaceKey),
            optional(Node::OneOf(words(&["NX", "XX"]))),
            optional(Node::word("CH")),
            Node::Repeat(Box::new(sequence([position(), member()]))),
        ]),
        "geodist" => sequence([key(), member(), member(), optional(unit())]),
        "geohash" | "geopos" => sequence([key(), Node::Repeat(Box::new(member()))]),
        "georadius" | "georadius_ro" => around(name, position()),
        "georadiusbymember" | "georadiusbymember_ro" => around(name, member()),
        "geosearch" => Node::Sequence([search(), shown().to_vec()].concat()),
        _ => {
            let into = |target, distance: Vec<Node>| {
                Node::Sequence([vec![Node::Value(target)], search(), distance].concat())
            };
            Node::Choice(vec![
                into(Source::PlaceKey, Vec::new()),
                into(Source::DistanceKey, vec![Node::word("STOREDIST")]),
            ])
        }
    }
}

/// Are these the same but for the last digits of numbers?
pub fn same_distances(redis: &Value, granite: &Value) -> bool {
    if let (Some(some), Some(others)) = (redis.elements(), granite.elements()) {
        let mut pairs = some.iter().zip(others);
        return some.len() == others.len() && pairs.all(|(one, other)| same_distances(one, other));
    }
    redis == granite
        || matches!((number(redis), number(granite)), (Some(one), Some(other))
            if (one - other).abs() <= 0.000_11 + one.abs() * 1e-9)
}
