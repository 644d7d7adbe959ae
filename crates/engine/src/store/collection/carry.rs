//! An element of a list that goes to another list, or to another place in the same one.
//!
//! It is put in before it is taken out, so that nothing is lost if there is no room. A text that is
//! an object of its own is not copied: a cell of the same size is put in for it, and then the two
//! cells change places.
use super::{Form, Fresh, Place, Spot};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::frames::Ref;
use crate::planted::{Bug, is_planted};
use crate::resp::request::Value;
use crate::store::object::FLAG_LARGE;
use crate::store::tree::order::{ITEM_SIZE_MAX, LARGE_ITEM_SIZE};
use crate::store::tree::{Item, Order, adopt_large, text};
use crate::store::types::{Key, StoreFull};
use crate::store::{Store, object};

/// A text whose cell is as large as a reference.
const STAND_IN: [u8; LARGE_ITEM_SIZE - 1] = [0; LARGE_ITEM_SIZE - 1];

impl Store {
    /// Moves the element `rank` of the list `source` to the list `target`, made if it is missing,
    /// before the element `place`; as many as there are: to the end. The caller has checked the
    /// types. O(log n).
    pub fn carry_element(
        &mut self,
        now: Now,
        source: (&Key<'_>, u64),
        target: (&Key<'_>, u64),
    ) -> Result<(), StoreFull> {
        let ((source, mut rank), (target, place)) = (source, target);
        let (at, _) = self.locate(source).expect("the caller found the key");
        let mut room = [0; ITEM_SIZE_MAX];
        let spot = self.spot_at_rank(at, rank);
        let cells = spot.page.page(&self.frames, Order::List);
        let (text, is_large) = match Order::List.name(cells.cell(spot.index)) {
            Item::Bytes(bytes) => {
                room[..bytes.len()].copy_from_slice(bytes);
                (&room[..bytes.len()], false)
            }
            Item::Large(_) => (&STAND_IN[..], true),
        };
        let fresh = Fresh { name: Value::Bytes(text), hash: None, value: None, score: None };
        self.spare(source, true);
        let put = self.put_element(now, target, Order::List, Place::Rank(place), &fresh);
        self.spare(source, false);
        put?;
        let is_same =
            self.locate(source).map(|(at, _)| at) == self.locate(target).map(|(at, _)| at);
        if is_same && place <= rank && !is_planted(Bug::CarriedTwice) {
            rank += 1;
        }
        if is_large {
            self.exchange_cells((source, rank), (target, place));
        }
        assert!(self.take_ranked(source, rank), "the element that was carried");
        Ok(())
    }

    /// Lets two elements of lists change places whose cells have the same size.
    fn exchange_cells(&mut self, one: (&Key<'_>, u64), other: (&Key<'_>, u64)) {
        self.frames.marks.reach(Mark::TextCarried);
        let [one, other] = [one, other].map(|(key, rank)| {
            let (at, _) = self.locate(key).expect("both are there");
            (at, self.spot_at_rank(at, rank))
        });
        let cell_of = |store: &Self, spot: &Spot| {
            let mut cell = [0; LARGE_ITEM_SIZE];
            cell.copy_from_slice(spot.page.page(&store.frames, Order::List).cell(spot.index));
            (cell, text::size_of_cell(&store.frames, Order::List, &cell))
        };
        let cells = [&one, &other].map(|(_, spot)| cell_of(self, spot));
        for ((_, spot), (cell, _)) in [&one, &other].into_iter().zip(cells.iter().rev()) {
            let mut page = spot.page.page_mut(&mut self.frames, Order::List);
            page.cell_mut(spot.index).copy_from_slice(cell);
        }
        let more = cells[1].1.cast_signed() - cells[0].1.cast_signed();
        self.note_exchanged(one.0, &one.1, more);
        self.note_exchanged(other.0, &other.1, -more);
    }

    /// The cell at `spot` of the list at `at` is another one, whose text has so many bytes more.
    fn note_exchanged(&mut self, at: Ref, spot: &Spot, more: i64) {
        if let (Form::Tree(tree), Some(path)) = (self.form(at), &spot.path) {
            tree.recount_large(&mut self.frames, spot.page.holder);
            tree.note_bytes(&mut self.frames, path, more);
        } else {
            object::header_mut(&mut self.frames, at).flags |= FLAG_LARGE;
            adopt_large(&mut self.frames, spot.page, Order::List);
        }
    }
}
