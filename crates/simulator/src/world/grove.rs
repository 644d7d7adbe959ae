//! Groves: collections that grow to trees of several levels, and are cut down again or walked over
//! from end to end, which no single random command does.
//!
//! Invariant: as a feat, a grove follows from chance alone.
use super::feat::Feat;
use granite_engine::random::Random;

/// Elements of one command, and the most commands that make a tree. Of elements of `TALL_SIZE` a
/// leaf has one, and an inner node is divided when it has some 170 leaves.
const ELEMENTS_PER_COMMAND: u64 = 20;
const PUTS_MAX: u64 = 14;

/// Bytes of the elements that make tall trees, and of those that make bushy ones.
const TALL_SIZE: u64 = 1_020;
const BUSHY_SIZES: [u64; 4] = [10, 100, 300, 700];

/// Names of elements: as many as a grove puts in.
const NAME_COUNT: u64 = ELEMENTS_PER_COMMAND * PUTS_MAX;

/// Bytes of a name beside which a slot has no room for many elements.
const LONG_NAME_SIZE: usize = 7_900;

/// Steps of a walk over a whole collection, and of the next one.
const WALK_STEPS: u64 = 40;

type Command = Vec<Vec<u8>>;

/// One collection of a grove.
struct Tree<'a> {
    random: &'a mut Random,
    kind: &'static str,
    key: String,
    is_tall: bool,
    per_command: u64,
}

/// What makes a tree, and what is done to it then.
pub(crate) fn draw(random: &mut Random) -> Feat {
    let kind = ["list", "hash", "set", "sorted"][random.below(4) as usize];
    let key = match random.below(8) {
        0 => "l".repeat(LONG_NAME_SIZE),
        _ => format!("{kind}:{}", random.below(2)),
    };
    let is_tall = random.below(2) == 0;
    let (mut put_count, first) = (4 + random.below(PUTS_MAX - 3), random.below(NAME_COUNT));
    let per_command = if random.below(3) == 0 { 1 } else { ELEMENTS_PER_COMMAND };
    put_count *= if per_command == 1 { 10 } else { 1 };
    let other_count = 8 + random.below(16);
    let mut tree = Tree { random, kind, key, is_tall, per_command };
    let puts = (0..put_count).map(|index| tree.put(first + index * per_command)).collect();
    let others = (0..other_count).map(|_| tree.change()).collect();
    (puts, others)
}

/// What makes a set, a hash or a sorted set of many leaves, and a walk over it, again and again and
/// while it changes. A step begins where the one before it has ended: its reply must have come.
pub(super) fn walked(random: &mut Random) -> Feat {
    let kind = ["hash", "set", "sorted"][random.below(3) as usize];
    let key = format!("{kind}:{}", random.below(2));
    let is_tall = random.below(4) == 0;
    let (count, is_quiet) = (1 + random.below(60), random.below(3) == 0);
    let mut tree = Tree { random, kind, key, is_tall, per_command: ELEMENTS_PER_COMMAND };
    let mut puts = vec![tree.line("DISCARD")];
    puts.extend((0..PUTS_MAX).map(|index| tree.put(index * ELEMENTS_PER_COMMAND)));
    let step = |_| {
        let first = tree.random.below(NAME_COUNT);
        match tree.random.below(8) {
            0 if !is_quiet => tree.put(first),
            1 if !is_quiet => tree.take(first, 9),
            _ => tree.walk(count),
        }
    };
    (puts, (0..WALK_STEPS).map(step).collect())
}

impl Tree<'_> {
    fn line(&self, line: &str) -> Command {
        line.replace("KEY", &self.key).split(' ').map(|word| word.as_bytes().to_vec()).collect()
    }

    /// The name of an element follows from its number, all else from chance.
    fn name(&self, number: u64) -> Vec<u8> {
        let number = number % NAME_COUNT;
        let bushy = BUSHY_SIZES[(number % 4) as usize];
        let size = if self.is_tall { TALL_SIZE } else { bushy };
        let mut name = format!("g{number}.").into_bytes();
        name.resize(size as usize, b'g');
        name
    }

    /// Puts elements in from this number on.
    fn put(&mut self, first: u64) -> Command {
        let is_left = self.random.below(2) == 0;
        let mut command = self.line(match self.kind {
            "list" if is_left => "LPUSH KEY",
            "list" => "RPUSH KEY",
            "hash" => "HSET KEY",
            "set" => "SADD KEY",
            _ => "ZADD KEY",
        });
        for number in first..first + self.per_command {
            match self.kind {
                "hash" => command.push(format!("f{}", number % NAME_COUNT).into_bytes()),
                "sorted" => command.push(self.random.below(60).to_string().into_bytes()),
                _ => {}
            }
            command.push(self.name(number));
        }
        command
    }

    /// Takes elements out, or does something else to the tree.
    fn change(&mut self) -> Command {
        let (first, count) = (self.random.below(NAME_COUNT), self.random.below(60));
        let (low, other) = (self.random.below(80), self.random.below(40));
        let long_name = "l".repeat(LONG_NAME_SIZE);
        match self.random.below(18) {
            0..=2 => self.put(first),
            3 => self.line(&format!("COPY KEY {}:2 REPLACE", self.kind)),
            4 => self.line(&format!("RENAME {}:1 {long_name}", self.kind)),
            5 => self.line(&format!("RENAME {long_name} {}:1", self.kind)),
            6 => self.line(&format!("DEL {}:2", self.kind)),
            7..=12 => self.walk(count),
            kind => match (self.kind, kind % 3) {
                ("list", 0) => self.line(&format!("LPOP KEY {count}")),
                ("list", 1) => self.line(&format!("LTRIM KEY {low} -{}", other + 1)),
                ("list", _) => self.line(&format!("LINDEX KEY {first}")),
                ("sorted", 0) => self.line(&format!("ZREMRANGEBYRANK KEY {low} {}", low + count)),
                _ => self.take(first, count),
            },
        }
    }

    /// Goes on over the tree, or looks at a part of it.
    fn walk(&self, count: u64) -> Command {
        match self.kind {
            "hash" => self.line(&format!("HSCAN KEY next COUNT {}", count + 1)),
            "set" => self.line(&format!("SSCAN KEY next COUNT {}", count + 1)),
            "sorted" => self.line(&format!("ZSCAN KEY next COUNT {}", count + 1)),
            _ => self.line(&format!("LRANGE KEY {count} {}", 2 * count)),
        }
    }

    /// Takes elements out by name.
    fn take(&mut self, first: u64, count: u64) -> Command {
        let mut command = self.line(match self.kind {
            "hash" => "HDEL KEY",
            "set" => "SREM KEY",
            _ => "ZREM KEY",
        });
        for number in first..=first + count {
            command.push(match self.kind {
                "hash" => format!("f{}", number % NAME_COUNT).into_bytes(),
                _ => self.name(number),
            });
        }
        command
    }
}
