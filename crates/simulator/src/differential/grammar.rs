//! From trees of arguments to words: what may be left out is left out half of the time, what may
//! be repeated is repeated, options change places, and now and then two alternatives come at once.
use super::docs::{Argument, Kind};
use super::values::{Draw, Source, source};
use super::words::Words;

/// Times that a repeated part comes at most, but for the rare long lists.
const REPEAT_MAX: u64 = 4;

/// A part of a command's syntax.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// The word itself.
    Word(Vec<u8>),
    /// A value.
    Value(Source),
    /// May be left out.
    Optional(Box<Node>),
    /// One of these.
    Choice(Vec<Node>),
    /// One of these, and rarely two: they exclude each other.
    OneOf(Vec<Node>),
    /// All of these.
    Sequence(Vec<Node>),
    /// Once or more.
    Repeat(Box<Node>),
}

impl Node {
    /// A word that stands for itself.
    pub fn word(word: &str) -> Self {
        Self::Word(word.as_bytes().to_vec())
    }
}

/// The syntax of a command; an argument for which there are no values is an error.
pub fn compile(command: &str, arguments: &[Argument]) -> Result<Node, String> {
    let parts: Result<Vec<Node>, String> =
        arguments.iter().map(|argument| node(command, argument)).collect();
    Ok(Node::Sequence(parts?))
}

fn node(command: &str, argument: &Argument) -> Result<Node, String> {
    let parts = || -> Result<Vec<Node>, String> {
        argument.parts.iter().map(|part| node(command, part)).collect()
    };
    let token = argument.token.as_deref().map(Node::word);
    let base =
        match argument.kind {
            Kind::PureToken => token.clone().ok_or("a word without the word")?,
            Kind::OneOf => Node::OneOf(parts()?),
            Kind::Block => Node::Sequence(parts()?),
            Kind::Leaf => Node::Value(source(command, &argument.name).ok_or_else(|| {
                format!("there are no values for '{}' of {command}", argument.name)
            })?),
        };
    let token = if argument.kind == Kind::PureToken { None } else { token };
    let with_token = |base: Node| match token.clone() {
        Some(token) => Node::Sequence(vec![token, base]),
        None => base,
    };
    let whole = match (argument.is_multiple, argument.repeats_token) {
        (false, _) => with_token(base),
        (true, true) => Node::Repeat(Box::new(with_token(base))),
        (true, false) => with_token(Node::Repeat(Box::new(base))),
    };
    Ok(if argument.is_optional { Node::Optional(Box::new(whole)) } else { whole })
}

/// Appends the words of one way through the syntax.
pub fn expand(node: &Node, draw: &mut Draw, words: &mut Words) {
    match node {
        Node::Word(word) => words.push(word),
        Node::Value(source) => draw.word(*source, words),
        Node::Optional(inner) => {
            if draw.one_in(2) {
                expand(inner, draw, words);
            }
        }
        Node::Choice(choices) => expand(choose(choices, draw), draw, words),
        Node::OneOf(choices) => {
            expand(choose(choices, draw), draw, words);
            if draw.one_in(40) {
                expand(choose(choices, draw), draw, words);
            }
        }
        Node::Sequence(parts) => sequence(parts, draw, words),
        Node::Repeat(inner) => {
            let count = if draw.one_in(300) { 60 } else { 1 + draw.below(REPEAT_MAX) };
            (0..count).for_each(|_| expand(inner, draw, words));
        }
    }
}

fn choose<'a>(choices: &'a [Node], draw: &mut Draw) -> &'a Node {
    &choices[draw.below(choices.len() as u64) as usize]
}

/// In order, but for options at the end: those may come in any order.
fn sequence(parts: &[Node], draw: &mut Draw, words: &mut Words) {
    let fixed = parts.iter().rposition(|part| !matches!(part, Node::Optional(_)));
    let (first, options) = parts.split_at(fixed.map_or(0, |index| index + 1));
    for part in first {
        expand(part, draw, words);
    }
    let shift = if options.len() > 1 && draw.one_in(3) {
        draw.below(options.len() as u64) as usize
    } else {
        0
    };
    options[shift..].iter().chain(&options[..shift]).for_each(|part| expand(part, draw, words));
}

#[cfg(test)]
#[path = "grammar_test.rs"]
mod grammar_test;
