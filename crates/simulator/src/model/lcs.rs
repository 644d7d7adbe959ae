//! LCS, by the table that everybody draws: of several longest texts Redis answers the one that the
//! way back through it leads to, up where that is better and else to the left.
use super::{Call, Outcome, refuse};
use crate::value::Value;
use std::ops::RangeInclusive;

/// Bytes of a table that needs no room in the store, at least.
const TABLE_SIZE_MIN: usize = 2 << 10;

/// Where a run of equal letters lies in both strings.
type Match = [RangeInclusive<usize>; 2];

impl Call<'_> {
    pub(super) fn lcs(&mut self) -> Outcome {
        let is_string = |index| self.entry(index).is_none_or(|entry| entry.elements.is_none());
        if !is_string(1) || !is_string(2) {
            return refuse("ERR The specified keys must contain string values");
        }
        let text = |index| self.entry(index).map_or(&[][..], |entry| &entry.value);
        let bit_count = text(1).len() * text(2).len();
        if self.may_lack_room(bit_count / 8) {
            return Ok(self.actual.clone());
        }
        let (common, matches) = longest(text(1), text(2));
        let has = |word| (3..self.count()).any(|index| self.is_word(index, word));
        let length = Value::Integer(common.len() as i64);
        if has("LEN") {
            return Ok(length);
        }
        if !has("IDX") {
            return Ok(Value::bulk(common));
        }
        let least = (3..self.count()).find(|index| self.is_word(*index, "MINMATCHLEN"));
        let least = least.map_or(Ok(0), |index| self.integer(index + 1))?;
        let shown = matches.iter().filter(|[one, _]| one.clone().count() as i64 >= least);
        let shown = shown.map(|found| in_words(found, has("WITHMATCHLEN"))).collect();
        let parts = vec![Value::bulk("matches"), Value::Array(shown), Value::bulk("len"), length];
        Ok(if self.resp3() { Value::Map(parts) } else { Value::Array(parts) })
    }

    /// Is this the refusal of a table of so many bytes, which need room in the store?
    fn may_lack_room(&self, size: usize) -> bool {
        let line = b"ERR Insufficient memory, failed allocating transient memory for LCS";
        let may_be_full = self.model.may_be_full || self.model.memory.is_some();
        may_be_full && size > TABLE_SIZE_MIN && self.actual.as_error() == Some(&line[..])
    }
}

fn in_words(found: &Match, has_length: bool) -> Value {
    let number = |number: usize| Value::Integer(number as i64);
    let ends = |range: &RangeInclusive<usize>| vec![number(*range.start()), number(*range.end())];
    let mut parts: Vec<Value> = found.iter().map(|range| Value::Array(ends(range))).collect();
    parts.extend(has_length.then(|| number(found[0].clone().count())));
    Value::Array(parts)
}

/// The longest common text, and the runs that it is made of, the last one first.
fn longest(one: &[u8], other: &[u8]) -> (Vec<u8>, Vec<Match>) {
    let mut table = vec![vec![0_u32; other.len() + 1]; one.len() + 1];
    for (i, letter) in one.iter().enumerate() {
        for (j, against) in other.iter().enumerate() {
            table[i + 1][j + 1] = if letter == against {
                table[i][j] + 1
            } else {
                table[i][j + 1].max(table[i + 1][j])
            };
        }
    }
    let (mut i, mut j) = (one.len(), other.len());
    let (mut common, mut matches) = (Vec::new(), Vec::<Match>::new());
    while i > 0 && j > 0 {
        if one[i - 1] == other[j - 1] {
            (i, j) = (i - 1, j - 1);
            common.push(one[i]);
            match matches.last_mut() {
                Some([first, second]) if *first.start() == i + 1 && *second.start() == j + 1 => {
                    (*first, *second) = (i..=*first.end(), j..=*second.end());
                }
                _ => matches.push([i..=i, j..=j]),
            }
        } else if table[i - 1][j] > table[i][j - 1] {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    common.reverse();
    (common, matches)
}
