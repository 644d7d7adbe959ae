//! Single bits.
use super::{bit_offset, copy_bytes};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::request::{Request, Value};

/// `SETBIT key offset value`: sets the bit to 0 or 1; what it was. Makes the string long enough.
/// O(1).
pub fn setbit(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let offset = bit_offset(cx, request.argument(2))?;
    let on = match request.argument(3) {
        b"0" => false,
        b"1" => true,
        _ => return Err(CommandError::Line("ERR bit is not an integer or out of range")),
    };
    let text = match cx.find_string(&key)? {
        Some(entry) => Some(cx.store.string(entry)?),
        None => None,
    };
    let grows = text.is_none_or(|text| text.size() <= offset / 8);
    let (mut byte, mask) = ([0], 0x80 >> (offset % 8));
    copy_bytes(text, offset / 8, &mut byte);
    let old = byte[0] & mask != 0;
    // As in Redis, a bit that stays as it is changes nothing: a transaction that watches the
    // key goes on.
    if grows || old != on {
        byte[0] = if on { byte[0] | mask } else { byte[0] & !mask };
        cx.store.write_at(cx.now, &key, offset / 8, Value::Bytes(&byte))?;
    } else {
        cx.store.mark_raw(&key);
    }
    cx.reply.integer(i64::from(old));
    Ok(())
}

/// `GETBIT key offset`: the bit; 0 beyond the end. O(1).
pub fn getbit(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let offset = bit_offset(cx, request.argument(2))?;
    let mut byte = [0];
    if let Some(entry) = cx.read(&key) {
        copy_bytes(Some(cx.store.string(entry)?), offset / 8, &mut byte);
    }
    cx.reply.integer(i64::from(byte[0] >> (7 - offset % 8) & 1));
    Ok(())
}
