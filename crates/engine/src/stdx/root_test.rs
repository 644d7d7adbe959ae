//! Against the processor's own.
use super::square_root;
use crate::random::Random;

#[test]
fn roots_are_those_of_the_processor() {
    let check = |value: f64| {
        assert_eq!(square_root(value).to_bits(), value.sqrt().to_bits(), "root of {value:e}");
    };
    for value in [1.0, 2.0, 4.0, 0.25, 0.5, 1e-300, f64::MIN_POSITIVE, f64::MAX] {
        check(value);
    }
    let mut random = Random::new(1);
    for _ in 0..200_000 {
        let value = f64::from_bits(random.bits() >> 1);
        if value.is_normal() {
            check(value);
        }
        // Near 1 from below, as the estimator asks.
        check(f64::from_bits(1.0_f64.to_bits() - 1 - random.below(1 << 40)));
    }
}
