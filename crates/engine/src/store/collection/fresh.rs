//! An element on its way into a collection: what it takes, and how it becomes a cell.
use crate::marks::Mark;
use crate::memory::frames::{Frames, Needs, Ref};
use crate::resp::request::Value;
use crate::store::lookup::NameHash;
use crate::store::object::{self, Header};
use crate::store::rope::{Owner, Root};
use crate::store::tree::order::{ITEM_SIZE_MAX, LARGE_ITEM_SIZE, Prefix};
use crate::store::tree::{Cell, Order, order};
use crate::store::types::{Key, StoreFull};
use crate::store::{Store, kind};

/// An element to be put into a collection.
#[derive(Clone, Copy, Debug)]
pub struct Fresh<'a> {
    /// The member, the field, or the element of a list.
    pub name: Value<'a>,
    /// The hash of its name; of an element of a list, nothing.
    pub hash: Option<NameHash>,
    /// The value of a field.
    pub value: Option<Value<'a>>,
    /// The score of a member.
    pub score: Option<f64>,
}

impl<'a> Fresh<'a> {
    /// An element of a list.
    #[inline]
    pub const fn element(value: Value<'a>) -> Self {
        Self { name: value, hash: None, value: None, score: None }
    }

    /// A member of a set. Room for one does not depend on its hash, which may then be missing.
    #[inline]
    pub const fn member(name: &'a [u8], hash: Option<NameHash>) -> Self {
        Self { name: Value::Bytes(name), hash, value: None, score: None }
    }

    /// A field of a hash, as `member`.
    #[inline]
    pub const fn field(name: &'a [u8], hash: Option<NameHash>, value: Value<'a>) -> Self {
        Self { name: Value::Bytes(name), hash, value: Some(value), score: None }
    }

    /// A member of a sorted set. There is no score -0: Redis forgets the sign, too, while a set is
    /// small.
    #[inline]
    pub const fn scored(name: &'a [u8], hash: NameHash, score: f64) -> Self {
        let score = Some(score + 0.0);
        Self { name: Value::Bytes(name), hash: Some(hash), value: None, score }
    }
}

/// Where an element is put.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// Before the element of a list with this rank; as many as there are: at the end.
    Rank(u64),
    /// Where its hash or its score says.
    Own,
}

/// The bytes of a cell before and between its texts, and the objects that it refers to.
pub(super) struct Parts<'a> {
    score: [u8; 8],
    score_size: usize,
    name: (Prefix, &'a [u8]),
    value: Option<(Prefix, &'a [u8])>,
    pub(super) large_count: u16,
}

impl Parts<'_> {
    /// The cell, in pieces.
    pub(super) fn pieces(&self) -> [&[u8]; 5] {
        let (value_prefix, value) = match &self.value {
            Some((prefix, bytes)) => (prefix.as_slice(), *bytes),
            None => (&[][..], &[][..]),
        };
        let score = &self.score[..self.score_size];
        [score, self.name.0.as_slice(), self.name.1, value_prefix, value]
    }
}

impl<'a> Fresh<'a> {
    /// The pieces of the cell of a plain one.
    #[inline]
    pub(super) fn plain_parts(&self) -> Parts<'a> {
        let item = |value| match value {
            Value::Bytes(bytes) => (Prefix::of_bytes(bytes.len()), bytes),
            Value::Staged(_) => unreachable!("what is staged is not plain"),
        };
        self.parts(item(self.name), self.value.map(item), 0)
    }

    /// Its name, which is not staged.
    #[inline]
    pub(super) fn short_name(&self) -> &'a [u8] {
        match self.name {
            Value::Bytes(bytes) => bytes,
            Value::Staged(_) => unreachable!("names of members and fields are not staged"),
        }
    }

    fn parts(
        &self,
        name: (Prefix, &'a [u8]),
        value: Option<(Prefix, &'a [u8])>,
        large_count: u16,
    ) -> Parts<'a> {
        Parts {
            score: self.score.unwrap_or_default().to_bits().to_le_bytes(),
            score_size: if self.score.is_some() { 8 } else { 0 },
            name,
            value,
            large_count,
        }
    }
}

impl Fresh<'_> {
    /// Bytes of the cell of the element.
    pub(super) fn cell_size(&self) -> u32 {
        let size = |value: Value<'_>| match value {
            Value::Bytes(bytes) if bytes.len() <= ITEM_SIZE_MAX => {
                Prefix::of_bytes(bytes.len()).as_slice().len() + bytes.len()
            }
            _ => LARGE_ITEM_SIZE,
        };
        let score_size = if self.score.is_some() { 8 } else { 0 };
        (score_size + size(self.name) + self.value.map_or(0, size)) as u32
    }

    /// Do all its texts lie in its cell?
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        let fits = |value| matches!(value, Value::Bytes(bytes) if bytes.len() <= ITEM_SIZE_MAX);
        fits(self.name) && self.value.is_none_or(fits)
    }

    /// Bytes of the texts of a plain one.
    #[inline]
    pub(super) fn plain_size(&self) -> u64 {
        let size = |value| match value {
            Value::Bytes(bytes) => bytes.len() as u64,
            Value::Staged(_) => unreachable!("what is staged is not plain"),
        };
        size(self.name) + self.value.map_or(0, size)
    }

    /// Its cell for a tree; for a plan, which looks only at sizes and keys, the rest is nothing.
    pub(super) fn cell<'a>(
        &self,
        order: Order,
        parts: &'a [&'a [u8]],
        bytes: u64,
        large_count: u16,
    ) -> Cell<'a> {
        Cell {
            parts,
            size: self.cell_size(),
            tag: self.hash.map_or(0, NameHash::tag),
            key: key_of(order, self),
            bytes,
            large_count,
        }
    }

    /// Bytes that the element takes in a page.
    pub(super) fn size_in_page(&self, order: Order) -> u32 {
        self.cell_size() + order.entry_size() as u32
    }
}

impl Store {
    /// Refuses an element with a text that is too long for any value.
    #[inline]
    pub(super) fn check_fresh(&self, key: &Key<'_>, fresh: &Fresh<'_>) -> Result<(), StoreFull> {
        self.check_sizes(key, self.value_size(fresh.name))?;
        self.check_sizes(key, fresh.value.map_or(0, |value| self.value_size(value)))
    }

    /// Refuses so many more elements than the collection at `at` can count.
    #[inline]
    pub(super) fn check_count(&self, at: Ref, more: u64) -> Result<(), StoreFull> {
        let count = u32::try_from(self.count_at(at).saturating_add(more));
        count.map(|_| ()).map_err(|_| StoreFull::Elements)
    }

    /// Bytes of the texts of an element.
    pub(super) fn fresh_bytes(&self, fresh: &Fresh<'_>) -> u64 {
        self.value_size(fresh.name) + fresh.value.map_or(0, |value| self.value_size(value))
    }

    /// Adds the objects of the texts of an element that are too long for a cell.
    pub(super) fn need_large(&self, needs: &mut Needs, fresh: &Fresh<'_>) {
        for value in core::iter::once(fresh.name).chain(fresh.value) {
            match value {
                Value::Bytes(bytes) if bytes.len() <= ITEM_SIZE_MAX => {}
                Value::Bytes(bytes) => match object::inline_size(0, bytes.len() as u64, false) {
                    Some(size) => needs.slot(self.frames.class_of(size)),
                    None => self.need_rope(needs, 0, bytes.len() as u64, false),
                },
                Value::Staged(_) => {
                    needs.slot(self.frames.class_of(object::rope_size(0, false)));
                }
            }
        }
    }

    /// Makes the objects of an element, and the pieces of its cell. What they need is there.
    pub(super) fn make_parts<'a>(&mut self, fresh: &Fresh<'a>) -> Parts<'a> {
        let mut large_count = 0;
        let name = self.make_item(fresh.name, &mut large_count);
        let value = fresh.value.map(|value| self.make_item(value, &mut large_count));
        fresh.parts(name, value, large_count)
    }

    fn make_item<'a>(&mut self, value: Value<'a>, large_count: &mut u16) -> (Prefix, &'a [u8]) {
        let at = match value {
            Value::Bytes(bytes) if bytes.len() <= ITEM_SIZE_MAX => {
                return (Prefix::of_bytes(bytes.len()), bytes);
            }
            Value::Bytes(bytes) => self.make_text(bytes),
            Value::Staged(id) => {
                let size = self.staged_size(id);
                let at = self.allocate_text(kind::TEXT_ROPE, size, object::rope_size(0, false));
                let root = self.consume_staged(id);
                root.adopt(&mut self.frames, Owner::Object(at));
                object::set_root(&mut self.frames, at, &root);
                at
            }
        };
        *large_count += 1;
        (Prefix::of_large(at), &[])
    }

    /// A text of its own: in one slot, or as a rope.
    fn make_text(&mut self, bytes: &[u8]) -> Ref {
        let size = bytes.len() as u64;
        if let Some(slot_size) = object::inline_size(0, size, false) {
            let at = self.allocate_text(kind::TEXT, size, slot_size);
            object::inline_value_mut(&mut self.frames, at).copy_from_slice(bytes);
            return at;
        }
        let at = self.allocate_text(kind::TEXT_ROPE, size, object::rope_size(0, false));
        let mut root = Root::EMPTY;
        root.write(&mut self.frames, Owner::Object(at), size, 0, bytes);
        object::set_root(&mut self.frames, at, &root);
        at
    }

    fn allocate_text(&mut self, kind: u8, value_size: u64, slot_size: u32) -> Ref {
        self.frames.marks.reach(Mark::TextMade);
        let at = self.frames.allocate(self.frames.class_of(slot_size));
        *object::header_mut(&mut self.frames, at) = Header::new(kind, 0, 0, value_size as u32, 0);
        at
    }
}

/// What decides in which subtree an element belongs.
pub(super) fn key_of(order: Order, fresh: &Fresh<'_>) -> u64 {
    match order {
        Order::List => 0,
        Order::Sorted => order::score_key(fresh.score.expect("members have scores")),
        _ => fresh.hash.expect("names have hashes").to_u64(),
    }
}

/// Bytes of the slots of `size` bytes that a collection's object or leaf takes.
pub(super) fn slot_size(frames: &Frames, size: u32) -> u32 {
    frames.class_size(frames.class_of(size))
}
