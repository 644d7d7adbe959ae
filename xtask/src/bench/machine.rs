//! Where a run took place.
use super::options::Options;
use std::fs;
use std::process::Command;
use std::str::FromStr;

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
        "{}, Linux {}, {}, {cores} cores: medians of {} rounds, each with processes of its \
         own, of {} slices in which every server has a turn of {} s, after {} s that do not count; \
         server on core 0, client on core 1. x is the median of the ratios to {} in the same \
         slice.\n",
        day.trim(),
        line("/proc/sys/kernel/osrelease", ""),
        line("/proc/cpuinfo", "model name"),
        options.round_count,
        options.slice_count,
        options.seconds,
        options.warm_seconds,
        options.base
    )
}

/// The number in the line that begins with `name`.
pub(super) fn number_after<T: FromStr>(text: &str, name: &str) -> Option<T> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}
