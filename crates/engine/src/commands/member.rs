//! The bytes of a member in one piece, wherever they lie.
//!
//! Members are arguments that are never staged, so that each fits a block; the longest are ropes in
//! the store.
use crate::memory::blocks::BLOCK_SIZE;
use crate::store::Text;

/// Bytes of the longest member.
pub const MEMBER_SIZE_MAX: usize = BLOCK_SIZE as usize;

/// Calls `read` with the bytes of a member, which are copied only if they are not in one piece.
#[inline]
pub fn with_bytes<T>(text: Text<'_>, read: impl FnOnce(&[u8]) -> T) -> T {
    match text.as_slice() {
        Some(bytes) => read(bytes),
        None => with_copy(text, read),
    }
}

#[cold]
#[inline(never)]
#[expect(clippy::large_stack_arrays, reason = "as large as the longest member, for one command")]
fn with_copy<T>(text: Text<'_>, read: impl FnOnce(&[u8]) -> T) -> T {
    let mut bytes = [0; MEMBER_SIZE_MAX];
    let mut end = 0;
    for chunk in text.chunks(0, text.size()) {
        bytes[end..end + chunk.len()].copy_from_slice(chunk);
        end += chunk.len();
    }
    read(&bytes[..end])
}
