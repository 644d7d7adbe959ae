//! BITOP: several strings into another, bit by bit.
//!
//! A small result is built on the stack; a large one is staged in the store piece by piece and
//! takes the place of the destination at the end, so that the destination may be a source too.
//! Room for it is made by evicting others than the sources.
use super::copy_bytes;
use super::words::{Operation, combine, invert};
use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::work;
use crate::limits::SLOT_SIZE_MAX;
use crate::planted::{Bug, is_planted};
use crate::resp::request::{Request, StagedId, Value};
use crate::store::Expiry;

/// Bytes combined at a time.
const PIECE_SIZE: usize = SLOT_SIZE_MAX as usize;

/// Position of the first source.
const FIRST_SOURCE: usize = 3;

fn operation(argument: &[u8]) -> Result<Operation, CommandError> {
    const WORDS: [(&str, Operation); 4] = [
        ("AND", Operation::And),
        ("OR", Operation::Or),
        ("XOR", Operation::Xor),
        ("NOT", Operation::Not),
    ];
    let row = WORDS.iter().find(|(word, _)| is_word(argument, word));
    row.map(|(_, operation)| *operation).ok_or(CommandError::SYNTAX)
}

/// `BITOP AND | OR | XOR | NOT destination source [source ...]`: stores the combination; its size,
/// which is that of the longest source. A missing source is all zeros; an empty result deletes the
/// destination. O(sum of the sizes), up to `command-work-max`.
pub fn bitop(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let operation = operation(request.argument(1))?;
    if operation == Operation::Not && request.argument_count() != FIRST_SOURCE + 1 {
        return Err(CommandError::Line("ERR BITOP NOT must be called with a single source key."));
    }
    let size = longest_source(cx, request)?;
    if is_planted(Bug::HeapTaken) {
        core::hint::black_box(alloc::boxed::Box::new(size));
    }
    let work = size * (request.argument_count() - FIRST_SOURCE + 1) as u64;
    work::check(cx, work, "OOM command-work-max: the strings are too large for one command")?;
    spare_sources(cx, request, true);
    let stored = store_result(cx, request, operation, size);
    spare_sources(cx, request, false);
    stored?;
    cx.reply.integer(size.cast_signed());
    Ok(())
}

fn spare_sources(cx: &mut Context<'_>, request: &Request<'_>, are_spared: bool) {
    for index in FIRST_SOURCE..request.argument_count() {
        let key = cx.key(request, index);
        cx.store.spare(&key, are_spared);
    }
}

/// Stores the combination of `size` bytes.
fn store_result(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    operation: Operation,
    size: u64,
) -> Result<(), CommandError> {
    let destination = cx.key(request, 2);
    if size == 0 {
        cx.store.delete(cx.now, &destination);
    } else if size <= PIECE_SIZE as u64 {
        let mut piece = [0; PIECE_SIZE];
        let result = &mut piece[..size as usize];
        combine_piece(cx, request, operation, 0, result)?;
        cx.store.set(cx.now, &destination, Value::Bytes(result), Expiry::Clear)?;
        // For OBJECT ENCODING, even if it reads as a number.
        cx.store.mark_raw(&destination);
    } else {
        let staged = stage(cx, request, operation, size)?;
        let stored = cx.store.set(cx.now, &destination, Value::Staged(staged), Expiry::Clear);
        if let Err(full) = stored {
            cx.store.stage_discard(staged);
            return Err(full.into());
        }
    }
    Ok(())
}

/// The size of the longest source.
fn longest_source(cx: &mut Context<'_>, request: &Request<'_>) -> Result<u64, CommandError> {
    let mut longest = 0;
    for index in FIRST_SOURCE..request.argument_count() {
        let key = cx.key(request, index);
        if let Some(entry) = cx.read_string(&key)? {
            longest = longest.max(cx.store.string(entry)?.size());
        }
    }
    Ok(longest)
}

/// Builds a large result in the store.
fn stage(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    operation: Operation,
    size: u64,
) -> Result<StagedId, CommandError> {
    let staged = cx.store.stage(cx.now, size)?;
    let mut piece = [0; PIECE_SIZE];
    let mut offset = 0;
    while offset < size {
        let piece_size = (size - offset).min(PIECE_SIZE as u64);
        let result = &mut piece[..piece_size as usize];
        combine_piece(cx, request, operation, offset, result)?;
        cx.store.stage_write(staged, result);
        offset += piece_size;
    }
    Ok(staged)
}

/// Combines the bytes from `offset` on of all sources into `result`. The sources are looked up
/// again for each piece: writing one may move what is in the store.
fn combine_piece(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    operation: Operation,
    offset: u64,
    result: &mut [u8],
) -> Result<(), CommandError> {
    let mut other = [0; PIECE_SIZE];
    let other = &mut other[..result.len()];
    for index in FIRST_SOURCE..request.argument_count() {
        let key = cx.key(request, index);
        let text = match cx.find_string(&key)? {
            Some(entry) => Some(cx.store.string(entry)?),
            None => None,
        };
        if index == FIRST_SOURCE {
            copy_bytes(text, offset, result);
        } else {
            copy_bytes(text, offset, other);
            combine(result, other, operation);
        }
    }
    if operation == Operation::Not {
        invert(result);
    }
    Ok(())
}
