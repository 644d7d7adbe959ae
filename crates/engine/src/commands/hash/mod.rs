//! The hash commands: `get` reads fields, `set` writes and deletes them, `counter` does arithmetic,
//! `whole` answers all of a hash, `random` some of it, `scan` walks over it.
//!
//! What Redis would call the encoding of a hash is noted here whenever fields are written.
pub mod counter;
pub mod get;
pub mod random;
pub mod scan;
pub mod set;
pub mod whole;

use crate::commands::context::Context;
use crate::resp::request::Value;
use crate::store::{Entry, Fresh, Kept, Key, Order, Store, StoreFull, Text};

/// The value of a field of a hash that may be missing.
fn value<'s>(store: &'s Store, entry: Option<Entry>, field: &[u8]) -> Option<Text<'s>> {
    let element = store.element(entry?, field, store.name_hash(field))?;
    Some(element.value())
}

/// Writes a field of a hash, made if it is missing. True if the field is new. O(log n).
fn put(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    field: &[u8],
    value: Value<'_>,
) -> Result<bool, StoreFull> {
    let hash = Some(cx.store.name_hash(field));
    let fresh = Fresh::field(field, hash, value);
    cx.store.put_named(cx.now, key, Order::Hash, &fresh)
}

/// So many fields were written: tells those who watch the key, and notes whether Redis would now
/// keep the hash in a table. Once there, it stays there.
fn written(cx: &mut Context<'_>, key: &Key<'_>, count: u64, outgrows: bool) {
    cx.changed(key, count);
    let entry = cx.store.settle_collection(key).expect("a hash that was written to exists");
    let kept = cx.store.kept(entry);
    if kept.at_large {
        return;
    }
    if outgrows || cx.store.element_count(entry) > cx.hot.hash_entries_max {
        cx.store.set_kept(key, Kept { at_large: true, ..kept });
    }
}

/// Is one of the texts of a field longer than Redis keeps in a listpack?
fn is_long(cx: &Context<'_>, field: &[u8], value: Value<'_>) -> bool {
    (field.len() as u64).max(cx.store.value_size(value)) > cx.hot.hash_text_size_max
}
