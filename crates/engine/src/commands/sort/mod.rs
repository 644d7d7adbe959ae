//! SORT: the elements of a list, a set or a sorted set in another order, or what they name.
//!
//! `options` reads the arguments, `pattern` finds what an element names, `sequence` says which
//! elements come in which order: where they have to be sorted, `weights` notes by what, `order`
//! compares, `segments` and at worst `heap` sort. `answer` replies, `keep` is STORE.
//!
//! What is noted of each element lies in a workspace of data memory, which is given back in the
//! end. Texts are not copied: while elements are sorted, nothing is written and no room is made.
mod answer;
mod heap;
mod keep;
mod options;
pub mod order;
mod pattern;
pub mod segments;
mod sequence;
mod weights;

use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::work;
use crate::resp::request::Request;
use crate::store::{Entry, Kept, Key, Store, TextPlace, Type};
use options::Options;
use pattern::Pattern;
use sequence::Sequence;

/// Work that counts what finds a key that an element names: 0.2 to 0.3 microseconds.
const LOOKUP_WORK: u64 = 40;

/// Bytes of texts that begin alike and count as one when they are compared: 16 take five
/// nanoseconds.
const COMPARED_AT_ONCE: u64 = 16;

/// Work that an option counts each time that it is read, and so many of its bytes as one more.
const OPTION_WORK: u64 = 2;
const OPTION_BYTES: u64 = 4;

/// How far ahead of it a noted element is asked for. Other distances were not measured.
pub(in crate::commands) const AHEAD: u64 = 16;

/// Elements whose places are read at once.
const PORTION: usize = 128;

const TOO_LARGE: &str = "OOM command-work-max: too many elements to sort in one command; use a \
                         sorted set, or read the elements with LRANGE, SSCAN or ZRANGE";

/// What is sorted.
struct Source<'r> {
    key: Key<'r>,
    /// Nothing if the key is missing.
    kind: Option<Type>,
    count: u64,
}

impl<'r> Source<'r> {
    fn read(cx: &mut Context<'_>, request: &Request<'r>) -> Result<Self, CommandError> {
        let key = cx.key(request, 1);
        let Some(entry) = cx.read(&key) else { return Ok(Self { key, kind: None, count: 0 }) };
        let kind = cx.store.kind(entry);
        if !matches!(kind, Type::List | Type::Set | Type::SortedSet) {
            return Err(CommandError::WRONG_TYPE);
        }
        if kind == Type::SortedSet {
            // Redis makes it a skiplist to sort it.
            let kept = cx.store.kept(entry);
            cx.store.set_kept(&key, Kept { at_large: true, ..kept });
        }
        Ok(Self { count: cx.store.element_count(entry), key, kind: Some(kind) })
    }

    /// Bits of the count.
    fn levels(&self) -> u64 {
        u64::from(u64::BITS - self.count.leading_zeros())
    }

    /// Where it is now.
    fn entry(&self, store: &Store) -> Entry {
        store.peek(&self.key).expect("what is sorted stays")
    }

    /// Where an element is.
    fn element(&self, store: &Store, rank: u64) -> TextPlace {
        store.element_at_rank(self.entry(store), rank).name().place()
    }

    /// Where the elements are from `rank` on, forth or back, as many as there are `places`.
    fn elements(&self, store: &Store, rank: u64, is_back: bool, places: &mut [TextPlace]) {
        let elements = store.elements(self.entry(store), rank, is_back);
        for (place, element) in places.iter_mut().zip(elements) {
            *place = element.name().place();
        }
    }
}

/// `SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]
/// [STORE destination]`: sorts elements by themselves or by what they name, and answers or stores
/// them or what they name. O(n log n), up to `command-work-max`.
pub fn sort(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let options = Options::parse(request, true)?;
    run(cx, request, &options)
}

/// `SORT_RO key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC]
/// [ALPHA]`: as SORT, which only answers. O(n log n), up to `command-work-max`.
pub fn sort_ro(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let options = Options::parse(request, false)?;
    run(cx, request, &options)
}

fn run(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    options: &Options<'_>,
) -> Result<(), CommandError> {
    let source = Source::read(cx, request)?;
    check_work(cx, request, &source, options)?;
    let sequence = Sequence::new(cx, &source, options)?;
    let done = match options.target {
        Some(target) => keep::store(cx, request, target, &source, options, &sequence),
        None => answer::reply(cx, &source, options, &sequence),
    };
    sequence.give_back(cx.store);
    done
}

/// Refuses what sorting would touch too much for.
fn check_work(
    cx: &Context<'_>,
    request: &Request<'_>,
    source: &Source<'_>,
    options: &Options<'_>,
) -> Result<(), CommandError> {
    let wanted = options.wanted(source.count);
    // The options are read again for each element, once to measure the reply and once to write it.
    let option_work = |option: &[u8]| OPTION_WORK + option.len() as u64 / OPTION_BYTES;
    let reading_work: u64 = request.arguments_from(2).map(option_work).sum();
    let key_count = options.gets().filter(Pattern::is_key).count() as u64;
    let put_work = if options.target.is_some() { work::APPEND } else { 0 };
    let get_work = options.gets().count() as u64 * (work::VISIT + put_work)
        + if options.has_gets { 2 * (key_count * LOOKUP_WORK + reading_work) } else { 0 };
    let mut work = wanted.count.saturating_mul(get_work);
    if options.sorts(source) {
        let entry = source.entry(cx.store);
        let has_weights = options.by(source).is_some();
        let lookup_work = if has_weights { LOOKUP_WORK + reading_work } else { 0 };
        work = work.saturating_add(source.count.saturating_mul(work::VISIT + lookup_work));
        // An element that is answered is compared about as often as the count has bits, each other
        // one twice; long texts that begin alike are read each time.
        let comparison_count = wanted.count * source.levels() + 2 * source.count;
        let text_size = cx.store.text_bytes(entry) / source.count.max(1);
        let comparison_work = work::SORT + text_size / COMPARED_AT_ONCE;
        work = work.saturating_add(comparison_count.saturating_mul(comparison_work));
    }
    work::check(cx, work, TOO_LARGE)
}
