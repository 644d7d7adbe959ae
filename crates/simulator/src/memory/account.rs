//! The memory of one model: what each write needs and what becomes of its key, and the verdict on
//! a refusal.
//!
//! A write that is only tried (`begin` to `verdict`) adds up its need: what an ideal engine takes,
//! and beside it what today's takes where an exception says so.
use super::chains::Numbers;
use super::exception::{EXCEPTIONS, Exception};
use super::need::Need;
use super::room::Room;
use super::rope::Rope;
use super::shape::{Shape, Stored};
use super::usage::Usage;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What a write does to its key.
#[derive(Clone, Debug)]
pub enum Change {
    /// An argument becomes the value. If it was staged, its bytes are there already.
    Whole,
    /// A result becomes the value.
    Built,
    /// Bytes within the value are written, the value as long as it has to be for that.
    Ranges {
        /// What may be written: there is room for all of it, or nothing is changed.
        reserved: Vec<Range<u64>>,
        /// What is written.
        written: Vec<Range<u64>>,
    },
    /// The value of another name, or of the same, goes under this one as it is.
    Moved {
        /// What it was before.
        source: Stored,
    },
    /// As `Moved`, but the source stays too.
    Copied {
        /// The source.
        source: Stored,
    },
}

/// Was a refusal right?
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The need exceeds what is free once all debt is paid.
    Legal,
    /// It does not, but today's engine is known to refuse this.
    Excused(Vec<&'static str>),
    /// The write fits: how many frames there are, what it needs.
    Illegal(String),
}

/// The account of one model.
#[derive(Clone, Debug)]
pub struct Account {
    /// What there is.
    pub room: Room,
    /// The command is MSET or its kin.
    pub many: bool,
    /// The command answers the value that it replaces, and keeps it until then.
    pub keeps_old: bool,
    numbers: Numbers,
    need: Need,
    strict: Need,
    reasons: BTreeSet<Exception>,
    /// Refusals that were right.
    pub legal_count: u64,
    /// Refusals that only an exception explains, by its name.
    pub excused: BTreeMap<&'static str, u64>,
}

impl Account {
    /// The account of an empty server.
    pub fn new(room: Room) -> Self {
        Self {
            room,
            many: false,
            keeps_old: false,
            numbers: Numbers::new(),
            need: Need::default(),
            strict: Need::default(),
            reasons: BTreeSet::new(),
            legal_count: 0,
            excused: BTreeMap::new(),
        }
    }

    /// A command is tried: its need is nothing so far.
    pub fn begin(&mut self) {
        (self.need, self.strict) = (Need::default(), Need::default());
        self.reasons.clear();
    }

    /// The database, which has keys, is flushed.
    pub fn flush(&mut self, database: u8) {
        self.numbers.flush(database);
    }

    /// Two databases change their names.
    pub fn swap(&mut self, one: u8, other: u8) {
        self.numbers.swap(one, other);
    }

    /// Another command of the same transaction follows.
    pub fn go_on(&mut self) {
        self.numbers.go_on();
    }

    /// The server was idle: what was flushed is reaped.
    pub fn settle(&mut self) {
        self.numbers.settle();
    }

    /// The chain of a key, if it is known.
    pub fn chain(&self, database: u8, name: &[u8]) -> Option<u64> {
        self.numbers.bucket(&self.room.hashing, database, name)
    }

    /// Adds what a stored key takes to `usage`.
    pub fn add(
        &self,
        usage: &mut Usage,
        (database, name): (u8, &[u8]),
        stored: Stored,
        shape: &Shape,
    ) {
        let own = stored.slot(&self.room.classes, shape.rope.is_some());
        usage.add_slot(own);
        if shape.slot_max > own {
            usage.unsettled.push((own, shape.slot_max));
        }
        if let Some(rope) = &shape.rope {
            usage.add_parts(&rope.parts());
        }
        match self.chain(database, name) {
            Some(chain) => *usage.chains.entry(chain).or_default() += 1,
            None => usage.scattered += 1,
        }
    }

    /// What a value larger than a slot takes, its object included.
    pub fn large_parts(&self, stored: Stored, shape: &Shape) -> Option<Need> {
        let rope = shape.rope.as_ref()?;
        let mut parts = rope.parts();
        parts.slot(stored.slot(&self.room.classes, true));
        Some(parts)
    }

    /// A key is written: adds what that needs, returns its new shape. `old` is what the key had,
    /// `shape` the shape that its new value comes with, `chain_count` the keys of its chain.
    pub fn write(
        &mut self,
        old: Option<(Stored, &Shape)>,
        (new, shape): (Stored, &Shape),
        change: &Change,
        chain_count: Option<u64>,
    ) -> Shape {
        let mut need = Need::default();
        if old.is_none() {
            need.children =
                u64::from(chain_count.is_none_or(|count| count >= 12 && (count - 12) % 11 == 0));
        }
        let mut strict = need.clone();
        let shape = match change {
            Change::Whole | Change::Built => {
                self.replace(old, new, matches!(change, Change::Built), (&mut need, &mut strict))
            }
            Change::Ranges { reserved, written } => {
                self.write_ranges(old, new, (reserved, written), (&mut need, &mut strict))
            }
            Change::Moved { source } => self.reshape(*source, new, shape, (&mut need, &mut strict)),
            Change::Copied { source } => {
                self.copy(old, *source, new, shape, (&mut need, &mut strict))
            }
        };
        if self.many && new.is_small() {
            // Nothing that is there already is taken into account.
            strict = Need { children: 1, ..Need::default() };
            strict.slot(new.slot(&self.room.classes, false));
        } else if self.many {
            strict.children = 1;
        }
        if self.many && strict != need {
            self.reasons.insert(Exception::ManyAsNew);
        }
        self.need.add(&need);
        self.strict.add(&strict);
        shape
    }

    fn replace(
        &mut self,
        old: Option<(Stored, &Shape)>,
        new: Stored,
        is_built: bool,
        (need, strict): (&mut Need, &mut Need),
    ) -> Shape {
        let classes = &self.room.classes;
        let mut take = |size| {
            need.slot(size);
            strict.slot(size);
        };
        if !new.is_small() {
            let slot = new.slot(classes, true);
            take(slot);
            let (rope, parts) = Rope::full(classes, new.value_size);
            if is_built || !Room::is_staged(new.value_size) {
                need.add(&parts);
                strict.add(&parts);
            }
            return Shape { slot_max: slot, rope: Some(rope) };
        }
        let slot = new.slot(classes, false);
        let slot_max = match old {
            None => {
                take(slot);
                slot
            }
            Some((_, Shape { rope: Some(rope), .. })) => {
                // It gives up a part for what takes its place, if one is large enough.
                let given = rope.largest_part(classes);
                if given < slot || self.keeps_old {
                    take(slot);
                }
                slot.max(given)
            }
            Some((stored, shape)) if slot <= stored.slot(classes, false) => {
                slot.max(shape.slot_max)
            }
            Some((_, shape)) => {
                take(slot);
                slot.max(shape.slot_max)
            }
        };
        Shape { slot_max, rope: None }
    }

    fn write_ranges(
        &mut self,
        old: Option<(Stored, &Shape)>,
        new: Stored,
        (reserved, written): (&[Range<u64>], &[Range<u64>]),
        (need, strict): (&mut Need, &mut Need),
    ) -> Shape {
        let classes = &self.room.classes;
        let old_rope = old.and_then(|(_, shape)| shape.rope.clone());
        if old_rope.is_none() && new.is_small() {
            let (slot, own) = (
                new.slot(classes, false),
                old.map_or(0, |(stored, _)| stored.slot(classes, false)),
            );
            if slot > own {
                need.slot(slot);
                strict.slot(slot);
            }
            let slot_max = old.map_or(slot, |(_, shape)| slot.max(shape.slot_max));
            return Shape { slot_max, rope: None };
        }
        let old_size = old.map_or(0, |(stored, _)| stored.value_size);
        let slot = new.slot(classes, true);
        let slot_max = match old {
            Some((_, shape)) if shape.rope.is_some() => shape.slot_max,
            _ => {
                need.slot(slot);
                strict.slot(slot);
                slot
            }
        };
        let is_new = old_rope.is_none();
        let (before, size) = (old_rope.unwrap_or_default(), (old_size, new.value_size));
        // What was in a slot is copied into the rope.
        let copied = is_new.then_some(0..old_size);
        let all: Vec<Range<u64>> = copied.iter().chain(reserved).cloned().collect();
        let mut rope = before.clone();
        let size_of = |index| if index == 0 { size } else { (size.1, size.1) };
        for (index, range) in all.iter().enumerate() {
            need.add(&rope.write(classes, size_of(index), range.clone()));
            strict.add(&before.clone().write(classes, size, range.clone()));
        }
        if strict != need {
            self.reasons.insert(Exception::CountedTwice);
        }
        let mut rope = before;
        for (index, range) in copied.iter().chain(written).enumerate() {
            rope.write(classes, size_of(index), range.clone());
        }
        Shape { slot_max, rope: Some(rope) }
    }

    fn reshape(
        &self,
        source: Stored,
        new: Stored,
        shape: &Shape,
        (need, strict): (&mut Need, &mut Need),
    ) -> Shape {
        let classes = &self.room.classes;
        let is_rope = shape.rope.is_some();
        let mut take = |part: &Need| {
            need.add(part);
            strict.add(part);
        };
        if !is_rope && !new.is_small() {
            return self.outgrow(new, &mut take);
        }
        let (slot, own) = (new.slot(classes, is_rope), source.slot(classes, is_rope));
        if slot > own {
            take(&one(slot));
        }
        Shape { slot_max: slot.max(shape.slot_max), rope: shape.rope.clone() }
    }

    fn copy(
        &mut self,
        old: Option<(Stored, &Shape)>,
        source: Stored,
        new: Stored,
        shape: &Shape,
        (need, strict): (&mut Need, &mut Need),
    ) -> Shape {
        assert_eq!(source.value_size, new.value_size, "a copy has the same value");
        let classes = &self.room.classes;
        if shape.rope.is_none() && !new.is_small() {
            return self.outgrow(new, &mut |part: &Need| {
                need.add(part);
                strict.add(part);
            });
        }
        let slot = new.slot(classes, shape.rope.is_some());
        if let Some(rope) = &shape.rope {
            for all in [&mut *need, &mut *strict] {
                all.slot(slot);
                all.add(&rope.parts());
            }
            return Shape { slot_max: slot, rope: shape.rope.clone() };
        }
        strict.slot(slot);
        let is_in_place = old.is_some_and(|(stored, shape)| {
            shape.rope.is_some() || slot <= stored.slot(classes, false)
        });
        if is_in_place {
            self.reasons.insert(Exception::CopyReplaces);
        } else {
            need.slot(slot);
        }
        let slot_max = match old {
            Some((stored, shape)) => {
                slot.max(shape.slot_max).max(stored.slot(classes, shape.rope.is_some()))
            }
            None => slot,
        };
        Shape { slot_max, rope: None }
    }

    /// A longer name or a deadline pushes the value out of its slot.
    fn outgrow(&self, new: Stored, take: &mut impl FnMut(&Need)) -> Shape {
        let slot = new.slot(&self.room.classes, true);
        let (rope, parts) = Rope::full(&self.room.classes, new.value_size);
        take(&one(slot));
        take(&parts);
        Shape { slot_max: slot, rope: Some(rope) }
    }

    /// The verdict on the refusal of a command that was tried, whose arguments needed `staging`,
    /// beside `usage`.
    pub fn verdict(&mut self, usage: &Usage, staging: &Need) -> Verdict {
        self.need.add(staging);
        self.strict.add(staging);
        if !self.need.is_nothing() && !self.room.fits(usage, &self.need) {
            self.legal_count += 1;
            return Verdict::Legal;
        }
        let mut reasons: Vec<Exception> = self.reasons.iter().copied().collect();
        let is_strict = !self.room.fits(usage, &self.strict);
        if !is_strict && !self.strict.is_nothing() && !self.room.fits_unsettled(usage, &self.strict)
        {
            reasons = vec![Exception::Unsettled];
        } else if !is_strict {
            let (need, count) = (&self.need, self.room.frame_count());
            return Verdict::Illegal(format!(
                "it needs {need:?} of {count} frames beside {usage:?}"
            ));
        }
        let names: Vec<&'static str> = EXCEPTIONS
            .iter()
            .filter(|(exception, _)| reasons.contains(exception))
            .map(|(_, name)| *name)
            .collect();
        for name in &names {
            *self.excused.entry(name).or_default() += 1;
        }
        Verdict::Excused(names)
    }
}

fn one(slot: u32) -> Need {
    let mut need = Need::default();
    need.slot(slot);
    need
}
