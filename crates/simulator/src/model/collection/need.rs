//! What a write into a collection needs at most: was its refusal right?
//!
//! What a tree takes does not follow from its elements alone, for it has a history. So here, unlike
//! for strings, the judge takes one number from the engine: how many frames are free when it has
//! answered, all debt paid. It compares that with the most that the write can need by the rules of
//! the decision about collections: one element divides a node of each level, several keep free
//! twice their bytes and a frame for each class that splits may open, a result takes what its
//! sources do.
//!
//! Invariant: a bound is never too low, so that no right refusal is called wrong; each slot counts
//! as a frame of its own where nothing is known of the others.
use super::Elements;
use crate::memory::{Need, Room};
use crate::model::Model;

/// Texts above this lie outside of their cell.
const CELL_TEXT_MAX: u64 = 1_024;

/// Bytes of a text in a cell besides its own: how long it is, and what the page says of its cell.
const TEXT_OVERHEAD: u64 = 16;

/// Bytes of a score, in the cell and in the tree of scores.
const SCORE_SIZE: u64 = 32;

/// Slots that one element takes: two for a node of each of four levels and one for a new root, in
/// both trees of a sorted set; and the object of the key.
const ONE_SLOTS_MAX: u64 = 2 * (2 * 4 + 1) + 1;

/// Frames that are kept for the classes that splits may open, if there are several elements.
const OPENED_FRAMES_MAX: u64 = 40;

/// Classes of slots, of each of which one frame may be in part empty.
const CLASSES_MAX: u64 = 80;

/// Commands that put elements into their first key, and how many arguments they have if it is one
/// element.
const PUTS: &[(&str, usize)] = &[
    ("HINCRBY", 4),
    ("HINCRBYFLOAT", 4),
    ("HMSET", 4),
    ("HSET", 4),
    ("HSETNX", 4),
    ("LINSERT", 5),
    ("LMOVE", 5),
    ("LPUSH", 3),
    ("LPUSHX", 3),
    ("LSET", 4),
    ("RPOPLPUSH", 3),
    ("RPUSH", 3),
    ("RPUSHX", 3),
    ("SADD", 3),
    ("SMOVE", 4),
    ("ZADD", 4),
    ("ZINCRBY", 4),
];

/// Commands that make a result of all that their keys hold.
const RESULTS: &[&str] = &[
    "COPY",
    "SDIFFSTORE",
    "SINTERSTORE",
    "SUNIONSTORE",
    "ZDIFF",
    "ZDIFFSTORE",
    "ZINTER",
    "ZINTERSTORE",
    "ZRANGESTORE",
    "ZUNION",
    "ZUNIONSTORE",
];

/// Commands that may make the object of a key larger.
const RENAMES: &[&str] =
    &["EXPIRE", "EXPIREAT", "MOVE", "PERSIST", "PEXPIRE", "PEXPIREAT", "RENAME", "RENAMENX"];

/// The frames that the engine says are free.
#[derive(Clone, Debug)]
pub struct Spare {
    /// How data memory is divided.
    pub room: Room,
    /// Frames that nobody has.
    pub frame_count: u64,
    /// Refusals of writes into collections that were judged.
    pub judged_count: u64,
}

impl Spare {
    /// Nothing is known of an engine with this room.
    pub const fn new(room: Room) -> Self {
        Self { room, frame_count: 0, judged_count: 0 }
    }
}

impl Model {
    /// Judges a refusal for want of memory by the free frames, if these are known: why it is wrong.
    pub(in crate::model) fn judge_by_spare(
        &mut self,
        connection: u32,
        arguments: &[Vec<u8>],
    ) -> Option<String> {
        // What EXEC has freed later on was not free yet.
        let mut spare = self.spare.take_if(|_| self.in_flight.is_none())?;
        let need = self.most_needed(connection, arguments, &spare.room);
        spare.judged_count += u64::from(need.is_some());
        let frame_count = need.map_or(u64::MAX, |need| spare.room.frames_at_most(&need));
        let free_count = spare.frame_count;
        self.spare = Some(spare);
        let is_wrong = frame_count <= free_count;
        is_wrong.then(|| format!("it needs {frame_count} frames at most, {free_count} are free"))
    }

    /// The most that a write into a collection can need; nothing if it is another command.
    fn most_needed(&self, connection: u32, arguments: &[Vec<u8>], room: &Room) -> Option<Need> {
        let name = String::from_utf8_lossy(&arguments[0]).to_ascii_uppercase();
        let name = name.as_str();
        let database = self.selected(connection);
        let elements = |key: &Vec<u8>| self.entry(database, key)?.elements.as_ref();
        let is_of_collection = arguments.get(1).and_then(elements).is_some();
        // A new key may need a child bucket.
        let mut need = Need { children: 1, ..Need::default() };
        if let Some((_, plain_count)) = PUTS.iter().find(|(known, _)| *known == name) {
            let texts = arguments.iter().skip(2).map(|word| word.len() as u64);
            let scores_size = SCORE_SIZE * texts.len() as u64;
            let size = add_texts(&mut need, room, texts) + scores_size;
            if ["LMOVE", "RPOPLPUSH"].contains(&name) {
                add_elements(&mut need, room, arguments.get(1).and_then(elements));
            }
            need.frames += if arguments.len() > *plain_count {
                OPENED_FRAMES_MAX + 1 + 2 * size / room.frame_size()
            } else {
                ONE_SLOTS_MAX
            };
        } else if RESULTS.contains(&name) {
            let sources = arguments.iter().skip(1).filter_map(elements);
            let size: u64 = sources.map(|source| add_elements(&mut need, room, Some(source))).sum();
            need.frames += CLASSES_MAX + 2 * size / room.frame_size();
        } else if RENAMES.contains(&name) && is_of_collection {
            need.frames += ONE_SLOTS_MAX;
        } else {
            return None;
        }
        // Arguments that were on their way have been let go by now.
        for word in arguments {
            need.add(&room.staged(word.len() as u64));
        }
        Some(need)
    }
}

/// Adds the objects of texts that are too long for a cell; returns the bytes of the cells.
fn add_texts(need: &mut Need, room: &Room, sizes: impl Iterator<Item = u64>) -> u64 {
    let mut cells_size = 0;
    for size in sizes {
        if size > CELL_TEXT_MAX {
            need.add(&room.text(size));
        }
        cells_size += size.min(CELL_TEXT_MAX) + TEXT_OVERHEAD;
    }
    cells_size
}

/// As `add_texts`, of all elements of a collection.
fn add_elements(need: &mut Need, room: &Room, elements: Option<&Elements>) -> u64 {
    let size = |text: &Vec<u8>| text.len() as u64;
    match elements {
        Some(Elements::List(list)) => add_texts(need, room, list.iter().map(size)),
        Some(Elements::Set(set)) => {
            let scores_size = SCORE_SIZE * set.len() as u64;
            add_texts(need, room, set.iter().map(size)) + scores_size
        }
        Some(Elements::Hash(hash)) => {
            add_texts(need, room, hash.iter().flat_map(|(name, value)| [size(name), size(value)]))
        }
        Some(Elements::Sorted(sorted)) => {
            let scores_size = SCORE_SIZE * sorted.len() as u64;
            add_texts(need, room, sorted.keys().map(size)) + scores_size
        }
        Some(Elements::Registers(_)) | None => 0,
    }
}

#[cfg(test)]
#[path = "need_test.rs"]
mod need_test;
