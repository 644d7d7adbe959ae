//! HSCAN, SSCAN and ZSCAN: each step answers elements that are there, none twice, and a whole walk
//! each element once that stays from its first step to its last.
use super::{Call, Elements, Outcome};
use crate::model::Model;
use crate::value::Value;
use std::collections::BTreeSet;

/// A walk of a connection over a collection.
#[derive(Debug)]
pub(in crate::model) struct Walk {
    pub(in crate::model) connection: u32,
    database: u8,
    key: Vec<u8>,
    /// What its next step has to begin with.
    cursor: Vec<u8>,
    /// Elements that were there all the time.
    staying: BTreeSet<Vec<u8>>,
    /// Elements that were answered.
    answered: BTreeSet<Vec<u8>>,
}

impl Elements {
    fn names(&self) -> BTreeSet<Vec<u8>> {
        match self {
            Self::List(list) => list.iter().cloned().collect(),
            Self::Hash(hash) => hash.keys().cloned().collect(),
            Self::Set(set) => set.clone(),
            Self::Sorted(sorted) => sorted.keys().cloned().collect(),
            Self::Registers(_) => BTreeSet::new(),
        }
    }
}

impl Model {
    /// A key has other elements: walks can no longer be held to those that are gone.
    pub(in crate::model) fn note_walks(&mut self, database: u8, key: &[u8]) {
        let mut walks = std::mem::take(&mut self.walks);
        for walk in walks.iter_mut().filter(|walk| walk.database == database && walk.key == key) {
            let elements = self.databases[usize::from(database)].get(key);
            let names = elements.and_then(|entry| entry.elements.as_ref()).map(Elements::names);
            let names = names.unwrap_or_default();
            walk.staying.retain(|name| names.contains(name));
        }
        self.walks = walks;
    }
}

impl Call<'_> {
    pub(super) fn scan_elements(&mut self, name: &str) -> Outcome {
        let (kind, text_count) = match name {
            "HSCAN" => ("hash", 2),
            "SSCAN" => ("set", 1),
            _ => ("zset", 2),
        };
        self.check_kind(1, kind)?;
        let database = self.database();
        let (connection, key) = (self.connection, self.arguments[1].clone());
        let is_own = |walk: &Walk| {
            walk.connection == connection && walk.database == database && walk.key == key
        };
        let place = self.model.walks.iter().position(is_own);
        let walk = place.map(|place| self.model.walks.swap_remove(place));
        if *self.actual == Value::Lost {
            return Ok(Value::Lost);
        }
        let Some([Value::Bulk(next), Value::Array(items)]) = self.actual.elements() else {
            return self.legal(false, "a cursor and elements");
        };
        let elements = self.elements(1).cloned();
        let mut found = BTreeSet::new();
        for element in items.chunks(text_count) {
            let Value::Bulk(name) = &element[0] else { return self.legal(false, "a name") };
            if !is_element(elements.as_ref(), name, element.get(1)) || !found.insert(name.clone()) {
                return self.legal(false, "elements that are there, each once");
            }
        }
        let names = elements.as_ref().map(Elements::names).unwrap_or_default();
        let cursor = &self.arguments[2];
        let begun = Walk {
            connection,
            database,
            key,
            cursor: cursor.clone(),
            staying: names.clone(),
            answered: BTreeSet::new(),
        };
        let walk = if cursor == b"0" { Some(begun) } else { walk };
        let walk = walk.map(|mut walk| {
            // A key past its deadline is gone before the server says so.
            walk.staying.retain(|name| names.contains(name));
            walk
        });
        // Steps with a pattern, or from elsewhere, belong to no walk.
        if let Some(mut walk) = walk.filter(|walk| walk.cursor == *cursor && self.is_plain()) {
            if found
                .iter()
                .any(|name| walk.staying.contains(name) && !walk.answered.insert(name.clone()))
            {
                return self.legal(false, "no element twice in one walk");
            }
            if next == b"0" {
                let is_whole = walk.staying.is_subset(&walk.answered);
                return self.legal(is_whole, "every element that stayed, in one walk");
            }
            walk.cursor.clone_from(next);
            self.model.walks.push(walk);
        }
        Ok(self.actual.clone())
    }

    fn is_plain(&self) -> bool {
        !(3..self.count()).any(|index| self.is_word(index, "MATCH"))
    }
}

/// Has the collection this element, with this value or score in print?
fn is_element(elements: Option<&Elements>, name: &[u8], text: Option<&Value>) -> bool {
    match (elements, text) {
        (Some(Elements::Set(set)), None) => set.contains(name),
        (Some(Elements::Hash(hash)), Some(Value::Bulk(value))) => hash.get(name) == Some(value),
        (Some(Elements::Sorted(sorted)), Some(Value::Bulk(score))) => {
            sorted.get(name).is_some_and(|known| known.to_string().as_bytes() == score)
        }
        _ => false,
    }
}
