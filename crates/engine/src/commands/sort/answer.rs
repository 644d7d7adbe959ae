//! The elements, or what they name, as a reply. It is measured, and then written.
use super::options::Options;
use super::pattern::{Look, Name};
use super::sequence::Sequence;
use super::{PORTION, Source};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{bulks_size, reserve_reply, write_text};
use crate::store::TextPlace;

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
    let mut bytes = 0;
    visit(cx, source, options, sequence, Look::First, |cx, place| {
        bytes += cx.store.text_at(place).map_or(0, |text| text.size());
    });
    reserve_reply(cx, bulks_size(count, bytes))?;
    cx.reply.array(count);
    visit(cx, source, options, sequence, Look::Again, |cx, place| match cx.store.text_at(place) {
        Some(text) => write_text(&mut cx.reply, text),
        None => cx.reply.null(),
    });
    Ok(())
}

/// Tells for each element, in their order, where what each GET finds is.
fn visit<'c>(
    cx: &mut Context<'c>,
    source: &Source<'_>,
    options: &Options<'_>,
    sequence: &Sequence,
    look: Look,
    mut tell: impl FnMut(&mut Context<'c>, TextPlace),
) {
    let (mut name, mut room) = (Name::new(), [TextPlace::NONE; PORTION]);
    for index in (0..sequence.count()).step_by(PORTION) {
        for &element in sequence.places(cx.store, source, index, &mut room) {
            for pattern in options.gets() {
                let place = pattern.find(cx, &mut name, element, look);
                tell(cx, place);
            }
        }
    }
}
