//! More results in order than there is room for on the stack: they are noted in a workspace, and
//! sorted as SORT does.
//!
//! Of equal distances, those found first come first.
use super::asked::{Asked, Sorting};
use super::hits::{Found, Hit, Search};
use super::reply::Shown;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::sort::AHEAD;
use crate::commands::sort::order::{Order, Ties};
use crate::commands::sort::segments;
use crate::resp::request::Request;
use crate::store::tree::order::{score_key, score_of_key};
use crate::store::{Key, Record, Store, TextPlace, Workspace};

/// Results in their order.
#[must_use = "it holds a workspace, which is given back"]
pub(super) struct Sorted {
    records: Workspace,
    /// Of the results, the first ones that are asked for.
    count: usize,
    /// What making room had done when the first one was noted: until more is done, names stay where
    /// they are.
    room_bytes: u64,
}

impl Sorted {
    /// Finds all results of a search over the set `source`, which is spared, and sorts them.
    pub(super) fn new(
        cx: &mut Context<'_>,
        source: &Key<'_>,
        asked: &Asked,
        search: &Search,
        found: &mut Found,
    ) -> Result<Self, CommandError> {
        let room_bytes = cx.store.room_bytes();
        let mut records = cx.store.take_workspace(cx.now, 0, source)?;
        let noted = found.each_portion(cx, source, search, |cx, hits| {
            let start = records.count();
            let count = (start + hits.len()) as u64;
            cx.store.widen_workspace(cx.now, &mut records, count, source)?;
            for (hit, index) in hits.iter().zip(start..) {
                records.set_record(cx.store, index, record_of(hit));
            }
            Ok(())
        });
        if let Err(error) = noted {
            cx.store.give_workspace(records);
            return Err(error);
        }
        let is_descending = asked.sorting == Some(Sorting::FarthestFirst);
        let count = asked.count.map_or(usize::MAX, |count| count as usize).min(records.count());
        let order = Order { is_descending, ties: Ties::Ranks };
        segments::sort(cx.store, &mut records, order, &(0..count));
        Ok(Self { records, count, room_bytes })
    }

    /// How many.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// The result that comes behind `index` others.
    pub(super) fn hit(&self, store: &Store, index: usize) -> Hit {
        let hit = hit_of(&self.records.record(store, index));
        let is_there = self.room_bytes == store.room_bytes();
        Hit { name: if is_there { hit.name } else { TextPlace::NONE }, ..hit }
    }

    /// Asks for the name of the result that comes behind `index` others, before it is read.
    pub(super) fn prefetch(&self, store: &Store, index: usize) {
        if index < self.count {
            store.prefetch_text(self.records.record(store, index).text);
        }
    }

    /// Gives the workspace back.
    pub(super) fn give_back(self, store: &mut Store) {
        store.give_workspace(self.records);
    }
}

/// What is noted of a result: its sequence decides where distances are equal.
fn record_of(hit: &Hit) -> Record {
    let rank = u64::from(hit.sequence) << 32 | u64::from(hit.rank);
    Record { key: score_key(hit.distance), text: hit.name, rank }
}

fn hit_of(record: &Record) -> Hit {
    Hit {
        distance: score_of_key(record.key),
        name: record.text,
        rank: record.rank as u32,
        sequence: (record.rank >> 32) as u32,
    }
}

/// Replies with the results of `found`, and those that are still to be found.
pub(super) fn answer(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    position: usize,
    asked: &Asked,
    search: &Search,
    found: &mut Found,
) -> Result<(), CommandError> {
    let source = cx.key(request, position);
    let sorted = Sorted::new(cx, &source, asked, search, found)?;
    let entry = cx.store.peek(&source).expect("sources are spared");
    let shown = Shown { store: cx.store, entry, asked };
    let measured = cx.reply.measured(|reply| {
        reply.array(sorted.count() as u64);
        for index in 0..sorted.count() {
            sorted.prefetch(shown.store, index + AHEAD as usize);
            shown.write(reply, &sorted.hit(shown.store, index));
        }
    });
    sorted.give_back(cx.store);
    Ok(measured?)
}
