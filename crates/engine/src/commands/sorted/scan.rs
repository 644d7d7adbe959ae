//! ZSCAN: members and their scores in turn, as bulk strings in RESP3 too.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::scan::elements::{Shape, scan};
use crate::commands::texts::{bulks_size, write_text};
use crate::resp::request::Request;
use crate::stdx::number;
use crate::store::Type;

const SHAPE: Shape = Shape {
    kind: Type::SortedSet,
    text_count: 2,
    size: |member| bulks_size(2, member.name().size() + number::DOUBLE_TEXT_SIZE_MAX as u64),
    write: |reply, member| {
        write_text(reply, member.name());
        let mut room = [0; number::DOUBLE_TEXT_SIZE_MAX];
        reply.bulk(number::format_double(member.score(), &mut room));
    },
};

/// `ZSCAN key cursor [MATCH pattern] [COUNT count]`: some members with their scores, and the cursor
/// to go on with; 0 at the end. No member that is there all the while is missed; one whose score
/// changes comes once, too. Of a large set O(COUNT times the members of one score), and never more
/// than the whole set.
pub fn zscan(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    scan(cx, request, &SHAPE)
}
