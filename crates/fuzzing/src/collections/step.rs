//! Four bytes as a step: what is done, where, and with texts of which sizes.
use super::naive::Pair;
use granite_engine::store::Order;

/// Sizes of texts: small ones, and those around which their form changes.
const SIZES: [usize; 16] =
    [0, 1, 2, 5, 9, 12, 30, 100, 253, 254, 256, 1_000, 1_024, 1_025, 3_000, 20_000];

/// Scores: the ends, and some in between. Commands make a plain zero of the negative one.
const SCORES: [f64; 8] = [f64::NEG_INFINITY, -1.5, 0.0, 5e-324, 1.0, 2.5, 1e300, f64::INFINITY];

/// What a step does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    /// Puts so many new elements in.
    Put(usize),
    /// Takes a run of so many out.
    Take(usize),
    Replace,
    Carry,
    Copy,
    Delete,
    /// A step of a walk, asking for so many.
    Scan(u64),
    Check,
}

#[derive(Debug)]
pub(super) struct Step {
    pub(super) deed: Deed,
    /// The key.
    pub(super) which: usize,
    /// Carried within one list.
    pub(super) is_same: bool,
    /// Where; whoever uses it takes the rest of a division.
    pub(super) place: usize,
    /// Where to, or the number of the first name.
    pub(super) number: usize,
    name_size: usize,
    value_size: usize,
    order: Order,
}

impl Step {
    pub(super) fn of(bytes: [u8; 4], order: Order) -> Self {
        let [deed, sizes, place, number] = bytes;
        let many = usize::from(number) + 2;
        let deed_of = match deed >> 4 {
            0..=4 => Deed::Put(1),
            5..=6 => Deed::Put(many),
            7..=8 => Deed::Take(1),
            9 => Deed::Take(many),
            10 => Deed::Replace,
            11 => Deed::Carry,
            12 if deed & 0b1100 == 0 => Deed::Delete,
            12 => Deed::Copy,
            15 if deed & 0b1100 == 0 => Deed::Check,
            _ => Deed::Scan(u64::from(number) + 1),
        };
        Self {
            deed: deed_of,
            which: usize::from(deed & 1),
            is_same: deed & 2 != 0,
            // A few bytes reach every place of a long collection.
            place: usize::from(place) * usize::from(place),
            number: usize::from(place) * 16 + usize::from(number),
            name_size: SIZES[usize::from(sizes & 15)],
            value_size: SIZES[usize::from(sizes >> 4)],
            order,
        }
    }

    /// The element `index` of those that the step puts in.
    pub(super) fn pair(&self, index: usize) -> Pair {
        let number = self.number + index;
        let digits = format!("{number:x}");
        // Only the first of several is large, so that many fit.
        let limit = if index == 0 { usize::MAX } else { 300 };
        let text = |size: usize, letter: char| -> Vec<u8> {
            digits
                .chars()
                .chain(std::iter::repeat(letter))
                .take(size.min(limit))
                .map(|letter| letter as u8)
                .collect()
        };
        Pair {
            name: text(self.name_size, 'n'),
            value: if self.order == Order::Hash { text(self.value_size, 'v') } else { Vec::new() },
            score: if self.order == Order::Sorted {
                SCORES[(self.value_size + number) % 8]
            } else {
                0.0
            },
        }
    }
}
