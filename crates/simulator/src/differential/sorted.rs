//! The syntax of sorted set commands whose parts depend on each other: the ends of a range on what
//! it is a range of, the count of weights on the count of keys.
use super::grammar::Node;
use super::values::Source;

fn optional(node: Node) -> Node {
    Node::Optional(Box::new(node))
}

fn one_of(words: &[&str]) -> Node {
    Node::OneOf(words.iter().map(|word| Node::word(word)).collect())
}

fn repeat(parts: Vec<Node>) -> Node {
    Node::Repeat(Box::new(Node::Sequence(parts)))
}

/// ZADD, ZRANGE and ZRANGESTORE.
pub fn node(name: &str) -> Node {
    match name {
        "zadd" => add(),
        "zrange" => range(&[], &[optional(Node::word("WITHSCORES"))]),
        _ => range(&[Node::Value(Source::Key)], &[]),
    }
}

/// Some sets have one score for all members.
fn add() -> Node {
    let member = || Node::Value(Source::Member);
    let any = Node::Sequence(vec![
        Node::Value(Source::Key),
        optional(one_of(&["NX", "XX"])),
        optional(one_of(&["GT", "LT"])),
        optional(Node::word("CH")),
        Node::Choice(vec![
            repeat(vec![Node::Value(Source::Score), member()]),
            repeat(vec![Node::Value(Source::Score), member()]),
            Node::Sequence(vec![Node::word("INCR"), Node::Value(Source::Score), member()]),
        ]),
    ]);
    let uniform = Node::Sequence(vec![
        Node::Value(Source::UniformKey),
        repeat(vec![Node::word("0"), member()]),
    ]);
    Node::Choice(vec![any.clone(), any, uniform])
}

/// A range of ranks, of scores or of names.
fn range(target: &[Node], shown: &[Node]) -> Node {
    let limit = optional(Node::Sequence(vec![
        Node::word("LIMIT"),
        Node::Value(Source::Position),
        Node::Value(Source::Count),
    ]));
    let form = |key: Source, end: Source, by: Option<&str>, limit: Option<&Node>| {
        let mut parts = target.to_vec();
        parts.extend([key, end, end].map(Node::Value));
        // What says of what it is a range is always there, and may stand before other options.
        parts.extend(by.map(Node::word));
        parts.push(optional(Node::word("REV")));
        parts.extend(limit.cloned());
        parts.extend(shown.iter().cloned());
        Node::Sequence(parts)
    };
    Node::Choice(vec![
        form(Source::Key, Source::Position, None, None),
        form(Source::Key, Source::Position, None, Some(&limit)),
        form(Source::Key, Source::ScoreEnd, Some("BYSCORE"), Some(&limit)),
        form(Source::UniformKey, Source::NameEnd, Some("BYLEX"), Some(&limit)),
    ])
}

/// Commands that count their keys: mostly as many follow as they say.
pub fn counted(name: &str) -> Node {
    let key = || Node::Value(Source::Key);
    let is_store = name.ends_with("store");
    let case = |keys: Vec<Node>, weight_count: usize| {
        let mut parts = if is_store { vec![key()] } else { Vec::new() };
        parts.extend(keys);
        let weights = [Node::word("WEIGHTS")]
            .into_iter()
            .chain(std::iter::repeat_n(Node::Value(Source::Score), weight_count));
        let aggregate =
            Node::Sequence(vec![Node::word("AGGREGATE"), one_of(&["SUM", "MIN", "MAX"])]);
        let shown = optional(Node::word("WITHSCORES"));
        let number = |word| Node::Sequence(vec![Node::word(word), Node::Value(Source::Count)]);
        match name {
            "zmpop" => parts.extend([one_of(&["MIN", "MAX"]), optional(number("COUNT"))]),
            "zintercard" => parts.push(optional(number("LIMIT"))),
            "zdiff" => parts.push(shown),
            "zdiffstore" => {}
            _ => {
                parts.extend([optional(Node::Sequence(weights.collect())), optional(aggregate)]);
                parts.extend((!is_store).then_some(shown));
            }
        }
        Node::Sequence(parts)
    };
    Node::Choice(vec![
        case(vec![Node::word("1"), key()], 1),
        case(vec![Node::word("2"), key(), key()], 2),
        case(vec![Node::word("2"), key(), key()], 2),
        case(vec![Node::word("3"), key(), key(), key()], 3),
        case(vec![Node::Value(Source::KeyCount), Node::Repeat(Box::new(key()))], 2),
    ])
}
