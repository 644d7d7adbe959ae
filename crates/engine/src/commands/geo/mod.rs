//! Positions as members of sorted sets: the number of the cell that a member is in is its score.
//!
//! `cell` is the grid, `distance` measures, `shape` says which cells a search visits; `add` puts
//! members in, `member` asks about single ones. A search is read by `asked` and run by `search`;
//! `hits` keeps what it has found, `sorting` puts more of that in order than there is room for,
//! `reply` answers it and `store` makes it a set. This file has what they share.
pub mod add;
mod asked;
mod cell;
mod distance;
mod hits;
pub mod member;
mod reply;
pub mod search;
mod shape;
mod sorting;
pub mod store;

use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::request::Request;
use crate::stdx::double;
use crate::store::Entry;
use cell::Position;

/// The longitude and latitude that two arguments are, however large.
fn read(request: &Request<'_>, index: usize) -> Result<Position, CommandError> {
    let number = |index| double::parse(request.argument(index)).ok_or(CommandError::NOT_A_FLOAT);
    Ok(Position { longitude: number(index)?, latitude: number(index + 1)? })
}

/// The position that two arguments are.
fn coordinates(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    index: usize,
) -> Result<Position, CommandError> {
    let position = read(request, index)?;
    if !position.is_valid() {
        let Position { longitude, latitude } = position;
        let line = format_args!("ERR invalid longitude,latitude pair {longitude:.6},{latitude:.6}");
        cx.fail_text("ERR", line)?;
    }
    Ok(position)
}

/// Where a member is, if it is there.
fn position_of(cx: &Context<'_>, entry: Option<Entry>, name: &[u8]) -> Option<Position> {
    let element = cx.store.element(entry?, name, cx.store.name_hash(name))?;
    Some(Position::of_score(element.score()))
}
