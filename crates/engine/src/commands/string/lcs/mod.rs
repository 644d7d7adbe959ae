//! LCS: the longest text that two strings have in common, with gaps.
//!
//! There may be several of the same length; Redis takes the one to which its table leads, backwards
//! from the ends of both strings: along a match, else up where the first string is better off
//! without its last letter, else to the left. `fill` computes that table, of which `table` keeps
//! one bit for each pair of letters; `walk` goes back through it; `result` puts the text together.
//! Tables and texts above a few KiB lie in the store while the command runs
//! (docs/decisions/0015-lcs.md).
mod fill;
mod result;
mod table;
mod walk;

use crate::commands::arguments::{integer, is_word};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{BULK_OVERHEAD, reserve_reply};
use crate::commands::work;
use crate::resp::request::Request;
use crate::store::{Key, Store, StoreFull};
use fill::Filled;
use result::Backward;
use walk::{Run, Walk};

/// Bytes that Redis takes for each pair of letters.
const REDIS_CELL_SIZE: u64 = 4;

/// Bytes that a match takes in the reply: four arrays and five numbers of up to ten digits.
const MATCH_SIZE_MAX: u64 = 3 * 4 + 5 * 13;

/// Rows that the work is counted for at least: as many take as long as to begin a strip.
const ROW_COUNT_MIN: u64 = 64;

/// What is asked for.
#[derive(Clone, Copy, Debug, Default)]
struct Options {
    /// LEN: the length alone.
    length: bool,
    /// IDX: where the matches are.
    indexes: bool,
    /// WITHMATCHLEN: and how long each is.
    match_lengths: bool,
    /// MINMATCHLEN: not those that are shorter.
    match_size_min: u64,
}

impl Options {
    fn parse(request: &Request<'_>) -> Result<Self, CommandError> {
        let mut options = Self::default();
        let mut index = 3;
        while index < request.argument_count() {
            let word = request.argument(index);
            if is_word(word, "IDX") {
                options.indexes = true;
            } else if is_word(word, "LEN") {
                options.length = true;
            } else if is_word(word, "WITHMATCHLEN") {
                options.match_lengths = true;
            } else if is_word(word, "MINMATCHLEN") && index + 1 < request.argument_count() {
                index += 1;
                let size = integer(request.argument(index))?;
                options.match_size_min = u64::try_from(size).unwrap_or(0);
            } else {
                return Err(CommandError::SYNTAX);
            }
            index += 1;
        }
        if options.length && options.indexes {
            return Err(CommandError::Line(
                "ERR If you want both the length and indexes, please just use IDX.",
            ));
        }
        Ok(options)
    }
}

/// Two strings that are compared, by their keys: they are found again for each piece that is read,
/// since what is written into the store may move them.
#[derive(Clone, Copy)]
struct Pair<'k> {
    keys: [Key<'k>; 2],
    sizes: [u64; 2],
}

/// Which string of a pair.
const FIRST: usize = 0;
const SECOND: usize = 1;

impl<'k> Pair<'k> {
    /// The strings that a request names. A missing one is empty.
    fn find(cx: &mut Context<'_>, request: &Request<'k>) -> Result<Self, CommandError> {
        const NO_STRING: CommandError =
            CommandError::Line("ERR The specified keys must contain string values");
        let keys = [cx.key(request, 1), cx.key(request, 2)];
        let entries = [cx.read(&keys[FIRST]), cx.read(&keys[SECOND])];
        let mut sizes = [0; 2];
        for (entry, size) in entries.into_iter().zip(&mut sizes) {
            if let Some(entry) = entry {
                *size = cx.store.string(entry).map_err(|_| NO_STRING)?.size();
            }
        }
        Ok(Self { keys, sizes })
    }

    /// Copies bytes of one of them, from `start` on; how many.
    fn read(&self, store: &Store, which: usize, start: u64, out: &mut [u8]) -> usize {
        let entry = store.peek(&self.keys[which]).expect("what is compared is spared");
        store.string(entry).expect("it is a string").read(start, out)
    }

    fn is_empty(&self) -> bool {
        self.sizes.contains(&0)
    }

    /// Refuses what Redis would, and what takes too long.
    fn check(&self, cx: &Context<'_>) -> Result<(), CommandError> {
        const TOO_LONG: &str = "OOM command-work-max: the strings are too long for one command";
        let [rows, columns] = self.sizes;
        let redis_size = (rows + 1).saturating_mul(columns + 1).saturating_mul(REDIS_CELL_SIZE);
        if redis_size > cx.store.tuning.value_size_max {
            return Err(CommandError::Line(
                "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
            ));
        }
        if self.is_empty() {
            return Ok(());
        }
        work::check(cx, rows.max(ROW_COUNT_MIN).saturating_mul(table::row_size(columns)), TOO_LONG)
    }

    fn spare(&self, store: &mut Store, are_spared: bool) {
        for key in &self.keys {
            store.spare(key, are_spared);
        }
    }
}

/// `LCS key1 key2 [LEN] [IDX] [MINMATCHLEN length] [WITHMATCHLEN]`: the longest common text, its
/// length, or where it matches. A missing key is an empty string. O(n * m), up to
/// `command-work-max`, which counts a byte for eight pairs of letters.
pub fn lcs(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let pair = Pair::find(cx, request)?;
    let options = Options::parse(request)?;
    pair.check(cx)?;
    pair.spare(cx.store, true);
    let answered = fill::fill(cx, &pair, !options.length).and_then(|mut filled| {
        let answered = answer(cx, &pair, options, &mut filled);
        filled.table.discard(cx.store);
        answered
    });
    pair.spare(cx.store, false);
    answered
}

fn answer(
    cx: &mut Context<'_>,
    pair: &Pair<'_>,
    options: Options,
    filled: &mut Filled,
) -> Result<(), CommandError> {
    if options.length {
        cx.reply.integer(filled.length.cast_signed());
        Ok(())
    } else if options.indexes {
        answer_matches(cx, pair, options, filled)
    } else {
        answer_text(cx, pair, filled)
    }
}

fn answer_text(
    cx: &mut Context<'_>,
    pair: &Pair<'_>,
    filled: &mut Filled,
) -> Result<(), CommandError> {
    reserve_reply(cx, filled.length + BULK_OVERHEAD)?;
    let mut text = Backward::new(cx, filled.length)?;
    let mut walk = Walk::new(pair, &mut filled.table);
    while let Some(run) = walk.next_run(cx.store) {
        for position in (run.first..run.first + run.size).rev() {
            let letter = walk.letter(cx.store, position);
            text.prepend(cx.store, letter);
        }
    }
    text.reply(cx, filled.length);
    Ok(())
}

fn answer_matches(
    cx: &mut Context<'_>,
    pair: &Pair<'_>,
    options: Options,
    filled: &mut Filled,
) -> Result<(), CommandError> {
    let is_shown = |run: &Run| run.size >= options.match_size_min;
    let mut walk = Walk::new(pair, &mut filled.table);
    let mut count = 0;
    while let Some(run) = walk.next_run(cx.store) {
        count += u64::from(is_shown(&run));
    }
    reserve_reply(cx, (count + 1) * MATCH_SIZE_MAX)?;
    cx.reply.map(2);
    cx.reply.bulk(b"matches");
    cx.reply.array(count);
    let mut walk = Walk::new(pair, &mut filled.table);
    while let Some(run) = walk.next_run(cx.store) {
        if !is_shown(&run) {
            continue;
        }
        cx.reply.array(if options.match_lengths { 3 } else { 2 });
        for start in [run.first, run.second] {
            cx.reply.array(2);
            cx.reply.integer(start.cast_signed());
            cx.reply.integer((start + run.size - 1).cast_signed());
        }
        if options.match_lengths {
            cx.reply.integer(run.size.cast_signed());
        }
    }
    cx.reply.bulk(b"len");
    cx.reply.integer(filled.length.cast_signed());
    Ok(())
}

/// What a command says that only reads, and has no room in the store for what it needs meanwhile.
fn no_room(full: StoreFull) -> CommandError {
    match full {
        StoreFull::Data => CommandError::Line(
            "ERR Insufficient memory, failed allocating transient memory for LCS",
        ),
        other => other.into(),
    }
}
