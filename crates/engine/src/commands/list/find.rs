//! Elements found by what they are: LPOS, and what LREM and LINSERT search with.
use super::object_count;
use crate::commands::arguments::{count, is_word, signed_count};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{BULK_OVERHEAD, reserve_reply};
use crate::commands::work;
use crate::resp::request::{Request, Value};
use crate::store::{Entry, Store, Text, Type};

/// Bytes that are compared at once with what is staged.
const COMPARE_SIZE: usize = 4096;

/// Bytes that comparing texts takes as one of work: the processor compares more at a time.
const COMPARED_AT_ONCE: u64 = 4;

/// An element that is searched for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    value: Value<'a>,
    size: u64,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(cx: &Context<'_>, value: Value<'a>) -> Self {
        Self { value, size: cx.store.value_size(value) }
    }

    /// Is `text` the same?
    pub(super) fn is(&self, store: &Store, text: Text<'_>) -> bool {
        if text.size() != self.size {
            return false;
        }
        if let (Value::Bytes(bytes), Some(slice)) = (self.value, text.as_slice()) {
            return slice == bytes;
        }
        let mut offset = 0;
        text.chunks(0, self.size).all(|chunk| {
            let is_same = match self.value {
                Value::Bytes(bytes) => bytes[offset as usize..].starts_with(chunk),
                Value::Staged(staged) => {
                    let mut room = [0; COMPARE_SIZE];
                    chunk.chunks(COMPARE_SIZE).zip((offset..).step_by(COMPARE_SIZE)).all(
                        |(piece, offset)| {
                            let size = store.stage_read(staged, offset, &mut room[..piece.len()]);
                            room[..size] == *piece
                        },
                    )
                }
            };
            offset += chunk.len() as u64;
            is_same
        })
    }

    /// Refuses a search through `count` elements of a list that would touch too much. Only those of
    /// the same size are compared, several bytes at once; those that are objects of their own are
    /// looked at each in its place.
    pub(super) fn check(
        &self,
        cx: &Context<'_>,
        entry: Entry,
        count: u64,
    ) -> Result<u64, CommandError> {
        const TOO_LONG: &str = "OOM command-work-max: the list is too long to be searched by one \
                                command; use LPOS with MAXLEN, or LRANGE";
        let compared_size = count.saturating_mul(self.size).min(cx.store.text_bytes(entry));
        let object_work = object_count(cx, entry, count) * work::OBJECT;
        let work = count * work::COMPARE + compared_size / COMPARED_AT_ONCE + object_work;
        work::check(cx, work, TOO_LONG)?;
        Ok(work)
    }
}

/// What LPOS asks for.
struct Search {
    /// Matches that come before the first one that counts.
    skipped_count: u64,
    is_back: bool,
    /// Matches to answer, if there is COUNT; 0 is all.
    count: Option<u64>,
    /// Elements that are looked at; 0 is all.
    looked_count_max: u64,
}

impl Search {
    fn parse(request: &Request<'_>) -> Result<Self, CommandError> {
        let mut search =
            Self { skipped_count: 0, is_back: false, count: None, looked_count_max: 0 };
        let mut index = 3;
        while index < request.argument_count() {
            if index + 1 == request.argument_count() {
                return Err(CommandError::SYNTAX);
            }
            let (word, argument) = (request.argument(index), request.argument(index + 1));
            if is_word(word, "RANK") {
                let rank = rank(argument)?;
                search.skipped_count = rank.unsigned_abs() - 1;
                search.is_back = rank < 0;
            } else if is_word(word, "COUNT") {
                search.count = Some(count(argument, 0, "ERR COUNT can't be negative")?);
            } else if is_word(word, "MAXLEN") {
                search.looked_count_max = count(argument, 0, "ERR MAXLEN can't be negative")?;
            } else {
                return Err(CommandError::SYNTAX);
            }
            index += 2;
        }
        Ok(search)
    }

    /// The positions that match, in the order of the search, through `looked_count` elements.
    fn positions<'s>(
        &self,
        store: &'s Store,
        entry: Entry,
        wanted: Wanted<'s>,
        looked_count: u64,
    ) -> impl Iterator<Item = u64> + use<'s> {
        let last = store.element_count(entry) - 1;
        let (first, is_back) = (if self.is_back { last } else { 0 }, self.is_back);
        let answered_count = match self.count {
            None => 1,
            Some(0) => usize::MAX,
            Some(count) => count as usize,
        };
        (0..looked_count)
            .zip(store.elements(entry, first, is_back))
            .filter(move |(_, element)| wanted.is(store, element.name()))
            .map(move |(index, _)| if is_back { last - index } else { index })
            .skip(self.skipped_count as usize)
            .take(answered_count)
    }
}

/// RANK: which match is the first that counts, from the end on if negative.
fn rank(argument: &[u8]) -> Result<i64, CommandError> {
    match signed_count(argument)? {
        0 => Err(CommandError::Line(
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... \
             or use negative to start from the end of the list",
        )),
        rank => Ok(rank),
    }
}

/// `LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]`: the position of the first
/// element that is the same, or of several. O(n), up to `command-work-max`.
pub fn lpos(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let search = Search::parse(request)?;
    let Some(entry) = cx.read_of(&key, Type::List)? else {
        match search.count {
            Some(_) => cx.reply.array(0),
            None => cx.reply.null(),
        }
        return Ok(());
    };
    let count = cx.store.element_count(entry);
    let looked_count = match search.looked_count_max {
        0 => count,
        looked_count_max => looked_count_max.min(count),
    };
    let wanted = Wanted::new(cx, request.value(2));
    wanted.check(cx, entry, looked_count)?;
    if search.count.is_none() {
        match search.positions(cx.store, entry, wanted, looked_count).next() {
            Some(position) => cx.reply.integer(position.cast_signed()),
            None => cx.reply.null(),
        }
        return Ok(());
    }
    let found_count = search.positions(cx.store, entry, wanted, looked_count).count() as u64;
    reserve_reply(cx, (found_count + 1) * BULK_OVERHEAD)?;
    cx.reply.array(found_count);
    for position in search.positions(cx.store, entry, wanted, looked_count) {
        cx.reply.integer(position.cast_signed());
    }
    Ok(())
}
