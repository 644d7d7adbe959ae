//! The bound on what one command may touch in one turn.
//!
//! A command that is O(n) by definition says beforehand how many bytes it will touch. Above
//! `command-work-max` it is refused, before it has changed anything, with an error that names the
//! limit and what to use instead. Below it the turn hears of the work, and takes fewer commands.
use crate::commands::context::Context;
use crate::commands::error::CommandError;

/// Refuses `work` bytes above the limit; `refusal` is a whole error line that names it.
pub fn check(cx: &Context<'_>, work: u64, refusal: &'static str) -> Result<(), CommandError> {
    if work > cx.limits.command_work_max {
        return Err(CommandError::Line(refusal));
    }
    cx.work.set(cx.work.get().max(work));
    Ok(())
}
