//! Each exception with the shortest story that needs it, told to the real engine. Where the engine
//! no longer refuses, the test fails: the exception is to be deleted, here and there.
use super::{Account, EXCEPTIONS, Exception, Room};
use crate::granite::Granite;
use crate::kernel::Faults;
use crate::model::Model;
use crate::transcript::{Settings, Target, Wait};
use crate::value::{Value, request};
use granite_engine::limits::Limits;

/// A command: its words, the last of them so many bytes long if it is a number in brackets.
type Story = &'static [&'static str];

const STORIES: &[(Exception, u64, Story)] = &[
    (
        Exception::ManyAsNew,
        1,
        &["SET a [8000]", "SET b [8000]", "SET c [8000]", "SET d [8000]", "MSET a [4000]"],
    ),
    (
        Exception::CopyReplaces,
        1,
        &["SET a [8000]", "SET b [8000]", "SET c [8000]", "SET d [8000]", "COPY a b REPLACE"],
    ),
    (
        Exception::CountedTwice,
        3,
        &["SET a [8100]", "SET b [8100]", "SET c [8100]", "BITFIELD a SET u8 #8185 1 SET u8 #10 1"],
    ),
    (
        Exception::Unsettled,
        2,
        &[
            "SET a [8000]",
            "SET b [8000]",
            "SET c [8000]",
            "SET d [8000]",
            "SET e [4000]",
            "SET f [4000]",
            "SET g [4000]",
            "SET h [4000]",
            "SET i [4000]",
            "SET j [4000]",
            "SET k [4000]",
            "SET l [4000]",
            "SET a [4000]",
            "DEL e",
            "SET m [8000]",
        ],
    ),
];

fn words(line: &str) -> Vec<Vec<u8>> {
    let word = |word: &str| match word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(size) => vec![b'v'; size.parse().unwrap()],
        None => word.as_bytes().to_vec(),
    };
    line.split(' ').map(word).collect()
}

#[test]
fn every_exception_is_needed_and_explains_its_story() {
    for (exception, name) in EXCEPTIONS {
        let story = STORIES.iter().find(|(told, ..)| told == exception);
        let (_, frame_count, story) = story.expect("every exception has a story");
        let limits = Limits {
            keys_max: 1_000,
            frame_size: 32 << 10,
            data_bytes: (frame_count + 1) * (32 << 10),
            ..Limits::tiny()
        };
        let mut granite = Granite::new(limits, 1, Faults::default());
        granite.begin(&Settings::default()).unwrap();
        let mut model = Model::new(2_000_000_000_000);
        model.memory = Some(Account::new(Room::of(&limits, crate::trial::hash_key(1))));
        let mut last = Value::Null;
        for line in *story {
            let command = words(line);
            let answer = granite.exchange(1, &request(&command), Wait::Reply);
            last = Value::parse_all(&answer.bytes).unwrap().remove(0);
            model.judge(1, &command, &last).unwrap_or_else(|why| panic!("{name}: {line}: {why}"));
            model.settle();
        }
        let is_refused = last.as_error().is_some_and(|line| line.starts_with(b"OOM "));
        assert!(is_refused, "{name}: no longer true, delete it ({})", last.to_text(false));
        let excused = &model.memory.as_ref().unwrap().excused;
        assert_eq!(excused.keys().collect::<Vec<_>>(), [name], "{name}");
    }
}
