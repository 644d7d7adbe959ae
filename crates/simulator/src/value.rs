//! One reply as a value: what a client sees after parsing, RESP2 and RESP3.
//!
//! Written for the judges, so it shares no code with the engine. Parsing is strict: what a real
//! client would stumble over is an error here, and nothing that the wire says is lost, so that two
//! values are equal only if their bytes are (a null array is not a null).
use std::fmt::Write;

/// A parsed reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `+line`.
    Simple(String),
    /// `-line`.
    Error(Vec<u8>),
    /// `:1`.
    Integer(i64),
    /// `$3`.
    Bulk(Vec<u8>),
    /// `$-1` or `_`.
    Null,
    /// `*-1` (RESP2 only; RESP3 has one null).
    NullArray,
    /// `*2`.
    Array(Vec<Value>),
    /// `%1`: keys and values alternate.
    Map(Vec<Value>),
    /// `~1`.
    Set(Vec<Value>),
    /// `>1`.
    Push(Vec<Value>),
    /// `#t`.
    Boolean(bool),
    /// `,1.5`, as its text.
    Double(String),
    /// `=txt:`, without the format.
    Verbatim(Vec<u8>),
    /// `(123`.
    BigNumber(String),
    /// There was a reply, but nobody has seen it.
    Lost,
}

/// The bytes are not RESP.
#[derive(Clone, Debug, PartialEq)]
pub struct Malformed(pub String);

impl Value {
    /// `+OK`.
    pub fn ok() -> Self {
        Self::Simple("OK".to_owned())
    }

    /// `-line`.
    pub fn error(line: &str) -> Self {
        Self::Error(line.as_bytes().to_vec())
    }

    /// A bulk string.
    pub fn bulk(bytes: impl AsRef<[u8]>) -> Self {
        Self::Bulk(bytes.as_ref().to_vec())
    }

    /// The first reply in `bytes` and its size; `None` while it is incomplete.
    pub fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, Malformed> {
        let mut parser = Parser { bytes, at: 0 };
        Ok(parser.value()?.map(|value| (value, parser.at)))
    }

    /// All replies in `bytes`, which must end with a whole one.
    pub fn parse_all(mut bytes: &[u8]) -> Result<Vec<Self>, Malformed> {
        let mut values = Vec::new();
        while !bytes.is_empty() {
            let (value, size) = Self::parse(bytes)?
                .ok_or_else(|| Malformed(format!("cut short: {}", bytes.escape_ascii())))?;
            values.push(value);
            bytes = &bytes[size..];
        }
        Ok(values)
    }

    /// The error line, if it is one.
    pub fn as_error(&self) -> Option<&[u8]> {
        match self {
            Self::Error(line) => Some(line),
            _ => None,
        }
    }

    /// The elements, if it is an aggregate.
    pub fn elements(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) | Self::Map(items) | Self::Set(items) | Self::Push(items) => {
                Some(items)
            }
            _ => None,
        }
    }

    /// Puts every array that has only strings in order, at every depth: for replies whose order
    /// means nothing (KEYS, SCAN).
    pub fn sort(&mut self) {
        let (Self::Array(items) | Self::Set(items)) = self else { return };
        if items.iter().all(|item| matches!(item, Self::Bulk(_))) {
            items.sort_by(|one, other| match (one, other) {
                (Self::Bulk(one), Self::Bulk(other)) => one.cmp(other),
                _ => unreachable!("all are strings"),
            });
            return;
        }
        items.iter_mut().for_each(Self::sort);
    }

    /// As redis-cli prints it on a terminal: strings quoted, `(integer) 1`, `(nil)`, numbered
    /// arrays. `raw` prints strings as lines of text, as redis-cli does for INFO and its kind.
    /// Ends with a newline.
    pub fn to_text(&self, raw: bool) -> String {
        let mut text = String::new();
        self.print(&mut text, 0, raw);
        text
    }

    fn print(&self, out: &mut String, indent: usize, raw: bool) {
        let line = match self {
            Self::Simple(line) => line.clone(),
            Self::Error(line) => format!("(error) {}", line.escape_ascii()),
            Self::Integer(number) => format!("(integer) {number}"),
            Self::Bulk(bytes) | Self::Verbatim(bytes) if raw => return print_lines(out, bytes),
            Self::Verbatim(bytes) => return print_lines(out, bytes),
            Self::Bulk(bytes) => quote(bytes),
            Self::Null | Self::NullArray => "(nil)".to_owned(),
            Self::Boolean(value) => format!("({value})"),
            Self::Double(text) => format!("(double) {text}"),
            Self::BigNumber(text) => text.clone(),
            Self::Lost => "(lost)".to_owned(),
            Self::Map(items) => return print_map(out, items, indent, raw),
            Self::Set(items) => return print_list(out, items, ('~', "set"), indent, raw),
            Self::Array(items) => return print_list(out, items, (')', "array"), indent, raw),
            Self::Push(items) => return print_list(out, items, (')', "push"), indent, raw),
        };
        out.push_str(&line);
        out.push('\n');
    }
}

fn print_list(out: &mut String, items: &[Value], kind: (char, &str), indent: usize, raw: bool) {
    let (mark, name) = kind;
    if items.is_empty() {
        return writeln!(out, "(empty {name})").expect("a string takes all");
    }
    let width = items.len().to_string().len();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.extend(std::iter::repeat_n(' ', indent));
        }
        write!(out, "{:width$}{mark} ", index + 1).expect("a string takes all");
        item.print(out, indent + width + 2, raw);
    }
}

fn print_map(out: &mut String, items: &[Value], indent: usize, raw: bool) {
    if items.is_empty() {
        return out.push_str("(empty hash)\n");
    }
    let width = (items.len() / 2).to_string().len();
    for (index, pair) in items.chunks_exact(2).enumerate() {
        if index > 0 {
            out.extend(std::iter::repeat_n(' ', indent));
        }
        write!(out, "{:width$}# ", index + 1).expect("a string takes all");
        pair[0].print(out, indent + width + 2, raw);
        assert_eq!(out.pop(), Some('\n'), "every value ends its line");
        out.push_str(" => ");
        pair[1].print(out, indent + width + 2, raw);
    }
}

/// Lines of raw text carry a mark, so that a transcript cannot take them for its own lines.
fn print_lines(out: &mut String, bytes: &[u8]) {
    for line in String::from_utf8_lossy(bytes).lines().filter(|line| !line.trim().is_empty()) {
        writeln!(out, "| {}", line.trim_end()).expect("a string takes all");
    }
}

/// Bytes of a string that are printed whole; of longer ones the beginning, the size and a hash.
const QUOTED_SIZE_MAX: usize = 512;

/// As redis-cli quotes a string: `\n`, `\"`, `\x00` and so on.
pub fn quote(bytes: &[u8]) -> String {
    if bytes.len() > QUOTED_SIZE_MAX {
        let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        return format!("{}... ({} bytes, FNV-1a {hash:016x})", quote(&bytes[..32]), bytes.len());
    }
    let mut text = String::from("\"");
    for byte in bytes {
        match byte {
            b'\\' | b'"' => text.extend(['\\', char::from(*byte)]),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            0x07 => text.push_str("\\a"),
            0x08 => text.push_str("\\b"),
            b' '..=b'~' => text.push(char::from(*byte)),
            _ => write!(text, "\\x{byte:02x}").expect("a string takes all"),
        }
    }
    text.push('"');
    text
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    fn line(&mut self) -> Option<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        self.at += end + 2;
        Some(&rest[..end])
    }

    fn value(&mut self) -> Result<Option<Value>, Malformed> {
        let Some(line) = self.line() else { return Ok(None) };
        let Some((kind, rest)) = line.split_first() else {
            return Err(Malformed("an empty line where a reply should be".to_owned()));
        };
        let text = || String::from_utf8_lossy(rest).into_owned();
        Ok(Some(match kind {
            b'+' => Value::Simple(text()),
            b'-' => Value::Error(rest.to_vec()),
            b':' => Value::Integer(number(rest)?),
            b',' => Value::Double(text()),
            b'(' => Value::BigNumber(text()),
            b'#' => Value::Boolean(boolean(rest)?),
            b'_' if rest.is_empty() => Value::Null,
            b'$' if rest == b"-1" => Value::Null,
            b'*' if rest == b"-1" => Value::NullArray,
            b'$' | b'=' => return self.string(*kind, number(rest)?),
            b'*' => return Ok(self.items(number(rest)?)?.map(Value::Array)),
            b'~' => return Ok(self.items(number(rest)?)?.map(Value::Set)),
            b'>' => return Ok(self.items(number(rest)?)?.map(Value::Push)),
            b'%' => return Ok(self.items(2 * number(rest)?)?.map(Value::Map)),
            _ => return Err(Malformed(format!("no such type: {}", line.escape_ascii()))),
        }))
    }

    fn string(&mut self, kind: u8, size: i64) -> Result<Option<Value>, Malformed> {
        let size = usize::try_from(size).map_err(|_| Malformed(format!("size {size}")))?;
        let rest = &self.bytes[self.at..];
        if rest.len() < size + 2 {
            return Ok(None);
        }
        if &rest[size..size + 2] != b"\r\n" {
            return Err(Malformed("a string without its line end".to_owned()));
        }
        self.at += size + 2;
        let bytes = &rest[..size];
        if kind == b'$' {
            return Ok(Some(Value::bulk(bytes)));
        }
        match bytes.strip_prefix(b"txt:") {
            Some(text) => Ok(Some(Value::Verbatim(text.to_vec()))),
            None => Err(Malformed("a verbatim string that is not txt".to_owned())),
        }
    }

    fn items(&mut self, count: i64) -> Result<Option<Vec<Value>>, Malformed> {
        let count = usize::try_from(count).map_err(|_| Malformed(format!("count {count}")))?;
        let mut items = Vec::new();
        for _ in 0..count {
            let Some(item) = self.value()? else { return Ok(None) };
            items.push(item);
        }
        Ok(Some(items))
    }
}

/// Digits as the wire has them: no sign but `-`, no leading zero.
fn number(digits: &[u8]) -> Result<i64, Malformed> {
    let malformed = || Malformed(format!("not a number: {}", digits.escape_ascii()));
    let text = std::str::from_utf8(digits).map_err(|_| malformed())?;
    let number: i64 = text.parse().map_err(|_| malformed())?;
    if number.to_string() == text { Ok(number) } else { Err(malformed()) }
}

fn boolean(rest: &[u8]) -> Result<bool, Malformed> {
    match rest {
        b"t" => Ok(true),
        b"f" => Ok(false),
        _ => Err(Malformed("a truth value is #t or #f".to_owned())),
    }
}

/// A request as clients write it: an array of bulk strings.
pub fn request(arguments: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", arguments.len()).into_bytes();
    for argument in arguments {
        let argument = argument.as_ref();
        bytes.extend_from_slice(format!("${}\r\n", argument.len()).as_bytes());
        bytes.extend_from_slice(argument);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}
