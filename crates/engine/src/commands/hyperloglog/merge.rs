//! PFMERGE: several HyperLogLogs into one.
use super::dense;
use super::hash::Trace;
use super::registers::Registers;
use super::sparse::{Raised, Sparse};
use super::{Encoding, Header, check_work, open, write};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::scratch;
use crate::resp::request::Request;

/// `PFMERGE destination [source ...]`: adds to the destination, made if it is missing, all that the
/// sources have. It is dense if one of them is. O(1) for each key, up to `command-work-max`.
pub fn pfmerge(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    check_work(cx, request)?;
    let mut registers = Registers::new();
    let mut is_dense = false;
    for index in 1..request.argument_count() {
        let key = cx.key(request, index);
        if let Some(entry) = cx.read(&key) {
            let (text, header) = open(cx.store, entry)?;
            is_dense |= header.encoding() == Encoding::Dense;
            registers.merge(&text, header)?;
        }
    }
    let target = cx.key(request, 1);
    let (mut sparse, mut header, mut old_size) = (Sparse::empty(), Header::of_empty(), None);
    if let Some(entry) = cx.store.find(cx.now, &target) {
        let text;
        (text, header) = open(cx.store, entry)?;
        old_size = Some(text.size());
        if !is_dense {
            sparse = Sparse::of(&text)?;
        }
    }
    let is_sparse = !is_dense && fill(&mut sparse, &registers, cx.hot.hll_sparse_size_max)?;
    // What has been read is not to leave in favour of what was made of it.
    scratch::spare(cx, request, 2..request.argument_count(), true);
    let written = if is_sparse {
        sparse.make_stale();
        write(cx, &target, sparse.bytes(), old_size)
    } else {
        write(cx, &target, &dense::pack(header.to_stale(), &registers), old_size)
    };
    scratch::spare(cx, request, 2..request.argument_count(), false);
    written?;
    cx.store.tell_watchers(&target);
    cx.reply.ok();
    Ok(())
}

/// Raises the registers of a sparse HyperLogLog to those of `registers`, one after the other as
/// Redis does, up to `size_max` bytes. False if it has to be dense.
fn fill(sparse: &mut Sparse, registers: &Registers, size_max: u64) -> Result<bool, CommandError> {
    for (index, value) in registers.values().enumerate().filter(|(_, value)| *value > 0) {
        if sparse.raise(Trace { index, value }, size_max)? == Raised::Dense {
            return Ok(false);
        }
    }
    Ok(true)
}
