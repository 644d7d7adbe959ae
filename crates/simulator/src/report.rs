//! What a run has met: counts of rare things, so that one that met none of them is seen to have
//! proved little.
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Counts of one world, or of many.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Requests sent.
    pub command_count: u64,
    /// Replies judged.
    pub judged_count: u64,
    /// Replies that nobody waited for any more.
    pub lost_count: u64,
    /// Turns of the engine.
    pub turn_count: u64,
    /// The most steps of background work in a turn.
    pub work_max: u64,
    /// A hash of everything that clients were sent: the same for the same seed.
    pub trace: u64,
    /// How often each rare thing happened.
    pub met: BTreeMap<String, u64>,
}

impl Report {
    /// It happened once more.
    pub fn count(&mut self, what: &str) {
        if let Some(count) = self.met.get_mut(what) {
            *count += 1;
        } else {
            self.met.insert(what.to_owned(), 1);
        }
    }

    /// An error line was answered: counted if it is about a limit.
    pub fn count_refusal(&mut self, line: &[u8]) {
        let is_of_limit = line.starts_with(b"OOM ") || line.starts_with(b"ERR too much");
        if is_of_limit || line.starts_with(b"EXECABORT") {
            let line = String::from_utf8_lossy(line);
            // Without the numbers in it.
            let words = line.split(' ').filter(|word| !word.starts_with(|c: char| c.is_numeric()));
            self.count(&words.collect::<Vec<_>>().join(" "));
        }
    }

    /// Adds those of another.
    pub fn add(&mut self, other: &Self) {
        self.command_count += other.command_count;
        self.judged_count += other.judged_count;
        self.lost_count += other.lost_count;
        self.turn_count += other.turn_count;
        self.work_max = self.work_max.max(other.work_max);
        for (what, count) in &other.met {
            *self.met.entry(what.clone()).or_default() += count;
        }
    }

    /// As one line, which `from_line` reads.
    pub fn to_line(&self) -> String {
        let mut line = format!(
            "{} {} {} {} {} {}",
            self.command_count,
            self.judged_count,
            self.lost_count,
            self.turn_count,
            self.work_max,
            self.trace
        );
        for (what, count) in &self.met {
            write!(line, "\t{count} {what}").expect("a string takes all");
        }
        line
    }

    /// A report that `to_line` wrote.
    pub fn from_line(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut numbers = fields.next()?.split(' ').map(|number| number.parse().ok());
        let mut next = || numbers.next().flatten();
        let mut report = Self {
            command_count: next()?,
            judged_count: next()?,
            lost_count: next()?,
            turn_count: next()?,
            work_max: next()?,
            trace: next()?,
            met: BTreeMap::new(),
        };
        for field in fields {
            let (count, what) = field.split_once(' ')?;
            report.met.insert(what.to_owned(), count.parse().ok()?);
        }
        Some(report)
    }
}
