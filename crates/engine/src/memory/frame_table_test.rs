//! The table of frames against a plain list of groups.

use super::{FrameId, FrameTable, Group};
use crate::memory::classes::Class;
use crate::random::Random;

#[test]
fn frames_stay_in_their_group_through_random_moves() {
    let groups = [0, 1, 40, 83].map(|index| Group::of(Class::from_index(index)));
    let mut random = Random::new(7);
    let mut table = FrameTable::new(50);
    let mut model = [Group::FREE; 50];
    for _ in 0..10_000 {
        let group =
            if random.below(5) == 0 { Group::WHOLE } else { groups[random.below(4) as usize] };
        if random.below(2) == 0 {
            let free_count = model.iter().filter(|&&g| g == Group::FREE).count();
            match table.acquire(group) {
                Some(id) => model[id.0 as usize] = group,
                None => assert_eq!(free_count, 0),
            }
        } else if table.count(group) > 0 {
            let id = table.frame(group, random.below(u64::from(table.count(group))) as u32);
            assert_eq!(model[id.0 as usize], group);
            table.release(group, id);
            model[id.0 as usize] = Group::FREE;
        }
        for (id, &expected) in model.iter().enumerate() {
            assert_eq!(table.group(FrameId(id as u32)), expected);
        }
    }
}
