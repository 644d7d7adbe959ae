//! A result that a command makes as a whole: of `*STORE`, or one that must be there to be answered.
//!
//! It grows under a name that no key has, so that its sources stay as they are and nobody sees it
//! half done. Then it takes the place of its target, which may be one of the sources, or it is
//! answered and given up. If making it fails it is given up, and nothing has changed.
//!
//! The sources are not evicted until the end: the last step, to the name of the target, may have to
//! make room as well.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::limits::SLOT_SIZE_MAX;
use crate::marks::Mark;
use crate::planted::{Bug, is_planted};
use crate::resp::request::Request;
use crate::store::{Entry, Key, Store, StoreFull};
use core::ops::Range;

/// Bytes of a name of which there are always free ones.
const NAME_SIZE_MIN: usize = 8;

/// The longest name.
type Name = [u8; SLOT_SIZE_MAX as usize];

/// Makes a result by `fill`, out of the keys among the arguments `sources`, that takes the place of
/// `target`, or deletes it if `fill` has made no key; how many elements it has. `fill` gets the key
/// to make, and makes room for that one alone.
pub fn store(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    sources: Range<usize>,
    target: &Key<'_>,
    fill: impl FnOnce(&mut Context<'_>, &Key<'_>) -> Result<(), CommandError>,
) -> Result<u64, CommandError> {
    make(cx, request, sources, target.name, |cx, scratch| {
        fill(cx, scratch)?;
        let Some(entry) = cx.store.peek(scratch) else {
            cx.statistics.marks.reach(Mark::ResultEmpty);
            cx.store.delete(cx.now, target);
            return Ok(0);
        };
        let count = cx.store.element_count(entry);
        if cx.store.peek(target).is_some() {
            cx.statistics.marks.reach(Mark::ResultReplaced);
        }
        cx.store.take_place(cx.now, scratch, target)?;
        Ok(count)
    })
}

/// Makes a result by `fill`, as `store` does, for `answer`, which gets it if there is one.
pub fn answer(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    sources: Range<usize>,
    fill: impl FnOnce(&mut Context<'_>, &Key<'_>) -> Result<(), CommandError>,
    answer: impl FnOnce(&mut Context<'_>, Option<Entry>) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    make(cx, request, sources, b"", |cx, scratch| {
        fill(cx, scratch)?;
        let entry = cx.store.peek(scratch);
        answer(cx, entry)
    })
}

/// Calls `work` with a key that does not exist, and gives up what is there in the end.
fn make<T>(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    sources: Range<usize>,
    target: &[u8],
    work: impl FnOnce(&mut Context<'_>, &Key<'_>) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let database = cx.session().database;
    let mut name = [0; SLOT_SIZE_MAX as usize];
    let scratch = free_key(cx.store, database, target, &mut name)?;
    spare(cx, request, sources.clone(), true);
    let made = work(cx, &scratch);
    spare(cx, request, sources, false);
    if made.is_err() {
        cx.statistics.marks.reach(Mark::ResultGivenUp);
        if is_planted(Bug::ResultKept) {
            return made;
        }
    }
    cx.store.discard(&scratch);
    made
}

/// A key that does not exist, with a name as long as `target` where that is not very short, so that
/// the result can become it where it is. Clients cannot guess the name, and so not fill up those
/// that are tried.
fn free_key<'a>(
    store: &Store,
    database: u8,
    target: &[u8],
    name: &'a mut Name,
) -> Result<Key<'a>, CommandError> {
    let start = name.get_mut(..target.len()).ok_or(StoreFull::KeySize)?;
    start.copy_from_slice(target);
    let size = target.len().max(NAME_SIZE_MIN);
    let mut number = store.name_hash(target).to_u64();
    loop {
        name[..NAME_SIZE_MIN].copy_from_slice(&number.to_le_bytes());
        let key = store.key(database, &name[..size]);
        if key.name != target && store.peek(&key).is_none() {
            return Ok(store.key(database, &name[..size]));
        }
        number = number.wrapping_add(1);
    }
}

/// Lets eviction leave the keys among these arguments alone, or no longer.
pub fn spare(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    arguments: Range<usize>,
    are_spared: bool,
) {
    for index in arguments.filter(|_| !is_planted(Bug::SourceUnspared)) {
        let key = cx.key(request, index);
        cx.store.spare(&key, are_spared);
    }
}
