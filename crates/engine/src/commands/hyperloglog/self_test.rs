//! PFSELFTEST: does this build count as it should?
use super::estimate::Histogram;
use super::hash::Trace;
use super::registers::Registers;
use super::sparse::{Raised, Sparse};
use super::{Header, REGISTER_COUNT, dense};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::random::Random;
use crate::resp::request::Request;

/// Elements that are added: a hundredth of what Redis adds, which takes it a second.
const ELEMENT_COUNT: u64 = 100_000;

/// Bytes of work that each of them counts as: it took 35 nanoseconds.
const ELEMENT_WORK: u64 = 6;

/// `PFSELFTEST`: writes registers and reads them, adds elements to sparse and dense ones, and looks
/// at the counts. O(1), but some milliseconds.
pub fn pfselftest(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    cx.work.set(ELEMENT_COUNT * ELEMENT_WORK);
    let sparse_size_max = cx.hot.hll_sparse_size_max;
    let random = cx.store.random();
    check_registers(random)?;
    check_counts(random.bits(), sparse_size_max)?;
    cx.reply.ok();
    Ok(())
}

/// Registers of any value are read as they were written.
fn check_registers(random: &mut Random) -> Result<(), CommandError> {
    let mut registers = Registers::new();
    for index in 0..REGISTER_COUNT {
        registers.raise(index, random.below(64) as u8);
    }
    let bytes = dense::pack(Header::of_empty(), &registers);
    let (_, rest) = bytes.split_at(super::HEADER_SIZE);
    let mut expected = registers.values();
    let mut are_same = true;
    dense::visit_registers(core::iter::once(rest), |value, _| {
        are_same &= expected.next() == Some(value);
    });
    if are_same && expected.next().is_none() {
        Ok(())
    } else {
        Err(CommandError::Line("ERR TESTFAILED registers are not what was written"))
    }
}

/// Sparse registers are those of a plain array as long as there are any, and counts are within six
/// times the standard error.
fn check_counts(seed: u64, sparse_size_max: u64) -> Result<(), CommandError> {
    let (mut registers, mut sparse) = (Registers::new(), Some(Sparse::empty()));
    let mut next = 1;
    for number in 1..=ELEMENT_COUNT {
        let trace = Trace::of(&(number ^ seed).to_le_bytes());
        registers.raise(trace.index, trace.value);
        if let Some(some) = &mut sparse
            && some.raise(trace, sparse_size_max)? == Raised::Dense
        {
            sparse = None;
        }
        if number < next {
            continue;
        }
        if let Some(sparse) = &sparse
            && !sparse.registers()?.values().eq(registers.values())
        {
            return Err(CommandError::Line("ERR TESTFAILED dense/sparse disagree"));
        }
        let mut histogram = Histogram::new();
        registers.values().for_each(|value| histogram.add(value, 1));
        let error_max = if number == 10 { 1 } else { (number * 6 * 104).div_ceil(100 * 128) };
        if histogram.estimate().abs_diff(number) > error_max {
            return Err(CommandError::Line("ERR TESTFAILED Too big error."));
        }
        next *= 10;
    }
    Ok(())
}
