//! Which elements SORT answers, in their order.
use super::options::{Options, Wanted};
use super::order::{Order, Ties};
use super::{PORTION, Source, segments, weights};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::store::{Store, TextPlace, Type, Workspace};

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
    Sorted {
        records: Workspace,
        /// The records tell where the elements are, and not what names their weights.
        has_places: bool,
        /// What making room had done by then: until more is done they stay there.
        room_bytes: u64,
    },
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
        let order = Order { is_descending: options.is_descending, ties: Ties::Texts };
        segments::sort(cx.store, &mut records, order, &wanted.places());
        let has_places = options.by(source).is_none() || !options.is_alpha(source);
        let room_bytes = cx.store.room_bytes();
        Ok(Self { wanted, sorting: Sorting::Sorted { records, has_places, room_bytes } })
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
            Sorting::Sorted { records, .. } => records.record(store, index as usize).rank,
        }
    }

    /// Asks for the element that comes behind `index` others, before it is read: neighbours in this
    /// order lie anywhere.
    pub(super) fn prefetch(&self, store: &Store, index: u64) {
        if let Sorting::Sorted { records, has_places: true, .. } = &self.sorting
            && index < self.wanted.count
        {
            let record = records.record(store, (self.wanted.start + index) as usize);
            store.prefetch_text(record.text);
        }
    }

    /// Where the element is that comes behind `index` others.
    pub(super) fn element(&self, store: &Store, source: &Source<'_>, index: u64) -> TextPlace {
        match &self.sorting {
            Sorting::Sorted { records, has_places: true, room_bytes }
                if *room_bytes == store.room_bytes() =>
            {
                records.record(store, (self.wanted.start + index) as usize).text
            }
            _ => source.element(store, self.rank(store, index)),
        }
    }

    /// Where the elements are that come behind `index` others: as many as there is room for.
    pub(super) fn places<'a>(
        &self,
        store: &Store,
        source: &Source<'_>,
        index: u64,
        room: &'a mut [TextPlace; PORTION],
    ) -> &'a [TextPlace] {
        let count = PORTION.min((self.count() - index) as usize);
        let places = &mut room[..count];
        match &self.sorting {
            Sorting::Native { is_back, .. } => {
                source.elements(store, self.rank(store, index), *is_back, places);
            }
            Sorting::Sorted { .. } => {
                for (place, index) in places.iter_mut().zip(index..) {
                    *place = self.element(store, source, index);
                    self.prefetch(store, index);
                }
            }
        }
        places
    }

    /// Gives the workspace back.
    pub(super) fn give_back(self, store: &mut Store) {
        if let Sorting::Sorted { records, .. } = self.sorting {
            store.give_workspace(records);
        }
    }
}
