//! What is measured between the end of the warm-up and the end of the run.
use super::cpu;
use super::reply::Counts;
use super::report::Report;
use hdrhistogram::Histogram;
use std::time::Instant;

/// The longest latency that is told apart: a minute.
const LATENCY_MAX_NS: u64 = 60_000_000_000;

/// Significant digits of a latency.
const DIGITS: u8 = 3;

/// All clocks and counters at one moment.
#[derive(Clone, Copy)]
struct Sample {
    at_ns: u64,
    own_cpu_ns: u64,
    server_cpu_ns: u64,
    counts: Counts,
}

/// A measurement that has not begun, is going on, or has ended.
pub struct Measurement {
    start: Instant,
    server_pid: Option<u32>,
    latencies: Histogram<u32>,
    begin: Option<Sample>,
    end: Option<Sample>,
}

impl Measurement {
    /// Nothing is measured yet; the clock starts.
    pub fn new(server_pid: Option<u32>) -> Result<Self, String> {
        let latencies = Histogram::new_with_bounds(1, LATENCY_MAX_NS, DIGITS);
        let latencies = latencies.map_err(|why| why.to_string())?;
        Ok(Self { start: Instant::now(), server_pid, latencies, begin: None, end: None })
    }

    /// Nanoseconds since the clock started.
    pub fn now_ns(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }

    /// Whether the warm-up is over.
    pub fn has_begun(&self) -> bool {
        self.begin.is_some()
    }

    /// Whether nothing more is measured.
    pub fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// From here on it counts.
    pub fn begin(&mut self, counts: Counts) -> Result<(), String> {
        assert!(self.begin.is_none(), "a measurement begins once");
        self.begin = Some(self.sample(counts)?);
        Ok(())
    }

    /// Up to here it counted.
    pub fn end(&mut self, counts: Counts) -> Result<(), String> {
        assert!(self.begin.is_some() && self.end.is_none(), "a measurement ends once");
        self.end = Some(self.sample(counts)?);
        Ok(())
    }

    /// `count` requests that were sent together have all been answered after `latency_ns`.
    pub fn record(&mut self, latency_ns: u64, count: u32) {
        if self.begin.is_some() && self.end.is_none() {
            self.latencies.saturating_record_n(latency_ns.max(1), count);
        }
    }

    fn sample(&self, counts: Counts) -> Result<Sample, String> {
        let server_cpu_ns = self.server_pid.map_or(Ok(0), cpu::process_ns)?;
        Ok(Sample { at_ns: self.now_ns(), own_cpu_ns: cpu::own_ns(), server_cpu_ns, counts })
    }

    /// What came of it.
    pub fn report(&self) -> Report {
        let begin = self.begin.expect("a measurement that ended has begun");
        let end = self.end.expect("only a measurement that ended is told");
        let elapsed_ns = (end.at_ns - begin.at_ns).max(1) as f64;
        let operation_count = end.counts.reply_count - begin.counts.reply_count;
        let share = |before: u64, after: u64| (after - before) as f64 / elapsed_ns;
        let quantile = |share| self.latencies.value_at_quantile(share) as f64 / 1e3;
        Report {
            operation_count,
            seconds: elapsed_ns / 1e9,
            operations_per_second: operation_count as f64 * 1e9 / elapsed_ns,
            server_cpu_us: (end.server_cpu_ns - begin.server_cpu_ns) as f64
                / 1e3
                / operation_count.max(1) as f64,
            server_share: share(begin.server_cpu_ns, end.server_cpu_ns),
            client_share: share(begin.own_cpu_ns, end.own_cpu_ns),
            p50_us: quantile(0.5),
            p99_us: quantile(0.99),
            p999_us: quantile(0.999),
            max_us: self.latencies.max() as f64 / 1e3,
            value_count: end.counts.value_count - begin.counts.value_count,
            null_count: end.counts.null_count - begin.counts.null_count,
            error_count: end.counts.error_count - begin.counts.error_count,
        }
    }
}
