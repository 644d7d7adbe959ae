//! A sorted set that a command makes as a whole.
//!
//! It grows under a name that no key has, so that the sources stay as they are and nobody sees it
//! half done. Then it takes the place of its target, or is answered and given up. If making it
//! fails, it is given up and nothing has changed.
use super::add::{fresh, note_size, put};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::limits::SLOT_SIZE_MAX;
use crate::store::{Entry, Key, NameHash, StoreFull};

/// Bytes of a name that are changed to find one that no key has.
const CHANGED_SIZE: usize = 4;

/// A set on its way.
pub(super) struct Grown {
    name: [u8; SLOT_SIZE_MAX as usize],
    size: usize,
    /// The longest name in it.
    name_size_max: u64,
}

impl Grown {
    /// An empty one. Its name is as long as `target`, if that is not very short: then renaming it
    /// to that takes no room.
    fn new(cx: &mut Context<'_>, target: &[u8]) -> Result<Self, CommandError> {
        if target.len() > SLOT_SIZE_MAX as usize {
            return Err(StoreFull::KeySize.into());
        }
        let mut name = [0; SLOT_SIZE_MAX as usize];
        name[..target.len()].copy_from_slice(target);
        let size = target.len().max(CHANGED_SIZE);
        let mut grown = Self { name, size, name_size_max: 0 };
        let first = u32::from_le_bytes([name[0], name[1], name[2], name[3]]);
        let mut number = first;
        loop {
            number = number.wrapping_add(1);
            assert!(number != first, "there are fewer keys than names");
            grown.name[..CHANGED_SIZE].copy_from_slice(&number.to_le_bytes());
            if grown.entry(cx).is_none() {
                return Ok(grown);
            }
        }
    }

    fn key(&self, cx: &mut Context<'_>) -> Key<'_> {
        let database = cx.session().database;
        cx.store.key(database, &self.name[..self.size])
    }

    /// The set, once it has a member.
    pub(super) fn entry(&self, cx: &mut Context<'_>) -> Option<Entry> {
        let key = self.key(cx);
        cx.store.find(cx.now, &key)
    }

    /// The score of a member that is in it.
    pub(super) fn score(&self, cx: &mut Context<'_>, name: &[u8], hash: NameHash) -> Option<f64> {
        let entry = self.entry(cx)?;
        Some(cx.store.element(entry, name, hash)?.score())
    }

    /// Puts in a member that is not in it.
    pub(super) fn put(
        &mut self,
        cx: &mut Context<'_>,
        name: &[u8],
        hash: NameHash,
        score: f64,
    ) -> Result<(), CommandError> {
        let key = self.key(cx);
        put(cx, &key, &fresh(name, hash, score))?;
        self.name_size_max = self.name_size_max.max(name.len() as u64);
        Ok(())
    }

    /// Gives a member that is in it another score.
    pub(super) fn set_score(
        &self,
        cx: &mut Context<'_>,
        name: &[u8],
        hash: NameHash,
        score: f64,
    ) -> Result<(), CommandError> {
        let key = self.key(cx);
        cx.store.set_score(cx.now, &key, name, hash, score + 0.0)?;
        Ok(())
    }

    fn give_up(&self, cx: &mut Context<'_>) {
        let key = self.key(cx);
        cx.store.delete(cx.now, &key);
    }

    /// Takes the place of `target`; without members, nothing takes it.
    fn replace(&self, cx: &mut Context<'_>, target: &Key<'_>) -> Result<u64, CommandError> {
        let Some(entry) = self.entry(cx) else {
            cx.store.delete(cx.now, target);
            return Ok(0);
        };
        let count = cx.store.element_count(entry);
        let key = self.key(cx);
        cx.store.rename(cx.now, &key, target)?;
        note_size(cx, target, 0, self.name_size_max);
        Ok(count)
    }
}

/// Makes a set by `fill` that takes the place of `target`, or deletes it if there is nothing in it;
/// how many members it has. If it fails, nothing has changed.
pub(super) fn store(
    cx: &mut Context<'_>,
    target: &Key<'_>,
    fill: impl FnOnce(&mut Context<'_>, &mut Grown) -> Result<(), CommandError>,
) -> Result<u64, CommandError> {
    let mut grown = Grown::new(cx, target.name)?;
    let stored = fill(cx, &mut grown).and_then(|()| grown.replace(cx, target));
    if stored.is_err() {
        grown.give_up(cx);
    }
    stored
}

/// Makes a set by `fill` for `answer`, which gets it if it has a member; then it is given up.
pub(super) fn answer(
    cx: &mut Context<'_>,
    fill: impl FnOnce(&mut Context<'_>, &mut Grown) -> Result<(), CommandError>,
    answer: impl FnOnce(&mut Context<'_>, Option<Entry>) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let mut grown = Grown::new(cx, b"")?;
    let answered = fill(cx, &mut grown).and_then(|()| {
        let entry = grown.entry(cx);
        answer(cx, entry)
    });
    grown.give_up(cx);
    answered
}
