//! INFO clients: who is connected, and what they may not have.
use super::{View, lines};
use core::fmt;

pub(super) fn write(view: &View<'_>, f: &mut dyn fmt::Write) -> fmt::Result {
    let open = || view.sessions.iter().filter(|session| session.open);
    let transactions = open().filter(|session| session.transaction.open).count();
    let watching = open().filter(|session| session.watched_count > 0).count();
    let watched: u64 = open().map(|session| u64::from(session.watched_count)).sum();
    let input_max = open().map(|session| session.input_bytes).max().unwrap_or(0);
    let output_max = open().map(|session| session.output_bytes).max().unwrap_or(0);
    let limits = view.limits;
    lines(
        f,
        &[
            ("connected_clients", open().count() as u64),
            ("cluster_connections", 0),
            ("maxclients", limits.connections_max.into()),
            ("connections_reserved", limits.connections_reserved.into()),
            ("client_recent_max_input_buffer", input_max.into()),
            ("client_recent_max_output_buffer", output_max.into()),
            ("blocked_clients", 0),
            ("tracking_clients", 0),
            ("pubsub_clients", 0),
            ("watching_clients", watching as u64),
            ("clients_in_timeout_table", 0),
            ("clients_in_transaction", transactions as u64),
            ("total_watched_keys", watched),
            ("clients_waiting_for_buffers", view.waiting_count.into()),
            ("total_blocking_keys", 0),
            ("total_blocking_keys_on_nokey", 0),
            ("watches_max", limits.watches_max.into()),
            ("reply_credit", limits.reply_credit.into()),
            ("reply_max", limits.reply_max),
            ("args_max", limits.args_max.into()),
            ("request_size_max", limits.request_size_max),
        ],
    )
}
