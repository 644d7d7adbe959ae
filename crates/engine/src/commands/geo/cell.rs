//! Positions and the grid that they are rounded to.
//!
//! Each step halves the cells both ways. The number of a cell has the bits of its row and of its
//! column in turns; that of the cell of step 26 is the score of a member, so that the members of a
//! larger cell are neighbours in a sorted set.
//!
//! Invariant: a score that GEOADD has made reads back as the middle of its cell. Any other score
//! is a position, too: the one that Redis takes it for on x86.

/// Letters of a position as text.
pub(super) const GEOHASH_SIZE: usize = 11;

/// The finest step: 52 bits, which a score holds exactly.
pub(super) const STEP_MAX: u8 = 26;

/// The values of a coordinate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) low: f64,
    pub(super) high: f64,
}

pub(super) const LONGITUDES: Span = Span { low: -180.0, high: 180.0 };
/// Of positions that can be kept: as far as a Mercator map is a square.
pub(super) const LATITUDES: Span = Span { low: -85.051_128_78, high: 85.051_128_78 };
/// From pole to pole.
const ALL_LATITUDES: Span = Span { low: -90.0, high: 90.0 };

impl Span {
    /// Which of `2^step` parts `value` is in. The upper end itself is in one part more.
    #[expect(clippy::cast_sign_loss, reason = "no value is below the lower end")]
    fn part(self, value: f64, step: u8) -> u32 {
        let offset = (value - self.low) / (self.high - self.low);
        (offset * f64::from(1_u32 << step)) as u32
    }

    /// Where a part begins.
    fn start(self, part: u32, step: u8) -> f64 {
        self.low + f64::from(part) / f64::from(1_u32 << step) * (self.high - self.low)
    }
}

/// A longitude and a latitude, in degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Position {
    pub(super) longitude: f64,
    pub(super) latitude: f64,
}

impl Position {
    /// Can it be kept?
    pub(super) fn is_valid(self) -> bool {
        (LONGITUDES.low..=LONGITUDES.high).contains(&self.longitude)
            && (LATITUDES.low..=LATITUDES.high).contains(&self.latitude)
    }

    /// The score of a member here.
    #[expect(clippy::cast_precision_loss, reason = "54 bits of which the highest are rarely set")]
    pub(super) fn score(self) -> f64 {
        Cell::of(self, STEP_MAX).number() as f64
    }

    /// Where the member with a score is.
    pub(super) fn of_score(score: f64) -> Self {
        let bounds = Cell::of_number(number_of(score)).bounds();
        let middle =
            |low: f64, high: f64, span: Span| f64::midpoint(low, high).min(span.high).max(span.low);
        Self {
            longitude: middle(bounds.low.longitude, bounds.high.longitude, LONGITUDES),
            latitude: middle(bounds.low.latitude, bounds.high.latitude, LATITUDES),
        }
    }

    /// The text that other programs know as geohash: ten letters of five bits each, and one for
    /// the bits that are not there.
    pub(super) fn geohash(self) -> [u8; GEOHASH_SIZE] {
        const LETTERS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
        const BIT_COUNT: usize = 2 * STEP_MAX as usize;
        let cell = Cell::within(self, STEP_MAX, ALL_LATITUDES);
        let mut text = [LETTERS[0]; GEOHASH_SIZE];
        for (index, letter) in text[..10].iter_mut().enumerate() {
            let bits = cell.number() >> (BIT_COUNT - 5 * (index + 1));
            *letter = LETTERS[(bits & 0x1f) as usize];
        }
        text
    }
}

/// The corners of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) low: Position,
    pub(super) high: Position,
}

/// A cell of the grid of a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Cell {
    column: u32,
    row: u32,
    step: u8,
}

impl Cell {
    /// The one that a position is in.
    pub(super) fn of(position: Position, step: u8) -> Self {
        Self::within(position, step, LATITUDES)
    }

    fn within(position: Position, step: u8, latitudes: Span) -> Self {
        Self {
            column: LONGITUDES.part(position.longitude, step),
            row: latitudes.part(position.latitude, step),
            step,
        }
    }

    fn of_number(number: u64) -> Self {
        Self { column: gathered(number >> 1), row: gathered(number), step: STEP_MAX }
    }

    /// Its number among those of its step.
    fn number(self) -> u64 {
        spread(self.row) | spread(self.column) << 1
    }

    /// The cell some columns to the east and rows to the north; behind the last one comes the
    /// first.
    pub(super) fn moved(self, columns: i32, rows: i32) -> Self {
        let mask = (1 << self.step) - 1;
        let moved = |place: u32, by: i32| {
            if by == 0 { place } else { place.wrapping_add_signed(by) & mask }
        };
        Self { column: moved(self.column, columns), row: moved(self.row, rows), ..self }
    }

    pub(super) fn bounds(self) -> Bounds {
        let corner = |more: u32| Position {
            longitude: LONGITUDES.start(self.column.wrapping_add(more), self.step),
            latitude: LATITUDES.start(self.row.wrapping_add(more), self.step),
        };
        Bounds { low: corner(0), high: corner(1) }
    }

    /// The scores of its members: from the first, to below the second.
    #[expect(clippy::cast_precision_loss, reason = "54 bits of which the highest are rarely set")]
    pub(super) fn scores(self) -> (f64, f64) {
        let shift = 2 * (STEP_MAX - self.step);
        ((self.number() << shift) as f64, ((self.number() + 1) << shift) as f64)
    }
}

/// The number of a cell that a score is, also one that no position has: as x86 makes doubles
/// unsigned integers.
fn number_of(score: f64) -> u64 {
    const HALF: f64 = 9_223_372_036_854_775_808.0;
    let signed = |value: f64| if (-HALF..HALF).contains(&value) { value as i64 } else { i64::MIN };
    if score < HALF {
        signed(score).cast_unsigned()
    } else {
        signed(score - HALF).cast_unsigned() ^ 1 << 63
    }
}

/// Puts a 0 before each bit.
fn spread(bits: u32) -> u64 {
    let mut wide = u64::from(bits);
    for (shift, mask) in SPREADING {
        wide = (wide | wide << shift) & mask;
    }
    wide
}

/// Takes every second bit, from the lowest on.
fn gathered(number: u64) -> u32 {
    let mut bits = number & SPREADING[4].1;
    for index in (0..5).rev() {
        let mask = if index == 0 { 0xffff_ffff } else { SPREADING[index - 1].1 };
        bits = (bits | bits >> SPREADING[index].0) & mask;
    }
    bits as u32
}

/// Halves that move apart, down to single bits: how far, and where they are then.
const SPREADING: [(u32, u64); 5] = [
    (16, 0x0000_ffff_0000_ffff),
    (8, 0x00ff_00ff_00ff_00ff),
    (4, 0x0f0f_0f0f_0f0f_0f0f),
    (2, 0x3333_3333_3333_3333),
    (1, 0x5555_5555_5555_5555),
];

#[cfg(test)]
#[path = "cell_test.rs"]
mod cell_test;
