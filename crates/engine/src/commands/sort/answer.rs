//! The elements, or what they name, as a reply. It is measured, and then written.
use super::Source;
use super::options::Options;
use super::pattern::{Look, Name};
use super::sequence::Sequence;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{bulks_size, reserve_reply, write_text};

/// Replies with an array: for each element what each GET finds, or null.
pub(super) fn reply(
    cx: &mut Context<'_>,
    source: &Source<'_>,
    options: &Options<'_>,
    sequence: &Sequence,
) -> Result<(), CommandError> {
    let count = sequence.count() * options.gets().count() as u64;
    // More than any reply has are refused before anybody looks at each.
    reserve_reply(cx, bulks_size(count, 0))?;
    let (mut name, mut bytes) = (Name::new(), 0);
    for index in 0..sequence.count() {
        let element = source.element(cx.store, sequence.rank(cx.store, index));
        for pattern in options.gets() {
            let place = pattern.find(cx, &mut name, element, Look::First);
            bytes += cx.store.text_at(place).map_or(0, |text| text.size());
        }
    }
    reserve_reply(cx, bulks_size(count, bytes))?;
    cx.reply.array(count);
    for index in 0..sequence.count() {
        let element = source.element(cx.store, sequence.rank(cx.store, index));
        for pattern in options.gets() {
            let place = pattern.find(cx, &mut name, element, Look::Again);
            match cx.store.text_at(place) {
                Some(text) => write_text(&mut cx.reply, text),
                None => cx.reply.null(),
            }
        }
    }
    Ok(())
}
