//! HELP of every container: made from its rows, so that it cannot go stale.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::table;
use crate::resp::reply::Reply;
use crate::resp::request::Request;

/// `CONTAINER HELP`: its subcommands, one line for each, and one that says what it does.
pub fn help(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let id = table::lookup(request.argument(0)).expect("the dispatcher found the container");
    let container = id.command();
    cx.reply.measured(|reply| {
        reply.array(1 + 2 * container.subcommands.len() as u64);
        reply.raw(b"+");
        upper(reply, container.name);
        reply.raw(b" <subcommand> [<argument> ...]. Subcommands are:\r\n");
        for row in container.subcommands {
            reply.raw(b"+");
            upper(reply, row.last_name());
            reply.raw(b"\r\n+    ");
            reply.raw(row.summary.as_bytes());
            reply.raw(b"\r\n");
        }
    })?;
    Ok(())
}

fn upper(reply: &mut Reply<'_>, name: &str) {
    for byte in name.bytes() {
        reply.raw(&[byte.to_ascii_uppercase()]);
    }
}
