//! Natural numbers of up to 24,064 bits in a fixed array: just what exact conversion between
//! decimal text and 80-bit floats needs.
//!
//! Invariant: the last limb in use is not 0, so a number has one form. A result that does not fit
//! is a bug: the callers bound their inputs.

/// 64-bit limbs: enough for 5 to the power of 10,069 with 130 bits to spare.
const LIMB_COUNT_MAX: usize = 376;

/// A natural number, least significant limb first.
#[derive(Clone)]
pub(super) struct Natural {
    limbs: [u64; LIMB_COUNT_MAX],
    count: usize,
}

impl Natural {
    pub(super) const fn new(value: u64) -> Self {
        let mut limbs = [0; LIMB_COUNT_MAX];
        limbs[0] = value;
        Self { limbs, count: if value == 0 { 0 } else { 1 } }
    }

    pub(super) const fn is_zero(&self) -> bool {
        self.count == 0
    }

    /// Position of the highest bit that is set, plus one.
    pub(super) fn bit_count(&self) -> u32 {
        match self.limbs[..self.count].last() {
            Some(limb) => self.count as u32 * 64 - limb.leading_zeros(),
            None => 0,
        }
    }

    /// Becomes `self * factor + addend`.
    pub(super) fn multiply_add(&mut self, factor: u64, addend: u64) {
        let mut carry = addend;
        for limb in &mut self.limbs[..self.count] {
            let product = u128::from(*limb) * u128::from(factor) + u128::from(carry);
            *limb = product as u64;
            carry = (product >> 64) as u64;
        }
        if carry > 0 {
            self.limbs[self.count] = carry;
            self.count += 1;
        }
    }

    /// Becomes `self * 5^exponent`.
    pub(super) fn multiply_by_power_of_5(&mut self, exponent: u32) {
        for _ in 0..exponent / 27 {
            self.multiply_add(5_u64.pow(27), 0);
        }
        self.multiply_add(5_u64.pow(exponent % 27), 0);
    }

    /// Becomes `self / 10^9`, rounded down; returns the rest.
    pub(super) fn divide_by_billion(&mut self) -> u32 {
        const BILLION: u64 = 1_000_000_000;
        let mut rest = 0;
        // In halves, because a division of 64 bits by a constant is a multiplication.
        for limb in self.limbs[..self.count].iter_mut().rev() {
            let high = (rest << 32) | (*limb >> 32);
            let low = ((high % BILLION) << 32) | (*limb & 0xFFFF_FFFF);
            *limb = ((high / BILLION) << 32) | (low / BILLION);
            rest = low % BILLION;
        }
        self.trim();
        rest as u32
    }

    fn trim(&mut self) {
        while self.count > 0 && self.limbs[self.count - 1] == 0 {
            self.count -= 1;
        }
    }

    /// Becomes `self * 2^bits`.
    pub(super) fn shift_left(&mut self, bits: u32) {
        if self.is_zero() {
            return;
        }
        let (limbs, bits) = ((bits / 64) as usize, bits % 64);
        self.limbs.copy_within(0..self.count, limbs);
        self.limbs[..limbs].fill(0);
        self.count += limbs;
        if bits > 0 {
            let mut carry = 0;
            for limb in &mut self.limbs[limbs..self.count] {
                let shifted = (*limb << bits) | carry;
                carry = *limb >> (64 - bits);
                *limb = shifted;
            }
            if carry > 0 {
                self.limbs[self.count] = carry;
                self.count += 1;
            }
        }
    }

    /// Becomes `self / 2^bits`, rounded down; was anything but zeros cut off?
    pub(super) fn shift_right(&mut self, bits: u32) -> bool {
        let (limbs, bits) = ((bits / 64) as usize, bits % 64);
        if limbs >= self.count {
            let cut = !self.is_zero();
            *self = Self::new(0);
            return cut;
        }
        let mut cut = self.limbs[..limbs].iter().any(|&limb| limb != 0);
        self.limbs.copy_within(limbs..self.count, 0);
        self.limbs[self.count - limbs..self.count].fill(0);
        self.count -= limbs;
        if bits > 0 {
            cut |= self.limbs[0] << (64 - bits) != 0;
            for index in 0..self.count {
                let above = self.limbs.get(index + 1).copied().unwrap_or(0);
                self.limbs[index] = (self.limbs[index] >> bits) | (above << (64 - bits));
            }
            self.trim();
        }
        cut
    }

    /// The number itself, if it is below 2^128.
    pub(super) fn to_u128(&self) -> Option<u128> {
        (self.count <= 2).then(|| u128::from(self.limbs[1]) << 64 | u128::from(self.limbs[0]))
    }

    /// `self / divisor` rounded down, and whether there was a rest. The quotient must be below
    /// 2^128. Bit by bit: quotients here have 67 bits.
    pub(super) fn divide(mut self, divisor: &Self) -> (u128, bool) {
        let mut quotient = 0;
        let bit_count = (self.bit_count() + 1).saturating_sub(divisor.bit_count());
        assert!(bit_count <= 128, "the quotient fits");
        let mut divisor = divisor.clone();
        divisor.shift_left(bit_count);
        for _ in 0..bit_count {
            divisor.shift_right(1);
            quotient <<= 1;
            if self.at_least(&divisor) {
                self.subtract(&divisor);
                quotient |= 1;
            }
        }
        (quotient, !self.is_zero())
    }

    fn at_least(&self, other: &Self) -> bool {
        if self.count != other.count {
            return self.count > other.count;
        }
        let (one, two) = (&self.limbs[..self.count], &other.limbs[..self.count]);
        one.iter().rev().ge(two.iter().rev())
    }

    fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for index in 0..self.count {
            let (less, borrowed) = self.limbs[index].overflowing_sub(other.limbs[index]);
            let (less, borrowed_too) = less.overflowing_sub(u64::from(borrow));
            self.limbs[index] = less;
            borrow = borrowed || borrowed_too;
        }
        assert!(!borrow, "a larger number was subtracted");
        self.trim();
    }
}
