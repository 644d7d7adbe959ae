//! INFO persistence: nothing is kept over a restart yet, in the fields that tools read.
use super::{View, line, lines};
use core::fmt;

pub(super) fn write(view: &View<'_>, f: &mut dyn fmt::Write) -> fmt::Result {
    lines(
        f,
        &[
            ("loading", 0),
            ("async_loading", 0),
            ("current_cow_peak", 0),
            ("current_cow_size", 0),
            ("current_save_keys_processed", 0),
            ("current_save_keys_total", 0),
            ("rdb_changes_since_last_save", view.store.counters.changes),
            ("rdb_bgsave_in_progress", 0),
            ("rdb_last_save_time", view.started_unix_s),
            ("rdb_saves", 0),
            ("rdb_last_cow_size", 0),
            ("rdb_last_load_keys_expired", 0),
            ("rdb_last_load_keys_loaded", 0),
            ("aof_enabled", 0),
            ("aof_rewrite_in_progress", 0),
            ("aof_rewrite_scheduled", 0),
            ("aof_rewrites", 0),
            ("aof_last_cow_size", 0),
            ("module_fork_in_progress", 0),
        ],
    )?;
    for name in [
        "rdb_last_bgsave_time_sec",
        "rdb_current_bgsave_time_sec",
        "aof_last_rewrite_time_sec",
        "aof_current_rewrite_time_sec",
    ] {
        line(f, name, -1)?;
    }
    for name in ["rdb_last_bgsave_status", "aof_last_bgrewrite_status", "aof_last_write_status"] {
        line(f, name, "ok")?;
    }
    Ok(())
}
