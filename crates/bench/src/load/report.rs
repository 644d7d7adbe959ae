//! The result of a run, printed as one line of JSON whose values are all numbers.
use std::fmt;

/// One run. Latencies are in microseconds, for requests in a pipeline from the first byte sent to
/// the last reply of all that were sent together.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Requests that were answered.
    pub operation_count: u64,
    /// How long that took.
    pub seconds: f64,
    /// The throughput.
    pub operations_per_second: f64,
    /// Processor time of the server for each request; 0 if no process was named.
    pub server_cpu_us: f64,
    /// Share of a core that the server used.
    pub server_share: f64,
    /// Share of a core that the load generator used.
    pub client_share: f64,
    /// The median latency.
    pub p50_us: f64,
    /// One in a hundred took longer.
    pub p99_us: f64,
    /// One in a thousand took longer.
    pub p999_us: f64,
    /// The longest.
    pub max_us: f64,
    /// Values that were found.
    pub value_count: u64,
    /// Values that were not there.
    pub null_count: u64,
    /// Error replies.
    pub error_count: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation_count, value_count, null_count, error_count, .. } = self;
        write!(f, "{{\"operations\":{operation_count},\"values\":{value_count},")?;
        write!(f, "\"nulls\":{null_count},\"errors\":{error_count}")?;
        for (name, number) in [
            ("seconds", self.seconds),
            ("operations_per_second", self.operations_per_second),
            ("server_cpu_us", self.server_cpu_us),
            ("server_share", self.server_share),
            ("client_share", self.client_share),
            ("p50_us", self.p50_us),
            ("p99_us", self.p99_us),
            ("p999_us", self.p999_us),
            ("max_us", self.max_us),
        ] {
            write!(f, ",\"{name}\":{number:.4}")?;
        }
        write!(f, "}}")
    }
}
