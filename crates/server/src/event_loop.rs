//! The loop: events in, actions out, one turn after the other. Nothing here allocates and nothing
//! here decides.
//!
//! A turn is one pass from wait to wait, with one look at the clocks: all that happens in a turn
//! happens at the same moment. Figures and log lines are written after the actions, so that no
//! reply waits for them.
use crate::facts::FactsReader;
use crate::io::Io;
use crate::{clock, log};
use granite_engine::engine::Engine;
use granite_engine::event::Action;
use std::time::Duration;

/// Serves until the engine stops; returns the exit status.
pub fn run(engine: &mut Engine, mut io: Io, facts: &mut FactsReader) -> u8 {
    let mut now = clock::now();
    loop {
        io.wait(engine.wait_ms(now));
        now = clock::now();
        while let Some(event) = io.next_event() {
            engine.handle(now, event);
        }
        engine.turn(now);
        let mut stopped = None;
        while let Some(action) = engine.next_action() {
            match action {
                Action::Sleep { duration_us } => {
                    std::thread::sleep(Duration::from_micros(duration_us));
                }
                Action::Stop { status } => stopped = Some(status),
                action => io.submit(action),
            }
        }
        if let Some(facts) = facts.refresh(now) {
            engine.tick(now, facts);
        }
        log::drain(engine.log(), now.unix_us);
        if let Some(status) = stopped {
            io.end();
            return status;
        }
    }
}
