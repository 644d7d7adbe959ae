//! What happens in a world, as steps that follow from the seed alone and not from what the engine
//! answers: so a step can be left out, and the others stay what they are.
use super::draw::{Nature, Temper};
use super::{feat, grove};
use crate::value::request;
use crate::workload::{Workload, vigil};
use granite_engine::random::Random;
use std::collections::{BTreeMap, VecDeque};

/// One step.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// The client in a seat sends something; if there is none, one connects first.
    Say(usize, Saying),
    /// The client in a seat begins a request that it never ends.
    Begin(usize, Vec<u8>),
    /// The client in a seat is gone.
    Reset(usize),
    /// The client in a seat will say no more, and still takes its replies.
    HalfClose(usize),
    /// The client in a seat begins or ceases to take what it is sent.
    SetDeaf(usize, bool),
    /// Time passes.
    Advance(u64),
    /// The wall clock is set.
    Jump(i64),
    /// So many turns, each so many milliseconds after the other.
    Turns(u64, u64),
}

/// Something that a client sends.
#[derive(Clone, Debug)]
pub(super) enum Saying {
    /// A command.
    Command(Vec<Vec<u8>>),
    /// A command in one line.
    Inline(Vec<Vec<u8>>),
    /// CLIENT REPLY.
    Quiet(&'static str),
    /// CLIENT KILL of the client in another seat.
    Kill(usize),
    /// What is no request: an error and the end.
    Garbage(&'static [u8]),
    /// What a browser would say: the end without a word.
    Attack(&'static [u8]),
    /// What needs no reply.
    Nothing(&'static [u8]),
}

/// Stands for the cursor of a step over a collection: where the client's last step ended.
const NEXT_CURSOR: &[u8] = b"next";

/// Is it a step over a collection?
pub(super) fn is_walk(words: &[Vec<u8>]) -> bool {
    let name = words[0].to_ascii_uppercase();
    words.len() > 2 && [&b"HSCAN"[..], b"SSCAN", b"ZSCAN"].contains(&&name[..])
}

impl Saying {
    /// The same, with the cursor that is known by now. No step follows from what was answered:
    /// without a cursor a walk begins anew.
    pub(super) fn with_cursor(mut self, cursors: &BTreeMap<Vec<u8>, Vec<u8>>) -> Self {
        if let Self::Command(words) | Self::Inline(words) = &mut self
            && is_walk(words)
            && words[2] == NEXT_CURSOR
        {
            words[2] = cursors.get(&words[1]).cloned().unwrap_or_else(|| b"0".to_vec());
        }
        self
    }
}

const GARBAGE: &[&[u8]] = &[
    b"*x\r\n",
    b"*1\r\n$-5\r\nGET\r\n",
    b"*2\r\n$3\r\nGETx\r\n",
    b"*99999999\r\n",
    b"*1\r\n+OK\r\n",
    b"SET \"a\r\n",
    b"*1\r\n$999999999999\r\n",
];

const ATTACKS: &[&[u8]] = &[b"POST / HTTP/1.1\r\n", b"*2\r\n$5\r\nhost:\r\n$1\r\nx\r\n"];

const NOTHING: &[&[u8]] = &[b"\r\n", b"*0\r\n", b"*-1\r\n", b"   \r\n"];

/// The steps of a seed.
pub(super) struct Script {
    random: Random,
    workload: Workload,
    nature: Nature,
    steps: VecDeque<Step>,
    /// Who is between MULTI and EXEC, as far as it is known without the replies.
    in_transaction: Vec<bool>,
    deaf: Vec<bool>,
    command_count: u32,
    command_count_max: u32,
}

impl Script {
    /// A script of so many commands.
    pub(super) fn new(seed: u64, nature: &Nature, command_count_max: u32) -> Self {
        let mut workload = Workload::new(seed, nature.profile);
        workload.now_ms = 2_000_000_000_000;
        Self {
            random: Random::new(seed ^ 0x5C41_7700),
            workload,
            nature: nature.clone(),
            steps: VecDeque::new(),
            in_transaction: vec![false; nature.seats.len()],
            deaf: vec![false; nature.seats.len()],
            command_count: 0,
            command_count_max,
        }
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.random.below(count) == 0
    }

    fn plan(&mut self) {
        if self.nature.read_together && self.one_in(50) {
            self.read_together();
        }
        match self.random.below(100) {
            0 | 1 => self.advance(5_000),
            2 | 3 => self.advance(300),
            4 if self.nature.clock_jumps => {
                let by_ms = self.random.below(7_200_000).cast_signed() - 3_600_000;
                // As far as the wheel reaches, now and then.
                let by_ms = if by_ms % 8 == 0 { by_ms * 400_000 } else { by_ms };
                self.workload.now_ms += by_ms;
                self.steps.push_back(Step::Jump(by_ms));
            }
            5 | 6 => self.turns(30),
            _ => {
                let seat = self.random.below(self.nature.seats.len() as u64) as usize;
                self.visit(seat);
                if self.one_in(2) {
                    self.turns(self.nature.pause_turns_max);
                }
            }
        }
    }

    fn advance(&mut self, most_ms: u64) {
        let duration_ms = 1 + self.random.below(most_ms);
        self.workload.now_ms += duration_ms.cast_signed();
        self.steps.push_back(Step::Advance(duration_ms));
        self.turns(1);
    }

    fn turns(&mut self, most: u64) {
        let turn_count = 1 + self.random.below(most);
        let turn_ms = self.random.below(self.nature.turn_ms_max + 1);
        self.workload.now_ms += (turn_count * turn_ms).cast_signed();
        self.steps.push_back(Step::Turns(turn_count, turn_ms));
    }

    /// The client in a seat does something.
    fn visit(&mut self, seat: usize) {
        let temper = self.nature.seats[seat].temper;
        let burst = match temper {
            Temper::Greedy => 1 + self.random.below(60),
            _ => 1 + self.random.below(5),
        };
        if self.nature.has_feats && self.one_in(10) {
            let feat = feat::draw(&mut self.random);
            self.feat(seat, feat);
        }
        if self.nature.has_groves && self.one_in(6) {
            let grove = grove::draw(&mut self.random);
            self.feat(seat, grove);
        }
        if self.nature.profile.has_computed && self.one_in(60) {
            let brink = feat::brink(&mut self.random);
            self.feat(seat, brink);
        }
        if self.nature.has_walks && self.one_in(20) {
            self.walk(seat);
        }
        if self.nature.has_vigils && self.one_in(8) {
            self.keep_vigil(seat);
        }
        if temper == Temper::Greedy && self.one_in(40) {
            self.flush_again_and_again(seat);
        }
        for _ in 0..burst {
            self.speak(seat);
        }
        match temper {
            Temper::Slow if self.one_in(3) => self.set_deaf(seat, !self.deaf[seat]),
            Temper::Deaf if self.one_in(12) => self.set_deaf(seat, !self.deaf[seat]),
            Temper::Fickle if self.one_in(8) => self.leave(seat, Step::Reset(seat)),
            Temper::Polite if self.one_in(8) => self.leave(seat, Step::HalfClose(seat)),
            Temper::Stubborn if self.one_in(8) => {
                let size = self.random.below(self.nature.profile.value_size_max + 100);
                let words = [b"SET".to_vec(), b"key:3".to_vec(), vec![b's'; size as usize]];
                let mut bytes = request(&words);
                bytes.truncate(self.random.below(bytes.len() as u64 - 1) as usize + 1);
                self.leave(seat, Step::Begin(seat, bytes));
            }
            _ => {}
        }
    }

    /// Something that takes long, and now and then its client is gone before it ends.
    fn feat(&mut self, seat: usize, (before, commands): feat::Feat) {
        self.command_count += (before.len() + commands.len()) as u32;
        self.in_transaction[seat] = false;
        self.say_all(seat, before);
        self.turns(80);
        self.say_all(seat, commands);
        self.turns(8);
        if self.one_in(2) {
            self.leave(seat, Step::Reset(seat));
        }
    }

    /// A walk over a whole collection, whose steps wait for each other.
    fn walk(&mut self, seat: usize) {
        let (puts, steps) = grove::walked(&mut self.random);
        self.command_count += (puts.len() + steps.len()) as u32;
        self.in_transaction[seat] = false;
        self.set_deaf(seat, false);
        self.say_all(seat, puts);
        self.turns(80);
        for step in steps {
            self.say_all(seat, vec![step]);
            self.turns(8);
        }
    }

    /// A key is watched, somebody may change it, and EXEC says whether that was noticed.
    fn keep_vigil(&mut self, seat: usize) {
        let [before, change, after] = vigil::draw(&mut self.random);
        let is_own = self.one_in(2);
        let other = self.random.below(self.nature.seats.len() as u64) as usize;
        let other = if is_own { seat } else { other };
        self.command_count += (before.len() + change.len() + after.len()) as u32;
        self.in_transaction[seat] = false;
        self.say_all(seat, before);
        if other != seat {
            self.turns(2);
        }
        self.say_all(other, change);
        if other != seat {
            self.turns(2);
        }
        self.say_all(seat, after);
    }

    /// Everybody asks for the same large value and takes nothing of it, one of them twice in one
    /// transaction: so pins are used up before the places of those who read are.
    fn read_together(&mut self) {
        let seats: Vec<usize> = (0..self.nature.seats.len()).collect();
        let (before, of_first, of_others) = feat::reading();
        self.command_count += (before.len() + of_first.len()) as u32;
        self.say_all(0, before);
        self.turns(80);
        for seat in &seats {
            self.in_transaction[*seat] = false;
            self.set_deaf(*seat, true);
        }
        self.say_all(0, of_first);
        self.turns(8);
        for seat in &seats[1..] {
            self.command_count += of_others.len() as u32;
            self.say_all(*seat, of_others.clone());
        }
        self.turns(30);
        for seat in seats {
            self.set_deaf(seat, false);
        }
    }

    fn say_all(&mut self, seat: usize, commands: Vec<Vec<Vec<u8>>>) {
        let say = |words| Step::Say(seat, Saying::Command(words));
        self.steps.extend(commands.into_iter().map(say));
    }

    /// More flushes than can wait for the reaper.
    fn flush_again_and_again(&mut self, seat: usize) {
        for _ in 0..20 {
            let words = ["SETNX", "key:3", "again"].map(|word| word.as_bytes().to_vec());
            self.steps.push_back(Step::Say(seat, Saying::Command(words.to_vec())));
            let flush = if self.one_in(4) { b"FLUSHALL".to_vec() } else { b"FLUSHDB".to_vec() };
            self.steps.push_back(Step::Say(seat, Saying::Command(vec![flush])));
        }
        self.command_count += 40;
    }

    fn set_deaf(&mut self, seat: usize, is_deaf: bool) {
        self.deaf[seat] = is_deaf;
        self.steps.push_back(Step::SetDeaf(seat, is_deaf));
    }

    fn leave(&mut self, seat: usize, step: Step) {
        (self.in_transaction[seat], self.deaf[seat]) = (false, false);
        self.steps.push_back(step);
    }

    fn speak(&mut self, seat: usize) {
        let antics_in = self.nature.antics_in;
        if antics_in > 0 && self.one_in(antics_in) {
            let saying = self.antic(seat);
            self.steps.push_back(Step::Say(seat, saying));
            return;
        }
        let words = self.workload.command(self.in_transaction[seat]);
        match &words[0].to_ascii_uppercase()[..] {
            b"MULTI" => self.in_transaction[seat] = true,
            b"EXEC" | b"DISCARD" | b"RESET" => self.in_transaction[seat] = false,
            _ => {}
        }
        self.command_count += 1;
        let is_plain = |word: &Vec<u8>| {
            !word.is_empty() && word.len() < 200 && word.iter().all(u8::is_ascii_alphanumeric)
        };
        let is_inline = self.nature.inline && words.iter().all(is_plain) && self.one_in(4);
        let saying = if is_inline { Saying::Inline(words) } else { Saying::Command(words) };
        self.steps.push_back(Step::Say(seat, saying));
    }

    fn antic(&mut self, seat: usize) -> Saying {
        let which = |random: &mut Random, all: &[&'static [u8]]| {
            all[random.below(all.len() as u64) as usize]
        };
        match self.random.below(20) {
            0 => Saying::Garbage(which(&mut self.random, GARBAGE)),
            1 => Saying::Attack(which(&mut self.random, ATTACKS)),
            2 => {
                self.in_transaction[seat] = false;
                Saying::Command(vec![b"QUIT".to_vec()])
            }
            3 | 4 => Saying::Kill(self.random.below(self.nature.seats.len() as u64) as usize),
            5..=11 => Saying::Nothing(which(&mut self.random, NOTHING)),
            12..=14 => Saying::Quiet("SKIP"),
            15 => Saying::Quiet("OFF"),
            _ => Saying::Quiet("ON"),
        }
    }
}

impl Iterator for Script {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        while self.steps.is_empty() {
            if self.command_count >= self.command_count_max {
                return None;
            }
            self.plan();
        }
        self.steps.pop_front()
    }
}
