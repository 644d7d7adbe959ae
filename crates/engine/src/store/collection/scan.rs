//! A walk over a collection, step by step, while it changes: what SSCAN, HSCAN and ZSCAN do.
//!
//! A cursor is a hash. Elements with a lesser one were visited, the others are still to come: so
//! one that stays is visited exactly once, whatever is put in or taken out between two steps, and
//! whether the collection is a page or a tree by then.
use super::{Element, Form};
use crate::marks::Mark;
use crate::planted::{Bug, is_planted};
use crate::store::lookup::NameHash;
use crate::store::tree::{Order, text};
use crate::store::{Entry, Store, object};

impl Store {
    /// Visits the elements from `cursor` on, leaf after leaf until `count` were visited, and
    /// returns the next cursor, 0 at the end, and how many it has looked at. A page is visited in
    /// one step. O(`count` and a leaf).
    ///
    /// A large sorted set has another order (`scan_scores`); a list is visited in one step.
    pub fn scan_elements<'a>(
        &'a self,
        entry: Entry,
        cursor: u64,
        count: u64,
        mut visit: impl FnMut(Element<'a>),
    ) -> (u64, u64) {
        let order = object::header(&self.frames, entry.object).order();
        let tree = match self.form(entry.object) {
            Form::Tree(tree) if order.is_hashed() => tree,
            Form::Tree(tree) if order == Order::Sorted => {
                return self.scan_scores(&tree, cursor, count, visit);
            }
            _ => {
                let all = self.elements(entry, 0, false);
                all.filter(|element| self.is_due(element, cursor)).for_each(visit);
                return (0, self.element_count(entry));
            }
        };
        if cursor > 0 {
            self.frames.marks.reach(Mark::ScanResumed);
        }
        let mut path = tree.seek_key(&self.frames, cursor);
        let mut visited_count = 0;
        // Only the first leaf has elements that were visited before.
        let mut due_from = cursor;
        while visited_count < count {
            let page = path.page(&self.frames, order);
            let cells = (0..page.count()).map(|index| page.cell(index));
            cells
                .map(|cell| Element { frames: &self.frames, order, cell })
                .filter(|element| self.is_due(element, due_from))
                .for_each(|element| {
                    visited_count += 1;
                    visit(element);
                });
            let Some(next) = path.next(&self.frames) else {
                return (0, visited_count);
            };
            path = next;
            due_from = 0;
        }
        if is_planted(Bug::ScanLeafSkips) {
            path = path.next(&self.frames).unwrap_or(path);
        }
        (path.key(&self.frames), visited_count)
    }

    /// Has a step from `cursor` on to visit the element?
    fn is_due(&self, element: &Element<'_>, cursor: u64) -> bool {
        if cursor == 0 {
            return true;
        }
        let hash = self.hash_of_element(element);
        let key = if element.order == Order::Sorted { hash.scores_key() } else { hash.to_u64() };
        key >= cursor
    }

    pub(super) fn hash_of_element(&self, element: &Element<'_>) -> NameHash {
        let name = element.order.name(element.cell);
        NameHash::of(text::hash(&self.frames, self.hash_key, name))
    }
}
