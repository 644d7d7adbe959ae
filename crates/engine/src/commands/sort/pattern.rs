//! What an element names: a key, or a field of one, by a pattern with a place for the element.
use crate::commands::context::Context;
use crate::limits::SLOT_SIZE_MAX;
use crate::store::{Entry, Text, TextPlace, Type};

/// A pattern of BY or GET.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Pattern<'r> {
    /// `#`: the element itself.
    Element,
    /// One without `*`: nothing.
    Nothing,
    /// A key whose name has the element between these.
    Key {
        before: &'r [u8],
        behind: &'r [u8],
        /// `->field`: not the key's value, but that of a field.
        field: Option<&'r [u8]>,
    },
}

/// A lookup, as commands on other keys do it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Look {
    /// Counts a hit or a miss, and marks the key as used.
    First,
    /// The same command has looked it up before.
    Again,
}

impl<'r> Pattern<'r> {
    /// Reads a pattern. As in Redis, `*` and `->` count only before a NUL.
    pub(super) fn parse(pattern: &'r [u8]) -> Self {
        let read_size = pattern.iter().position(|byte| *byte == 0).unwrap_or(pattern.len());
        let read = &pattern[..read_size];
        if read == b"#" {
            return Self::Element;
        }
        let Some(star) = read.iter().position(|byte| *byte == b'*') else { return Self::Nothing };
        let arrow = read[star + 1..].windows(2).position(|pair| pair == b"->");
        let arrow = arrow.map(|distance| star + 1 + distance);
        let (end, field) = match arrow {
            Some(arrow) if arrow + 2 < read_size => (arrow, Some(&pattern[arrow + 2..])),
            _ => (pattern.len(), None),
        };
        Self::Key { before: &pattern[..star], behind: &pattern[star + 1..end], field }
    }

    /// Has it a place for the element?
    pub(super) const fn is_key(&self) -> bool {
        matches!(self, Self::Key { .. })
    }

    /// Where the text is that an element names, if there is one.
    pub(super) fn find(
        &self,
        cx: &mut Context<'_>,
        name: &mut Name,
        element: TextPlace,
        look: Look,
    ) -> TextPlace {
        let Self::Key { before, behind, field } = *self else {
            return if *self == Self::Element { element } else { TextPlace::NONE };
        };
        name.size = 0;
        let text = cx.store.text_at(element).expect("elements are there");
        let is_name = name.push(before)
            && text.size() <= u64::from(SLOT_SIZE_MAX)
            && text.chunks(0, text.size()).all(|chunk| name.push(chunk))
            && name.push(behind);
        // No key has a longer name.
        let entry = if is_name { name.entry(cx, look) } else { None };
        entry.and_then(|entry| text_of(cx, entry, field)).map_or(TextPlace::NONE, |it| it.place())
    }
}

/// A string, or the value of a field of a hash.
fn text_of<'s>(cx: &'s Context<'_>, entry: Entry, field: Option<&[u8]>) -> Option<Text<'s>> {
    match (cx.store.kind(entry), field) {
        (Type::String, None) => cx.store.string(entry).ok(),
        (Type::Hash, Some(field)) => {
            let element = cx.store.element(entry, field, cx.store.name_hash(field))?;
            Some(element.value())
        }
        _ => None,
    }
}

/// Room to put names of keys together, one after the other.
pub(super) struct Name {
    bytes: [u8; SLOT_SIZE_MAX as usize],
    size: usize,
}

impl Name {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; SLOT_SIZE_MAX as usize], size: 0 }
    }

    /// Appends bytes, if there is room for them.
    fn push(&mut self, bytes: &[u8]) -> bool {
        let Some(room) = self.bytes[self.size..].get_mut(..bytes.len()) else { return false };
        room.copy_from_slice(bytes);
        self.size += bytes.len();
        true
    }

    fn entry(&self, cx: &mut Context<'_>, look: Look) -> Option<Entry> {
        let database = cx.session().database;
        let key = cx.store.key(database, &self.bytes[..self.size]);
        match look {
            Look::First => cx.read(&key),
            Look::Again => cx.store.peek(&key),
        }
    }
}

#[cfg(test)]
#[path = "pattern_test.rs"]
mod pattern_test;
