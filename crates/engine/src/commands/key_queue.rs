//! The keys of a command of several, in their order, each asked for some keys before its own: where
//! a command reads keys that are in no cache, their misses hide behind each other.
//!
//! Invariant: key number `n` is in `coming[n % KEYS_MAX]` from when its name is hashed until it is
//! given out.
use crate::commands::context::Context;
use crate::resp::request::Request;
use crate::store::{Approach, Key, NameHash, OBJECT_DISTANCE, OBJECTS_AT_ONCE, VALUE_DISTANCE};
use core::ops::Range;

/// Keys that are asked for together.
const AT_ONCE: usize = OBJECTS_AT_ONCE;

/// Keys that are asked for and not given out, at most: a power of two, so that a place is found
/// without a division.
const KEYS_MAX: usize = 32;

const _: () = assert!(VALUE_DISTANCE < OBJECT_DISTANCE && KEYS_MAX.is_multiple_of(AT_ONCE));
const _: () = assert!(OBJECT_DISTANCE + AT_ONCE <= KEYS_MAX - AT_ONCE, "buckets come first");

/// Arguments of a request that are keys.
pub struct KeyQueue<'r, I> {
    request: Request<'r>,
    indexes: I,
    coming: [Option<Coming>; KEYS_MAX],
    hashed_count: usize,
    given_count: usize,
}

#[derive(Clone, Copy)]
struct Coming {
    index: usize,
    hash: NameHash,
    approach: Approach,
}

impl<'r, I: Iterator<Item = usize>> KeyQueue<'r, I> {
    /// The arguments `indexes` of a request.
    pub const fn new(request: &Request<'r>, indexes: I) -> Self {
        Self {
            request: *request,
            indexes,
            coming: [None; KEYS_MAX],
            hashed_count: 0,
            given_count: 0,
        }
    }

    /// The next key, and which argument it is. O(1) plus the size of a name.
    pub fn next(&mut self, cx: &Context<'_>) -> Option<(usize, Key<'r>)> {
        let number = self.given_count;
        let first = number + OBJECT_DISTANCE;
        match number {
            0 => {
                self.ask_for_buckets(cx, KEYS_MAX);
                self.ask_for_objects(cx, 0..first + AT_ONCE);
            }
            _ if number.is_multiple_of(AT_ONCE) => {
                self.ask_for_objects(cx, first..first + AT_ONCE);
                self.ask_for_buckets(cx, AT_ONCE);
            }
            _ => {}
        }
        if let Some(coming) = &self.coming[(number + VALUE_DISTANCE) % KEYS_MAX] {
            cx.store.approach_value(&coming.approach);
        }
        let coming = self.coming[number % KEYS_MAX].take()?;
        self.given_count += 1;
        let name = self.request.argument(coming.index);
        Some((coming.index, cx.store.key_hashed(cx.database(), name, coming.hash)))
    }

    /// Hashes the next `count` names, then asks for their buckets.
    fn ask_for_buckets(&mut self, cx: &Context<'_>, count: usize) {
        let first = self.hashed_count;
        for _ in 0..count {
            let Some(index) = self.indexes.next() else { break };
            let hash = cx.key_name_hash(&self.request, index);
            let approach = cx.store.begin_approach(cx.database(), hash);
            self.coming[self.hashed_count % KEYS_MAX] = Some(Coming { index, hash, approach });
            self.hashed_count += 1;
        }
        for number in first..self.hashed_count {
            if let Some(coming) = &self.coming[number % KEYS_MAX] {
                cx.store.approach_bucket(&coming.approach);
            }
        }
    }

    fn ask_for_objects(&mut self, cx: &Context<'_>, numbers: Range<usize>) {
        for number in numbers.clone() {
            if let Some(coming) = &mut self.coming[number % KEYS_MAX] {
                cx.store.guess_object(&mut coming.approach);
            }
        }
        for number in numbers {
            if let Some(coming) = &self.coming[number % KEYS_MAX] {
                cx.store.approach_object(&coming.approach);
            }
        }
    }
}
