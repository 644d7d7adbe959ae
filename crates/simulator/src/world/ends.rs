//! Ends of connections: each must have a reason, of the client or of a limit that it ran into.
use super::client::{End, Sent};
use super::{World, story};

/// Who made progress within this time is no hog (milliseconds).
const HOG_MS_MIN: u64 = 1_000;

/// `request-timeout` and `output-stall-timeout`, where nothing else was drawn.
const TIMEOUT_MS: u64 = 60_000;

impl World {
    /// Looks at the connections that the engine has ended in this turn, and at those that are over.
    pub(super) fn note_ends(&mut self) -> Result<(), String> {
        let ended = std::mem::take(&mut self.kernel.ended);
        for number in &ended {
            if self.kernel.wire(*number).refused {
                self.note_refusal(*number)?;
            } else {
                self.note_end(*number)?;
            }
        }
        self.kernel.ended = ended;
        if !self.live.iter().any(|number| self.kernel.is_closed(*number)) {
            return Ok(());
        }
        for number in std::mem::take(&mut self.live) {
            if self.kernel.is_closed(number) {
                self.note_over(number)?;
            } else {
                self.live.push(number);
            }
        }
        Ok(())
    }

    /// The engine did not let somebody in.
    fn note_refusal(&mut self, number: u32) -> Result<(), String> {
        let client = &mut self.clients[number as usize];
        let line = std::mem::take(client.bytes());
        let is_local = self.nature.seats[client.seat].is_local;
        client.end = End::Rough;
        if line.starts_with(b"-ERR max number of clients reached\r\n") {
            let limits = &self.nature.limits;
            let kept_count = if is_local { 0 } else { limits.connections_reserved };
            let open_count = self.connection_count_max;
            self.report.count("client turned away");
            if open_count + kept_count >= limits.connection_slots() {
                return Ok(());
            }
            return Err(format!("@{number} was turned away at {open_count} connections"));
        }
        let is_protected = self
            .nature
            .options
            .iter()
            .any(|(name, value)| *name == "protected-mode" && value == "yes");
        if line.starts_with(b"-DENIED ") && is_protected && !is_local {
            self.report.count("client denied");
            return Ok(());
        }
        Err(format!("@{number} was turned away with {}", line.escape_ascii()))
    }

    /// The engine has asked for the end of a connection.
    fn note_end(&mut self, number: u32) -> Result<(), String> {
        if self.clients[number as usize].end != End::None {
            self.report.count("end of one that vanished");
            return Ok(());
        }
        let wire = self.kernel.wire(number);
        let client = &self.clients[number as usize];
        let (is_done, reason) = (client.waiting_count() == 0, self.limit_of(number));
        let (end, why) = match reason {
            _ if client.may_be_killed => (End::Rough, "end by CLIENT KILL"),
            _ if client.is_leaving && !wire.is_sending() => (End::Orderly, "end by its own wish"),
            _ if wire.half_closed && is_done && !wire.is_sending() => {
                (End::Orderly, "end of a half-closed one")
            }
            Some(why) => (End::Rough, why),
            // Without room for the line that says so it is closed without one.
            None if matches!(client.sent.get(client.answered_count), Some(Sent::Garbage)) => {
                (End::Rough, "end by garbage without a word")
            }
            None => {
                let sent = client.sent.get(client.answered_count).map(story::of_sent);
                return Err(format!("@{number} was closed for nothing, before {sent:?}"));
            }
        };
        self.report.count(why);
        self.clients[number as usize].end = end;
        Ok(())
    }

    fn option(&self, name: &str, default: u64) -> u64 {
        let found = self.nature.options.iter().find(|(known, _)| *known == name);
        found.map_or(default, |(_, value)| value.parse().expect("these options are numbers"))
    }

    /// The limit that a client has run into by its own doing, or the network's, if any.
    fn limit_of(&self, number: u32) -> Option<&'static str> {
        let (wire, client) = (self.kernel.wire(number), &self.clients[number as usize]);
        let now_ms = self.kernel.now.monotonic_ms;
        let silent_ms = now_ms - wire.received_ms;
        let stalled_ms = now_ms - wire.sent_ms;
        // What came in this very turn comes too late for a timer that it runs into.
        let is_incomplete = match client.ends.get(client.answered_count) {
            Some(end) => wire.received_size < *end || silent_ms == 0,
            None => client.is_stuck,
        };
        if wire.is_sending() && stalled_ms > self.option("output-stall-timeout", TIMEOUT_MS) {
            return Some("end by output-stall-timeout");
        }
        if wire.is_sending() && stalled_ms > HOG_MS_MIN {
            return Some("end of a hog that does not read");
        }
        let request_ms = now_ms - client.answered_ms;
        if is_incomplete && request_ms > self.option("request-timeout", TIMEOUT_MS) {
            return Some("end by request-timeout");
        }
        if is_incomplete && silent_ms > HOG_MS_MIN {
            return Some("end of a hog that does not finish");
        }
        let idle_ms = self.option("timeout", 0) * 1_000;
        (idle_ms > 0 && silent_ms > idle_ms && stalled_ms > idle_ms).then_some("end by timeout")
    }

    /// A connection is over: what did not come will not come any more.
    fn note_over(&mut self, number: u32) -> Result<(), String> {
        let client = &mut self.clients[number as usize];
        if self.seats[client.seat] == Some(number) {
            self.seats[client.seat] = None;
        }
        client.is_over = true;
        client.forget_unanswered();
        if client.end == End::Orderly && client.is_cut_short() {
            return Err(format!("@{number} got only the beginning of a reply"));
        }
        Ok(())
    }
}
