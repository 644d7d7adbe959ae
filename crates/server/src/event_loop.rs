//! The loop: events in, actions out, one turn after the other. Nothing here allocates and nothing
//! here decides.
//!
//! A turn is one pass from wait to wait, with one look at the clocks: all that happens in a turn
//! happens at the same moment. Figures and log lines are written after the actions, so that no
//! reply waits for them.
use crate::facts::FactsReader;
use crate::io::Io;
use crate::notify::Notifier;
use crate::{clock, log, startup_allocator};
use granite_engine::engine::Engine;
use granite_engine::event::{Action, Event, Signal};
use std::time::Duration;

/// The exit status of a server that was told to end a second time, and did not finish its work.
const IMPATIENT_STATUS: u8 = 1;

/// Serves until the engine stops, and ends the process: by returning, something would be freed.
pub fn run(engine: &mut Engine, mut io: Io, facts: &mut FactsReader, notifier: &Notifier) -> ! {
    let mut now = clock::now();
    let mut is_ending = false;
    loop {
        startup_allocator::phase("the wait for events");
        io.wait(engine.wait_ms(now));
        now = clock::now();
        startup_allocator::phase("the intake of events");
        while let Some(event) = io.next_event() {
            if matches!(event, Event::Signal(Signal::Terminate)) {
                if is_ending {
                    log::drain(engine.log(), now.unix_us);
                    io.end();
                    log::warning(format_args!("Told again to end: not waiting for anybody"));
                    startup_allocator::leave(IMPATIENT_STATUS);
                }
                is_ending = true;
                notifier.stopping();
            }
            engine.handle(now, event);
        }
        engine.turn(now);
        let mut stopped = None;
        startup_allocator::phase("the engine's actions");
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
            notifier.stopping();
            startup_allocator::leave(status);
        }
    }
}
