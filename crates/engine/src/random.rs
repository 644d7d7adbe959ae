//! A seeded generator (xoshiro256++, Blackman and Vigna 2019). The seed is an argument, so a run
//! can be replayed. Not for secrets: the key of the index hash comes straight from the seed's
//! maker.

/// A small, fast, seeded source of numbers.
#[derive(Clone, Debug)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// A generator whose whole sequence follows from `seed`.
    pub fn new(seed: u64) -> Self {
        let mut weyl = seed;
        let state = core::array::from_fn(|_| {
            // SplitMix64, the seeding that the authors of xoshiro recommend.
            weyl = weyl.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = weyl;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        });
        Self { state }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number in `0..bound`, uniform to within 2^-64 of the bound. `bound` must not be 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "an empty range has no member");
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }
}
