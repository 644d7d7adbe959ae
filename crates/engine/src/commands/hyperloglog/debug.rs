//! PFDEBUG: what a HyperLogLog is made of.
use super::dense;
use super::registers::Registers;
use super::sparse::Sparse;
use super::{Encoding, Header, REGISTER_COUNT, open, visit_runs, write};
use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{BULK_OVERHEAD, reserve_reply};
use crate::resp::request::Request;
use crate::stdx::number::{I64_TEXT_SIZE_MAX, format_u64};
use crate::store::{Entry, Key};

/// Bytes that a register takes in a reply: `:63\r\n`.
const REGISTER_TEXT_SIZE: u64 = 5;

/// Bytes that an opcode takes in a reply, at most: `Z:16384 `.
const RUN_TEXT_SIZE: u64 = 8;

/// `PFDEBUG GETREG | DECODE | ENCODING | TODENSE key`: all registers, which are dense then; the
/// opcodes of sparse ones; which of the two they are; or makes them dense, 1 if they were not.
/// O(1).
pub fn pfdebug(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    const MISSING: CommandError = CommandError::Line("ERR The specified key does not exist");
    let key = cx.key(request, 2);
    let entry = cx.find_string(&key)?.ok_or(MISSING)?;
    let (_, header) = open(cx.store, entry)?;
    let is = |word| is_word(request.argument(1), word);
    if is("GETREG") {
        get_registers(cx, &key, header)
    } else if is("DECODE") {
        decode(cx, entry, header)
    } else if is("ENCODING") {
        cx.store.mark_raw(&key);
        cx.reply.simple(if header.encoding() == Encoding::Dense { "dense" } else { "sparse" });
        Ok(())
    } else if is("TODENSE") {
        let is_made = make_dense(cx, &key)?;
        cx.reply.integer(i64::from(is_made));
        Ok(())
    } else {
        cx.fail("ERR", &[b"ERR Unknown PFDEBUG subcommand '", request.argument(1), b"'"])
    }
}

/// Makes registers dense, which is no change to those who watch the key; were they not?
fn make_dense(cx: &mut Context<'_>, key: &Key<'_>) -> Result<bool, CommandError> {
    let entry = cx.store.peek(key).expect("the caller found the key");
    let (text, header) = open(cx.store, entry)?;
    if header.encoding() == Encoding::Dense {
        cx.store.mark_raw(key);
        return Ok(false);
    }
    let mut registers = Registers::new();
    registers.merge(&text, header)?;
    let old_size = Some(text.size());
    write(cx, key, &dense::pack(header, &registers), old_size)?;
    cx.store.counters.changes += 1;
    Ok(true)
}

fn get_registers(cx: &mut Context<'_>, key: &Key<'_>, header: Header) -> Result<(), CommandError> {
    reserve_reply(cx, BULK_OVERHEAD + REGISTER_COUNT as u64 * REGISTER_TEXT_SIZE)?;
    make_dense(cx, key)?;
    let entry = cx.store.peek(key).expect("the caller found the key");
    let text = cx.store.string(entry)?;
    cx.reply.array(REGISTER_COUNT as u64);
    visit_runs(&text, header.to_dense(), |value, _| cx.reply.integer(value.into()))?;
    Ok(())
}

fn decode(cx: &mut Context<'_>, entry: Entry, header: Header) -> Result<(), CommandError> {
    if header.encoding() == Encoding::Dense {
        return Err(CommandError::Line("ERR HLL encoding is not sparse"));
    }
    let sparse = Sparse::of(&cx.store.string(entry)?)?;
    reserve_reply(cx, sparse.runs().count() as u64 * RUN_TEXT_SIZE + BULK_OVERHEAD)?;
    let text = |write: &mut dyn FnMut(&[u8])| {
        let mut separator: &[u8] = b"";
        for run in sparse.runs() {
            write(separator);
            separator = b" ";
            let mut digits = [0; I64_TEXT_SIZE_MAX];
            write(match (run.value, run.size) {
                (0, 1) => b"z:",
                (0, _) => b"Z:",
                _ => b"v:",
            });
            if run.value > 0 {
                write(format_u64(run.value.into(), &mut digits));
                write(b",");
            }
            write(format_u64(run.count as u64, &mut digits));
        }
    };
    let mut size = 0;
    text(&mut |bytes| size += bytes.len() as u64);
    cx.reply.bulk_header(size);
    text(&mut |bytes| cx.reply.raw(bytes));
    cx.reply.raw(b"\r\n");
    Ok(())
}
