//! Measures the cases that share data, in rounds.
//!
//! In a round all servers live side by side: they are started and loaded one after the other, and
//! then have short turns, directly one after the other, slice by slice. A shared machine changes
//! its speed every few seconds, so all that are compared meet it at the same one. A server that
//! waits for its turn still has timers: 0.15 % of the core for each of Granite, Valkey and Redis,
//! and 1.6 % for Redis during some seconds if the load has left it with a table to move.
//!
//! Each round has processes of its own: where its memory lies decides over a tenth of a server's
//! time for as long as it lives, and medians over one process would only show that place.
//!
//! Keeps true: a slice counts only when every server has had its turn in it.
use super::cases::{Case, Data};
use super::load::{self, FIELDS, Sample};
use super::options::Options;
use super::servers::{Memory, Server, Spec};
use super::table::CaseResult;

/// All rounds of the cases of `group`.
pub(super) fn measure(
    options: &Options,
    specs: &[Spec],
    group: &[Case],
) -> Result<Vec<CaseResult>, String> {
    let names: Vec<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
    let mut results: Vec<CaseResult> =
        group.iter().map(|case| CaseResult::new(case.name(), &names)).collect();
    for round in 0..options.round_count {
        let progress = format!("round {} of {}", round + 1, options.round_count);
        eprintln!("{progress}: {} servers start and load", specs.len());
        let started = start_all(options, specs, &group[0].data, round)?;
        let (servers, key_memory): (Vec<Server>, Vec<Option<Memory>>) = started.into_iter().unzip();
        for (case, result) in group.iter().zip(&mut results) {
            eprintln!("{progress}: {}", case.name());
            result.set_key_memory(&key_memory);
            for slice in 0..options.slice_count {
                let number = round * options.slice_count + slice;
                result.add(&measure_slice(options, &servers, case, number)?);
            }
        }
    }
    Ok(results)
}

/// One turn of each server. The samples are in the order of the servers.
fn measure_slice(
    options: &Options,
    servers: &[Server],
    case: &Case,
    slice: u32,
) -> Result<Vec<Sample>, String> {
    let mut samples = vec![[0.0; FIELDS.len()]; servers.len()];
    for index in order(servers.len(), slice) {
        samples[index] = load::measure(&servers[index], case, options, slice + 1)?;
    }
    Ok(samples)
}

/// Who comes when: there and back again, so that nobody always follows the same neighbour.
fn order(count: usize, number: u32) -> Vec<usize> {
    if number.is_multiple_of(2) { (0..count).collect() } else { (0..count).rev().collect() }
}

/// The servers of a round, loaded, in the order of `specs`.
fn start_all(
    options: &Options,
    specs: &[Spec],
    data: &Data,
    round: u32,
) -> Result<Vec<(Server, Option<Memory>)>, String> {
    let mut started: Vec<_> = specs.iter().map(|_| None).collect();
    for index in order(specs.len(), round) {
        // A port of its own: a ring that was killed keeps listening for a moment.
        let place = round as usize % 2 * specs.len() + index;
        let server = Server::start(&specs[index], data, options.port + place as u16)?;
        let key_memory = load_data(&server, data)?;
        started[index] = Some((server, key_memory));
    }
    Ok(started.into_iter().flatten().collect())
}

/// Loads the data. Says what a key takes, or an element, where anything is kept.
fn load_data(server: &Server, data: &Data) -> Result<Option<Memory>, String> {
    if server.is_null {
        return Ok(None);
    }
    let before = server.memory()?;
    load::fill(server, data)?;
    let after = server.memory()?;
    let per_key = |before, after| (after - before) / f64::from(data.stored_count());
    Ok(match (before, after) {
        // Of data that evicts itself nobody knows how many keys are left.
        (Some(before), Some(after)) if !data.evicts => Some(Memory {
            used: per_key(before.used, after.used),
            resident: per_key(before.resident, after.resident),
        }),
        _ => None,
    })
}

#[test]
fn the_order_goes_there_and_back_again() {
    let places: Vec<usize> = (0..4).flat_map(|number| order(3, number)).collect();
    assert_eq!(places, [0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0]);
}
