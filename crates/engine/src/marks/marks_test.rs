//! Marks: names, counts, sums.
use super::{ALL, COUNT, Mark, Marks};

#[test]
fn every_mark_is_listed_once_and_in_its_order() {
    for (index, (mark, name)) in ALL.iter().enumerate() {
        assert_eq!(*mark as usize, index, "{name}");
        assert_eq!(Mark::named(name), Some(*mark), "{name} is the name of one mark");
    }
    assert_eq!(Mark::named("no such mark"), None);
    // The last variant has the last place: none is missing from the list.
    assert_eq!(Mark::ResultGivenUp as usize + 1, COUNT);
}

#[test]
fn counts_add_up_and_never_wrap() {
    let (one, other) = (Marks::new(), Marks::new());
    one.reach(Mark::HoleFilled);
    other.reach(Mark::HoleFilled);
    other.add(Mark::DebtPaid, u32::MAX);
    one.reach(Mark::DebtPaid);
    one.merge(&other);
    let reached: [(Mark, u32); 2] = {
        let mut found = one.iter().filter(|(_, count)| *count > 0);
        core::array::from_fn(|_| found.next().unwrap())
    };
    assert_eq!(reached, [(Mark::HoleFilled, 2), (Mark::DebtPaid, u32::MAX)]);
    assert_eq!(one.iter().filter(|(_, count)| *count > 0).count(), 2);
}
