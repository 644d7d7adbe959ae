//! A sorted set that a command makes as a whole, member by member.
//!
//! The scores of a member that is in several sets are added up in the order in which Redis does it,
//! so that they are rounded alike.
use super::add::{note_size, put};
use super::combine::{Combination, Operation};
use super::sources::read;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::portion::{Member, Portion};
use crate::store::tree::order::score_key;
use crate::store::{Fresh, Key};

/// A set on its way, under a name of its own.
pub(in crate::commands) struct Grown<'k> {
    key: &'k Key<'k>,
    /// The longest name in it.
    name_size_max: u64,
}

impl<'k> Grown<'k> {
    /// An empty one; the key is missing.
    pub(in crate::commands) const fn new(key: &'k Key<'k>) -> Self {
        Self { key, name_size_max: 0 }
    }

    /// The score of a member that is in it.
    fn score(&self, cx: &Context<'_>, member: &Member<'_>) -> Option<f64> {
        let entry = cx.store.peek(self.key)?;
        Some(cx.store.element(entry, member.name, member.hash)?.score())
    }

    /// Puts in a member that is not in it.
    pub(in crate::commands) fn put(
        &mut self,
        cx: &mut Context<'_>,
        member: &Member<'_>,
    ) -> Result<(), CommandError> {
        put(cx, self.key, &Fresh::scored(member.name, member.hash, member.score))?;
        self.name_size_max = self.name_size_max.max(member.name.len() as u64);
        Ok(())
    }

    /// Gives a member that is in it another score.
    fn set_score(
        &self,
        cx: &mut Context<'_>,
        member: &Member<'_>,
        score: f64,
    ) -> Result<(), CommandError> {
        let entry = cx.store.peek(self.key).expect("it has members");
        let standing =
            cx.store.standing(entry, member.name, member.hash).expect("it is one of them");
        cx.store.set_score(cx.now, self.key, &standing, member.name, score + 0.0)?;
        Ok(())
    }

    /// There are no more members.
    pub(in crate::commands) fn end(self, cx: &mut Context<'_>) {
        if cx.store.peek(self.key).is_some() {
            note_size(cx, self.key, 0, self.name_size_max);
        }
    }
}

impl Combination<'_, '_> {
    /// Makes the result as `key`.
    pub(super) fn fill(&self, cx: &mut Context<'_>, key: &Key<'_>) -> Result<(), CommandError> {
        let mut grown = Grown::new(key);
        if self.operation == Operation::Union {
            self.unite(cx, &mut grown)?;
        } else {
            self.visit(cx, |cx, portion| {
                portion.members().try_for_each(|member| grown.put(cx, &member))?;
                Ok(true)
            })?;
        }
        grown.end(cx);
        Ok(())
    }

    fn unite(&self, cx: &mut Context<'_>, grown: &mut Grown<'_>) -> Result<(), CommandError> {
        let mut portion = Portion::new(cx.store.name_hash(b""));
        for (number, source) in self.sources.as_slice().iter().enumerate() {
            let mut rank = 0;
            while rank < source.count {
                let entry = self.sources.entry(cx, self.request, source);
                let entry = entry.expect("sources are spared");
                rank = read(cx.store, entry, rank, &mut portion, |_, _, score| {
                    Some(self.first_score(score, source.index))
                });
                for member in portion.members() {
                    // Those of the first set are all new.
                    let old = if number == 0 { None } else { grown.score(cx, &member) };
                    self.add(cx, grown, &member, old)?;
                }
                portion.clear();
            }
        }
        Ok(())
    }

    /// A member of a union, which is new or has a score.
    fn add(
        &self,
        cx: &mut Context<'_>,
        grown: &mut Grown<'_>,
        member: &Member<'_>,
        old: Option<f64>,
    ) -> Result<(), CommandError> {
        let Some(old) = old else { return grown.put(cx, member) };
        let new = self.aggregate.of(old, member.score);
        if score_key(new) != score_key(old) {
            grown.set_score(cx, member, new)?;
        }
        Ok(())
    }
}
