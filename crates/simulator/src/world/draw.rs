//! What a seed decides about its world before anything happens: limits, settings, faults, clients,
//! what they say. Each world has its own taste (swarm): a feature that is in every world at once
//! hides what only shows when it is missing.
use crate::kernel::Faults;
use crate::workload::Profile;
use granite_engine::limits::Limits;
use granite_engine::options::settings::Settings;
use granite_engine::options::table;
use granite_engine::random::Random;

/// How a client behaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Temper {
    /// Says little, takes its replies at once.
    Prompt,
    /// Sends long pipelines.
    Greedy,
    /// Takes nothing for a while, now and then.
    Slow,
    /// Takes nothing for long.
    Deaf,
    /// Vanishes with a reset.
    Fickle,
    /// Says that it has said everything, and waits for the replies.
    Polite,
    /// Begins a request and does not end it.
    Stubborn,
}

const TEMPERS: [Temper; 7] = [
    Temper::Prompt,
    Temper::Greedy,
    Temper::Slow,
    Temper::Deaf,
    Temper::Fickle,
    Temper::Polite,
    Temper::Stubborn,
];

const POLICIES: &[&str] = &[
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
];

/// A place from which one client after the other speaks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    /// How they behave.
    pub(super) temper: Temper,
    /// They are of the same machine.
    pub(super) is_local: bool,
}

/// Everything that is drawn before the first turn.
#[derive(Clone, Debug)]
pub(super) struct Nature {
    /// Sizes of all pools.
    pub(super) limits: Limits,
    /// Options, as name and value.
    pub(super) options: Vec<(&'static str, String)>,
    /// What goes wrong, and how often.
    pub(super) faults: Faults,
    /// What commands are made of.
    pub(super) profile: Profile,
    /// Who speaks.
    pub(super) seats: Vec<Seat>,
    /// Objects move after every command.
    pub(super) chaos: bool,
    /// The policy's name.
    pub(super) policy: &'static str,
    /// Milliseconds of a turn, at most.
    pub(super) turn_ms_max: u64,
    /// Turns between two visits, at most.
    pub(super) pause_turns_max: u64,
    /// The wall clock is set now and then.
    pub(super) clock_jumps: bool,
    /// Things beside commands happen (CLIENT REPLY, CLIENT KILL, garbage): of so many commands one.
    pub(super) antics_in: u64,
    /// Inline requests, too.
    pub(super) inline: bool,
    /// Clients do what takes long, now and then.
    pub(super) has_feats: bool,
    /// Clients make trees of several levels, and cut them down, now and then.
    pub(super) has_groves: bool,
    /// Clients walk over whole collections while they change, now and then.
    pub(super) has_walks: bool,
    /// Clients watch keys that are changed, now and then.
    pub(super) has_vigils: bool,
    /// All clients ask for a large value at once and take nothing of it, now and then.
    pub(super) read_together: bool,
}

impl Nature {
    /// What follows from the seed.
    pub(super) fn draw(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x005E_ED0F_7A57_E000);
        let random = &mut random;
        let is_tiny = random.below(2) == 0;
        let policy = match random.below(4) {
            0 => *pick(random, POLICIES),
            _ => "noeviction",
        };
        let limits = limits(random, is_tiny);
        let profile = profile(random, &limits);
        let mut options = vec![
            ("maxmemory-policy", policy.to_owned()),
            ("protected-mode", yes_or_no(random.below(12) == 0)),
        ];
        if random.below(4) == 0 {
            options.push(("timeout", (1 + random.below(20)).to_string()));
        }
        if random.below(3) == 0 {
            options.push(("request-timeout", (100 + random.below(9_000)).to_string()));
            options.push(("output-stall-timeout", (100 + random.below(9_000)).to_string()));
        }
        let mut nature = Self {
            options,
            faults: faults(random),
            profile,
            seats: seats(random, &limits),
            limits,
            chaos: random.below(2) == 0,
            policy,
            turn_ms_max: *pick(random, &[0, 1, 1, 2, 20]),
            pause_turns_max: *pick(random, &[1, 1, 2, 4, 12]),
            clock_jumps: random.below(2) == 0,
            antics_in: *pick(random, &[0, 10, 40, 200]),
            inline: random.below(2) == 0,
            has_feats: false,
            has_groves: false,
            has_walks: false,
            has_vigils: false,
            read_together: false,
        };
        // By a chance of their own, so that the other worlds stay what they are.
        let mut random = Random::new(seed ^ 0xC0_3D);
        match random.below(12) {
            0 => nature.crowd(&mut random),
            1 => nature.chain(),
            2 => nature.feats(),
            3 => nature.readers(&mut random),
            4 => nature.groves(&mut random),
            5 => nature.walks(&mut random),
            _ => {}
        }
        nature.profile.has_all_collections = random.below(2) == 0;
        nature.profile.has_computed = random.below(3) == 0;
        nature.has_vigils = random.below(3) == 0;
        nature
    }

    /// Many that hardly read, large values, and pools for a few.
    fn crowd(&mut self, random: &mut Random) {
        self.limits = Limits {
            connections_max: 40,
            receive_buffers_max: 4 + random.below(6) as u32,
            reply_buffers_max: 16 + random.below(6) as u32,
            blocks_max: 8 + random.below(24) as u32,
            pins_max: 1 + random.below(3) as u32,
            staged_max: 48,
            // Two patterns of CONFIG GET are below it.
            command_work_max: *pick(random, &[64 << 10, 200 << 10, 16 << 20]),
            ..self.limits
        };
        self.profile.value_size_max = 4 * u64::from(self.limits.frame_size);
        (self.profile.key_count, self.profile.is_heavy) = (3, true);
        let tempers = [Temper::Slow, Temper::Deaf, Temper::Greedy];
        let seat = |_| Seat { temper: *pick(random, &tempers), is_local: random.below(2) == 0 };
        self.seats = (0..40).map(seat).collect();
        self.policy = "noeviction";
        self.options.retain(|(name, _)| *name != "timeout" && *name != "maxmemory-policy");
    }

    /// An index of one bucket, and many small keys.
    fn chain(&mut self) {
        self.limits.keys_max = 1;
        (self.profile.key_count, self.profile.value_size_max) = (1_000, 40);
        self.profile.is_heavy = false;
    }

    /// Transactions and floods of keys that take more than a turn, and room for them.
    fn feats(&mut self) {
        self.has_feats = true;
        self.limits = Limits {
            receive_buffers_max: 16,
            blocks_max: 256,
            request_size_max: 1 << 20,
            keys_max: 4_000,
            frame_size: 32 << 10,
            data_bytes: 11 * (32 << 10),
            staged_max: 16,
            reply_max: 64 << 10,
            ..self.limits
        };
        self.seats.truncate(3);
    }

    /// More that read large values than there are pins, in pools that are large enough otherwise.
    fn readers(&mut self, random: &mut Random) {
        self.read_together = true;
        self.limits = Limits {
            connections_max: 16,
            receive_buffers_max: 32,
            reply_buffers_max: 96,
            // Less than a large value, which is therefore pinned until its client takes it.
            reply_credit: 48 << 10,
            reply_max: 256 << 10,
            blocks_max: 128,
            request_size_max: 256 << 10,
            // One connection may have two of them.
            pins_max: 8,
            staged_max: 16,
            keys_max: 400,
            frame_size: 32 << 10,
            data_bytes: 40 * (32 << 10),
            ..self.limits
        };
        self.profile.value_size_max = self.profile.value_size_max.min(3_000);
        let seat = |_| Seat { temper: *pick(random, &TEMPERS), is_local: true };
        self.seats = (0..12).map(seat).collect();
    }

    /// Collections of many elements, and room for some of them.
    fn groves(&mut self, random: &mut Random) {
        self.has_groves = true;
        self.profile.has_collections = true;
        self.profile.value_size_max = self.profile.value_size_max.min(9_000);
        self.limits = Limits {
            receive_buffers_max: 32,
            reply_buffers_max: 128,
            reply_max: 1 << 20,
            blocks_max: 256,
            request_size_max: 480 << 10,
            frame_size: 32 << 10,
            // Several elements for a tree are refused unless 40 frames are free, one is not.
            data_bytes: *pick(random, &[24, 100, 100]) * (32 << 10),
            staged_max: 16,
            ..self.limits
        };
        self.seats.truncate(4);
    }

    /// Collections of many leaves, and walks over all of them.
    fn walks(&mut self, random: &mut Random) {
        self.groves(random);
        (self.has_groves, self.has_walks) = (false, true);
    }

    /// The options as the engine takes them.
    pub(super) fn settings(&self) -> Settings {
        let mut settings = Settings::new();
        for (name, value) in &self.options {
            let id = table::find(name.as_bytes()).expect("the option is in the table");
            settings.set(id, value.as_bytes()).expect("the value is in its range");
        }
        settings
    }
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

fn pick<'a, T>(random: &mut Random, choices: &'a [T]) -> &'a T {
    &choices[random.below(choices.len() as u64) as usize]
}

/// A number between the two, the lower ones more often.
fn between(random: &mut Random, least: u64, most: u64) -> u64 {
    let span = most - least + 1;
    let bits = random.below(65 - u64::from(span.leading_zeros()));
    least + random.below(1 << bits) % span
}

fn limits(random: &mut Random, is_tiny: bool) -> Limits {
    let mut size = |tiny: (u64, u64), large: (u64, u64)| {
        let (least, most) = if is_tiny { tiny } else { large };
        between(random, least, most)
    };
    let connections_max = size((1, 6), (8, 40)) as u32;
    let connections_reserved = size((0, 2), (0, 2)) as u32;
    let receive_buffers_max = size((3, 10), (12, 64)) as u32;
    let reply_buffers_max = size((16, 28), (32, 128)) as u32;
    let reply_credit = size((32 << 10, 96 << 10), (128 << 10, 512 << 10)) as u32;
    let reply_max = size((64 << 10, 200 << 10), (256 << 10, 1 << 20));
    let blocks_max = size((16, 32), (64, 256)) as u32;
    let request_size_max = size((64 << 10, 120 << 10), (128 << 10, 480 << 10));
    let watches_max = size((1, 6), (16, 200)) as u32;
    let pins_max = size((1, 2), (4, 40)) as u32;
    let staged_max = size((1, 6), (8, 64)) as u32;
    let keys_max = size((10, 400), (1_000, 8_000));
    let frame_count = size((4, 20), (24, 64));
    let frame_size = size((32 << 10, 32 << 10), (32 << 10, 64 << 10)) as u32;
    let frame_size = if frame_size > 40 << 10 { 64 << 10 } else { 32 << 10 };
    let data_bytes = frame_count * u64::from(frame_size) + keys_max * 8 + (16 << 10);
    Limits {
        maxmemory: data_bytes + (16 << 20),
        connections_max,
        connections_reserved,
        receive_buffers_max,
        reply_buffers_max,
        reply_credit,
        reply_max,
        blocks_max,
        request_size_max,
        keys_max,
        data_bytes,
        frame_size,
        watches_max,
        pins_max,
        staged_max,
        ..Limits::tiny()
    }
}

fn profile(random: &mut Random, limits: &Limits) -> Profile {
    let frame = u64::from(limits.frame_size);
    let value_size_max = *pick(random, &[40, 300, 3_000, 9_000, 24_000, frame + 9, 4 * frame]);
    let key_count = match random.below(8) {
        0..=2 if value_size_max <= 300 => 1_000,
        0..=2 => 3,
        3 | 4 => 60,
        _ => 16,
    };
    Profile {
        key_count,
        value_size_max,
        is_heavy: random.below(4) == 0,
        near_deadlines: random.below(4) > 0,
        // Drawn aside, so that the worlds of old seeds stay what they are.
        has_collections: random.clone().below(2) == 0,
        has_all_collections: false,
        has_computed: false,
    }
}

fn faults(random: &mut Random) -> Faults {
    let mut often = |most: u64| match random.below(2) {
        0 => 0,
        _ => random.below(most),
    };
    Faults {
        fragment: often(256),
        delay: often(200),
        slow_reader: often(230),
        reorder: often(257),
        stale: often(257),
        // Drawn aside, so that the worlds of old seeds stay what they are.
        unasked: [256, 0, 100][random.clone().below(3) as usize],
    }
}

fn seats(random: &mut Random, limits: &Limits) -> Vec<Seat> {
    // A few more than there are slots, in some worlds.
    let most = u64::from(limits.connection_slots()) + random.below(2) * random.below(4);
    let count = between(random, 1, most.min(40));
    let tempers: Vec<Temper> = TEMPERS
        .into_iter()
        .filter(|temper| *temper == Temper::Prompt || random.below(2) == 0)
        .collect();
    let are_local = random.below(2) == 0;
    let seat =
        |_| Seat { temper: *pick(random, &tempers), is_local: are_local || random.below(2) == 0 };
    (0..count).map(seat).collect()
}
