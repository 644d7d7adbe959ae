//! In which way Redis 7.2 would keep a list: OBJECT ENCODING answers `listpack` or `quicklist`.
//!
//! A list becomes a quicklist before it outgrows `list-max-listpack-size`, and a listpack again
//! when what was taken out leaves half of that. Sizes are those of texts: Redis keeps an integer in
//! fewer bytes than it has digits, and it asks whether what is left is in one node.
use crate::commands::context::Context;
use crate::store::{Entry, Kept, Key};

/// Bytes of a listpack besides its elements.
const EMPTY_SIZE: u64 = 7;

/// Bytes of an element besides its text: its size before it, and behind it for the way back.
const ELEMENT_OVERHEAD: u64 = 2;

/// Bytes of a listpack whose limit is a count.
const SAFE_SIZE_MAX: u64 = 8192;

/// Limits in bytes: what -1 to -5 mean.
const SIZES_MAX: [u64; 5] = [4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10];

/// How much a listpack takes, or may take.
struct Extent {
    size: u64,
    count: u64,
}

impl Extent {
    /// `list-max-listpack-size`.
    fn limit(cx: &Context<'_>) -> Self {
        match cx.hot.list_max_listpack_size {
            count @ 0.. => {
                Self { size: SAFE_SIZE_MAX, count: u64::from(count.unsigned_abs().max(1)) }
            }
            level => {
                let index = level.unsigned_abs() as usize - 1;
                Self { size: SIZES_MAX[index.min(SIZES_MAX.len() - 1)], count: u64::MAX }
            }
        }
    }

    /// Of a list; a missing one is empty.
    fn of(cx: &Context<'_>, entry: Option<Entry>) -> Self {
        let (size, count) = entry
            .map_or((0, 0), |entry| (cx.store.text_bytes(entry), cx.store.element_count(entry)));
        Self { size: EMPTY_SIZE + size + ELEMENT_OVERHEAD * count, count }
    }
}

/// Is the list a listpack that becomes a quicklist if so many elements are added, whose texts have
/// `added_size` bytes?
pub(crate) fn outgrows(
    cx: &Context<'_>,
    entry: Option<Entry>,
    added_count: u64,
    added_size: u64,
) -> bool {
    if entry.is_some_and(|entry| cx.store.kept(entry).at_large) {
        return false;
    }
    let (limit, extent) = (Extent::limit(cx), Extent::of(cx, entry));
    extent.size + added_size > limit.size || extent.count + added_count > limit.count
}

/// The list is a quicklist from now on, if `outgrows` said so.
pub(crate) fn grow(cx: &mut Context<'_>, key: &Key<'_>, outgrows: bool) {
    if outgrows {
        cx.store.set_kept(key, Kept { at_large: true, as_text: false });
    }
}

/// Something was taken out of the list, or replaced: a quicklist becomes a listpack if what is left
/// is little enough.
pub(super) fn shrink(cx: &mut Context<'_>, key: &Key<'_>) {
    let Some(entry) = cx.store.find(cx.now, key) else { return };
    if !cx.store.kept(entry).at_large {
        return;
    }
    let (limit, count) = (Extent::limit(cx), cx.store.element_count(entry));
    let fixed_size = EMPTY_SIZE + ELEMENT_OVERHEAD * count;
    let is_little = count <= limit.count / 2
        && (limit.size / 2)
            .checked_sub(fixed_size)
            .is_some_and(|bytes_max| !cx.store.text_bytes_exceed(entry, bytes_max));
    if is_little {
        cx.store.set_kept(key, Kept { at_large: false, as_text: false });
    }
}
