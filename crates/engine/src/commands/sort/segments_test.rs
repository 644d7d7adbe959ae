//! Segments and the heap against the sort of the library.
extern crate std;

use super::{FEW, Order, sort, sort_divided};
use crate::clock::Now;
use crate::commands::sort::order::Ties;
use crate::limits::Limits;
use crate::random::Random;
use crate::store::{Record, Store, TextPlace, Workspace};
use core::ops::Range;
use std::vec::Vec;

const NOW: Now = Now { monotonic_ms: 1_000_000, unix_us: 1_000_000_000 };

fn check(sort: impl Fn(&mut Store, &mut Workspace, Order, &Range<usize>)) {
    let limits = Limits { data_bytes: 2 << 20, ..Limits::tiny() };
    let mut store = Store::new(&limits, [7; 16], 1);
    let mut random = Random::new(1);
    let nobody = store.key(0, b"nobody");
    let few = FEW as u64;
    for count in [0, 1, 2, 3, 17, 128, 129, few, few + 1, few + 2, 2 * few, 5_000, 20_000] {
        for (key_bound, is_descending) in [(1, false), (10, true), (1 << 40, false), (9, false)] {
            let ties = if random.below(2) == 0 { Ties::Texts } else { Ties::Ranks };
            let mut all: Vec<Record> = (0..count)
                .map(|rank| Record { key: random.below(key_bound), text: TextPlace::NONE, rank })
                .collect();
            let mut records = store.take_workspace(NOW, count, &nobody).expect("there is room");
            for (index, record) in all.iter().enumerate() {
                records.set_record(&mut store, index, *record);
            }
            let start = random.below(count + 1) as usize;
            let wanted = start..start + random.below(count - start as u64 + 1) as usize;
            sort(&mut store, &mut records, Order { is_descending, ties }, &wanted);
            // A stable sort: equal ones stay in the order of their ranks.
            all.sort_by_key(|record| if is_descending { !record.key } else { record.key });
            for index in wanted {
                let found = records.record(&store, index);
                assert_eq!(found, all[index], "{index} of {count}, keys below {key_bound}");
            }
            store.give_workspace(records);
        }
    }
    store.check();
}

#[test]
fn the_wanted_records_are_in_their_places() {
    check(sort);
}

#[test]
fn without_luck_they_are_too() {
    for divisions_max in 0..3 {
        check(|store, records, order, wanted| {
            sort_divided(store, records, order, wanted, divisions_max);
        });
    }
}
