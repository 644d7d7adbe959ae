//! Results as Markdown: a table for each case.
//!
//! Figures are medians over all slices. Ratios (`x`) are medians of the ratios to the base in the
//! same slice, not ratios of medians: the machine changes its speed between slices, and hardly
//! within one.
//!
//! Keeps true: all servers of a case have a sample of every slice, at the same place.
use super::load::{Sample, field};
use super::servers::Memory;
use std::fmt::Write;

/// Above this share of its core the load generator is taken to be at its limit ...
const CLIENT_BUSY: f64 = 0.97;

/// ... unless the server is at its own, which has this share of its core.
const SERVER_BUSY: f64 = 0.9;

/// Who set the pace.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Limit {
    Server,
    Client,
    Machine,
}

/// One server in one case.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) server: String,
    /// One for each slice.
    pub(super) samples: Vec<Sample>,
    /// What a key takes, where anything is kept.
    pub(super) key_memory: Option<Memory>,
}

/// All servers in one case.
#[derive(Clone, Debug)]
pub(super) struct CaseResult {
    pub(super) case: String,
    pub(super) rows: Vec<Row>,
}

const HEAD: &str = "\
| server | kops/s | x | CPU us/op | x | p50 us | p99 us | p99.9 us | max us | used B/key | \
RSS B/key | server % | client % |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
";

impl Row {
    /// The median of one figure over the slices.
    fn median(&self, name: &str) -> f64 {
        let index = field(name);
        median(self.samples.iter().map(|sample| sample[index]).collect())
    }

    /// The median, over the slices, of its figure by that of the base.
    fn ratio(&self, base: &Self, name: &str) -> f64 {
        assert_eq!(self.samples.len(), base.samples.len(), "both were there in every slice");
        let index = field(name);
        let pairs = self.samples.iter().zip(&base.samples);
        median(pairs.map(|(own, base)| own[index] / base[index]).collect())
    }

    fn sum(&self, name: &str) -> f64 {
        self.samples.iter().map(|sample| sample[field(name)]).sum()
    }

    /// What its line in the table does not say.
    fn notes(&self) -> Vec<String> {
        let (client, server) = (self.median("client_share"), self.median("server_share"));
        let limit = match limit(client, server) {
            Limit::Server => None,
            Limit::Client => Some("the client was the bottleneck"),
            Limit::Machine => Some("other work disturbed it"),
        };
        let error_count = self.sum("errors");
        let limit = limit.map(|limit| {
            let (client, server) = (client * 100.0, server * 100.0);
            format!("{}: {limit} (client {client:.0} % busy, server {server:.0} %).", self.server)
        });
        let errors = format!("{}: {error_count} error replies.", self.server);
        limit.into_iter().chain((error_count > 0.0).then_some(errors)).collect()
    }
}

impl CaseResult {
    /// Nothing is measured yet.
    pub(super) fn new(case: String, servers: &[&str]) -> Self {
        let row =
            |name: &&str| Row { server: (*name).to_owned(), samples: Vec::new(), key_memory: None };
        Self { case, rows: servers.iter().map(row).collect() }
    }

    /// One more slice: a sample of each server, in the order of the rows.
    pub(super) fn add(&mut self, slice: &[Sample]) {
        assert_eq!(slice.len(), self.rows.len(), "every server has a turn in a slice");
        for (row, sample) in self.rows.iter_mut().zip(slice) {
            row.samples.push(*sample);
        }
    }

    /// What a key takes, of each server, in the last round.
    pub(super) fn set_key_memory(&mut self, key_memory: &[Option<Memory>]) {
        for (row, key_memory) in self.rows.iter_mut().zip(key_memory) {
            row.key_memory = *key_memory;
        }
    }

    /// The table, and lines about what it does not show.
    pub(super) fn markdown(&self, base: &str) -> String {
        let mut text = format!("### {}\n\n{HEAD}", self.case);
        let rows = || self.rows.iter().filter(|row| !row.samples.is_empty());
        let Some(base) = rows().find(|row| row.server == base).or(rows().next()) else {
            return text;
        };
        for row in rows() {
            text += &line(row, base);
        }
        text.push('\n');
        for note in rows().flat_map(Row::notes) {
            let _ = writeln!(text, "* {note}");
        }
        if rows().any(|row| row.sum("nulls") > 0.0) {
            let rates: Vec<String> = rows().map(hit_rate).collect();
            let _ = writeln!(text, "* Hit rate: {}.", rates.join(", "));
        }
        text
    }
}

fn line(row: &Row, base: &Row) -> String {
    let (rate, cpu) = ("operations_per_second", "server_cpu_us");
    let mut line = format!(
        "| {} | {:.1} | {:.2} | {:.3} | {:.2} |",
        row.server,
        row.median(rate) / 1e3,
        row.ratio(base, rate),
        row.median(cpu),
        row.ratio(base, cpu)
    );
    for name in ["p50_us", "p99_us", "p999_us", "max_us"] {
        let _ = write!(line, " {:.0} |", row.median(name));
    }
    let _ = match row.key_memory {
        Some(Memory { used, resident }) => write!(line, " {used:.0} | {resident:.0} |"),
        None => write!(line, " | |"),
    };
    let (server, client) = (row.median("server_share"), row.median("client_share"));
    let _ = writeln!(line, " {:.0} | {:.0} |", server * 100.0, client * 100.0);
    line
}

fn hit_rate(row: &Row) -> String {
    let (values, nulls) = (row.sum("values"), row.sum("nulls"));
    format!("{} {:.1} %", row.server, 100.0 * values / (values + nulls))
}

/// Who says how fast a case is. With 50 clients that always ask, one side is always busy; if
/// neither is, something else has the cores.
fn limit(client_share: f64, server_share: f64) -> Limit {
    if server_share >= SERVER_BUSY {
        Limit::Server
    } else if client_share >= CLIENT_BUSY {
        Limit::Client
    } else {
        Limit::Machine
    }
}

/// The middle one, or the mean of both in the middle.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let half = numbers.len() / 2;
    if numbers.len() % 2 == 1 {
        numbers[half]
    } else {
        f64::midpoint(numbers[half - 1], numbers[half])
    }
}

#[cfg(test)]
#[path = "table_test.rs"]
mod table_test;
