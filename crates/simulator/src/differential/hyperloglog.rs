//! The syntax of commands on HyperLogLogs, which have keys of their own: SETRANGE would break them.
//!
//! Keeps true: nothing is added to broken ones. What PFADD has done before it finds that out stays
//! done in Redis, and an opcode that is cut off at the end goes on behind the string there.
use super::grammar::Node;
use super::values::Source;

fn repeat(node: Node) -> Node {
    Node::Repeat(Box::new(node))
}

/// PFADD, PFCOUNT, PFDEBUG, PFMERGE, and SETRANGE, which breaks some.
pub fn node(name: &str) -> Node {
    let [whole, broken, any] =
        [Source::HyperLogLogKey, Source::BrokenKey, Source::Key].map(Node::Value);
    match name {
        "pfadd" => {
            let all = Node::Sequence(vec![whole.clone(), repeat(Node::Value(Source::Observed))]);
            Node::Choice(vec![all.clone(), all.clone(), all, whole])
        }
        "pfcount" => {
            let several = Node::Choice(vec![whole.clone(), whole.clone(), broken.clone(), any]);
            Node::Choice(vec![whole, broken, repeat(several)])
        }
        "pfmerge" => {
            let source = vec![whole.clone(), whole.clone(), whole.clone(), broken.clone(), any];
            let target = Node::Choice(vec![whole.clone(), whole, broken]);
            Node::Sequence(vec![target, repeat(Node::Choice(source))])
        }
        "pfdebug" => {
            let words = ["GETREG", "DECODE", "DECODE", "ENCODING", "TODENSE", "nosuch"];
            let what = Node::Choice(words.map(Node::word).to_vec());
            Node::Sequence(vec![what, Node::Choice(vec![whole.clone(), whole, broken, any])])
        }
        _ => {
            let any = [Source::Key, Source::ByteOffset, Source::Value].map(Node::Value);
            let broken =
                [Source::BrokenKey, Source::BrokenOffset, Source::BrokenByte].map(Node::Value);
            Node::Choice(vec![
                Node::Sequence(any.to_vec()),
                Node::Sequence(any.to_vec()),
                Node::Sequence(broken.to_vec()),
            ])
        }
    }
}
