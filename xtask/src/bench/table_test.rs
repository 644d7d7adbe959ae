//! Medians, ratios, and the rule that says when the client was too slow.
use super::super::load::FIELDS;
use super::*;

fn row(server: &str, slices: &[(f64, f64)]) -> Row {
    let sample = |&(rate, cpu): &(f64, f64)| {
        let mut sample = [0.0; FIELDS.len()];
        sample[field("operations_per_second")] = rate;
        sample[field("server_cpu_us")] = cpu;
        sample[field("server_share")] = rate * cpu / 1e6;
        sample[field("client_share")] = 0.98;
        sample[field("values")] = 3.0;
        sample
    };
    let samples = slices.iter().map(sample).collect();
    Row { server: server.to_owned(), samples, key_memory: None }
}

#[test]
fn a_median_is_in_the_middle() {
    let text = |numbers: &[f64]| median(numbers.to_vec()).to_string();
    assert_eq!(text(&[5.0]), "5");
    assert_eq!(text(&[9.0, 1.0, 2.0]), "2");
    assert_eq!(text(&[9.0, 1.0, 2.0, 4.0]), "3");
}

#[test]
fn the_client_is_the_bottleneck_only_while_the_server_has_time() {
    assert_eq!(limit(0.99, 0.5), Limit::Client);
    assert_eq!(limit(0.97, 0.89), Limit::Client);
    assert_eq!(limit(0.96, 0.5), Limit::Machine);
    assert_eq!(limit(0.99, 0.9), Limit::Server);
    assert_eq!(limit(0.3, 0.98), Limit::Server);
}

#[test]
fn ratios_are_medians_of_the_ratios_in_one_slice() {
    // The ratios of the medians would be 1.50 and 0.48.
    let slow = row("slow", &[(1e5, 9.0), (3e5, 3.0), (2e5, 6.0)]);
    let mut fast = row("fast", &[(2e5, 3.0), (3e5, 2.9), (8e5, 1.5)]);
    fast.key_memory = Some(Memory { used: 110.4, resident: 121.0 });
    fast.samples[0][field("nulls")] = 1.0;
    let result = CaseResult { case: "get".to_owned(), rows: vec![slow, fast] };
    let text = result.markdown("slow");
    let lines: Vec<&str> = text.lines().skip(4).collect();
    assert_eq!(
        lines,
        [
            "| slow | 200.0 | 1.00 | 6.000 | 1.00 | 0 | 0 | 0 | 0 | | | 90 | 98 |",
            "| fast | 300.0 | 2.00 | 2.900 | 0.33 | 0 | 0 | 0 | 0 | 110 | 121 | 87 | 98 |",
            "",
            "* fast: the client was the bottleneck (client 98 % busy, server 87 %).",
            "* Hit rate: slow 100.0 %, fast 90.0 %.",
        ]
    );
    assert!(result.markdown("nobody").contains("| slow | 200.0 | 1.00 |"));
}

#[test]
fn a_slice_adds_a_sample_to_every_row() {
    let mut result = CaseResult::new("get".to_owned(), &["one", "other"]);
    for (rate, cpu) in [(1e5, 9.0), (4e5, 2.0), (2e5, 5.0), (3e5, 3.0)] {
        let [one, other] = [cpu, cpu * 2.0].map(|cpu| row("", &[(rate, cpu)]).samples[0]);
        result.add(&[one, other]);
    }
    let [one, other] = &result.rows[..] else { panic!("two servers") };
    assert_eq!(other.ratio(one, "server_cpu_us").to_string(), "2");
    assert_eq!(other.ratio(one, "operations_per_second").to_string(), "1");
    assert_eq!(one.median("operations_per_second").to_string(), "250000");
}
