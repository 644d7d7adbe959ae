//! What the engine took for a command, printed as one line.
use std::fmt;

/// One run.
#[derive(Clone, Debug)]
pub struct Report {
    /// How long each round took, the shortest first.
    pub took_ns: Vec<u64>,
    /// Commands in each.
    pub commands_per_round: u64,
    /// Bytes of all replies.
    pub reply_bytes: u64,
}

impl fmt::Display for Report {
    /// The best of many rounds is the one that nothing disturbed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.took_ns.len();
        let command_count = count as u64 * self.commands_per_round;
        let [best, tenth, median] = [0, count / 10, count / 2]
            .map(|index| self.took_ns[index] as f64 / self.commands_per_round as f64);
        write!(f, "best {best:.1}, p10 {tenth:.1}, median {median:.1} ns per command; ")?;
        write!(f, "{command_count} commands, {} bytes of replies", self.reply_bytes)
    }
}
