//! DEBUG: the few tools that tests need. Only where `enable-debug-command` allows it.
use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::error::{CommandError, LineText};
use crate::commands::keyspace;
use crate::resp::request::Request;
use core::fmt::Write as _;

const HELP: &[&str] = &[
    "DEBUG <subcommand> [<argument> ...]. Subcommands are:",
    "LOG <message>",
    "    Writes the message to the log.",
    "OBJECT <key>",
    "    How the value of a key is kept.",
    "SET-ACTIVE-EXPIRE <0|1>",
    "    Whether keys that expire are deleted by themselves, or only when they are asked for.",
    "SLEEP <seconds>",
    "    Stops the server for so long.",
    "HELP",
    "    The subcommands of DEBUG.",
];

/// `DEBUG subcommand [argument ...]`.
pub fn debug(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let (name, count) = (request.argument(1), request.argument_count());
    match count {
        2 if is_word(name, "help") => help(cx),
        3 if is_word(name, "set-active-expire") => {
            // As C's atoi: what is no number is 0.
            cx.store.tuning.active_expire =
                matches!(request.argument(2), [b'1'..=b'9', ..] | [b'-' | b'+', b'1'..=b'9', ..]);
            cx.reply.ok();
        }
        3 if is_word(name, "sleep") => {
            cx.orders.sleep_us += microseconds(request.argument(2));
            cx.reply.ok();
        }
        3 if is_word(name, "log") => {
            let text = core::str::from_utf8(request.argument(2)).unwrap_or("(not UTF-8)");
            cx.log.warning(format_args!("DEBUG LOG: {text}"));
            cx.reply.ok();
        }
        3 if is_word(name, "object") => return object(cx, request),
        _ => {
            let name = &name[..name.len().min(128)];
            return cx.fail(
                "ERR",
                &[
                    b"ERR unknown subcommand or wrong number of arguments for '",
                    name,
                    b"'. Try DEBUG HELP.",
                ],
            );
        }
    }
    Ok(())
}

fn help(cx: &mut Context<'_>) {
    cx.reply.array(HELP.len() as u64);
    for line in HELP {
        cx.reply.simple(line);
    }
}

/// Seconds with a fraction to microseconds; what is no number is 0, and an hour is enough.
fn microseconds(text: &[u8]) -> u64 {
    const LONGEST_S: f64 = 3600.0;
    let seconds = core::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
    let seconds = seconds.filter(|seconds| seconds.is_finite()).unwrap_or(0.0);
    core::time::Duration::from_secs_f64(seconds.clamp(0.0, LONGEST_S)).as_micros() as u64
}

fn object(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 2);
    let entry = cx.store.find(cx.now, &key).ok_or(CommandError::NO_SUCH_KEY)?;
    let encoding = keyspace::encoding(cx, entry)?;
    let size = keyspace::value_size(cx, entry);
    let idle_s = cx.store.idle_s(cx.now, entry);
    let lru = cx.now.unix_s().saturating_sub(idle_s) & 0xFF_FFFF;
    let mut line = LineText::new();
    write!(
        line,
        "+Value at:0x0 refcount:1 encoding:{encoding} serializedlength:{size} lru:{lru} \
         lru_seconds_idle:{idle_s}\r\n"
    )
    .expect("a line takes everything");
    cx.reply.raw(line.bytes());
    Ok(())
}
