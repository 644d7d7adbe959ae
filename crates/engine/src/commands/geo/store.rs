//! Results of a search as a sorted set.
use super::asked::Asked;
use super::hits::{Found, Hit, Search};
use super::sorting::Sorted;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::portion::Portion;
use crate::commands::scratch;
use crate::commands::sorted::result::Grown;
use crate::resp::request::Request;
use crate::store::{Entry, Key};

/// A search whose results are stored.
struct Storing<'a, 'r> {
    request: &'a Request<'r>,
    /// The argument that is the set to search.
    position: usize,
    source: Key<'r>,
    target: Key<'r>,
    asked: &'a Asked,
    search: &'a Search,
}

/// The set on its way.
struct Stored<'a> {
    source: &'a Key<'a>,
    asked: &'a Asked,
    grown: Grown<'a>,
    /// The member on its way: making room moves it.
    portion: Portion,
}

impl Stored<'_> {
    fn put(&mut self, cx: &mut Context<'_>, hit: &Hit) -> Result<(), CommandError> {
        let Self { source, asked, grown, portion } = self;
        let entry = cx.store.peek(source).expect("sources are spared");
        let element = cx.store.element_at_rank(entry, hit.rank.into());
        let distance = hit.distance / asked.shape().unit;
        let score = if asked.stores_distance { distance } else { element.score() };
        portion.clear();
        let hash = cx.store.name_hash(portion.read(element.name()));
        portion.keep(hash, score);
        portion.members().try_for_each(|member| grown.put(cx, &member))
    }
}

/// Stores what is found in the existing set that is argument `position`, and replies how much it
/// is.
pub(super) fn store(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    position: usize,
    entry: Entry,
    asked: &Asked,
) -> Result<(), CommandError> {
    let search = Search::new(cx, entry, asked)?;
    let mut found = Found::new(cx, entry, asked, &search)?;
    let target = asked.target.expect("the caller asks to store");
    let (source, target) = (cx.key(request, position), cx.key(request, target));
    let storing = Storing { request, position, source, target, asked, search: &search };
    let count = match (asked.sorting, asked.count) {
        // Which ones they are is known when all are in order.
        (Some(_), Some(_)) if !found.is_complete && !asked.is_any => {
            storing.first(cx, &mut found)?
        }
        _ => storing.all(cx, &mut found)?,
    };
    cx.reply.integer(count.cast_signed());
    Ok(())
}

impl Storing<'_, '_> {
    /// All results.
    fn all(&self, cx: &mut Context<'_>, found: &mut Found) -> Result<u64, CommandError> {
        self.make(cx, |cx, stored| {
            found.each_portion(cx, &self.source, self.search, |cx, hits| {
                hits.iter().try_for_each(|hit| stored.put(cx, hit))
            })
        })
    }

    /// The first results, of more than are kept on the stack.
    fn first(&self, cx: &mut Context<'_>, found: &mut Found) -> Result<u64, CommandError> {
        let sorted = Sorted::new(cx, &self.source, self.asked, self.search, found)?;
        let stored = self.make(cx, |cx, stored| {
            (0..sorted.count()).try_for_each(|index| stored.put(cx, &sorted.hit(cx.store, index)))
        });
        sorted.give_back(cx.store);
        stored
    }

    /// Makes the set of the results that `fill` puts.
    fn make(
        &self,
        cx: &mut Context<'_>,
        fill: impl FnOnce(&mut Context<'_>, &mut Stored<'_>) -> Result<(), CommandError>,
    ) -> Result<u64, CommandError> {
        let sources = self.position..self.position + 1;
        let count = scratch::store(cx, self.request, sources, &self.target, |cx, key| {
            let Self { source, asked, .. } = self;
            let portion = Portion::new(cx.store.name_hash(b""));
            let mut stored = Stored { source, asked, grown: Grown::new(key), portion };
            fill(cx, &mut stored)?;
            stored.grown.end(cx);
            Ok(())
        })?;
        // As in Redis, each result counts.
        cx.store.counters.changes += count.saturating_sub(1);
        Ok(count)
    }
}
