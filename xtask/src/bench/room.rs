//! Whether the servers of a run fit into this machine side by side. Asked before the first of them
//! starts, not after the hours that came before the largest data.
use super::cases::Case;
use super::machine;
use super::servers::Spec;

/// Refuses a run of which some data would not fit.
pub(super) fn check(cases: &[Case], specs: &[Spec]) -> Result<(), String> {
    let path = "/proc/meminfo";
    let text = std::fs::read_to_string(path).map_err(|why| format!("{path}: {why}"))?;
    let kib: Option<u64> = machine::number_after(&text, "MemAvailable:");
    check_within(kib.ok_or("no MemAvailable in meminfo")? << 10, cases, specs)
}

fn check_within(available: u64, cases: &[Case], specs: &[Spec]) -> Result<(), String> {
    for case in cases {
        let need: u64 = specs.iter().map(|spec| spec.memory_need(&case.data)).sum();
        if need > available {
            return Err(format!(
                "{}: all servers together take about {} MiB, and {} MiB are available; choose \
                 fewer with --servers, or other cases with --cases",
                case.name(),
                need >> 20,
                available >> 20
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "room_test.rs"]
mod room_test;
