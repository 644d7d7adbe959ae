//! The whole engine by structured commands: each three bytes choose a connection, the time that
//! passes, and a command of the simulator's grammar, so that a fuzzer can leave commands out, copy
//! them and change their order. The model and the judge of memory have the last word.
use granite_simulator::trial::Script;

/// Commands of one input at most.
const COMMAND_COUNT_MAX: usize = 200;

pub(crate) fn run(data: &[u8]) {
    let Some((world, commands)) = data.split_first() else { return };
    let mut script = Script::new(*world);
    for choice in commands.chunks_exact(3).take(COMMAND_COUNT_MAX) {
        script.step([choice[0], choice[1], choice[2]]).unwrap_or_else(|why| panic!("{why}"));
    }
    script.finish().unwrap_or_else(|why| panic!("{why}"));
}
