//! PFCOUNT: how many elements there were, about.
use super::estimate::Histogram;
use super::registers::Registers;
use super::{HEADER_SIZE, check_work, open, visit_runs};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::marks::Mark;
use crate::resp::request::{Request, Value};

/// Bytes of a cardinality.
const CARDINALITY_SIZE: usize = size_of::<u64>();

/// `PFCOUNT key [key ...]`: about how many different elements the HyperLogLogs have together; 0 if
/// there is none. That of a single key is kept in it, until the next change. O(1) for each key, up
/// to `command-work-max`.
pub fn pfcount(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let count = if request.argument_count() == 2 {
        count_one(cx, request)?
    } else {
        count_union(cx, request)?
    };
    cx.reply.integer(count.cast_signed());
    Ok(())
}

fn count_one(cx: &mut Context<'_>, request: &Request<'_>) -> Result<u64, CommandError> {
    let key = cx.key(request, 1);
    let Some(entry) = cx.read(&key) else { return Ok(0) };
    let (text, header) = open(cx.store, entry)?;
    if let Some(cardinality) = header.cardinality() {
        cx.statistics.marks.reach(Mark::CountRemembered);
        cx.store.mark_raw(&key);
        return Ok(cardinality);
    }
    let mut histogram = Histogram::new();
    visit_runs(&text, header, |value, count| histogram.add(value, count))?;
    let cardinality = histogram.estimate();
    // A change of the value like any other, as in Redis. It can fail only where a client is reading
    // the value and there is no room for a second one: then it is counted again the next time.
    let offset = (HEADER_SIZE - CARDINALITY_SIZE) as u64;
    let bytes = cardinality.to_le_bytes();
    let _ = cx.store.write_at(cx.now, &key, offset, Value::Bytes(&bytes));
    Ok(cardinality)
}

fn count_union(cx: &mut Context<'_>, request: &Request<'_>) -> Result<u64, CommandError> {
    check_work(cx, request)?;
    let mut registers = Registers::new();
    for index in 1..request.argument_count() {
        let key = cx.key(request, index);
        if let Some(entry) = cx.read(&key) {
            let (text, header) = open(cx.store, entry)?;
            registers.merge(&text, header)?;
        }
    }
    let mut histogram = Histogram::new();
    registers.values().for_each(|value| histogram.add(value, 1));
    Ok(histogram.estimate())
}
