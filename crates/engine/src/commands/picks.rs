//! Elements of a collection picked by chance, each choice with the same chance: what HRANDFIELD,
//! SRANDMEMBER and ZRANDMEMBER answer. Their order is none.
//!
//! Which ones follows from a seed, so that they can be gone through twice: to measure the reply,
//! and to write it.
use crate::commands::arguments::{is_word, signed_count};
use crate::commands::context::Context;
use crate::commands::elements::TEXT_SIZE_MIN;
use crate::commands::error::CommandError;
use crate::commands::sample::{LISTED_MAX, Sample};
use crate::commands::texts::{reply_text, reserve_reply};
use crate::commands::work;
use crate::random::Random;
use crate::resp::reply::Reply;
use crate::resp::request::Request;
use crate::stdx::permutation::Permutation;
use crate::store::{Element, Entry, Store};

/// What is asked for.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// So many different elements; if it is negative, so many that may be the same.
    pub(super) count: i64,
    /// Is more than their names to be answered?
    pub(super) with_more: bool,
}

/// What the arguments behind the key ask for, `[count [word]]`; nothing if there are none.
pub(super) fn asked(request: &Request<'_>, word: &str) -> Result<Option<Asked>, CommandError> {
    if request.argument_count() == 2 {
        return Ok(None);
    }
    let count = signed_count(request.argument(2))?;
    let with_more = match request.argument_count() {
        3 => false,
        4 if is_word(request.argument(3), word) => true,
        _ => return Err(CommandError::SYNTAX),
    };
    if with_more && count.unsigned_abs() > i64::MAX.unsigned_abs() / 2 {
        return Err(CommandError::Line("ERR value is out of range"));
    }
    Ok(Some(Asked { count, with_more }))
}

/// For each that is picked, ranks that may be asked whether they are: takes no longer than a random
/// order does.
const ASKED_FOR_EACH: u64 = 64;

/// Which elements are picked.
#[expect(clippy::large_enum_variant, reason = "there is one, for one command")]
enum Picks {
    /// All of them.
    Whole,
    /// Different ones: few, or a good part of all.
    Sampled(Sample),
    /// The first ones of a random order, however many elements there are.
    Scattered(Permutation),
    /// Those that a generator in this state says.
    Any(Random),
}

impl Picks {
    /// Those of a collection of `among` elements that `count` asks for, as in `Asked`.
    fn draw(random: &mut Random, count: i64, among: u64) -> Self {
        match count {
            ..0 => Self::Any(Random::new(random.bits())),
            _ if count.unsigned_abs() >= among => Self::Whole,
            _ if count.unsigned_abs() <= LISTED_MAX
                || among / count.unsigned_abs() < ASKED_FOR_EACH =>
            {
                Self::Sampled(Sample::draw(random, count.unsigned_abs(), among))
            }
            _ => Self::Scattered(Permutation::new(among, random.bits())),
        }
    }

    /// The work of going through `count` of them, twice.
    fn work(&self, count: u64) -> u64 {
        match self {
            Self::Whole => 0,
            Self::Sampled(sample) => count * work::PICK + sample.asked_count() * work::ASK,
            Self::Scattered(_) => count.saturating_mul(2 * work::PICK),
            Self::Any(_) => count.saturating_mul(work::PICK),
        }
    }

    /// Goes through `count` of them, the same ones each time.
    fn visit(&self, store: &Store, entry: Entry, count: u64, mut visit: impl FnMut(Element<'_>)) {
        match self {
            Self::Whole => store.elements(entry, 0, false).for_each(visit),
            Self::Sampled(sample) => {
                sample.ranks().for_each(|rank| visit(store.element_at_rank(entry, rank)));
            }
            Self::Scattered(order) => {
                for index in 0..count {
                    visit(store.element_at_rank(entry, order.at(index)));
                }
            }
            Self::Any(random) => {
                let (mut random, among) = (random.clone(), store.element_count(entry));
                for _ in 0..count {
                    visit(store.element_at_rank(entry, random.below(among)));
                }
            }
        }
    }
}

/// Replies with so many elements as `count` asks for, as in `Asked`, by `head` and for each by
/// `write`, which writes at least `text_count` texts. Writes nothing if it fails.
pub(super) fn reply_picked(
    cx: &mut Context<'_>,
    entry: Entry,
    count: i64,
    text_count: u64,
    head: impl Fn(&mut Reply<'_>, u64),
    write: impl Fn(&mut Reply<'_>, &Element<'_>),
) -> Result<(), CommandError> {
    const TOO_MANY: &str =
        "OOM command-work-max: too many elements to pick for one command; use a smaller count";
    let among = cx.store.element_count(entry);
    let picked_count =
        if count < 0 { count.unsigned_abs() } else { count.unsigned_abs().min(among) };
    // However short they are. This bounds the count before anything is picked.
    reserve_reply(cx, picked_count.saturating_mul(text_count * TEXT_SIZE_MIN))?;
    let picks = Picks::draw(cx.store.random(), count, among);
    work::check(cx, picks.work(picked_count), TOO_MANY)?;
    let store = &*cx.store;
    cx.reply.measured(|reply| {
        head(reply, picked_count);
        picks.visit(store, entry, picked_count, |element| write(reply, &element));
    })?;
    Ok(())
}

/// Replies with the name of any element; its rank.
pub(super) fn reply_any(cx: &mut Context<'_>, entry: Entry) -> Result<u64, CommandError> {
    let among = cx.store.element_count(entry);
    let rank = cx.store.random().below(among);
    reply_text(cx, |store| Some(store.element_at_rank(entry, rank).name()))?;
    Ok(rank)
}
