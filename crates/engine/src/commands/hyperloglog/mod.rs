//! HyperLogLogs: about how many different elements were added, in at most 12 KB.
//!
//! One is a string, byte for byte as Redis has it, so that GET, SET and a snapshot move it between
//! the two:
//!
//! ```text
//!   0       4   5     8            16
//!   | HYLL  | e | 0   | cardinality | registers ...
//! ```
//!
//! `e` is 0 for dense and 1 for sparse registers. The cardinality is what was last counted, little
//! endian; its top bit says that the registers have changed since. Of 16,384 registers each keeps
//! the longest run of zeros that an element of its own has shown (`hash`); together they tell the
//! count (`estimate`). *Dense* they are 6 bits each, *sparse* runs of equal ones: `dense` and
//! `sparse` read and change the two forms, `registers` is the array that both are made of.
//!
//! Any client may write any bytes: what is read here is never trusted to be well-formed.
mod add;
mod count;
mod debug;
mod dense;
mod estimate;
mod hash;
mod merge;
mod registers;
mod self_test;
mod sparse;

pub use add::pfadd;
pub use count::pfcount;
pub use debug::pfdebug;
pub use merge::pfmerge;
pub use self_test::pfselftest;

use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::work;
use crate::resp::request::{Request, Value};
use crate::store::{Entry, Expiry, Key, Store, StoreFull, Text};

/// Registers of each HyperLogLog.
const REGISTER_COUNT: usize = 1 << hash::INDEX_BITS;

/// Bytes before the registers.
const HEADER_SIZE: usize = 16;

/// How each begins.
const MAGIC: &[u8; 4] = b"HYLL";

/// Set in the last byte of the header if the cardinality is no longer that of the registers.
const STALE: u8 = 0x80;

const NOT_VALID: CommandError =
    CommandError::Line("WRONGTYPE Key is not a valid HyperLogLog string value.");

/// The registers are not what a HyperLogLog has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Corrupt;

impl From<Corrupt> for CommandError {
    fn from(_: Corrupt) -> Self {
        Self::Line("INVALIDOBJ Corrupted HLL object detected")
    }
}

/// How registers are kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Encoding {
    Dense,
    Sparse,
}

/// What stands before the registers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Header([u8; HEADER_SIZE]);

impl Header {
    /// That of a HyperLogLog without elements.
    const fn of_empty() -> Self {
        let [h, y, l, _] = *MAGIC;
        Self([h, y, l, l, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    /// That of `text`, if it can be a HyperLogLog.
    fn of(text: &Text<'_>) -> Result<Self, CommandError> {
        let mut bytes = [0; HEADER_SIZE];
        let is_whole = text.read(0, &mut bytes) == HEADER_SIZE;
        let is_known = match bytes[MAGIC.len()] {
            0 => text.size() == dense::SIZE as u64,
            1 => true,
            _ => false,
        };
        if is_whole && is_known && bytes.starts_with(MAGIC) {
            Ok(Self(bytes))
        } else {
            Err(NOT_VALID)
        }
    }

    const fn encoding(&self) -> Encoding {
        if self.0[MAGIC.len()] == 0 { Encoding::Dense } else { Encoding::Sparse }
    }

    /// The same before dense registers.
    const fn to_dense(mut self) -> Self {
        self.0[MAGIC.len()] = 0;
        self
    }

    /// The cardinality, if it is still that of the registers.
    fn cardinality(&self) -> Option<u64> {
        let (_, bytes) = self.0.split_last_chunk().expect("the header ends with it");
        let is_stale = self.0[HEADER_SIZE - 1] & STALE != 0;
        (!is_stale).then_some(u64::from_le_bytes(*bytes))
    }

    /// The same after the registers have changed.
    const fn to_stale(mut self) -> Self {
        self.0[HEADER_SIZE - 1] |= STALE;
        self
    }
}

/// The HyperLogLog that `entry` is, as text, with its header.
fn open(store: &Store, entry: Entry) -> Result<(Text<'_>, Header), CommandError> {
    let text = store.string(entry)?;
    let header = Header::of(&text)?;
    Ok((text, header))
}

/// Visits the registers of a HyperLogLog in order, as runs of equal ones: their value, and how
/// many they are. Fails at the end if they were not as many as there are registers, and never
/// shows more than that.
fn visit_runs(
    text: &Text<'_>,
    header: Header,
    visit: impl FnMut(u8, usize),
) -> Result<(), Corrupt> {
    let chunks = text.chunks(HEADER_SIZE as u64, text.size());
    match header.encoding() {
        Encoding::Dense => {
            dense::visit_registers(chunks, visit);
            Ok(())
        }
        Encoding::Sparse => sparse::visit_runs(chunks, visit),
    }
}

/// Makes `bytes` the value of `key`, which had `old_size` bytes if it was there. Its deadline
/// stays, and the change is for the caller to count and to tell.
fn write(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    bytes: &[u8],
    old_size: Option<u64>,
) -> Result<(), StoreFull> {
    if old_size.is_some_and(|old_size| old_size > bytes.len() as u64) {
        cx.store.set(cx.now, key, Value::Bytes(bytes), Expiry::Keep)?;
        cx.store.counters.changes -= 1;
        cx.store.mark_raw(key);
    } else {
        cx.store.write_untold(cx.now, key, 0, Value::Bytes(bytes))?;
    }
    Ok(())
}

/// Refuses to read more HyperLogLogs than one command may.
fn check_work(cx: &Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    const TOO_MANY: &str = "OOM command-work-max: too many HyperLogLogs for one command";
    work::check(cx, (request.argument_count() - 1) as u64 * dense::SIZE as u64, TOO_MANY)
}
