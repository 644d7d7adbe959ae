//! The sets that a result is made of: sorted sets, or plain ones, whose members have the score 1.
use crate::commands::arguments::integer;
use crate::commands::context::Context;
use crate::commands::dispatch;
use crate::commands::error::CommandError;
use crate::memory::blocks::BLOCK_SIZE;
use crate::resp::request::Request;
use crate::store::{Entry, Key, NameHash, Store, Type};
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
        Ok(Self { list, count, first: position + 1 })
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

    /// The key of a source.
    pub(super) fn key<'r>(
        &self,
        cx: &Context<'_>,
        request: &Request<'r>,
        source: &Source,
    ) -> Key<'r> {
        cx.key(request, self.first + source.index)
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
    cx: &mut Context<'_>,
    key: &Key<'_>,
    name: &[u8],
    hash: NameHash,
) -> Option<f64> {
    let entry = cx.store.find(cx.now, key)?;
    let element = cx.store.element(entry, name, hash)?;
    Some(if cx.store.kind(entry) == Type::Set { 1.0 } else { element.score() })
}

/// A member copied out of a set, so that the store may change meanwhile.
pub(super) struct Member {
    name: [u8; BLOCK_SIZE as usize],
    size: usize,
    pub(super) score: f64,
}

impl Member {
    #[expect(clippy::large_stack_arrays, reason = "a command has one, and calls nothing deep")]
    pub(super) const fn new() -> Self {
        Self { name: [0; BLOCK_SIZE as usize], size: 0, score: 0.0 }
    }

    pub(super) fn name(&self) -> &[u8] {
        &self.name[..self.size]
    }

    /// Becomes the member with a rank in the existing set `key`. O(log n).
    pub(super) fn read(&mut self, cx: &mut Context<'_>, key: &Key<'_>, rank: u64) {
        let entry = cx.store.find(cx.now, key).expect("sources are spared");
        self.copy(cx.store, entry, rank);
    }

    fn copy(&mut self, store: &Store, entry: Entry, rank: u64) {
        let element = store.element_at_rank(entry, rank);
        self.score = if store.kind(entry) == Type::Set { 1.0 } else { element.score() };
        let name = element.name();
        self.size = 0;
        for chunk in name.chunks(0, name.size()) {
            self.name[self.size..][..chunk.len()].copy_from_slice(chunk);
            self.size += chunk.len();
        }
    }
}
