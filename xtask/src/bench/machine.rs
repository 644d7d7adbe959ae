//! Where a run took place.
use super::options::Options;
use std::fs;
use std::process::Command;

/// A line about machine, day and length, for the top of the results.
pub(super) fn describe(options: &Options) -> String {
    let line = |path: &str, name: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let found = text.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or("unknown").trim_start_matches(['\t', ' ', ':']).to_owned()
    };
    let day = Command::new("date").args(["-u", "+%F"]).output();
    let day = day.map_or_else(|_| String::new(), |day| String::from_utf8_lossy(&day.stdout).into());
    let cores = std::thread::available_parallelism().map_or(0, Into::into);
    format!(
        "{}, Linux {}, {}, {cores} cores: medians of {} rounds of {} s, after {} s that do not \
         count; server on core 0, client on core 1, ratios to {}.\n",
        day.trim(),
        line("/proc/sys/kernel/osrelease", ""),
        line("/proc/cpuinfo", "model name"),
        options.round_count,
        options.seconds,
        options.warm_seconds,
        options.base
    )
}

/// The number in the line that begins with `name`.
pub(super) fn number_after(text: &str, name: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}
