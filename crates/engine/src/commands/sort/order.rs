//! Which element comes first.
//!
//! Numbers that are equal leave it to the elements, so that a sort has one result; texts that are
//! equal leave it to where the elements are.
use crate::store::{Record, Store};
use core::cmp::Ordering;

/// An order of records.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) struct Order {
    pub(in crate::commands) is_descending: bool,
    pub(in crate::commands) ties: Ties,
}

/// What decides where keys are equal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::commands) enum Ties {
    /// The texts, and then the ranks.
    Texts,
    /// The ranks alone.
    Ranks,
}

impl Order {
    /// Does `one` come before `other`? Of two different elements one always does.
    #[inline]
    pub(super) fn is_before(self, store: &Store, one: &Record, other: &Record) -> bool {
        self.compare(store, one, other) == Ordering::Less
    }

    /// Which of two elements comes first.
    #[inline]
    pub(super) fn compare(self, store: &Store, one: &Record, other: &Record) -> Ordering {
        let order = match one.key.cmp(&other.key) {
            Ordering::Equal if self.ties == Ties::Texts => compare_texts(store, one, other),
            order => order,
        };
        let order = if self.is_descending { order.reverse() } else { order };
        order.then(one.rank.cmp(&other.rank))
    }
}

/// Nothing comes before any text.
#[inline(never)]
fn compare_texts(store: &Store, one: &Record, other: &Record) -> Ordering {
    match (store.text_at(one.text), store.text_at(other.text)) {
        (Some(one), Some(other)) => one.compare(&other),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}
