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
use crate::commands::work;
use crate::marks::Mark;
use crate::planted::{Bug, is_planted};
use crate::resp::request::{Request, Value};
use crate::store::{Key, StoreFull};

/// Elements for which the opcodes of a sparse HyperLogLog are walked each time. Of more, those that
/// change nothing are told by its registers, which takes as long as two or three walks.
const FEW: usize = 8;

/// Bytes of opcodes that are walked for one of work.
const WALKED_AT_ONCE: u64 = 4;

/// What each element of a request leaves behind.
fn traces(request: &Request<'_>) -> impl ExactSizeIterator<Item = Trace> {
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
    const TOO_MANY: &str = "OOM command-work-max: too many elements for one sparse HyperLogLog; \
                            use PFADD with fewer";
    let mut raised_count = u64::from(old_size.is_none());
    // Of those that may be corrupt, only what a register needs is looked at.
    let is_long = traces(request).len() > FEW;
    let mut registers = if is_long { sparse.registers().ok() } else { None };
    let (mut is_dense, mut work) = (false, 0);
    for trace in traces(request) {
        let is_known = |registers: &mut Registers| !registers.raise(trace.index, trace.value);
        if registers.as_mut().is_some_and(is_known) {
            continue;
        }
        if is_dense {
            raised_count += 1;
            continue;
        }
        work += sparse.bytes().len() as u64 / WALKED_AT_ONCE;
        work::check(cx, work, TOO_MANY)?;
        match sparse.raise(trace, cx.hot.hll_sparse_size_max)? {
            Raised::No => continue,
            Raised::Yes => {}
            Raised::Dense => {
                is_dense = true;
                cx.statistics.marks.reach(Mark::RegistersPromoted);
                if registers.is_none() {
                    let registers = registers.insert(sparse.registers()?);
                    if !is_planted(Bug::RegisterLost) {
                        registers.raise(trace.index, trace.value);
                    }
                }
            }
        }
        raised_count += 1;
    }
    if raised_count > 0 {
        sparse.make_stale();
        match registers.filter(|_| is_dense) {
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
    if header.cardinality().is_some() && !is_planted(Bug::CountFresh) {
        let [.., last] = header.to_stale().0;
        put(cx, HEADER_SIZE as u64 - 1, &[last]).expect("room was made");
    }
    Ok(raised_count)
}
