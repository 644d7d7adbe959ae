//! The last words of a panic: one line, then the end. A panic is always a bug, and a server whose
//! invariants are broken must not go on.
//!
//! The hook itself does not allocate. The standard library formats the message on the heap before
//! it gets here; a sealed allocator serves a panicking thread from its fallback area.
use crate::{log, startup_allocator};
use granite_engine::log::Level;
use std::panic::{self, PanicHookInfo};

/// Installs the hook. Before the seal: the standard library boxes it.
pub fn install() {
    panic::set_hook(Box::new(end));
}

fn end(information: &PanicHookInfo<'_>) {
    let text = information.payload_as_str().unwrap_or("no message");
    let phase = startup_allocator::current_phase();
    if let Some(location) = information.location() {
        log::emergency(
            Level::Warning,
            format_args!("panic in {phase} at {}:{}: {text}", location.file(), location.line()),
        );
    } else {
        log::emergency(Level::Warning, format_args!("panic in {phase}: {text}"));
    }
    std::process::abort();
}
