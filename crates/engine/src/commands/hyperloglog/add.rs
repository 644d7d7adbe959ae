//! PFADD: elements into a HyperLogLog.
//!
//! A sparse one is changed beside the store and written back as a whole, so that it has all
//! elements or none; a dense one is changed in place, register by register, once there is room for
//! that (a client may be reading it, and then it is a copy that changes).
use super::dense::{self, Cell};
use super::hash::Trace;
use super::registers::Registers;
use super::sparse::{Raised, Sparse};
use super::{Encoding, HEADER_SIZE, Header, open, write};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::request::{Request, Value};
use crate::store::{Key, StoreFull};

/// What each element of a request leaves behind.
fn traces(request: &Request<'_>) -> impl Iterator<Item = Trace> {
    request.arguments_from(2).map(Trace::of)
}

/// `PFADD key [element ...]`: adds elements to a HyperLogLog, made if it is missing; 1 if that
/// changed it. All or nothing. O(elements) and, while the HyperLogLog is sparse, its size.
pub fn pfadd(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let raised_count = match cx.find_string(&key)? {
        None => add_sparse(cx, &key, request, Sparse::empty(), None)?,
        Some(entry) => {
            let (text, header) = open(cx.store, entry)?;
            match header.encoding() {
                Encoding::Dense => add_dense(cx, &key, request, header)?,
                Encoding::Sparse => {
                    let sparse = Sparse::of(&text)?;
                    add_sparse(cx, &key, request, sparse, Some(text.size()))?
                }
            }
        }
    };
    if raised_count > 0 {
        cx.changed(&key, raised_count);
    } else {
        cx.store.mark_raw(&key);
    }
    cx.reply.integer(i64::from(raised_count > 0));
    Ok(())
}

/// Adds to a sparse HyperLogLog, whose size in the store is `old_size`; how many registers rose,
/// and one more if it is new.
fn add_sparse(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    request: &Request<'_>,
    mut sparse: Sparse,
    old_size: Option<u64>,
) -> Result<u64, CommandError> {
    let mut raised_count = u64::from(old_size.is_none());
    let mut registers: Option<Registers> = None;
    for trace in traces(request) {
        let raised = match &mut registers {
            Some(registers) => registers.raise(trace.index, trace.value),
            None => match sparse.raise(trace, cx.hot.hll_sparse_size_max)? {
                Raised::No => false,
                Raised::Yes => true,
                Raised::Dense => {
                    let dense = registers.insert(sparse.registers()?);
                    dense.raise(trace.index, trace.value)
                }
            },
        };
        raised_count += u64::from(raised);
    }
    if raised_count > 0 {
        sparse.make_stale();
        match registers {
            None => write(cx, key, sparse.bytes(), old_size)?,
            Some(registers) => write(cx, key, &dense::pack(sparse.header(), &registers), old_size)?,
        }
    }
    Ok(raised_count)
}

/// Adds to a dense HyperLogLog in place; how many registers rose.
fn add_dense(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    request: &Request<'_>,
    header: Header,
) -> Result<u64, CommandError> {
    let read = |cx: &Context<'_>, trace: Trace| {
        let entry = cx.store.peek(key).expect("the caller found the key");
        cx.store.string(entry).map(|text| Cell::read(&text, trace.index))
    };
    let mut changes = false;
    for trace in traces(request) {
        changes = changes || read(cx, trace)?.raise(trace);
    }
    if !changes {
        return Ok(0);
    }
    cx.store.reserve_writes(cx.now, key, core::iter::once(0..dense::SIZE as u64))?;
    // Reserve first: from here on nothing fails.
    let put = |cx: &mut Context<'_>, offset, bytes: &[u8]| -> Result<u64, StoreFull> {
        cx.store.write_untold(cx.now, key, offset, Value::Bytes(bytes))
    };
    let mut raised_count = 0;
    for trace in traces(request) {
        let mut cell = read(cx, trace)?;
        if cell.raise(trace) {
            put(cx, cell.offset, cell.bytes()).expect("room was made");
            raised_count += 1;
        }
    }
    if header.cardinality().is_some() {
        let [.., last] = header.to_stale().0;
        put(cx, HEADER_SIZE as u64 - 1, &[last]).expect("room was made");
    }
    Ok(raised_count)
}
