//! The sets that a result is made of: sorted sets, or plain ones, whose members have the score 1.
use crate::commands::arguments::integer;
use crate::commands::context::Context;
use crate::commands::dispatch;
use crate::commands::error::CommandError;
use crate::commands::places::{Names, Places};
use crate::commands::portion::Portion;
use crate::resp::request::Request;
use crate::store::{Element, Entry, NameHash, Store, Type};
use core::ops::Range;

/// Keys that one command may combine: their order is kept on the stack.
const SOURCE_COUNT_MAX: usize = 1_024;

/// A set of which a result is made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Source {
    /// Its members.
    pub(super) count: u64,
    /// Its place among the keys.
    pub(super) index: usize,
}

/// The sets of a command.
pub(super) struct Sources {
    list: [Source; SOURCE_COUNT_MAX],
    count: usize,
    /// The argument that is the first key.
    first: usize,
    database: u8,
}

impl Sources {
    /// The keys behind the argument `position`, which counts them. Keys of other types are refused.
    pub(super) fn parse(
        cx: &mut Context<'_>,
        request: &Request<'_>,
        position: usize,
    ) -> Result<Self, CommandError> {
        let key_count = integer(request.argument(position))?;
        if key_count < 1 {
            let name = dispatch::find(request).expect("it is being run").command().name;
            let line = format_args!("ERR at least 1 input key is needed for '{name}' command");
            cx.fail_text("ERR", line)?;
        }
        let rest_count = request.argument_count() - position - 1;
        let count = usize::try_from(key_count).unwrap_or(usize::MAX);
        if count > rest_count {
            return Err(CommandError::SYNTAX);
        }
        if count > SOURCE_COUNT_MAX {
            return Err(CommandError::Line("OOM at most 1024 keys can be combined by one command"));
        }
        let mut list = [Source::default(); SOURCE_COUNT_MAX];
        for (index, source) in list[..count].iter_mut().enumerate() {
            let key = cx.key(request, position + 1 + index);
            let entry = cx.read(&key);
            check(cx, entry)?;
            *source =
                Source { count: entry.map_or(0, |entry| cx.store.element_count(entry)), index };
        }
        Ok(Self { list, count, first: position + 1, database: cx.session().database })
    }

    /// The smallest first: as Redis goes through them, since the order of additions matters.
    pub(super) fn sort(&mut self) {
        self.list[..self.count].sort_unstable_by_key(|source| (source.count, source.index));
    }

    pub(super) fn as_slice(&self) -> &[Source] {
        &self.list[..self.count]
    }

    /// The arguments that are the keys.
    pub(super) const fn arguments(&self) -> Range<usize> {
        self.first..self.first + self.count
    }

    /// Where one of them is now.
    pub(super) fn entry(
        &self,
        cx: &Context<'_>,
        request: &Request<'_>,
        source: &Source,
    ) -> Option<Entry> {
        cx.store.peek(&cx.key(request, self.first + source.index))
    }

    /// Where they are, until the store changes.
    pub(super) fn places<'a, 'r>(&self, store: &'a Store, request: &Request<'r>) -> Places<'a, 'r> {
        Names::new(request, self.first, self.count, self.database).places(store)
    }
}

fn check(cx: &Context<'_>, entry: Option<Entry>) -> Result<(), CommandError> {
    match entry.map(|entry| cx.store.kind(entry)) {
        None | Some(Type::Set | Type::SortedSet) => Ok(()),
        Some(_) => Err(CommandError::WRONG_TYPE),
    }
}

/// The score of a member of a set of either kind, if it is there.
pub(super) fn score_in(
    store: &Store,
    entry: Option<Entry>,
    name: &[u8],
    hash: NameHash,
) -> Option<f64> {
    let entry = entry?;
    Some(score_of(store, entry, &store.element(entry, name, hash)?))
}

/// The score of an element of a set of either kind.
pub(super) fn score_of(store: &Store, entry: Entry, element: &Element<'_>) -> f64 {
    if store.kind(entry) == Type::Set { 1.0 } else { element.score() }
}

/// Reads members of a set, from `rank` on, until the portion is full of those to which `outcome`
/// gives a score, out of that which they have; the rank of the next one.
pub(super) fn read(
    store: &Store,
    entry: Entry,
    rank: u64,
    portion: &mut Portion,
    outcome: impl Fn(&[u8], NameHash, f64) -> Option<f64>,
) -> u64 {
    let mut next = rank;
    for element in store.elements(entry, rank, false) {
        if !portion.has_room(element.name().size()) {
            break;
        }
        let name = portion.read(element.name());
        let hash = store.name_hash(name);
        if let Some(score) = outcome(name, hash, score_of(store, entry, &element)) {
            portion.keep(hash, score);
        }
        next += 1;
    }
    next
}
