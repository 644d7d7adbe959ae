//! Commands of one group: what the look ahead has seen for them does not outlive what those before
//! them have changed.
use super::*;

/// Fields and members: enough for trees of several leaves.
const NAME_COUNT: u64 = 1_000;

const HOT_COUNT: u64 = 12;

/// The numbers that a hash, a sorted set and a set have, by name.
#[derive(Default)]
struct Expected {
    numbers: [HashMap<u64, u64>; 3],
}

impl Expected {
    /// A request that reads or changes a name of one of the three, and what it answers.
    fn request(&mut self, random: &mut Random) -> (String, String) {
        // Some names come again and again, so that groups change what they read.
        let name_count = if random.below(4) > 0 { HOT_COUNT } else { NAME_COUNT };
        let (family, name) = (random.below(3) as usize, random.below(name_count));
        let numbers = &mut self.numbers[family];
        if random.below(6) > 0 {
            let command = ["HGET hash", "ZSCORE sorted", "SISMEMBER set"][family];
            let answer = match numbers.get(&name) {
                _ if family == 2 => format!(":{}\r\n", u8::from(numbers.contains_key(&name))),
                Some(number) => String::from_utf8(bulk(format!("{number}").as_bytes())).unwrap(),
                None => String::from("$-1\r\n"),
            };
            return (format!("{command} name:{name}\r\n"), answer);
        }
        if random.below(2) == 0 {
            let is_there = u8::from(numbers.remove(&name).is_some());
            let command = ["HDEL hash", "ZREM sorted", "SREM set"][family];
            return (format!("{command} name:{name}\r\n"), format!(":{is_there}\r\n"));
        }
        self.put(family, name, random.below(1 << 40))
    }

    fn put(&mut self, family: usize, name: u64, number: u64) -> (String, String) {
        let is_new = u8::from(self.numbers[family].insert(name, number).is_none());
        let request = match family {
            0 => format!("HSET hash name:{name} {number}\r\n"),
            1 => format!("ZADD sorted {number} name:{name}\r\n"),
            _ => format!("SADD set name:{name}\r\n"),
        };
        (request, format!(":{is_new}\r\n"))
    }
}

#[test]
fn a_command_sees_what_those_before_it_in_its_group_have_changed() {
    for seed in 0..10 {
        let mut world = World::new(&limits(), seed);
        let mut random = Random::new(seed);
        let client = world.connect();
        world.turn();
        let mut expected = Expected::default();
        for name in 0..NAME_COUNT {
            for family in 0..3 {
                let (request, reply) = expected.put(family, name, name);
                world.check(client, &request, &reply);
            }
        }
        for _ in 0..200 {
            let (mut requests, mut replies) = (String::new(), String::new());
            for _ in 0..40 {
                let (request, reply) = expected.request(&mut random);
                requests.push_str(&request);
                replies.push_str(&reply);
            }
            world.check(client, &requests, &replies);
        }
        world.end();
    }
}
