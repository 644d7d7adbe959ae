//! INFO commandstats, errorstats and latencystats: what each command did.
use super::View;
use crate::commands::table::CommandId;
use crate::options::table::{OptionId, option};
use core::fmt;

const PERCENTILES: OptionId = option("latency-tracking-info-percentiles");

pub(super) fn write_calls(view: &View<'_>, f: &mut dyn fmt::Write) -> fmt::Result {
    for id in CommandId::all() {
        let command = view.statistics.command(id);
        if command.call_count + command.rejected_count == 0 {
            continue;
        }
        // Hundredths of a microsecond.
        let average = command.duration_ns / command.call_count.max(1) / 10;
        write!(
            f,
            "cmdstat_{}:calls={},usec={},usec_per_call={}.{:02},rejected_calls={},\
             failed_calls={}\r\n",
            id.command().name,
            command.call_count,
            command.duration_ns / 1000,
            average / 100,
            average % 100,
            command.rejected_count,
            command.failed_count,
        )?;
    }
    Ok(())
}

pub(super) fn write_errors(view: &View<'_>, f: &mut dyn fmt::Write) -> fmt::Result {
    view.statistics
        .errors()
        .try_for_each(|(kind, count)| write!(f, "errorstat_{kind}:count={count}\r\n"))
}

pub(super) fn write_latencies(view: &View<'_>, f: &mut dyn fmt::Write) -> fmt::Result {
    if !view.hot.latency_tracking {
        return Ok(());
    }
    for id in CommandId::all() {
        let command = view.statistics.command(id);
        if command.call_count == 0 {
            continue;
        }
        write!(f, "latency_percentiles_usec_{}:", id.command().name)?;
        let percentiles = view.settings.text(PERCENTILES);
        let words = percentiles.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        for (index, word) in words.enumerate() {
            let bound_ns = command.percentile_ns(share(word));
            let comma = if index == 0 { "" } else { "," };
            let name = core::str::from_utf8(word).unwrap_or("");
            write!(f, "{comma}p{name}={}.{:03}", bound_ns / 1000, bound_ns % 1000)?;
        }
        f.write_str("\r\n")?;
    }
    Ok(())
}

/// A percentile such as `99.9` in millionths; the option's own check has read it before.
#[expect(clippy::cast_sign_loss, reason = "a percentile is from 0 to 100")]
fn share(word: &[u8]) -> u64 {
    let percent = core::str::from_utf8(word).ok().and_then(|word| word.parse::<f64>().ok());
    (percent.unwrap_or(0.0).clamp(0.0, 100.0) * 10_000.0) as u64
}
