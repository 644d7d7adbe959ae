//! Configuration files: any text is read or refused, with one line that says where, that names an
//! option at most, and that never shows a password.
use granite_server::options;

/// What no error may show.
const SECRET: &str = "Sw0rdfish-of-the-judge";

pub(crate) fn run(data: &[u8]) {
    let is_including =
        data.to_ascii_lowercase().windows(7).any(|word| word == b"include") || data.len() > 4_096;
    if is_including {
        // It would read files of this machine.
        return;
    }
    let first = outcome(data);
    assert_eq!(outcome(data), first, "read twice, understood twice");
    let password = format!("requirepass {SECRET}\n");
    for text in [
        [password.as_bytes(), data].concat(),
        [data, b"\n", password.as_bytes()].concat(),
        [&password.as_bytes()[..password.len() - 1], data].concat(),
    ] {
        let (lines, _) = outcome(&text);
        // What the data itself says about passwords is not ours.
        assert!(!lines.contains(SECRET), "a password in {lines:?}");
    }
}

/// What the user would see, and how many options are not at their default.
fn outcome(text: &[u8]) -> (String, bool) {
    match options::read_text(text) {
        Ok(start) => (start.notices.join("\n"), true),
        Err(error) => {
            let line = error.to_string();
            assert!(!line.contains(['\n', '\r', '\0']), "an error is one line: {line:?}");
            assert!(!line.is_empty() && line.len() < 4_096, "an error is short: {line:?}");
            (line, false)
        }
    }
}
