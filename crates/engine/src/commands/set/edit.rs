//! SADD, SREM and SMOVE: putting members in and taking them out.
use super::encoding::Encoding;
use crate::commands::context::Context;
use crate::commands::elements::take_named;
use crate::commands::error::CommandError;
use crate::resp::request::Request;
use crate::store::{Fresh, Key, NameHash, Order, Place, Store, StoreFull, Type};

/// Puts a member in that the set `key` does not have, and says in which way Redis would keep the
/// set then. The set is made if it is missing.
pub(super) fn add(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    encoding: &mut Encoding,
    member: &[u8],
    hash: NameHash,
) -> Result<(), StoreFull> {
    let entry = cx.store.peek(key);
    let count = entry.map_or(0, |entry| cx.store.element_count(entry));
    let has_long = |size_max| {
        let mut members = entry.into_iter().flat_map(|entry| cx.store.elements(entry, 0, false));
        members.any(|member| member.name().size() > size_max)
    };
    let next = encoding.with(cx.hot, count, member, has_long);
    let fresh = Fresh::member(member, Some(hash));
    cx.store.put_element(cx.now, key, Order::Set, Place::Own, &fresh)?;
    *encoding = next;
    Ok(())
}

/// Has the set `key` this member?
fn has(store: &Store, key: &Key<'_>, member: &[u8], hash: NameHash) -> bool {
    store.peek(key).is_some_and(|entry| store.element(entry, member, hash).is_some())
}

/// `SADD key member [member ...]`: puts members in; how many were not there. All or nothing.
/// O(members * log n).
pub fn sadd(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let members = request.arguments_from(2);
    let count = members.len() as u64;
    let entry = cx.find_of(&key, Type::Set)?;
    let stored = entry.map(|entry| Encoding::of(cx.store.kept(entry)));
    let mut encoding = match stored {
        Some(stored) => stored.expecting(cx.hot, count),
        None => Encoding::new(cx.hot, request.argument(2), count),
    };
    if count > 1 {
        let fresh = members.clone().map(|member| Fresh::member(member, None));
        cx.store.reserve_elements(cx.now, &key, Order::Set, fresh)?;
    }
    let mut added_count = 0;
    for member in members {
        let hash = cx.store.name_hash(member);
        if has(cx.store, &key, member, hash) {
            continue;
        }
        let added = add(cx, &key, &mut encoding, member, hash);
        if count == 1 {
            added?;
        } else {
            added.expect("room was reserved");
        }
        added_count += 1;
    }
    if count > 1 {
        cx.store.settle_collection(&key);
    }
    if encoding != stored.unwrap_or(Encoding::Integers) {
        cx.store.set_kept(&key, encoding.kept());
    }
    if added_count > 0 {
        cx.changed(&key, added_count);
    }
    cx.reply.integer(added_count.cast_signed());
    Ok(())
}

/// `SREM key member [member ...]`: takes members out; how many were there. O(members * log n).
pub fn srem(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    take_named(cx, request, Type::Set)
}

/// `SMOVE source destination member`: moves a member from one set to another; 1 if it was there.
/// O(log n).
pub fn smove(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let (source, target) = (cx.key(request, 1), cx.key(request, 2));
    let member = request.argument(3);
    let hash = cx.store.name_hash(member);
    let moved = cx.find_of(&source, Type::Set)?.is_some() && {
        cx.find_of(&target, Type::Set)?;
        has(cx.store, &source, member, hash)
    };
    if moved && source.name != target.name {
        if !has(cx.store, &target, member, hash) {
            put_moved(cx, &source, &target, member, hash)?;
            cx.store.tell_watchers(&target);
        }
        cx.store.take_named(&source, member, hash);
        cx.store.tell_watchers(&source);
    }
    cx.reply.integer(i64::from(moved));
    Ok(())
}

/// Puts a member of `source` into `target` as well. The source must not make room for it.
fn put_moved(
    cx: &mut Context<'_>,
    source: &Key<'_>,
    target: &Key<'_>,
    member: &[u8],
    hash: NameHash,
) -> Result<(), StoreFull> {
    let stored = cx.store.peek(target).map(|entry| Encoding::of(cx.store.kept(entry)));
    let mut encoding = stored.unwrap_or_else(|| Encoding::new(cx.hot, member, 1));
    cx.store.spare(source, true);
    let added = add(cx, target, &mut encoding, member, hash);
    cx.store.spare(source, false);
    added?;
    if encoding != stored.unwrap_or(Encoding::Integers) {
        cx.store.set_kept(target, encoding.kept());
    }
    Ok(())
}
