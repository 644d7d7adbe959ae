//! A sorted set that a command makes as a whole, member by member.
use super::add::{fresh, note_size, put};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::store::{Key, NameHash};

/// A set on its way, under a name of its own.
pub(super) struct Grown<'k> {
    key: &'k Key<'k>,
    /// The longest name in it.
    name_size_max: u64,
}

impl<'k> Grown<'k> {
    /// An empty one; the key is missing.
    pub(super) const fn new(key: &'k Key<'k>) -> Self {
        Self { key, name_size_max: 0 }
    }

    /// The score of a member that is in it.
    pub(super) fn score(&self, cx: &Context<'_>, name: &[u8], hash: NameHash) -> Option<f64> {
        let entry = cx.store.peek(self.key)?;
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
        put(cx, self.key, &fresh(name, hash, score))?;
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
        let entry = cx.store.peek(self.key).expect("it has members");
        let standing = cx.store.standing(entry, name, hash).expect("it is one of them");
        cx.store.set_score(cx.now, self.key, &standing, name, score + 0.0)?;
        Ok(())
    }

    /// There are no more members.
    pub(super) fn end(self, cx: &mut Context<'_>) {
        if cx.store.peek(self.key).is_some() {
            note_size(cx, self.key, 0, self.name_size_max);
        }
    }
}
