//! Feats: many commands that a client says in one go, to reach what no single random command does:
//! transactions that last for turns, and commands that find more debt than they may pay.
//!
//! Invariant: a feat follows from chance alone, as every step does.
use granite_engine::random::Random;
use std::ops::Range;

/// Bytes of the values in a feat: some that are answered without being reserved, some that are
/// staged, and some that are a good part of the data memory.
const SMALL_SIZE: usize = 800;
const STAGED_SIZE: usize = 21_000;
const LARGE_SIZE: usize = 4 * (32 << 10) + 100;

/// Keys of one MSET, and how many of those.
const KEYS_PER_COMMAND: usize = 1_000;
const FILLING_COUNT: usize = 2;

/// Elements of a HyperLogLog: twice as many leave it sparse, and 300 more do not.
const MANY_COUNT: u64 = 700;

type Commands = Vec<Vec<Vec<u8>>>;

/// What is said, and what is said when that is done.
pub(crate) type Feat = (Commands, Commands);

/// Any of them.
pub(super) fn draw(random: &mut Random) -> Feat {
    match random.below(6) {
        0 => transaction(SMALL_SIZE, "GET feat", 200),
        1 => transaction(1, "APPEND feat x", 600),
        2 => short_life(),
        3 => (vec![words("DISCARD"), words("FLUSHALL")], vec![many_large()]),
        4 => flood(words("COPY feat key:2 REPLACE")),
        _ => flood(set("key:2", LARGE_SIZE)),
    }
}

fn words(line: &str) -> Vec<Vec<u8>> {
    line.split(' ').map(|word| word.as_bytes().to_vec()).collect()
}

fn set(name: &str, size: usize) -> Vec<Vec<u8>> {
    vec![b"SET".to_vec(), name.as_bytes().to_vec(), vec![b'f'; size]]
}

/// A large value is made; one reads it twice in a transaction; others read it.
pub(super) fn reading() -> (Commands, Commands, Commands) {
    let before = vec![words("DISCARD"), words("SELECT 0"), set("feat", LARGE_SIZE)];
    let of_first = ["MULTI", "GET feat", "GET feat", "EXEC"].map(words);
    (before, of_first.to_vec(), ["DISCARD", "SELECT 0", "GET feat"].map(words).to_vec())
}

/// A HyperLogLog that becomes dense by a command of few elements: those of many hardly ever leave
/// it just short of that.
pub(super) fn brink(random: &mut Random) -> Feat {
    let name = format!("PFADD hll:{}", random.below(2));
    let first = random.below(1_000_000);
    let add = |numbers: Range<u64>| {
        let elements = numbers.map(|number| (first + number).to_string().into_bytes());
        words(&name).into_iter().chain(elements).collect::<Vec<_>>()
    };
    let mut commands = vec![add(0..MANY_COUNT), add(MANY_COUNT..2 * MANY_COUNT)];
    let begin = 2 * MANY_COUNT;
    commands.extend((0..100).map(|number| add(begin + 3 * number..begin + 3 * number + 3)));
    commands.push(words(&name.replace("PFADD", "GET")));
    (vec![words("DISCARD"), words(&name.replace("PFADD", "DEL"))], commands)
}

/// The same command again and again, between MULTI and EXEC.
fn transaction(value_size: usize, line: &str, count: usize) -> (Commands, Commands) {
    let mut commands = vec![words("MULTI")];
    commands.extend((0..count).map(|_| words(line)));
    commands.push(words("EXEC"));
    (vec![words("DISCARD"), set("feat", value_size)], commands)
}

/// A transaction of many turns, in which a key must not expire.
fn short_life() -> (Commands, Commands) {
    let (before, mut commands) = transaction(LARGE_SIZE, "BITCOUNT feat", 60);
    commands.insert(1, words("PSETEX brief 1 x"));
    commands.insert(commands.len() - 1, words("EXISTS brief"));
    (before, commands)
}

/// One large argument more than a connection may have on its way when there are few rows.
fn many_large() -> Vec<Vec<u8>> {
    let mut command = words("MSET");
    for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i"] {
        command.extend([name.as_bytes().to_vec(), vec![b'f'; STAGED_SIZE]]);
    }
    command
}

/// A large value, and behind it so many small ones that their flush is not done when there is to be
/// a second large one.
fn flood(last: Vec<Vec<u8>>) -> (Commands, Commands) {
    let mut commands = vec![
        words("DISCARD"),
        words("FLUSHALL"),
        words("SELECT 0"),
        set("feat", LARGE_SIZE),
        words("SELECT 1"),
    ];
    for number in 0..FILLING_COUNT {
        let mut command = words("MSET");
        for index in 0..KEYS_PER_COMMAND {
            command.extend(words(&format!("{number}.{index} f")));
        }
        commands.push(command);
    }
    (commands, vec![words("FLUSHDB"), words("SELECT 0"), last])
}
