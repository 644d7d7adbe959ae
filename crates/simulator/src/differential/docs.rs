//! COMMAND DOCS as trees of arguments: the grammar, as a real redis-server tells it.
//!
//! Keeps true: nothing that the reply says of an argument is dropped in silence; an unknown type
//! or flag is an error, because it would be a part of the grammar that is never tried.
use crate::value::Value;
use std::collections::BTreeMap;

/// The `type` of an argument.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A word that stands for itself.
    PureToken,
    /// One of its parts.
    OneOf,
    /// All of its parts.
    Block,
    /// A value: what it may be follows from its name.
    Leaf,
}

/// One argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// As the documentation calls it.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The word before it, or the word that it is.
    pub token: Option<String>,
    /// It may be left out.
    pub is_optional: bool,
    /// It may stand there several times.
    pub is_multiple: bool,
    /// Each time with its word.
    pub repeats_token: bool,
    /// Of `OneOf` and `Block`.
    pub parts: Vec<Argument>,
}

/// The arguments of each command, subcommands with their full name (`config|get`).
pub type Docs = BTreeMap<String, Vec<Argument>>;

/// Reads the reply to COMMAND DOCS.
pub fn parse(reply: &Value) -> Result<Docs, String> {
    let mut docs = Docs::new();
    add(reply, &mut docs)?;
    if docs.is_empty() { Err("COMMAND DOCS tells of no command".to_owned()) } else { Ok(docs) }
}

fn add(commands: &Value, docs: &mut Docs) -> Result<(), String> {
    for (name, fields) in pairs(commands)? {
        let mut arguments = Vec::new();
        let mut is_container = false;
        for (field, value) in pairs(fields)? {
            match field.as_str() {
                "arguments" => arguments = list(value)?,
                "subcommands" => {
                    is_container = true;
                    add(value, docs)?;
                }
                _ => {}
            }
        }
        // COMMAND runs by itself, the other containers only by their subcommands.
        if !is_container || name == "command" {
            docs.insert(name, arguments);
        }
    }
    Ok(())
}

fn list(arguments: &Value) -> Result<Vec<Argument>, String> {
    let items = arguments.elements().ok_or("arguments are a list")?;
    items.iter().map(argument).collect()
}

fn argument(fields: &Value) -> Result<Argument, String> {
    let mut argument = Argument {
        name: String::new(),
        kind: Kind::Leaf,
        token: None,
        is_optional: false,
        is_multiple: false,
        repeats_token: false,
        parts: Vec::new(),
    };
    for (field, value) in pairs(fields)? {
        match field.as_str() {
            "name" => argument.name = text(value)?,
            "type" => argument.kind = kind(&text(value)?)?,
            "token" => argument.token = Some(text(value)?),
            "arguments" => argument.parts = list(value)?,
            "flags" => flags(&mut argument, value)?,
            "key_spec_index" | "since" | "summary" | "deprecated_since" | "display_text"
            | "display" => {}
            other => return Err(format!("an argument has an unknown field '{other}'")),
        }
    }
    let is_nested = matches!(argument.kind, Kind::OneOf | Kind::Block);
    if argument.name.is_empty() || is_nested == argument.parts.is_empty() {
        return Err(format!("an argument is incomplete: {argument:?}"));
    }
    if argument.kind == Kind::PureToken && argument.token.is_none() {
        return Err(format!("{} is a word without the word", argument.name));
    }
    Ok(argument)
}

fn kind(name: &str) -> Result<Kind, String> {
    Ok(match name {
        "pure-token" => Kind::PureToken,
        "oneof" => Kind::OneOf,
        "block" => Kind::Block,
        "string" | "integer" | "double" | "key" | "pattern" | "unix-time" => Kind::Leaf,
        other => return Err(format!("an argument has an unknown type '{other}'")),
    })
}

fn flags(argument: &mut Argument, flags: &Value) -> Result<(), String> {
    for flag in flags.elements().ok_or("flags are a list")? {
        match text(flag)?.as_str() {
            "optional" => argument.is_optional = true,
            "multiple" => argument.is_multiple = true,
            "multiple_token" => argument.repeats_token = true,
            other => return Err(format!("an argument has an unknown flag '{other}'")),
        }
    }
    Ok(())
}

/// Names and values, of a map or of the array that stands for it in RESP2.
fn pairs(value: &Value) -> Result<Vec<(String, &Value)>, String> {
    let items = value.elements().ok_or("a map was expected")?;
    items
        .chunks(2)
        .map(|pair| match pair {
            [name, value] => Ok((text(name)?, value)),
            _ => Err("a map has a name without a value".to_owned()),
        })
        .collect()
}

fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::Bulk(bytes) => Ok(String::from_utf8_lossy(bytes).into_owned()),
        Value::Simple(line) => Ok(line.clone()),
        other => Err(format!("a text was expected, not {other:?}")),
    }
}

#[cfg(test)]
#[path = "docs_test.rs"]
pub(super) mod docs_test;
