//! What the processor is asked for before the requests of a group need it.
//!
//! A core can await some twenty lines at a time, and one that asks for more stands still. So the
//! bucket of a key is asked for while requests are parsed, its object some requests before its own,
//! and the rest of a value after that. Only large collections are looked through beforehand, by all
//! of the group together: there each line names the next one.
use super::group::{GROUP_SIZE, Group};
use crate::commands::known::{Known, KnownElement};
use crate::connection::Connection;
use crate::memory::blocks::Span;
use crate::store::{Ahead, Approach, Order, Store};

/// Longer names are not hashed in advance: they may be no names at all.
const PREFETCH_NAME_MAX: u32 = 256;

/// Commands with more arguments are not looked ahead for: they are ranges, or have options, or
/// several names.
const LOOKED_ARGUMENTS_MAX: usize = 4;

/// Hashes the first argument of a request, as the key that it is for most commands; for others this
/// is wasted, but harmless.
#[inline(always)]
pub(super) fn hash_key(
    store: &Store,
    database: u8,
    bytes: &[u8],
    spans: &[Span],
) -> (Option<Approach>, Known) {
    match spans.get(1) {
        Some(span) if span.size <= PREFETCH_NAME_MAX => {
            let hash = store.name_hash(&bytes[span.start as usize..][..span.size as usize]);
            let approach = store.begin_approach(database, hash);
            (Some(approach), Known { first: Some(hash), element: None })
        }
        _ => (None, Known::NOTHING),
    }
}

/// May a request be of an element of a collection? The families have names of their own; what is
/// taken for one of them by mistake (SET) loses nothing but the look.
#[inline(always)]
pub(super) fn may_have_element(bytes: &[u8], spans: &[Span]) -> bool {
    let letter = bytes.get(spans[0].start as usize).map_or(0, |letter| letter | 0x20);
    match letter {
        b'h' | b'l' | b'r' | b's' | b'z' => (2..=LOOKED_ARGUMENTS_MAX).contains(&spans.len()),
        // GEOPOS, not GET.
        b'g' => (3..=LOOKED_ARGUMENTS_MAX).contains(&spans.len()),
        _ => false,
    }
}

/// Asks for what a group needs before its first request runs: the last buckets, the first objects,
/// and of large collections all that the group will read.
pub(super) fn ask_for_first(
    store: &Store,
    group: &mut Group,
    (connections, spans): (&[Connection], &[Span]),
) {
    group.approaches.ask_for_buckets(store);
    if store.has_trees() {
        look_ahead(store, group, (connections, spans));
    }
    group.approaches.ask_for_first(store);
}

/// A look ahead for the entry of the group with an index.
type Look = (usize, Ahead);

/// Asks for what the group will read of large collections, level by level. The name is the
/// argument behind the key, or for members of sorted sets, which follow their scores, the last.
/// Of a list it is the end that the command's first letter says.
fn look_ahead(store: &Store, group: &mut Group, (connections, spans): (&[Connection], &[Span])) {
    group.approaches.ask_for_owners(store, &group.entries[..group.entry_count]);
    let mut looks: [Option<Look>; GROUP_SIZE] = [None; GROUP_SIZE];
    let mut count = 0;
    for visit in &group.visits[..group.visit_count] {
        let Some(input) = &connections[visit.slot as usize].input else { continue };
        let range = visit.first_entry as usize..visit.end_entry as usize;
        for index in range {
            let entry = &mut group.entries[index];
            let approach = group.approaches.of(index).filter(|_| entry.may_have_element);
            let Some((owner, order)) =
                approach.and_then(|approach| store.approached_tree(&approach))
            else {
                continue;
            };
            let argument_count = entry.end_span - entry.first_span;
            let (least_count, name_index) = match order {
                Order::List => (2, 0),
                Order::Sorted => (3, argument_count - 1),
                _ => (3, 2),
            };
            if argument_count < least_count {
                continue;
            }
            let span = spans[(entry.first_span + name_index) as usize];
            let name = &input.filled()[span.start as usize..][..span.size as usize];
            let ahead = if order == Order::List {
                let is_last = name.first().is_some_and(|letter| letter | 0x20 == b'r');
                store.begin_ahead_at_end(owner, is_last)
            } else if name.len() <= PREFETCH_NAME_MAX as usize {
                let (argument, hash) = (name_index as u8, store.name_hash(name));
                entry.known.element = Some(KnownElement { index: argument, hash, seen: None });
                store.begin_ahead((owner, order), hash)
            } else {
                continue;
            };
            looks[count] = Some((index, ahead));
            count += 1;
        }
    }
    go_down(store, group, &mut looks[..count]);
}

/// All looks take one step after the other, until everything is asked for; then what they have seen
/// is known.
fn go_down(store: &Store, group: &mut Group, looks: &mut [Option<Look>]) {
    let mut is_going = true;
    while is_going {
        is_going = false;
        for place in &mut *looks {
            let Some((index, ahead)) = place else { continue };
            if store.step_ahead(ahead) {
                is_going = true;
                continue;
            }
            if let Some(known) = &mut group.entries[*index].known.element {
                known.seen = store.seen(ahead);
            }
            *place = None;
        }
    }
}
