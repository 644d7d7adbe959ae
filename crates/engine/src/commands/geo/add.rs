//! GEOADD: ZADD of members whose scores are given as positions.
use super::{coordinates, read};
use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::sorted::add::{Adding, CH, NX, XX, add};
use crate::resp::request::Request;

/// Arguments of a member: longitude, latitude, name.
const ARGUMENT_COUNT: usize = 3;

const WORDS: [(&str, u8); 3] = [("NX", NX), ("XX", XX), ("CH", CH)];

/// `GEOADD key [NX | XX] [CH] longitude latitude member [longitude latitude member ...]`: puts
/// members in or moves them; how many are new. O(log n) for each.
pub fn geoadd(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let (mut flags, mut first) = (0, 2);
    while first < request.argument_count() {
        let word = request.argument(first);
        let Some((_, flag)) = WORDS.iter().find(|(name, _)| is_word(word, name)) else { break };
        flags |= flag;
        first += 1;
    }
    let rest_count = request.argument_count() - first;
    if !rest_count.is_multiple_of(ARGUMENT_COUNT) || flags & (NX | XX) == NX | XX {
        return Err(CommandError::SYNTAX);
    }
    for index in (first..request.argument_count()).step_by(ARGUMENT_COUNT) {
        coordinates(cx, request, index)?;
    }
    if rest_count == 0 {
        return Err(CommandError::SYNTAX);
    }
    let pair_count = rest_count / ARGUMENT_COUNT;
    let read_score = |request: &Request<'_>, index| Ok(read(request, index)?.score());
    add(cx, &Adding { request, flags, first, pair_count, pair_size: ARGUMENT_COUNT, read_score })
}
