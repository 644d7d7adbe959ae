//! The words of a request line, as redis-cli reads them: `"..."` with escapes, `'...'` without,
//! bare words; and one form of our own, `<text 70000>`, for what is too long to write down.

/// The arguments in `line`.
pub(super) fn split(line: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut arguments = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (argument, after) = match rest.as_bytes()[0] {
            b'"' => double_quoted(&rest[1..])?,
            b'\'' => single_quoted(&rest[1..])?,
            _ => repeated(rest).unwrap_or_else(|| bare(rest)),
        };
        if !after.is_empty() && !after.starts_with(' ') {
            return Err(format!("a quote ends before a space: {after}"));
        }
        arguments.push(argument);
        rest = after.trim_start();
    }
    if arguments.is_empty() { Err("a request has a name".to_owned()) } else { Ok(arguments) }
}

fn bare(rest: &str) -> (Vec<u8>, &str) {
    let end = rest.find(' ').unwrap_or(rest.len());
    (rest.as_bytes()[..end].to_vec(), &rest[end..])
}

/// `<text count>`.
fn repeated(rest: &str) -> Option<(Vec<u8>, &str)> {
    let (inside, after) = rest.strip_prefix('<')?.split_once('>')?;
    let (text, count) = inside.split_once(' ')?;
    Some((text.as_bytes().repeat(count.parse().ok()?), after))
}

fn single_quoted(rest: &str) -> Result<(Vec<u8>, &str), String> {
    let mut argument = Vec::new();
    let mut bytes = rest.bytes().enumerate();
    while let Some((index, byte)) = bytes.next() {
        match byte {
            b'\'' => return Ok((argument, &rest[index + 1..])),
            b'\\' if rest[index + 1..].starts_with('\'') => {
                argument.push(b'\'');
                bytes.next();
            }
            _ => argument.push(byte),
        }
    }
    Err("a single quote does not end".to_owned())
}

fn double_quoted(rest: &str) -> Result<(Vec<u8>, &str), String> {
    let bytes = rest.as_bytes();
    let (mut argument, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'"', _) => return Ok((argument, &rest[at + 1..])),
            (b'\\', Some(b'x')) => {
                let digits = rest.get(at + 2..at + 4).ok_or("\\x needs two digits")?;
                let value = u8::from_str_radix(digits, 16);
                argument.push(value.map_err(|_| "\\x needs two hexadecimal digits")?);
                at += 4;
            }
            (b'\\', Some(escaped)) => {
                argument.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'a' => 0x07,
                    b'b' => 0x08,
                    other => *other,
                });
                at += 2;
            }
            _ => {
                argument.push(*byte);
                at += 1;
            }
        }
    }
    Err("a double quote does not end".to_owned())
}
