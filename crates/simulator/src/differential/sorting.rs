//! The syntax of SORT, where the order of the result is not left to chance. Sets that need not be
//! sorted are only stored; nothing is sorted by texts that other keys have, of which Redis leaves
//! equal ones in any order. What is sorted by number is not stored: Redis may refuse it for what an
//! earlier command has met.
use super::grammar::Node;
use super::values::Source;

fn optional(node: Node) -> Node {
    Node::Optional(Box::new(node))
}

fn named(word: &str, source: Source) -> Node {
    Node::Sequence(vec![Node::word(word), Node::Value(source)])
}

/// `SORT` or `SORT_RO`.
pub(super) fn node(name: &str) -> Node {
    let by_numbers = form(optional(named("BY", Source::WeightPattern)), true, false);
    let by_letters = form(Node::word("ALPHA"), false, false);
    if name == "sort_ro" {
        return Node::Choice(vec![by_numbers, by_letters]);
    }
    let unsorted =
        Node::Sequence(vec![Node::word("BY"), Node::word("nosort"), optional(Node::word("ALPHA"))]);
    Node::Choice(vec![
        by_numbers.clone(),
        by_numbers,
        by_letters,
        form(Node::word("ALPHA"), true, true),
        form(unsorted, true, true),
    ])
}

/// A key, what it is sorted by, and what is done with the result.
fn form(order: Node, may_get: bool, is_stored: bool) -> Node {
    let limit =
        [Node::word("LIMIT"), Node::Value(Source::Position), Node::Value(Source::Count)].to_vec();
    let direction = Node::OneOf(vec![Node::word("ASC"), Node::word("DESC")]);
    let get = Node::Repeat(Box::new(named("GET", Source::GetPattern)));
    let mut parts = vec![Node::Value(Source::Key), order];
    parts.extend([optional(Node::Sequence(limit)), optional(direction)]);
    parts.extend(may_get.then(|| optional(get)));
    parts.extend(is_stored.then(|| named("STORE", Source::Key)));
    Node::Sequence(parts)
}
