//! Density: the last object of a class moves into a hole, its one owner is told.
//!
//! Every object has exactly one owner, found from the object itself: a key's object is in the chain
//! of its key's hash, a child bucket in the chain of any key in it, a piece of a rope names its
//! owner. Only this file knows all of them.
use super::{Store, kind, object};
use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::Ref;
use crate::planted::{Bug, is_planted};
use crate::store::index::Index;
use crate::store::object::{FLAG_DETACHED, FLAG_PINNED, FLAG_TTL};

/// Moves made at the end of a turn besides as many as the turn freed slots.
pub(super) const SPARE_MOVES: u32 = 8;

impl Store {
    /// Makes classes dense again, at most `budget` moves. Returns how many were made.
    pub(super) fn compact(&mut self, budget: u32) -> u32 {
        let mut moved_count = 0;
        // When no frame is free no class may keep holes: they may be all that is left.
        let all = self.frames.spare_count() == 0;
        while moved_count < budget && self.close_hole(all) {
            moved_count += 1;
        }
        moved_count
    }

    /// Closes one hole of a class that has too many, or with `all` of any class. One move at most.
    pub(super) fn close_hole(&mut self, all: bool) -> bool {
        let Some(class) = self.frames.indebted_class(all) else { return false };
        if self.frames.drop_last_hole(class) {
            self.frames.marks.reach(Mark::LastHoleDropped);
        } else {
            self.frames.marks.reach(Mark::HoleFilled);
            let last = self.frames.last(class).expect("a class with holes has slots");
            let hole = self.frames.take_hole(class);
            self.relocate(class, last, hole);
            self.counters.moved += 1;
            self.frames.drop_last(class);
        }
        true
    }

    /// Moves what is in slot `from` to the free slot `to` of the same class.
    pub(super) fn relocate(&mut self, class: Class, from: Ref, to: Ref) {
        self.frames.copy_slot(class, from, to);
        match self.frames.kind(from) {
            kind::BUCKET | kind::BUCKET_CHAINED => {
                self.frames.marks.reach(Mark::ChildMoved);
                let hash = self.hash_of(Index::any_object(&self.frames, from));
                if is_planted(Bug::BucketUnpatched) {
                    return;
                }
                self.index.moved_child(&mut self.frames, hash, from, to);
            }
            kind::TREE_LEAF | kind::TREE_INNER => self.moved_tree_node(from, to),
            kind::TEXT | kind::TEXT_ROPE => self.moved_text(from, to),
            kind::OBJECT_MIN.. => self.moved_object(from, to),
            _ => self.moved_piece(to),
        }
    }

    pub(super) fn moved_object(&mut self, from: Ref, to: Ref) {
        let header = *object::header(&self.frames, to);
        if header.is_rope() && !is_planted(Bug::PieceUnadopted) {
            self.adopt_rope(to);
        }
        if header.is_collection() {
            self.adopt_elements(to);
        }
        if header.has(FLAG_PINNED) {
            self.moved_pinned(from, to);
        }
        if header.has(FLAG_DETACHED) {
            self.frames.marks.reach(Mark::DetachedMoved);
            self.moved_detached(from, to);
            return;
        }
        if header.has(FLAG_TTL) {
            self.frames.marks.reach(Mark::ScheduledMoved);
            if !is_planted(Bug::LinkUnpatched) {
                self.moved_scheduled(from, to);
            }
        }
        let hash = self.hash_of(to);
        let place = self
            .index
            .find_ref(&self.frames, hash, from)
            .expect("a key's object is in the chain of its hash");
        if !is_planted(Bug::OwnerUnpatched) {
            self.index.replace(&mut self.frames, place, to);
        }
    }
}
