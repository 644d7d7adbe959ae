//! Room for several elements at once: all of a command's, or none.
use super::{Form, Fresh};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::frames::Needs;
use crate::planted::{Bug, is_planted};
use crate::store::tree::order::SCORE_CELL_SIZE;
use crate::store::tree::{EMPTY_SIZE, Order};
use crate::store::types::{Key, StoreFull};
use crate::store::{Entry, Store, object};

/// Frames that the nodes of a growing tree may open besides what their bytes fill: about as many as
/// there are classes from 512 bytes up to the largest node, which all but the first nodes have.
const OPENED_FRAMES_MAX: u32 = 40;

impl Store {
    /// Makes sure that putting all of `fresh` into the collection `key`, made if it is
    /// missing, does not fail. A page is made or grown at once, and `settle_collection`
    /// trims it; for a tree whole frames are kept, some more than are needed. The caller
    /// has checked the type, puts the elements next, and nothing before them. O(elements).
    pub fn reserve_elements<'a>(
        &mut self,
        now: Now,
        key: &Key<'_>,
        order: Order,
        fresh: impl Iterator<Item = Fresh<'a>>,
    ) -> Result<(), StoreFull> {
        self.check_sizes(key, 0)?;
        let mut needs = Needs::NONE;
        let (mut count, mut more_size, mut scores_size) = (0, 0, 0);
        for fresh in fresh {
            self.check_fresh(key, &fresh)?;
            count += 1;
            self.need_large(&mut needs, &fresh);
            more_size += u64::from(fresh.size_in_page(order));
            scores_size += if order == Order::Sorted { SCORE_CELL_SIZE as u64 } else { 0 };
        }
        let existing = self.locate(key).map(|(at, _)| at);
        if let Some(at) = existing {
            self.check_count(at, count)?;
        }
        let (used_size, value_offset, is_page) = match existing.map(|at| (at, self.form(at))) {
            None => (EMPTY_SIZE, object::HEADER_SIZE + key.name.len() as u32, true),
            Some((at, Form::Page(page))) => {
                let cells = page.page(&self.frames, order);
                if u64::from(cells.room_size()) >= more_size {
                    return self.make_room_for_entry(now, &needs, key, key);
                }
                (cells.used_size(), object::header(&self.frames, at).value_offset(), true)
            }
            Some((_, Form::Tree(_))) => (0, 0, false),
        };
        let page_size = u32::try_from(u64::from(used_size) + more_size).unwrap_or(u32::MAX);
        let class = if is_page { self.page_class(value_offset, page_size) } else { None };
        let Some(class) = class else {
            // Splitting leaves may leave half of each.
            let frame_size = u64::from(self.frames.frame_size());
            let size = u64::from(used_size) + more_size + scores_size;
            let frame_count = size * 2 / frame_size;
            let frame_count = u32::try_from(frame_count).unwrap_or(u32::MAX / 2);
            if !is_planted(Bug::ElementsShort) {
                needs.frames(frame_count + OPENED_FRAMES_MAX);
            }
            if is_planted(Bug::ElementsGreedy) {
                needs.frames(frame_count + OPENED_FRAMES_MAX);
            }
            return self.make_room_for_all(now, &needs, key);
        };
        needs.slot(class);
        self.make_room_for_all(now, &needs, key)?;
        // Reserve first: from here on nothing fails.
        match self.locate(key) {
            Some((at, _)) => self.resize_page(at, class),
            None => self.make_collection(now, key, order, page_size),
        };
        Ok(())
    }

    fn make_room_for_all(
        &mut self,
        now: Now,
        needs: &Needs,
        key: &Key<'_>,
    ) -> Result<(), StoreFull> {
        let made = self.make_room_for_entry(now, needs, key, key);
        if made.is_err() {
            self.frames.marks.reach(Mark::ElementsRefused);
        }
        made
    }

    /// After all elements were put: a page that was made too large, or holds less than before, gets
    /// smaller. The key, which may have moved.
    pub fn settle_collection(&mut self, key: &Key<'_>) -> Option<Entry> {
        let (at, _) = self.locate(key)?;
        self.tighten(at);
        self.peek(key)
    }
}

#[cfg(test)]
#[path = "reserve_test.rs"]
mod reserve_test;
