//! More results in order than there is room for on the stack: a scratch set puts them in order.
//!
//! Its scores are the distances, its names say which members they are. Of equal distances, those
//! found first come first.
use super::asked::{Asked, Sorting};
use super::hits::{Found, Hit, Search};
use super::reply::Shown;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::portion::Member;
use crate::commands::scratch;
use crate::commands::sorted::result::Grown;
use crate::resp::request::Request;
use crate::store::{Element, Key, Store};

/// Bytes of a name: sequence and rank, in the order in which bytes are compared.
const NAME_SIZE: usize = 8;

/// Puts all results into the set `key`.
pub(super) fn fill(
    cx: &mut Context<'_>,
    source: &Key<'_>,
    search: &Search,
    found: &mut Found,
    sorting: Sorting,
    key: &Key<'_>,
) -> Result<(), CommandError> {
    let mut grown = Grown::new(key);
    found.each(cx, source, search, |cx, hit| {
        let mut name = [0; NAME_SIZE];
        name[..4].copy_from_slice(&hit.sequence.to_be_bytes());
        name[4..].copy_from_slice(&hit.rank.to_be_bytes());
        let score = match sorting {
            Sorting::NearestFirst => hit.distance,
            Sorting::FarthestFirst => -hit.distance,
        };
        let hash = cx.store.name_hash(&name);
        grown.put(cx, &Member { name: &name, hash, score })
    })
}

/// How many results are in the scratch set.
pub(super) fn count(store: &Store, key: &Key<'_>) -> u64 {
    store.element_count(store.peek(key).expect("there is a result"))
}

/// The result with a rank in the scratch set.
pub(super) fn hit(store: &Store, key: &Key<'_>, rank: u64) -> Hit {
    let entry = store.peek(key).expect("there is a result");
    hit_of(&store.element_at_rank(entry, rank))
}

/// The result that an element of the scratch set is.
fn hit_of(element: &Element<'_>) -> Hit {
    let name = element.name();
    let name = name.as_slice().expect("a short name is in one piece");
    let number = |at: usize| u32::from_be_bytes(name[at..at + 4].try_into().expect("four bytes"));
    Hit { distance: element.score().abs(), sequence: number(0), rank: number(4) }
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
    let sorting = asked.sorting.expect("the caller asks for an order");
    scratch::answer(
        cx,
        request,
        position..position + 1,
        |cx, key| fill(cx, &source, search, found, sorting, key),
        |cx, sorted| {
            let sorted = sorted.expect("there are more results than fit elsewhere");
            let entry = cx.store.peek(&source).expect("sources are spared");
            let count = cx.store.element_count(sorted).min(asked.count.unwrap_or(u64::MAX));
            let shown = Shown { store: cx.store, entry, asked };
            cx.reply.measured(|reply| {
                reply.array(count);
                let elements = shown.store.elements(sorted, 0, false).take(count as usize);
                elements.for_each(|element| shown.write(reply, &hit_of(&element)));
            })?;
            Ok(())
        },
    )
}
