//! Results as JSON: every figure of every round.
use super::load::FIELDS;
use super::servers::Memory;
use super::table::Result;

/// A list with one object for each case, server and round.
pub(super) fn write(results: &[Result]) -> String {
    let mut objects = Vec::new();
    for Result { case, rows } in results {
        for row in rows {
            let Memory { used, resident } = row.key_memory.unwrap_or_default();
            for (round, sample) in row.samples.iter().enumerate() {
                let numbers: Vec<String> = FIELDS
                    .iter()
                    .zip(sample)
                    .map(|(name, number)| format!("\"{name}\":{number}"))
                    .collect();
                objects.push(format!(
                    "{{\"case\":\"{case}\",\"server\":\"{}\",\"round\":{round},\
                     \"used_bytes_per_key\":{used:.1},\"resident_bytes_per_key\":{resident:.1},{}}}",
                    row.server,
                    numbers.join(",")
                ));
            }
        }
    }
    format!("[\n{}\n]\n", objects.join(",\n"))
}
