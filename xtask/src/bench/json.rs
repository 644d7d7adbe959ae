//! Results as JSON: every figure of every slice.
use super::load::{FIELDS, Sample};
use super::servers::Memory;
use super::table::{CaseResult, Row};

/// A list with one object for each case, server and slice.
pub(super) fn write(results: &[CaseResult], slice_count: u32) -> String {
    let mut objects = Vec::new();
    for CaseResult { case, rows } in results {
        for row in rows {
            for (sample, place) in row.samples.iter().zip(0..) {
                let place = (place / slice_count, place % slice_count);
                objects.push(object(case, row, place, sample));
            }
        }
    }
    format!("[\n{}\n]\n", objects.join(",\n"))
}

/// `round` counts the processes of a server, `slice` the turns of one of them.
fn object(case: &str, row: &Row, (round, slice): (u32, u32), sample: &Sample) -> String {
    let Memory { used, resident } = row.key_memory.unwrap_or_default();
    let names = FIELDS.into_iter().chain(["used_bytes_per_key", "resident_bytes_per_key"]);
    let numbers = names.zip(sample.iter().chain([&used, &resident]));
    let numbers: Vec<String> =
        numbers.map(|(name, number)| format!("\"{name}\":{number}")).collect();
    let numbers = numbers.join(",");
    let server = &row.server;
    let place = format!("\"round\":{round},\"slice\":{slice}");
    format!("{{\"case\":\"{case}\",\"server\":\"{server}\",{place},{numbers}}}")
}

#[test]
fn samples_are_told_by_round_and_slice() {
    let mut result = CaseResult::new("get".to_owned(), &["one", "other"]);
    for number in [1.0, 2.0, 3.0] {
        result.add(&[[number; FIELDS.len()], [0.0; FIELDS.len()]]);
    }
    let text = write(&[result], 2);
    assert_eq!(text.lines().count(), 2 + 6);
    let last = text.lines().nth(3).unwrap();
    let wished = "{\"case\":\"get\",\"server\":\"one\",\"round\":1,\"slice\":0,";
    assert!(last.starts_with(wished), "{last}");
    assert!(last.contains("\"operations_per_second\":3,"), "{last}");
}
