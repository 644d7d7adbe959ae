//! The keys of a command of several, in their order, each asked for some keys before its own: where
//! a command reads keys that are in no cache, their misses hide behind each other.
use crate::commands::context::Context;
use crate::resp::request::Request;
use crate::store::{Approach, Key, NameHash, OBJECT_DISTANCE, VALUE_DISTANCE};

/// So many keys before its own the bucket of a key is asked for.
const BUCKET_DISTANCE: usize = 16;

/// The arguments of a request that are keys.
pub struct Keys<'r, I> {
    request: Request<'r>,
    indexes: I,
    /// Keys on their way, by their number modulo `BUCKET_DISTANCE`.
    coming: [Option<Coming>; BUCKET_DISTANCE],
    /// How many were given out; how many buckets, objects and values were asked for.
    given_count: usize,
    bucket_count: usize,
    object_count: usize,
    value_count: usize,
}

#[derive(Clone, Copy)]
struct Coming {
    index: usize,
    hash: NameHash,
    approach: Approach,
}

impl<'r, I: Iterator<Item = usize>> Keys<'r, I> {
    /// The arguments `indexes` of a request.
    pub const fn new(request: &Request<'r>, indexes: I) -> Self {
        Self {
            request: *request,
            indexes,
            coming: [None; BUCKET_DISTANCE],
            given_count: 0,
            bucket_count: 0,
            object_count: 0,
            value_count: 0,
        }
    }

    /// The next key, and which argument it is.
    pub fn next(&mut self, cx: &Context<'_>) -> Option<(usize, Key<'r>)> {
        self.begin(cx);
        self.go_on(cx);
        let coming = self.coming[self.given_count % BUCKET_DISTANCE].take()?;
        self.given_count += 1;
        let name = self.request.argument(coming.index);
        Some((coming.index, cx.store.key_hashed(cx.database(), name, coming.hash)))
    }

    /// Asks for the buckets of those that come into sight.
    fn begin(&mut self, cx: &Context<'_>) {
        while self.bucket_count < self.given_count + BUCKET_DISTANCE {
            let Some(index) = self.indexes.next() else { return };
            let hash = cx.key_name_hash(&self.request, index);
            let approach = cx.store.approach(cx.database(), hash);
            self.coming[self.bucket_count % BUCKET_DISTANCE] =
                Some(Coming { index, hash, approach });
            self.bucket_count += 1;
        }
    }

    /// Asks for the objects and values of those that are near.
    fn go_on(&mut self, cx: &Context<'_>) {
        let near_count = self.bucket_count.min(self.given_count + OBJECT_DISTANCE);
        while self.object_count < near_count {
            if let Some(coming) = &mut self.coming[self.object_count % BUCKET_DISTANCE] {
                cx.store.approach_object(&mut coming.approach);
            }
            self.object_count += 1;
        }
        let near_count = self.object_count.min(self.given_count + VALUE_DISTANCE);
        while self.value_count < near_count {
            if let Some(coming) = &self.coming[self.value_count % BUCKET_DISTANCE] {
                cx.store.approach_value(&coming.approach);
            }
            self.value_count += 1;
        }
    }
}
