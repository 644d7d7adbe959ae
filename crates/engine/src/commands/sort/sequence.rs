//! Which elements SORT answers, in their order.
use super::options::{Options, Wanted};
use super::order::Order;
use super::{Source, heap, weights};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::store::{Store, Type, Workspace};

/// Elements in their order.
#[must_use = "it holds a workspace, which is given back"]
pub(super) struct Sequence {
    wanted: Wanted,
    sorting: Sorting,
}

#[expect(clippy::large_enum_variant, reason = "a command has one, on its stack")]
enum Sorting {
    /// As the source has them, of so many, or from its end.
    Native { count: u64, is_back: bool },
    /// As they were sorted.
    Sorted(Workspace),
}

impl Sequence {
    /// Sorts what has to be sorted.
    pub(super) fn new(
        cx: &mut Context<'_>,
        source: &Source<'_>,
        options: &Options<'_>,
    ) -> Result<Self, CommandError> {
        let wanted = options.wanted(source.count);
        if !options.sorts(source) {
            // The order of a set has no other end.
            let is_back = options.is_descending && source.kind != Some(Type::Set);
            return Ok(Self { wanted, sorting: Sorting::Native { count: source.count, is_back } });
        }
        let mut records = cx.store.take_workspace(cx.now, source.count, &source.key)?;
        if let Err(error) = weights::note(cx, source, options, &mut records) {
            cx.store.give_workspace(records);
            return Err(error);
        }
        let order = Order { is_descending: options.is_descending };
        heap::sort(cx.store, &mut records, order, wanted.end() as usize);
        Ok(Self { wanted, sorting: Sorting::Sorted(records) })
    }

    /// How many elements.
    pub(super) const fn count(&self) -> u64 {
        self.wanted.count
    }

    /// The rank of the element that comes behind `index` others.
    pub(super) fn rank(&self, store: &Store, index: u64) -> u64 {
        let index = self.wanted.start + index;
        match &self.sorting {
            Sorting::Native { count, is_back: true } => count - 1 - index,
            Sorting::Native { .. } => index,
            Sorting::Sorted(records) => {
                records.record(store, heap::position(records, index as usize)).rank
            }
        }
    }

    /// Gives the workspace back.
    pub(super) fn give_back(self, store: &mut Store) {
        if let Sorting::Sorted(records) = self.sorting {
            store.give_workspace(records);
        }
    }
}
