//! Taking elements out. It never fails.
use super::{Form, Spot};
use crate::memory::frames::Ref;
use crate::planted::{Bug, is_planted};
use crate::store::lookup::NameHash;
use crate::store::tree::{Order, large_items_at};
use crate::store::types::Key;
use crate::store::{Store, object};

impl Store {
    /// Takes an element out of an existing collection; with the last one the key goes. O(log n).
    pub fn take_element(
        &mut self,
        key: &Key<'_>,
        find: impl Fn(&Self, Ref) -> Option<Spot>,
    ) -> bool {
        let (at, place) = self.locate(key).expect("the caller found the key");
        let Some(spot) = find(self, at) else { return false };
        let order = object::header(&self.frames, at).order();
        if self.count_at(at) == 1 && !is_planted(Bug::EmptyKept) {
            self.remove(at, place);
            return true;
        }
        match self.form(at) {
            Form::Page(page) => {
                self.drop_texts(page, order, spot.index);
                page.page_mut(&mut self.frames, order).remove(spot.index);
            }
            Form::Tree(mut tree) => {
                if order == Order::Sorted {
                    self.take_score(at, &spot);
                }
                let texts = large_items_at(&self.frames, spot.page, order, spot.index);
                let path = spot.path.expect("a spot in a tree has a path");
                tree.remove(&mut self.frames, &path, spot.index);
                self.set_tree(&tree);
                self.drop_each(texts);
                self.count_elements(at, -1);
                self.freed_count += 2;
            }
        }
        self.tighten(at);
        true
    }

    /// As `take_element`, by name.
    pub fn take_named(&mut self, key: &Key<'_>, name: &[u8], hash: NameHash) -> bool {
        self.take_element(key, |store, at| store.spot_of_name(at, name, hash))
    }

    /// As `take_element`, by rank.
    pub fn take_ranked(&mut self, key: &Key<'_>, rank: u64) -> bool {
        self.take_element(key, |store, at| {
            (rank < store.count_at(at)).then(|| store.spot_at_rank(at, rank))
        })
    }
}
