//! The heap against the sort of the library.
extern crate std;

use super::{Order, position, sort};
use crate::clock::Now;
use crate::limits::Limits;
use crate::random::Random;
use crate::store::{Record, Store, TextPlace};
use std::vec::Vec;

const NOW: Now = Now { monotonic_ms: 1_000_000, unix_us: 1_000_000_000 };

#[test]
fn the_first_records_are_in_order() {
    let limits = Limits { data_bytes: 2 << 20, ..Limits::tiny() };
    let mut store = Store::new(&limits, [7; 16], 1);
    let mut random = Random::new(1);
    let nobody = store.key(0, b"nobody");
    for count in [0, 1, 2, 3, 4, 5, 6, 17, 128, 129, 1_000, 5_000] {
        for (key_bound, is_descending) in [(1, false), (10, true), (1 << 40, false), (9, false)] {
            let mut all: Vec<Record> = (0..count)
                .map(|rank| Record { key: random.below(key_bound), text: TextPlace::NONE, rank })
                .collect();
            let mut records = store.take_workspace(NOW, count, &nobody).expect("there is room");
            for (index, record) in all.iter().enumerate() {
                records.set_record(&mut store, index, *record);
            }
            let wanted_count = random.below(count + 1) as usize;
            sort(&mut store, &mut records, Order { is_descending }, wanted_count);
            // A stable sort: equal ones stay in the order of their ranks.
            all.sort_by_key(|record| if is_descending { !record.key } else { record.key });
            for (index, expected) in all.iter().take(wanted_count).enumerate() {
                let found = records.record(&store, position(&records, index));
                assert_eq!(found, *expected, "{index} of {count}, keys below {key_bound}");
            }
            store.give_workspace(records);
        }
    }
    store.check();
}
