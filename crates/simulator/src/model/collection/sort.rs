//! SORT and `SORT_RO`, as the generator says them: a set that is not sorted is only looked at, and
//! nothing is sorted by texts that other keys have, of which Redis leaves equal ones in any order.
use super::{Call, Elements, Outcome, WRONG_TYPE};
use crate::model::{Entry, Failure, refuse};
use crate::value::Value;

/// What is sorted by.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Numbers,
    Letters,
    AsItIs,
}

impl Call<'_> {
    pub(super) fn sort(&mut self) -> Outcome {
        let by = self.option("BY");
        let order = match by {
            Some(at) if !self.arguments[at].contains(&b'*') => Order::AsItIs,
            _ if self.has_word(2, "ALPHA") => Order::Letters,
            _ => Order::Numbers,
        };
        let is_back = self.has_word(2, "DESC");
        let limit = match self.option("LIMIT") {
            Some(at) => (self.integer(at)?, self.integer(at + 1)?),
            None => (0, -1),
        };
        let mut all = self.to_sort()?;
        match order {
            Order::Numbers => all = self.by_numbers(all, by)?,
            Order::Letters => all.sort(),
            Order::AsItIs => {}
        }
        if is_back {
            all.reverse();
        }
        let count = if limit.1 < 0 { all.len() } else { limit.1 as usize };
        if order == Order::AsItIs && matches!(self.elements(1), Some(Elements::Set(_))) {
            let skipped = all.len().saturating_sub(limit.0.max(0) as usize);
            return self.in_no_order(&all, skipped.min(count));
        }
        let all = all.into_iter().skip(limit.0.max(0) as usize).take(count);
        let gets: Vec<usize> =
            (2..self.count()).filter(|at| self.is_word(at - 1, "GET") && *at > 2).collect();
        let found: Vec<Option<Vec<u8>>> = all
            .flat_map(|element| match gets[..] {
                [] => vec![Some(element)],
                _ => gets.iter().map(|at| self.named(*at, &element)).collect(),
            })
            .collect();
        if let Some(target) = self.option("STORE") {
            let count = found.len() as i64;
            let list = found.into_iter().map(Option::unwrap_or_default).collect();
            self.replace_by(target, Elements::List(list));
            return Ok(Value::Integer(count));
        }
        let item = |text: Option<Vec<u8>>| text.map_or(Value::Null, Value::Bulk);
        Ok(Value::Array(found.into_iter().map(item).collect()))
    }

    /// Some members of a set that is left as it is.
    fn in_no_order(&self, all: &[Vec<u8>], count: usize) -> Outcome {
        let is_legal = match self.actual {
            Value::Array(items) => {
                let names = all.iter().map(Value::bulk);
                items.len() == count && names.filter(|name| items.contains(name)).count() == count
            }
            other => *other == Value::Lost,
        };
        self.legal(is_legal, &format!("{count} of the members"))
    }

    /// Where the argument of an option is.
    fn option(&self, word: &str) -> Option<usize> {
        (2..self.count()).find(|at| self.is_word(*at, word)).map(|at| at + 1)
    }

    fn to_sort(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let in_order = |sorted| Self::in_order(sorted).into_iter().map(|(name, _)| name);
        match self.entry(1).map(|entry| &entry.elements) {
            None => Ok(Vec::new()),
            Some(Some(Elements::List(list))) => Ok(list.clone()),
            Some(Some(Elements::Set(set))) => Ok(set.iter().cloned().collect()),
            Some(Some(Elements::Sorted(sorted))) => Ok(in_order(sorted).collect()),
            Some(_) => refuse(WRONG_TYPE),
        }
    }

    /// By the numbers that they are or name; equal ones by their letters.
    fn by_numbers(&self, all: Vec<Vec<u8>>, by: Option<usize>) -> Result<Vec<Vec<u8>>, Failure> {
        let mut weighed = Vec::new();
        for element in all {
            let text = match by {
                Some(at) => self.named(at, &element).unwrap_or_else(|| b"0".to_vec()),
                None => element.clone(),
            };
            let Some(number) = c_number(&text) else {
                return refuse("ERR One or more scores can't be converted into double");
            };
            weighed.push((number, element));
        }
        weighed.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        Ok(weighed.into_iter().map(|(_, element)| element).collect())
    }

    /// What an element names by the pattern that is argument `at`.
    fn named(&self, at: usize, element: &[u8]) -> Option<Vec<u8>> {
        let pattern = std::str::from_utf8(&self.arguments[at]).expect("the generator says so");
        if pattern == "#" {
            return Some(element.to_vec());
        }
        let (before, after) = pattern.split_once('*')?;
        let (after, field) = match after.split_once("->") {
            Some((after, field)) => (after, Some(field)),
            None => (after, None),
        };
        let key = [before.as_bytes(), element, after.as_bytes()].concat();
        let Entry { value, elements, .. } = self.model.entry(self.database(), &key)?;
        match (elements, field) {
            (None, None) => Some(value.clone()),
            (Some(Elements::Hash(hash)), Some(field)) => hash.get(field.as_bytes()).cloned(),
            _ => None,
        }
    }
}

/// A number as C reads it: up to the first NUL; nothing at all is 0.
fn c_number(text: &[u8]) -> Option<f64> {
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    if text.is_empty() {
        return Some(0.0);
    }
    let number: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    // Without a sign no zero is below another one.
    (!number.is_nan()).then_some(number + 0.0)
}
