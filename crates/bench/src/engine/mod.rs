//! The engine alone: rounds of requests that were built beforehand, straight into `handle` and
//! `turn`. What is left of a server without its I/O, on one core and with nobody to wait for; so
//! it is what instructions are counted of.
pub mod driver;
pub mod options;
pub mod report;

use crate::load::keys::{Distribution, Keys};
use crate::load::request::RequestWriter;
use driver::Driver;
use options::Options;
use report::Report;

/// Stores the keys, then measures every round.
pub fn run(options: &Options) -> Result<Report, String> {
    let mut driver = Driver::new(options);
    fill(&mut driver, options)?;
    let (counts, bytes) = (driver.counts(), driver.reply_bytes());
    let keys = Keys::new(Distribution::Uniform, options.stored_count());
    let mut requests = RequestWriter::new(&options.mix(), keys, options.seed);
    let mut took_ns = Vec::new();
    for _ in 0..options.round_count {
        send(&mut driver, &mut requests, options.connection_count, options.pipeline)?;
        took_ns.push(driver.measured_round()?);
    }
    took_ns.sort_unstable();
    let reply_count = driver.counts().reply_count - counts.reply_count;
    let commands_per_round = u64::from(options.connection_count) * u64::from(options.pipeline);
    if reply_count != commands_per_round * u64::from(options.round_count) {
        return Err(format!("{reply_count} replies"));
    }
    if driver.counts().error_count > 0 {
        return Err(format!("{} errors", driver.counts().error_count));
    }
    Ok(Report { took_ns, commands_per_round, reply_bytes: driver.reply_bytes() - bytes })
}

/// Every key and element once, and a few of them twice, so that all connections have the same to
/// do.
fn fill(driver: &mut Driver, options: &Options) -> Result<(), String> {
    let keys = Keys::new(Distribution::Sequential, options.stored_count());
    let mut requests = RequestWriter::new(&options.fill(), keys, options.seed);
    for _ in 0..options.stored_count().div_ceil(options.connection_count.into()) {
        send(driver, &mut requests, options.connection_count, 1)?;
        driver.unmeasured_round()?;
    }
    Ok(())
}

/// A pipeline of each connection.
fn send(
    driver: &mut Driver,
    requests: &mut RequestWriter,
    connection_count: u32,
    pipeline: u32,
) -> Result<(), String> {
    let mut bytes = Vec::new();
    for index in 0..connection_count {
        bytes.clear();
        (0..pipeline).for_each(|_| requests.write(&mut bytes));
        driver.receive(index as usize, &bytes)?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "engine_test.rs"]
mod engine_test;
