//! Lists: elements in order, put in and taken out at both ends.
//!
//! `push` and `pop` are the ends, `range` reads and trims, `edit` changes what is in the middle,
//! `find` is LPOS and how elements are compared, `moves` takes an element from one list to another,
//! `listpack` says in which way Redis would keep a list, `reply` writes elements.
//!
//! Whatever answers an element and takes it out has its place in the reply first.
pub mod edit;
pub mod find;
pub(crate) mod listpack;
pub mod moves;
pub mod pop;
pub mod push;
pub mod range;
mod reply;

use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::work;
use crate::store::Entry;
use crate::store::tree::order::ITEM_SIZE_MAX;

/// An end of a list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Left,
    Right,
}

impl End {
    /// `LEFT` or `RIGHT`.
    fn of(argument: &[u8]) -> Result<Self, CommandError> {
        if is_word(argument, "LEFT") {
            return Ok(Self::Left);
        }
        if is_word(argument, "RIGHT") {
            return Ok(Self::Right);
        }
        Err(CommandError::SYNTAX)
    }

    /// The rank of the element at this end of a list of `count`, one at least.
    const fn rank(self, count: u64) -> u64 {
        match self {
            Self::Left => 0,
            Self::Right => count - 1,
        }
    }

    /// The rank before which an element is put at this end of a list of `count`.
    const fn place(self, count: u64) -> u64 {
        match self {
            Self::Left => 0,
            Self::Right => count,
        }
    }
}

/// The rank that an index means in a list of `count`: negative ones count from the end.
fn rank_of_index(index: i64, count: u64) -> Option<u64> {
    let rank = if index < 0 { count.checked_add_signed(index)? } else { index.cast_unsigned() };
    (rank < count).then_some(rank)
}

/// Of `count` elements of a list, how many may be objects of their own.
fn object_count(cx: &Context<'_>, entry: Entry, count: u64) -> u64 {
    count.min(cx.store.text_bytes(entry) / ITEM_SIZE_MAX as u64)
}

/// May a command take so many neighbours out of a list at once, each of which is `element_work`?
/// Those that are objects of their own count for more, and all of them go with the key.
fn check_run(
    cx: &Context<'_>,
    entry: Entry,
    run_count: u64,
    element_work: u64,
) -> Result<(), CommandError> {
    const TOO_MANY: &str = "OOM command-work-max: too many elements to take out in one command; \
                            take fewer at a time";
    if run_count == cx.store.element_count(entry) {
        return Ok(());
    }
    let object_work = object_count(cx, entry, run_count) * work::OBJECT;
    work::check(cx, run_count * element_work + object_work, TOO_MANY)
}
