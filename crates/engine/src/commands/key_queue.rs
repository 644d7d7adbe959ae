//! The keys of a command of several, in their order, each asked for some keys before its own: where
//! a command reads keys that are in no cache, their misses hide behind each other.
//!
//! Invariant: key number `n` is in `coming[n % BUCKET_DISTANCE]` from when its bucket is asked for
//! until it is given out.
use crate::commands::context::Context;
use crate::resp::request::Request;
use crate::store::{Approach, Key, NameHash, OBJECT_DISTANCE, VALUE_DISTANCE};

/// So many keys before its own the bucket of a key is asked for.
const BUCKET_DISTANCE: usize = 16;

const _: () = assert!(VALUE_DISTANCE < OBJECT_DISTANCE && OBJECT_DISTANCE < BUCKET_DISTANCE);

/// Arguments of a request that are keys.
pub struct KeyQueue<'r, I> {
    request: Request<'r>,
    indexes: I,
    coming: [Option<Coming>; BUCKET_DISTANCE],
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
        Self { request: *request, indexes, coming: [None; BUCKET_DISTANCE], given_count: 0 }
    }

    /// The next key, and which argument it is. O(1) plus the size of a name.
    pub fn next(&mut self, cx: &Context<'_>) -> Option<(usize, Key<'r>)> {
        let number = self.given_count;
        if number == 0 {
            self.begin(cx);
        }
        if let Some(coming) = &mut self.coming[(number + OBJECT_DISTANCE) % BUCKET_DISTANCE] {
            cx.store.approach_object(&mut coming.approach);
        }
        if let Some(coming) = &self.coming[(number + VALUE_DISTANCE) % BUCKET_DISTANCE] {
            cx.store.approach_value(&coming.approach);
        }
        let coming = self.coming[number % BUCKET_DISTANCE].take()?;
        self.coming[number % BUCKET_DISTANCE] = self.begin_next(cx);
        self.given_count += 1;
        let name = self.request.argument(coming.index);
        Some((coming.index, cx.store.key_hashed(cx.database(), name, coming.hash)))
    }

    fn begin(&mut self, cx: &Context<'_>) {
        for number in 0..BUCKET_DISTANCE {
            self.coming[number] = self.begin_next(cx);
        }
        for coming in self.coming[..OBJECT_DISTANCE].iter_mut().flatten() {
            cx.store.approach_object(&mut coming.approach);
        }
    }

    fn begin_next(&mut self, cx: &Context<'_>) -> Option<Coming> {
        let index = self.indexes.next()?;
        let hash = cx.key_name_hash(&self.request, index);
        Some(Coming { index, hash, approach: cx.store.begin_approach(cx.database(), hash) })
    }
}
