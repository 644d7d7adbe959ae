//! INFO stats and INFO keyspace: what happened, and how many keys there are.
use super::{View, line, lines};
use core::fmt;

pub(super) fn write(view: &View<'_>, f: &mut dyn fmt::Write) -> fmt::Result {
    let (statistics, counters) = (view.statistics, &view.store.counters);
    let traffic = &statistics.traffic;
    let [commands_rate, input_rate, output_rate] = statistics.rates();
    lines(
        f,
        &[
            ("total_connections_received", traffic.accepted_count),
            ("total_commands_processed", statistics.processed_count),
            ("instantaneous_ops_per_sec", commands_rate),
            ("total_net_input_bytes", traffic.input_bytes),
            ("total_net_output_bytes", traffic.output_bytes),
            ("total_net_repl_input_bytes", 0),
            ("total_net_repl_output_bytes", 0),
        ],
    )?;
    for (name, bytes) in [
        ("instantaneous_input_kbps", input_rate),
        ("instantaneous_output_kbps", output_rate),
        ("instantaneous_input_repl_kbps", 0),
        ("instantaneous_output_repl_kbps", 0),
    ] {
        line(f, name, format_args!("{}.{:02}", bytes / 1024, bytes % 1024 * 100 / 1024))?;
    }
    line(f, "expired_stale_perc", "0.00")?;
    lines(
        f,
        &[
            ("rejected_connections", traffic.rejected_count),
            ("stalled_connections", traffic.stalled_count),
            ("idle_connections_closed", traffic.idle_count),
            ("protocol_errors", statistics.protocol_error_count),
            ("sync_full", 0),
            ("sync_partial_ok", 0),
            ("sync_partial_err", 0),
            ("expired_keys", counters.expired),
            ("expired_time_cap_reached_count", 0),
            ("evicted_keys", counters.evicted),
            ("evicted_clients", traffic.stalled_count),
            ("total_eviction_exceeded_time", 0),
            ("current_eviction_exceeded_time", 0),
            ("keyspace_hits", counters.hits),
            ("keyspace_misses", counters.misses),
            ("pubsub_channels", 0),
            ("pubsub_patterns", 0),
            ("pubsubshard_channels", 0),
            ("latest_fork_usec", 0),
            ("total_forks", 0),
            ("migrate_cached_sockets", 0),
            ("slave_expires_tracked_keys", 0),
            ("active_defrag_hits", 0),
            ("active_defrag_misses", 0),
            ("active_defrag_key_hits", 0),
            ("active_defrag_key_misses", 0),
            ("tracking_total_keys", 0),
            ("tracking_total_items", 0),
            ("tracking_total_prefixes", 0),
            ("unexpected_error_replies", 0),
            ("total_error_replies", statistics.error_count),
            ("dump_payload_sanitizations", 0),
            ("io_threaded_reads_processed", 0),
            ("io_threaded_writes_processed", 0),
            ("slowlog_entries", statistics.slowlog.len() as u64),
        ],
    )?;
    write_turns(view, f)
}

/// How long the turns took, and the background work in them.
fn write_turns(view: &View<'_>, f: &mut dyn fmt::Write) -> fmt::Result {
    let (turns, counters) = (&view.statistics.turns, &view.store.counters);
    lines(
        f,
        &[
            ("turns", turns.elapsed.count()),
            ("turns_over_1ms", turns.elapsed.long_count()),
            ("turn_usec_p99", turns.elapsed.percentile_ns(990_000) / 1_000),
            ("turn_usec_p9999", turns.elapsed.percentile_ns(999_900) / 1_000),
            ("turn_usec_max", turns.elapsed.max_ns() / 1_000),
            ("turns_over_1ms_cpu", turns.busy.long_count()),
            ("turn_cpu_usec_p9999", turns.busy.percentile_ns(999_900) / 1_000),
            ("turn_cpu_usec_max", turns.busy.max_ns() / 1_000),
            ("turn_work_max", counters.turn_work_max),
            ("objects_moved", counters.moved),
            ("debt_steps_paid", counters.debt_paid),
        ],
    )
}

/// A line for each database that has keys.
pub(super) fn write_keyspace(view: &View<'_>, f: &mut dyn fmt::Write) -> fmt::Result {
    for database in 0..view.limits.databases as u8 {
        let keys = view.store.key_count(database);
        if keys > 0 {
            let expires = view.store.expires_count(database);
            write!(f, "db{database}:keys={keys},expires={expires},avg_ttl=0\r\n")?;
        }
    }
    Ok(())
}
