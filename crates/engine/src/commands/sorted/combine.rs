//! Union, intersection and difference of sets, answered, stored or counted.
//!
//! Everything is parsed before the first member is put into a result. Scores are added up in the
//! order in which Redis does it, so that they are rounded alike.
use super::bounds::Ranks;
use super::sources::{Sources, read, score_in};
use super::{ELEMENT_WORK, Shown, Style, reply_members, score};
use crate::commands::arguments::{self, is_word};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::member::with_bytes;
use crate::commands::places::Places;
use crate::commands::portion::Portion;
use crate::commands::{scratch, work};
use crate::resp::reply::Reply;
use crate::resp::request::Request;
use crate::store::{Element, Key, NameHash, Store, Type};

const TOO_MANY: &str = "OOM command-work-max: the sets are too large for one command";

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    Union,
    Intersection,
    Difference,
}

/// Where the result goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Purpose {
    Answer,
    Store,
    Count,
}

/// How the scores of a member that is in several sets become one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Aggregate {
    Sum,
    Min,
    Max,
}

impl Aggregate {
    /// What is not a number becomes 0 in a sum, and loses against a number else, as in Redis.
    pub(super) fn of(self, one: f64, other: f64) -> f64 {
        match self {
            Self::Sum => {
                let sum = one + other;
                if sum.is_nan() { 0.0 } else { sum }
            }
            Self::Min if other < one => other,
            Self::Max if other > one => other,
            Self::Min | Self::Max => one,
        }
    }
}

/// A command with its options.
pub(super) struct Combination<'a, 'r> {
    pub(super) request: &'a Request<'r>,
    pub(super) operation: Operation,
    pub(super) sources: Sources,
    /// The argument that is the weight of the first key.
    weights: Option<usize>,
    pub(super) aggregate: Aggregate,
    with_scores: bool,
    /// 0 for none.
    limit: u64,
}

impl<'a, 'r> Combination<'a, 'r> {
    fn parse(
        cx: &mut Context<'_>,
        request: &'a Request<'r>,
        operation: Operation,
        purpose: Purpose,
    ) -> Result<Self, CommandError> {
        let position = if purpose == Purpose::Store { 2 } else { 1 };
        let sources = Sources::parse(cx, request, position)?;
        let mut parsed = Self {
            request,
            operation,
            sources,
            weights: None,
            aggregate: Aggregate::Sum,
            with_scores: false,
            limit: 0,
        };
        let mut index = parsed.sources.arguments().end;
        while index < request.argument_count() {
            index = parsed.option(index, purpose)?;
        }
        if operation != Operation::Difference {
            parsed.sources.sort();
        }
        Ok(parsed)
    }

    /// Reads the option at `index`; where the next one is.
    fn option(&mut self, index: usize, purpose: Purpose) -> Result<usize, CommandError> {
        let (request, count) = (self.request, self.sources.as_slice().len());
        let (word, rest_count) = (request.argument(index), request.argument_count() - index - 1);
        let has_scores = self.operation != Operation::Difference && purpose != Purpose::Count;
        if has_scores && rest_count >= count && is_word(word, "WEIGHTS") {
            for weight in request.arguments_from(index + 1).take(count) {
                let line = CommandError::Line("ERR weight value is not a float");
                score(weight).map_err(|_| line)?;
            }
            self.weights = Some(index + 1);
            return Ok(index + 1 + count);
        }
        if has_scores && rest_count >= 1 && is_word(word, "AGGREGATE") {
            self.aggregate = match request.argument(index + 1) {
                word if is_word(word, "SUM") => Aggregate::Sum,
                word if is_word(word, "MIN") => Aggregate::Min,
                word if is_word(word, "MAX") => Aggregate::Max,
                _ => return Err(CommandError::SYNTAX),
            };
            return Ok(index + 2);
        }
        if purpose == Purpose::Answer && is_word(word, "WITHSCORES") {
            self.with_scores = true;
            return Ok(index + 1);
        }
        if purpose == Purpose::Count && rest_count >= 1 && is_word(word, "LIMIT") {
            let argument = request.argument(index + 1);
            self.limit = arguments::count(argument, 0, "ERR LIMIT can't be negative")?;
            return Ok(index + 2);
        }
        Err(CommandError::SYNTAX)
    }

    /// The weight of the key with a place among the keys.
    fn weight(&self, index: usize) -> f64 {
        let weight = |first| score(self.request.argument(first + index));
        self.weights.map_or(Ok(1.0), weight).expect("all weights were parsed")
    }

    /// Refuses what would go through too many members.
    fn check_work(&self, cx: &Context<'_>) -> Result<(), CommandError> {
        let sources = self.sources.as_slice();
        let step_count = match self.operation {
            Operation::Union => sources.iter().map(|source| source.count).sum(),
            _ => sources[0].count * sources.len() as u64,
        };
        work::check(cx, step_count * ELEMENT_WORK, TOO_MANY)
    }

    /// The score of a member of the first set, by itself `own`, in the result of an intersection
    /// or a difference, if it is in it.
    fn outcome(
        &self,
        store: &Store,
        places: &Places<'_, '_>,
        (name, hash): (&[u8], NameHash),
        own: f64,
    ) -> Option<f64> {
        let (first, others) = self.sources.as_slice().split_first()?;
        let mut result = self.first_score(own, first.index);
        for source in others {
            let other = score_in(store, places.entry(source.index), name, hash);
            match (self.operation, other) {
                (Operation::Difference, None) => {}
                (Operation::Intersection, Some(other)) => {
                    result = self.aggregate.of(result, other * self.weight(source.index));
                }
                _ => return None,
            }
        }
        Some(result)
    }

    /// The score of a member in the first set that has it.
    pub(super) fn first_score(&self, score: f64, index: usize) -> f64 {
        let score = self.weight(index) * score;
        if score.is_nan() { 0.0 } else { score }
    }

    /// Answers a difference out of its first set, if the members of that have scores: they are in
    /// the order of the answer. Says whether it did.
    fn answer_in_order(&self, cx: &mut Context<'_>, style: Style) -> Result<bool, CommandError> {
        let store = &*cx.store;
        let places = self.sources.places(store, self.request);
        let entry = places.entry(self.sources.as_slice()[0].index);
        let Some(entry) = entry.filter(|entry| store.kind(*entry) == Type::SortedSet) else {
            return Ok(false);
        };
        let is_alone = |element: &Element<'_>| {
            let outcome = |name: &[u8]| {
                self.outcome(store, &places, (name, store.name_hash(name)), element.score())
            };
            with_bytes(element.name(), outcome).is_some()
        };
        let members = || store.elements(entry, 0, false).filter(is_alone);
        let count = members().count() as u64;
        let write = |reply: &mut Reply<'_>| {
            style.header(reply, count);
            members().for_each(|element| style.member(reply, &element));
        };
        cx.reply.measured(write)?;
        Ok(true)
    }

    /// Goes through the members of the result of an intersection or a difference, portion by
    /// portion, until `visit` says that it has seen enough.
    pub(super) fn visit(
        &self,
        cx: &mut Context<'_>,
        mut visit: impl FnMut(&mut Context<'_>, &Portion) -> Result<bool, CommandError>,
    ) -> Result<(), CommandError> {
        let first = self.sources.as_slice()[0];
        let mut portion = Portion::new(cx.store.name_hash(b""));
        let mut rank = 0;
        while rank < first.count {
            let places = self.sources.places(cx.store, self.request);
            let entry = places.entry(first.index).expect("sources are spared");
            rank = read(cx.store, entry, rank, &mut portion, |name, hash, score| {
                self.outcome(cx.store, &places, (name, hash), score)
            });
            if !visit(cx, &portion)? {
                break;
            }
            portion.clear();
        }
        Ok(())
    }
}

/// `ZUNION numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX]
/// [WITHSCORES]`: the members of any of the sets. O(n log n), n the count of all members, up to
/// `command-work-max`.
pub fn zunion(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    answer(cx, request, Operation::Union)
}

/// `ZUNIONSTORE destination numkeys key [key ...] [WEIGHTS weight [weight ...]]
/// [AGGREGATE SUM | MIN | MAX]`: stores what ZUNION answers; how many members.
pub fn zunionstore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    store(cx, request, Operation::Union)
}

/// `ZINTER numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX]
/// [WITHSCORES]`: the members of all of the sets. O(nk log n), n the count of the smallest of k
/// sets, up to `command-work-max`.
pub fn zinter(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    answer(cx, request, Operation::Intersection)
}

/// `ZINTERSTORE destination numkeys key [key ...] [WEIGHTS weight [weight ...]]
/// [AGGREGATE SUM | MIN | MAX]`: stores what ZINTER answers; how many members.
pub fn zinterstore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    store(cx, request, Operation::Intersection)
}

/// `ZDIFF numkeys key [key ...] [WITHSCORES]`: the members of the first set that are in no other.
/// O(nk log n), n the count of the first of k sets, up to `command-work-max`.
pub fn zdiff(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    answer(cx, request, Operation::Difference)
}

/// `ZDIFFSTORE destination numkeys key [key ...]`: stores what ZDIFF answers; how many members.
pub fn zdiffstore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    store(cx, request, Operation::Difference)
}

/// `ZINTERCARD numkeys key [key ...] [LIMIT limit]`: count of the members of all of the sets, up to
/// a limit that is not 0. O(nk log n), n the count of the smallest of k sets, up to
/// `command-work-max`.
pub fn zintercard(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let combination = Combination::parse(cx, request, Operation::Intersection, Purpose::Count)?;
    combination.check_work(cx)?;
    let mut count = 0;
    combination.visit(cx, |_, portion| {
        count += portion.count() as u64;
        Ok(combination.limit == 0 || count < combination.limit)
    })?;
    let count = if combination.limit == 0 { count } else { count.min(combination.limit) };
    cx.reply.integer(count.cast_signed());
    Ok(())
}

fn answer(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    operation: Operation,
) -> Result<(), CommandError> {
    let combination = Combination::parse(cx, request, operation, Purpose::Answer)?;
    combination.check_work(cx)?;
    let style =
        if combination.with_scores { Style::scores(cx.reply.protocol()) } else { Style::Name };
    if operation == Operation::Difference && combination.answer_in_order(cx, style)? {
        return Ok(());
    }
    scratch::answer(
        cx,
        request,
        combination.sources.arguments(),
        |cx, key| combination.fill(cx, key),
        |cx, entry| {
            let Some(entry) = entry else {
                cx.reply.array(0);
                return Ok(());
            };
            let ranks = Ranks { start: 0, end: cx.store.element_count(entry) };
            reply_members(cx, entry, Shown { ranks, is_back: false, style, key: None })
        },
    )
}

fn store(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    operation: Operation,
) -> Result<(), CommandError> {
    let combination = Combination::parse(cx, request, operation, Purpose::Store)?;
    combination.check_work(cx)?;
    let target = cx.key(request, 1);
    let sources = combination.sources.arguments();
    let fill = |cx: &mut Context<'_>, key: &Key<'_>| combination.fill(cx, key);
    let count = scratch::store(cx, request, sources, &target, fill)?;
    cx.reply.integer(count.cast_signed());
    Ok(())
}
