//! Results as JSON: every figure of every round.
use super::load::{FIELDS, Sample};
use super::servers::Memory;
use super::table::{CaseResult, Row};

/// A list with one object for each case, server and round.
pub(super) fn write(results: &[CaseResult]) -> String {
    let mut objects = Vec::new();
    for CaseResult { case, rows } in results {
        for row in rows {
            for (round, sample) in row.samples.iter().enumerate() {
                objects.push(object(case, row, round, sample));
            }
        }
    }
    format!("[\n{}\n]\n", objects.join(",\n"))
}

fn object(case: &str, row: &Row, round: usize, sample: &Sample) -> String {
    let Memory { used, resident } = row.key_memory.unwrap_or_default();
    let names = FIELDS.into_iter().chain(["used_bytes_per_key", "resident_bytes_per_key"]);
    let numbers = names.zip(sample.iter().chain([&used, &resident]));
    let numbers: Vec<String> =
        numbers.map(|(name, number)| format!("\"{name}\":{number}")).collect();
    let numbers = numbers.join(",");
    format!("{{\"case\":\"{case}\",\"server\":\"{}\",\"round\":{round},{numbers}}}", row.server)
}
