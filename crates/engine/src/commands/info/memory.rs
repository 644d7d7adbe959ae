//! INFO memory: the one number that never changes, and how it is used.
use super::{Human, View, line, lines};
use crate::commands::memory::{overhead_bytes, percent, session_bytes};
use crate::commands::pools::Pool;
use core::fmt;

/// What there is none of, in the fields that tools read.
const ZERO: &[&str] = &[
    "used_memory_vm_eval",
    "used_memory_vm_functions",
    "used_memory_scripts_eval",
    "used_memory_functions",
    "number_of_cached_scripts",
    "number_of_functions",
    "number_of_libraries",
    "allocator_frag_bytes",
    "allocator_rss_bytes",
    "rss_overhead_bytes",
    "mem_not_counted_for_evict",
    "mem_replication_backlog",
    "mem_total_replication_buffers",
    "mem_clients_slaves",
    "mem_cluster_links",
    "mem_aof_buffer",
    "active_defrag_running",
    "lazyfree_pending_objects",
];

pub(super) fn write(view: &View<'_>, f: &mut dyn fmt::Write) -> fmt::Result {
    let (facts, limits, used) = (view.facts, view.limits, view.used_memory);
    let (overhead, data) = (overhead_bytes(limits), view.store.used_bytes());
    for (name, bytes) in [
        ("used_memory", used),
        ("used_memory_rss", facts.resident_bytes),
        ("used_memory_peak", view.used_memory_max),
        ("total_system_memory", facts.system_memory_bytes),
        ("used_memory_lua", 0),
        ("used_memory_vm_total", 0),
        ("used_memory_scripts", 0),
        ("maxmemory", limits.maxmemory),
    ] {
        line(f, name, bytes)?;
        write!(f, "{name}_human:{}\r\n", Human(bytes))?;
    }
    line(f, "maxmemory_policy", view.hot.maxmemory_policy)?;
    let clients: u64 = view.sessions.iter().map(session_bytes).sum();
    lines(
        f,
        &[
            ("used_memory_rss_peak", facts.resident_bytes_max),
            ("used_memory_overhead", overhead),
            ("used_memory_startup", overhead),
            ("used_memory_dataset", data),
            ("allocator_allocated", used),
            ("allocator_active", limits.maxmemory),
            ("allocator_resident", facts.resident_bytes),
            ("mem_fragmentation_bytes", facts.resident_bytes.saturating_sub(limits.maxmemory)),
            ("mem_clients_normal", clients),
            ("lazyfreed_objects", view.store.counters.reaped),
            ("data_memory", limits.data_bytes),
            ("memory_plan_user_bytes", facts.plan_user_bytes),
            ("memory_plan_kernel_bytes", facts.plan_kernel_bytes),
            ("allocations_after_seal", facts.allocations_after_seal),
            ("page_faults_minor", facts.page_faults_minor),
            ("page_faults_major", facts.page_faults_major),
        ],
    )?;
    ZERO.iter().try_for_each(|name| line(f, name, 0))?;
    let shares = [
        ("used_memory_peak_perc", percent(used, view.used_memory_max)),
        ("used_memory_dataset_perc", percent(data, used)),
    ];
    for (name, share) in shares {
        line(f, name, format_args!("{share:.2}%"))?;
    }
    // The process never takes more than it was given: what is resident against what was taken.
    let ratio = percent(facts.resident_bytes, limits.maxmemory) / 100.0;
    for name in [
        "mem_fragmentation_ratio",
        "allocator_frag_ratio",
        "allocator_rss_ratio",
        "rss_overhead_ratio",
    ] {
        let ratio = if name == "mem_fragmentation_ratio" { ratio } else { 1.0 };
        line(f, name, format_args!("{ratio:.2}"))?;
    }
    line(f, "mem_allocator", "none")?;
    view.pools.iter().try_for_each(|pool| write_pool(f, &pool))
}

/// A pool of the plan, its name as part of a field's name.
fn write_pool(f: &mut dyn fmt::Write, pool: &Pool<'_>) -> fmt::Result {
    for (field, value) in
        [("size", pool.row.count), ("used", pool.used), ("used_max", pool.used_max)]
    {
        f.write_str("pool_")?;
        for byte in pool.row.name.bytes() {
            f.write_char(if byte.is_ascii_alphanumeric() { byte.into() } else { '_' })?;
        }
        write!(f, "_{field}:{value}\r\n")?;
    }
    Ok(())
}
