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
use crate::store::{Entry, Fresh, Kept, Key, Order, Place, Store, StoreFull, Text};

/// The value of a field of a hash that may be missing.
fn value<'s>(store: &'s Store, entry: Option<Entry>, field: &[u8]) -> Option<Text<'s>> {
    let element = store.element(entry?, field, store.name_hash(field))?;
    Some(element.value())
}

/// Writes a field of a hash that may be missing. True if it is new. O(log n).
fn put(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    entry: Option<Entry>,
    field: &[u8],
    value: Value<'_>,
) -> Result<bool, StoreFull> {
    let hash = cx.store.name_hash(field);
    let fresh =
        Fresh { name: Value::Bytes(field), hash: Some(hash), value: Some(value), score: None };
    let is_new = entry.is_none_or(|entry| cx.store.element(entry, field, hash).is_none());
    if is_new {
        cx.store.put_element(cx.now, key, Order::Hash, Place::Own, &fresh)?;
    } else {
        cx.store.replace_named(cx.now, key, field, &fresh)?;
    }
    Ok(is_new)
}

/// Fields were written: tells those who watch the key, and notes whether Redis would now keep the
/// hash in a table. Once there, it stays there.
fn written(cx: &mut Context<'_>, key: &Key<'_>, has_long_text: bool) {
    cx.store.tell_watchers(key);
    let entry = cx.store.find(cx.now, key).expect("a hash that was written to exists");
    let kept = cx.store.kept(entry);
    let is_large = has_long_text || cx.store.element_count(entry) > cx.hot.hash_entries_max;
    if is_large && !kept.at_large {
        cx.store.set_kept(key, Kept { at_large: true, ..kept });
    }
}

/// Is one of the texts of a field longer than Redis keeps in a listpack?
fn is_long(cx: &Context<'_>, field: &[u8], value: Value<'_>) -> bool {
    (field.len() as u64).max(cx.store.value_size(value)) > cx.hot.hash_text_size_max
}
