//! What COMMAND INFO tells clients of clusters: whom to ask, and how to put the answers together.

/// The same question may have another answer.
pub(super) const VARIES: &[&str] = &["nondeterministic_output"];
/// What is answered is in no order.
pub(super) const ANY_ORDER: &[&str] = &["nondeterministic_output_order"];
/// For all nodes, each of which has to succeed.
pub(super) const ALL_NODES: &[&str] =
    &["request_policy:all_nodes", "response_policy:all_succeeded"];
/// For all shards, each of which has to succeed.
pub(super) const ALL_SHARDS: &[&str] =
    &["request_policy:all_shards", "response_policy:all_succeeded"];
/// For those shards that have the keys; the answers are added up.
pub(super) const SUM_OF_SHARDS: &[&str] =
    &["request_policy:multi_shard", "response_policy:agg_sum"];
/// For each node, as it is asked about itself.
pub(super) const EACH_NODE: &[&str] =
    &["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"];
/// For each shard, as it is asked about itself.
pub(super) const EACH_SHARD: &[&str] =
    &["nondeterministic_output", "request_policy:all_shards", "response_policy:special"];
