//! What elements are sorted by: numbers, or texts; their own, or those of what they name.
use super::options::Options;
use super::pattern::{Look, Name};
use super::{COMPARED_AT_ONCE, PORTION, Source, TOO_LARGE};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::work;
use crate::stdx::double;
use crate::store::tree::order::score_key;
use crate::store::{Record, Store, TextPlace, Workspace};

/// Notes every element and what it is sorted by. Nothing is written in the store meanwhile but
/// what keys past their deadline leave.
pub(super) fn note(
    cx: &mut Context<'_>,
    source: &Source<'_>,
    options: &Options<'_>,
    records: &mut Workspace,
) -> Result<(), CommandError> {
    let (by, is_alpha) = (options.by(source).copied(), options.is_alpha(source));
    let (mut name, mut work) = (Name::new(), cx.work.get());
    let mut portion = [TextPlace::NONE; PORTION];
    for rank in 0..source.count {
        let index = rank as usize % PORTION;
        if index == 0 {
            source.elements(cx.store, rank, false, &mut portion);
        }
        let element = portion[index];
        let weight = by.map_or(element, |by| by.find(cx, &mut name, element, Look::First));
        let record = if is_alpha {
            let text = cx.store.text_at(weight);
            Record { key: text.map_or(0, |text| text.start()), text: weight, rank }
        } else {
            Record { key: score_key(number(cx.store, weight)?), text: element, rank }
        };
        records.set_record(cx.store, rank as usize, record);
        if by.is_some() {
            let size = cx.store.text_at(weight).map_or(0, |text| text.size());
            work = work.saturating_add(size / COMPARED_AT_ONCE * source.levels());
            work::check(cx, work, TOO_LARGE)?;
        }
    }
    Ok(())
}

/// A weight as a number; 0 if there is none. One in several pieces is none, unless it ends for C,
/// with a NUL, in the first of them.
fn number(store: &Store, weight: TextPlace) -> Result<f64, CommandError> {
    let Some(text) = store.text_at(weight) else { return Ok(0.0) };
    let first = text.chunks(0, text.size()).next().unwrap_or_default();
    let is_whole = first.len() as u64 == text.size();
    Some(first)
        .filter(|first| is_whole || first.contains(&0))
        .and_then(double::parse_weight)
        .ok_or(CommandError::Line("ERR One or more scores can't be converted into double"))
}
