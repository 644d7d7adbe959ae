//! HSCAN: fields and values in turn, in RESP3 too.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::scan::elements::{Shape, scan};
use crate::commands::texts::{bulks_size, write_text};
use crate::resp::request::Request;
use crate::store::Type;

const SHAPE: Shape = Shape {
    kind: Type::Hash,
    text_count: 2,
    size: |field| bulks_size(2, field.name().size() + field.value().size()),
    write: |reply, field| {
        write_text(reply, field.name());
        write_text(reply, field.value());
    },
};

/// `HSCAN key cursor [MATCH pattern] [COUNT count]`: some fields with their values, and the cursor
/// to go on with; 0 at the end. No field that is there all the while is missed, none comes twice.
/// O(COUNT).
pub fn hscan(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    scan(cx, request, &SHAPE)
}
