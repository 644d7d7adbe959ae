//! Many clients, tiny pools, a kernel with faults.
use super::{Plan, Script, World};
use crate::granite::Granite;
use crate::kernel::Faults;
use crate::report::Report;
use crate::transcript::{Settings, Target, Wait};
use crate::value::{Value, request};
use granite_engine::limits::Limits;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Shorter than those of the command line, and more of them.
const COMMAND_COUNT: u32 = 500;

const HOUR_MS: i64 = 3_600_000;
const YEAR_MS: i64 = 365 * 24 * HOUR_MS;

#[test]
fn every_client_gets_its_own_replies_whatever_the_kernel_does() {
    let mut all = Report::default();
    for seed in 0..200 {
        let plan = Plan::whole(seed, COMMAND_COUNT);
        let result = catch_unwind(AssertUnwindSafe(|| plan.run()));
        let why = match result {
            Ok(Ok(report)) => {
                all.add(&report);
                continue;
            }
            Ok(Err(why)) => why,
            Err(_) => "it panicked".to_owned(),
        };
        panic!(
            "{why}\ncargo run -p granite-simulator -- --seed {seed} --commands {COMMAND_COUNT} \
             --verbose"
        );
    }
    assert!(all.judged_count > 50_000, "{all:#?}");
    // Worlds that never met these have proved little. Hogs take longer: long runs count them.
    for (what, least) in [
        ("EXECABORT Transaction discarded because of previous errors.", 10),
        ("OOM command not allowed when used memory > 'maxmemory'.", 500),
        ("OOM staged-values-max large values are arriving", 1),
        ("client turned away", 100),
        ("end by CLIENT KILL", 100),
        ("end by its own wish", 100),
        ("end by request-timeout", 1),
        ("end of a half-closed one", 100),
        ("end of one that vanished", 100),
        ("key evicted", 300),
        ("key expired", 100),
    ] {
        let count = all.met.get(what).copied().unwrap_or_default();
        assert!(count >= least, "{what}: only {count} times: {:#?}", all.met);
    }
}

/// Seeds that have found something, whole.
const FOUND: &[(u64, &str)] = &[
    (202_082, "CLIENT REPLY SKIP was forgotten by an error that waited for room"),
    (305_422, "the wheel named a source of BITOP as the next to be evicted"),
    (734, "a source of SUNIONSTORE left while its result got the target's name"),
    (22_551, "a flush did not tell those who watched a key that BITFIELD had made and not written"),
    (9_479, "the tail of a transaction's reply was sent between two turns, with its reserved room"),
    (3_292, "the judge did not know that a transaction goes on when its EXEC was refused unread"),
    (14_091, "the judge did not know that an attack without room fails a transaction"),
    (546, "the model told those who watch of a BITFIELD that wrote nothing"),
];

#[test]
fn what_was_found_once_stays_found() {
    for (seed, what) in FOUND {
        let result = Plan::whole(*seed, 2_000).run();
        assert!(result.is_ok(), "{what}: {result:?}");
    }
}

#[test]
fn the_same_seed_is_the_same_world() {
    for seed in 0..10 {
        let plan = Plan::whole(seed, COMMAND_COUNT);
        assert_eq!(plan.run().unwrap(), plan.run().unwrap(), "seed {seed}");
    }
}

/// A step that is left out does not change what the others are.
#[test]
fn a_part_of_a_script_is_a_world_too() {
    let plan = Plan::whole(1, COMMAND_COUNT);
    let chosen = Some(vec![0..100, 200..300, 350..351]);
    let report = Plan { chosen, ..plan.clone() }.run().unwrap();
    assert!(report.command_count > 0 && report.command_count < 250, "{report:?}");
}

/// The judge itself must be able to say no.
#[test]
fn a_model_that_is_wrong_is_found_out() {
    let plan = Plan::whole(3, COMMAND_COUNT);
    let mut world = World::new(plan.seed, false);
    let script = Script::new(plan.seed, &world.nature, plan.command_count);
    let mut acts = script.map(|step| {
        // Somebody else's key appears where the model does not know of it.
        let setting = request(&["SET", "key:3", "not asked for"]);
        if let Some(number) = world.live.first() {
            world.kernel.send(*number, &setting);
        }
        world.act(step)
    });
    assert!(acts.any(|result| result.is_err()));
}

/// Bad input 83: the wall clock is set back and forth, and far ahead.
#[test]
fn bad_83_clocks_that_jump() {
    let mut granite = Granite::new(Limits::tiny(), 1, Faults::default());
    granite.begin(&Settings::default()).unwrap();
    let ask = |granite: &mut Granite, line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let answer = granite.exchange(1, &request(&words), Wait::Reply);
        Value::parse_all(&answer.bytes).unwrap().remove(0)
    };
    assert_eq!(ask(&mut granite, "SET k v EX 100"), Value::ok());
    granite.kernel().jump(-HOUR_MS);
    granite.kernel().run();
    assert_eq!(ask(&mut granite, "TTL k"), Value::Integer(3_700));
    granite.kernel().jump(HOUR_MS);
    granite.kernel().run();
    assert_eq!(ask(&mut granite, "TTL k"), Value::Integer(100));
    // Beyond 2038 and 2106: what is due expires, the rest stays.
    assert_eq!(ask(&mut granite, "SET kept v"), Value::ok());
    granite.kernel().jump(100 * YEAR_MS);
    granite.kernel().run();
    assert_eq!(ask(&mut granite, "GET k"), Value::Null);
    assert_eq!(ask(&mut granite, "GET kept"), Value::bulk("v"));
    assert_eq!(ask(&mut granite, "SET k v PX 5000"), Value::ok());
    assert_eq!(ask(&mut granite, "PTTL k"), Value::Integer(5_000));
    // 1970: nothing is due, nothing panics.
    granite.kernel().jump(-163 * YEAR_MS);
    granite.kernel().run();
    assert_eq!(ask(&mut granite, "GET k"), Value::bulk("v"));
    granite.advance(10_000);
    assert_eq!(ask(&mut granite, "SET other v PX 100"), Value::ok());
    granite.advance(101);
    assert_eq!(ask(&mut granite, "EXISTS other"), Value::Integer(0));
}
