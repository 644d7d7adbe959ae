//! Who leaves when memory is full, under Redis' policy names.
//!
//! Candidates are the whole chain of a random bucket, so that keys in child buckets are not left
//! out. Freeing an object of one class does not by itself help another, so eviction goes *by bytes,
//! ahead of need*: while fewer than `RESERVE_FRAMES` frames are free each write evicts about its
//! own bytes. The victim is the oldest of a sample of the class that is needed if it is at least
//! half as idle as the oldest of a random chain, else that one: always the own class would calcify
//! on the first change of sizes, never the own class bursts to hundreds of evictions for one write
//! (both measured in the prototype).
//!
//! What an eviction looks at is drawn, and asked for, when the one before it is over: by then it
//! has come.
//!
//! The idle time of a key that was never read since it was written counts `lru-demotion` times.
use super::room::{RESERVE_FRAMES, Steps};
use super::types::{Entry, Key, Policy};
use super::{Store, object};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::{Needs, Ref};
use crate::planted::{Bug, is_planted};
use crate::random::Random;
use crate::store::index::{GROUP_BUCKETS, Place};
use core::array;

/// Slots of the needed class that are looked at.
const OWN_CLASS_SAMPLE: usize = 12;
/// Steps that an eviction counts for in a turn, besides the one of whoever asks for it: it looks at
/// two dozen objects that nobody has used for long. With ten million keys a SET that evicts took 7
/// microseconds; with half as many steps four turns in 10,000 were longer than a millisecond.
const EVICTION_STEPS: u32 = 31;
/// Random chains that are tried before a policy counts as having no candidate near.
const CHAIN_TRIES: u32 = 16;
/// Idle times below this are told apart too poorly by a clock of seconds.
const CLOCK_COARSE_S: u64 = 16;
/// The counter of a new key under LFU, as in Redis.
const FREQUENCY_INITIAL: u8 = 5;

/// What an eviction will look at: drawn, and asked for, when the one before it is over. All that it
/// reads is in no cache, and would be waited for one after the other.
#[derive(Clone, Copy)]
pub(super) struct Draws {
    /// Chooses the chain.
    chain: u64,
    /// Choose the slots of the needed class.
    slots: [u64; OWN_CLASS_SAMPLE],
}

impl Draws {
    pub(super) fn new(random: &mut Random) -> Self {
        Self { chain: random.bits(), slots: array::from_fn(|_| random.bits()) }
    }
}

/// Slots of one class that are keys, with the hashes of these.
type Sample = [Option<(Ref, u64)>; OWN_CLASS_SAMPLE];

/// Somebody who could leave, and how much so: more is sooner.
#[derive(Clone, Copy)]
struct Candidate {
    at: Ref,
    place: Place,
    idleness: u64,
}

impl Store {
    /// From now on the key is not evicted, until this is taken back: for a command that makes room
    /// before it reads. O(1).
    pub fn spare(&mut self, key: &Key<'_>, is_spared: bool) {
        if self.tuning.policy == Policy::NoEviction {
            return;
        }
        let Some((at, _)) = self.locate(key) else { return };
        let header = object::header_mut(&mut self.frames, at);
        header.flags &= !object::FLAG_SPARED;
        header.flags |= if is_spared { object::FLAG_SPARED } else { 0 };
    }

    /// Evicts about as many bytes as `needs` takes while few frames are free, so that hardly any
    /// write finds none. Debt is paid before: a command that writes often leaves slots behind that
    /// are not frames yet, and would go on evicting for what is free already.
    pub(super) fn evict_ahead(
        &mut self,
        now: Now,
        needs: &Needs,
        spared: Option<&Key<'_>>,
        steps: &mut Steps,
    ) {
        if self.is_reserved {
            return;
        }
        while self.is_short() && self.may_step(steps) && self.pay_due_debt() {
            self.room_steps += 1;
        }
        if !self.is_short() {
            return;
        }
        let bytes = needs.bytes(self.frames.classes());
        let (mut evicted_bytes, mut count) = (0, 0);
        let count_max = 4 + 2 * bytes / 64;
        while evicted_bytes < bytes && count < count_max && self.may_step(steps) {
            let size = self.evict(now, needs, spared);
            if size == 0 {
                break;
            }
            self.room_steps += 1;
            evicted_bytes += size;
            count += 1;
        }
    }

    /// Are so few frames free that writes evict ahead?
    fn is_short(&self) -> bool {
        self.frames.spare_count() < RESERVE_FRAMES
    }

    /// Evicts one key. False when there is none that the policy lets go.
    pub(super) fn evict_one(&mut self, now: Now, needs: &Needs, spared: Option<&Key<'_>>) -> bool {
        self.evict(now, needs, spared) > 0
    }

    /// Evicts one key; returns the bytes that it took, 0 if there is none.
    fn evict(&mut self, now: Now, needs: &Needs, spared: Option<&Key<'_>>) -> u64 {
        let spared = spared.filter(|_| !is_planted(Bug::SparedEvicted));
        // Making room moves objects, so it is located each time. Known by its object, no name of a
        // candidate need be compared: that was the first touch of it, a fifth of a SET that evicts.
        let spared = spared.and_then(|key| self.locate(key)).map(|(at, _)| at);
        if self.tuning.policy == Policy::VolatileTtl
            && let Some(soonest) = self.soonest(spared)
        {
            self.frames.marks.reach(Mark::EvictedSoonest);
            return self.evict_object(soonest.at, soonest.place);
        }
        let (draws, class) = (self.draws, needs.largest_class());
        self.prefetch_chain(self.index.home(draws.chain));
        let sample = class.map(|class| self.sample_of_class(class, &draws));
        let Some(global) = self.oldest_of_chains(now, draws.chain, spared) else { return 0 };
        let own = sample.and_then(|sample| self.oldest_of_sample(now, &sample, &draws, spared));
        let (victim, mark) = match (own, class) {
            (Some(own), Some(class)) if self.prefers_own(own, global, class) => {
                (own, Mark::EvictedOwn)
            }
            _ => (global, Mark::EvictedGlobal),
        };
        self.frames.marks.reach(mark);
        let bytes = self.evict_object(victim.at, victim.place);
        self.draw_next(class);
        bytes
    }

    /// Draws what the next eviction will look at, and asks for it.
    fn draw_next(&mut self, class: Option<Class>) {
        self.draws = Draws::new(&mut self.random);
        self.prefetch_home(self.draws.chain);
        let Some(class) = class else { return };
        for at in self.draws.slots.map(|draw| self.frames.sample(class, draw)).iter().flatten() {
            self.prefetch_slot(*at);
        }
    }

    fn evict_object(&mut self, at: Ref, place: Place) -> u64 {
        let bytes = self.memory_usage(Entry { object: at, place });
        let hash = self.hash_of(at);
        self.note_gone(at, true);
        self.remove(at, place);
        self.changed(hash);
        self.counters.evicted += 1;
        self.room_steps += EVICTION_STEPS;
        bytes
    }

    /// The key that dies next, by the wheel, unless it is one to spare.
    fn soonest(&mut self, spared: Option<Ref>) -> Option<Candidate> {
        let at = self.wheel.soonest(&mut self.frames)?;
        if spared == Some(at) || object::header(&self.frames, at).has(object::FLAG_SPARED) {
            return None;
        }
        let hash = self.hash_of(at);
        let place = self.index.find_ref(&self.frames, hash, at);
        let place = place.expect("a key's object is in the chain of its hash");
        Some(Candidate { at, place, idleness: u64::MAX })
    }

    /// Shall the victim of the needed class leave, rather than that of a random chain? Idle times
    /// bear a favour of two. What cannot be told apart (keys of one frequency, of the same few
    /// seconds, or all of them under `*-random`) is left to a lot, by how many keys the class has:
    /// always the own class would calcify.
    fn prefers_own(&mut self, own: Candidate, global: Candidate, class: Class) -> bool {
        let (own, global) = (own.idleness, global.idleness);
        let (prefers, is_equal) = match self.tuning.policy {
            Policy::AllKeysLru | Policy::VolatileLru => {
                (own * 2 >= global, global < CLOCK_COARSE_S)
            }
            Policy::AllKeysLfu | Policy::VolatileLfu => (own >= global, own == global),
            _ => (own >= global, self.tuning.policy != Policy::VolatileTtl),
        };
        if !is_equal {
            return prefers;
        }
        let key_count = self.total_key_count().max(1);
        self.random.below(key_count) < self.frames.live_count(class)
    }

    fn is_volatile(&self) -> bool {
        matches!(
            self.tuning.policy,
            Policy::VolatileLru
                | Policy::VolatileLfu
                | Policy::VolatileRandom
                | Policy::VolatileTtl
        )
    }

    /// The best victim of a random chain that has any: of the one that `draw` chooses, or others.
    fn oldest_of_chains(
        &mut self,
        now: Now,
        mut draw: u64,
        spared: Option<Ref>,
    ) -> Option<Candidate> {
        for _ in 0..CHAIN_TRIES {
            if let Some(found) = self.oldest_of_chain(now, self.index.home(draw), spared) {
                return Some(found);
            }
            draw = self.random.bits();
            self.prefetch_chain(self.index.home(draw));
        }
        self.oldest_from_counts(now, spared)
    }

    /// Few keys qualify: the rows of counts lead to them. O(groups + one group).
    fn oldest_from_counts(&mut self, now: Now, spared: Option<Ref>) -> Option<Candidate> {
        let group_count = self.index.groups().len() as u64;
        let first = self.random.below(group_count);
        for step in 0..group_count {
            let group = ((first + step) % group_count) as u32;
            let row = &self.index.groups()[group as usize];
            let count = if self.is_volatile() { row.deadlines() } else { row.total() };
            if count == 0 {
                continue;
            }
            let start = group * GROUP_BUCKETS;
            let end = (start + GROUP_BUCKETS).min(self.index.bucket_count());
            let found = (start..end).find_map(|bucket| self.oldest_of_chain(now, bucket, spared));
            if found.is_some() {
                self.frames.marks.reach(Mark::EvictedByCounts);
                return found;
            }
        }
        None
    }

    /// Asks for all objects of a chain.
    fn prefetch_chain(&self, bucket: u32) {
        self.index.for_each(&self.frames, bucket, |at, _| {
            self.prefetch_slot(at);
            true
        });
    }

    fn oldest_of_chain(&mut self, now: Now, bucket: u32, spared: Option<Ref>) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        // One draw for the chain: `*-random` takes the entry whose mixed number is largest.
        let draw = self.random.bits();
        self.index.for_each(&self.frames, bucket, |at, place| {
            if let Some(candidate) = self.candidate(now, at, place, draw, spared)
                && best.is_none_or(|best| candidate.idleness > best.idleness)
            {
                best = Some(candidate);
            }
            true
        });
        best
    }

    /// The keys that are drawn of a class. Asks for their buckets, while a chain is looked through.
    fn sample_of_class(&self, class: Class, draws: &Draws) -> Sample {
        draws.slots.map(|draw| {
            let at = self.frames.sample(class, draw).filter(|&at| self.is_key(at))?;
            let hash = self.hash_of(at);
            self.prefetch_home(hash);
            Some((at, hash))
        })
    }

    fn oldest_of_sample(
        &self,
        now: Now,
        sample: &Sample,
        draws: &Draws,
        spared: Option<Ref>,
    ) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        for (key, draw) in sample.iter().zip(draws.slots) {
            let Some((at, hash)) = *key else { continue };
            let place = self.index.find_ref(&self.frames, hash, at);
            let place = place.expect("a key's object is in the chain of its hash");
            if let Some(candidate) = self.candidate(now, at, place, draw, spared)
                && best.is_none_or(|best| candidate.idleness > best.idleness)
            {
                best = Some(candidate);
            }
        }
        best
    }

    /// Is this slot the object of a key?
    fn is_key(&self, at: Ref) -> bool {
        self.frames.kind(at) >= object::KIND_STRING
            && !object::header(&self.frames, at).has(object::FLAG_DETACHED)
    }

    /// May this key leave, and how gladly?
    fn candidate(
        &self,
        now: Now,
        at: Ref,
        place: Place,
        draw: u64,
        spared: Option<Ref>,
    ) -> Option<Candidate> {
        let header = object::header(&self.frames, at);
        if self.is_volatile() && !header.has(object::FLAG_TTL) {
            return None;
        }
        if spared == Some(at) || header.has(object::FLAG_SPARED) {
            return None;
        }
        let idleness = match self.tuning.policy {
            Policy::AllKeysLru | Policy::VolatileLru => self.demoted_idle_s(now, at, place) + 1,
            Policy::AllKeysLfu | Policy::VolatileLfu => {
                u64::from(u8::MAX - self.decayed_frequency(now, at)) + 1
            }
            Policy::VolatileTtl => {
                let deadline = object::deadline(&self.frames, at).unwrap_or(i64::MAX);
                u64::MAX - deadline.max(0).cast_unsigned()
            }
            Policy::AllKeysRandom | Policy::VolatileRandom | Policy::NoEviction => {
                mixed(at, draw) | 1
            }
        };
        Some(Candidate { at, place, idleness })
    }

    fn demoted_idle_s(&self, now: Now, at: Ref, place: Place) -> u64 {
        let idle_s = self.idle_of(now, at);
        if self.index.is_touched(&self.frames, place) {
            idle_s
        } else {
            idle_s * u64::from(self.tuning.lru_demotion.max(1))
        }
    }

    const fn is_lfu(&self) -> bool {
        matches!(self.tuning.policy, Policy::AllKeysLfu | Policy::VolatileLfu)
    }

    /// Sets the clock of a value that was just written.
    #[inline(always)]
    pub(super) fn start_clock(&mut self, now: Now, at: Ref) {
        let clock = if self.is_lfu() {
            minutes(now) << 8 | u32::from(FREQUENCY_INITIAL)
        } else {
            seconds(now)
        };
        object::header_mut(&mut self.frames, at).set_clock(clock);
    }

    /// Notes that a key was read.
    #[inline(always)]
    pub fn touch(&mut self, now: Now, entry: Entry) {
        if !self.index.is_touched(&self.frames, entry.place) {
            self.index.set_touched(&mut self.frames, entry.place, true);
        }
        let at = entry.object;
        let clock = if self.is_lfu() {
            let frequency = self.grown_frequency(now, at);
            minutes(now) << 8 | u32::from(frequency)
        } else {
            seconds(now)
        };
        // A hot key writes nothing: its clock changes once a second.
        if object::header(&self.frames, at).clock() != clock {
            let header: &mut object::Header = self.frames.note_mut(at);
            header.set_clock(clock);
        }
    }

    /// The counter after one more access: it grows with a chance that falls as it grows, as in
    /// Redis.
    fn grown_frequency(&mut self, now: Now, at: Ref) -> u8 {
        let frequency = self.decayed_frequency(now, at);
        if frequency == u8::MAX {
            return frequency;
        }
        let above = u64::from(frequency.saturating_sub(FREQUENCY_INITIAL));
        let odds = above * u64::from(self.tuning.lfu_log_factor) + 1;
        if self.random.below(odds) == 0 { frequency + 1 } else { frequency }
    }

    fn decayed_frequency(&self, now: Now, at: Ref) -> u8 {
        let clock = object::header(&self.frames, at).clock();
        let (then, frequency) = (clock >> 8, clock as u8);
        if self.tuning.lfu_decay_time == 0 {
            return frequency;
        }
        let elapsed = minutes(now).wrapping_sub(then) & 0xFFFF;
        let periods = elapsed / self.tuning.lfu_decay_time;
        frequency.saturating_sub(periods.min(255) as u8)
    }

    fn idle_of(&self, now: Now, at: Ref) -> u64 {
        let clock = object::header(&self.frames, at).clock();
        u64::from(seconds(now).wrapping_sub(clock) & 0xFF_FFFF)
    }

    /// Seconds since the key was last used (OBJECT IDLETIME).
    pub fn idle_s(&self, now: Now, entry: Entry) -> u64 {
        self.idle_of(now, entry.object)
    }

    /// Logarithmic access counter (OBJECT FREQ).
    pub fn frequency(&self, now: Now, entry: Entry) -> u8 {
        self.decayed_frequency(now, entry.object)
    }
}

/// A different order of the objects for each draw.
fn mixed(at: Ref, draw: u64) -> u64 {
    (u64::from(at.as_u32()) ^ draw).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The LRU clock: seconds, 24 bits (194 days), on the clock that does not jump.
const fn seconds(now: Now) -> u32 {
    (now.monotonic_ms / 1_000) as u32 & 0xFF_FFFF
}

/// The LFU clock: minutes, 16 bits.
const fn minutes(now: Now) -> u32 {
    (now.monotonic_ms / 60_000) as u32 & 0xFFFF
}
