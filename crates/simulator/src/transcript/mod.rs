//! Transcripts: sessions with a server as text, the project's judge of compatibility.
//!
//! ```text
//! # The title of a case; each case begins, after a blank line, on an empty server.
//! % limits keys_max=10           its own limits: such a case is not run against Redis
//! % options requirepass=secret   its own options
//! % resp3                        its connections say HELLO 3 first
//! % differs why                  Redis answers otherwise, by decision
//! > SET color "red\n"            arguments as redis-cli quotes them
//! OK                             the reply as redis-cli prints it
//! @2 > GET color                 a second connection
//! "red\n"
//! ~ 1500 ms                      the clock moves
//! sorted > KEYS *                the order of the strings in the reply means nothing
//! > SET big <x 70000>            an argument of 70,000 times "x"
//! OK
//! raw > "PING\r\n" "PING\r\n"    bytes as they are; every reply to them follows
//! PONG
//! PONG
//! > TIME
//! 1) "<integer>"                 <integer> is any number, <any> any text of a line,
//! 2) "<integer>"                 a line <lines> any number of lines
//! > CLIENT REPLY OFF
//! (no reply)                     also: (closed)
//! ```
//!
//! Text replies (INFO) are printed with `| ` before each line, blank lines left out. Strings
//! above 512 bytes are printed as their beginning, size and hash.
mod arguments;
mod pattern;
mod replay;

pub use replay::{Answer, Outcome, Target, Wait, replay};

/// What a case asks for before it begins.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Settings {
    /// `% limits`: pairs of name and value.
    pub limits: Vec<(String, u64)>,
    /// `% options`: pairs of name and value.
    pub options: Vec<(String, String)>,
    /// `% resp3`.
    pub resp3: bool,
    /// `% differs`: why.
    pub differs: Option<String>,
}

/// A file.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    /// All cases in order.
    pub cases: Vec<Case>,
}

/// One session on an empty server.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// The text of its first comment.
    pub title: String,
    /// What its `%` lines say.
    pub settings: Settings,
    /// Its lines in order.
    pub steps: Vec<Step>,
}

/// One line of a case with what belongs to it.
#[derive(Clone, Debug)]
pub enum Step {
    /// A comment, a blank line or a setting, kept as it is.
    Text(String),
    /// `~ 1500 ms`.
    Advance(u64),
    /// A request and its expected reply.
    Request(RequestStep),
}

/// `@2 sorted > COMMAND argument`, then the lines of the reply.
#[derive(Clone, Debug)]
pub struct RequestStep {
    /// Line number in the file, from 1.
    pub line_number: usize,
    /// The line itself.
    pub line: String,
    /// Which connection; 1 if the line does not say.
    pub connection: u32,
    /// The order of strings in the reply means nothing.
    pub sorted: bool,
    /// The arguments are bytes to be sent as they are.
    pub raw: bool,
    /// The arguments.
    pub arguments: Vec<Vec<u8>>,
    /// The expected lines.
    pub expected: Vec<String>,
}

impl Transcript {
    /// Reads a transcript. A line that is none of the above is an error, with its number.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut transcript = Self::default();
        let mut after_blank = true;
        for (index, line) in text.lines().enumerate() {
            if line.starts_with("# ") && after_blank {
                let title = line[2..].to_owned();
                transcript.cases.push(Case { title, ..Case::default() });
            }
            after_blank = line.is_empty();
            let Some(case) = transcript.cases.last_mut() else {
                return Err(format!("{}: a file begins with '# title'", index + 1));
            };
            case.take_line(index + 1, line).map_err(|why| format!("{}: {why}", index + 1))?;
        }
        Ok(transcript)
    }
}

impl Case {
    fn take_line(&mut self, line_number: usize, line: &str) -> Result<(), String> {
        if let Some(setting) = line.strip_prefix("% ") {
            self.settings.take(setting)?;
            self.steps.push(Step::Text(line.to_owned()));
        } else if line.is_empty() || line.starts_with('#') {
            self.steps.push(Step::Text(line.to_owned()));
        } else if let Some(duration) = line.strip_prefix("~ ") {
            let duration_ms = duration.strip_suffix(" ms").and_then(|count| count.parse().ok());
            self.steps.push(Step::Advance(duration_ms.ok_or("expected '~ COUNT ms'")?));
        } else if let Some(request) = RequestStep::parse(line_number, line)? {
            self.steps.push(Step::Request(request));
        } else if let Some(Step::Request(request)) = self.steps.last_mut() {
            request.expected.push(line.to_owned());
        } else {
            return Err(format!("a reply without its request: {line}"));
        }
        Ok(())
    }
}

impl Settings {
    fn take(&mut self, line: &str) -> Result<(), String> {
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let pairs =
            || rest.split_whitespace().map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        match name {
            "limits" => {
                for (name, value) in pairs() {
                    let value = value.parse().map_err(|_| format!("not a number: {value}"))?;
                    self.limits.push((name.to_owned(), value));
                }
            }
            "options" => self.options.extend(pairs().map(|(n, v)| (n.to_owned(), v.to_owned()))),
            "resp3" => self.resp3 = true,
            "differs" if !rest.is_empty() => self.differs = Some(rest.to_owned()),
            _ => return Err(format!("no such setting: {line}")),
        }
        Ok(())
    }
}

impl RequestStep {
    /// The line as a request, if it is one: words of `@N`, `sorted`, `raw`, then `> `.
    fn parse(line_number: usize, line: &str) -> Result<Option<Self>, String> {
        let mut step = Self {
            line_number,
            line: line.to_owned(),
            connection: 1,
            sorted: false,
            raw: false,
            arguments: Vec::new(),
            expected: Vec::new(),
        };
        let mut rest = line;
        while let Some((word, after)) = rest.split_once(' ') {
            match word {
                ">" => {
                    step.arguments = arguments::split(after)?;
                    return Ok(Some(step));
                }
                "sorted" => step.sorted = true,
                "raw" => step.raw = true,
                _ => match word.strip_prefix('@').and_then(|number| number.parse().ok()) {
                    Some(number) => step.connection = number,
                    None => return Ok(None),
                },
            }
            rest = after;
        }
        Ok(None)
    }

    /// The bytes to send.
    pub fn bytes(&self) -> Vec<u8> {
        if self.raw { self.arguments.concat() } else { crate::value::request(&self.arguments) }
    }

    /// Is the command's name one of these? (Upper case.)
    fn is_named(&self, names: &[&str]) -> bool {
        let name = self.arguments.first().map(|name| name.to_ascii_uppercase());
        !self.raw && name.is_some_and(|name| names.iter().any(|one| one.as_bytes() == name))
    }
}

#[cfg(test)]
#[path = "transcript_test.rs"]
mod transcript_test;
