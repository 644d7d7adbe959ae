//! SSCAN: the members of a set, step by step.
use super::bulk_size;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::scan::elements::{Shape, scan};
use crate::commands::texts::write_text;
use crate::resp::request::Request;
use crate::store::Type;

const SHAPE: Shape = Shape {
    kind: Type::Set,
    text_count: 1,
    size: |member| bulk_size(member.name().size()),
    write: |reply, member| write_text(reply, member.name()),
};

/// `SSCAN key cursor [MATCH pattern] [COUNT count]`: some members, and the cursor to go on with; 0
/// at the end. No member that is there all the while is missed, none comes twice. O(COUNT).
pub fn sscan(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    scan(cx, request, &SHAPE)
}
