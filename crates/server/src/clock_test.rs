//! Dates are right over leap days, centuries and the ends of 32-bit counts; clocks move forward.
use super::{Utc, date, now, processor_ticks, ticks};

fn check(unix_s: u64, expected: &str) {
    assert_eq!(Utc(unix_s * 1_000_000 + 7_999).to_string(), format!("{expected}.007"));
}

#[test]
fn moments_print_as_in_a_log_line() {
    check(0, "01 Jan 1970 00:00:00");
    check(951_782_399, "28 Feb 2000 23:59:59");
    check(951_782_400, "29 Feb 2000 00:00:00");
    check(951_868_800, "01 Mar 2000 00:00:00");
    check(1_767_225_599, "31 Dec 2025 23:59:59");
    check(2_147_483_648, "19 Jan 2038 03:14:08");
    check(4_107_542_400, "01 Mar 2100 00:00:00");
    check(4_294_967_296, "07 Feb 2106 06:28:16");
}

#[test]
fn every_day_follows_the_one_before() {
    let mut before = date(0);
    for days in 1..200_000 {
        let after = date(days);
        let (year, month, day) = before;
        let next_day = (year, month, day + 1);
        let next_month = (year + u64::from(month == 11), (month + 1) % 12, 1);
        assert!(after == next_day || (day >= 28 && after == next_month), "{before:?} {after:?}");
        before = after;
    }
}

#[test]
fn clocks_do_not_go_back() {
    let (first, first_ticks) = (now(), ticks());
    let (second, second_ticks) = (now(), ticks());
    assert!(first.monotonic_ms <= second.monotonic_ms);
    assert!(first_ticks <= second_ticks);
    assert!(first.unix_us > 1_700_000_000_000_000);
}

#[test]
fn who_sleeps_has_no_processor() {
    let (before, before_ticks) = (processor_ticks(), ticks());
    std::thread::sleep(std::time::Duration::from_millis(20));
    let (slept, slept_ticks) = (processor_ticks(), ticks());
    assert!(slept_ticks - before_ticks >= 20_000_000);
    assert!(slept - before < 20_000_000, "{} ns", slept - before);
    while processor_ticks() - slept < 1_000_000 {}
    // The two clocks do not tick alike to the microsecond.
    assert!(ticks() - slept_ticks >= 900_000);
}
