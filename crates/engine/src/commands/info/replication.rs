//! INFO replication: a primary without replicas.
use super::{Text, View, line, lines};
use core::fmt;

pub(super) fn write(view: &View<'_>, f: &mut dyn fmt::Write) -> fmt::Result {
    line(f, "role", "master")?;
    line(f, "connected_slaves", 0)?;
    line(f, "master_failover_state", "no-failover")?;
    line(f, "master_replid", Text(&view.facts.run_id))?;
    line(f, "master_replid2", Text(&[b'0'; 40]))?;
    lines(
        f,
        &[
            ("master_repl_offset", 0),
            ("second_repl_offset", -1),
            ("repl_backlog_active", 0),
            ("repl_backlog_size", 0),
            ("repl_backlog_first_byte_offset", 0),
            ("repl_backlog_histlen", 0),
        ],
    )
}
