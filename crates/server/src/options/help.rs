//! What `--help` and `--version` print.
use granite_engine::commands::connection::REDIS_VERSION;
use granite_engine::options::kind::Kind;
use granite_engine::options::table::{Change, OPTIONS, OptionRow, Standing};
use std::fmt::{self, Write};

/// The version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

const USAGE: &str = "\
Usage:
  granite [FILE|-] [--directive value ...]     serve
  granite plan [FILE|-] [--directive value ...] [--json]
                                               print the memory plan
  granite plan --keys 10m --key-size 16 --value-size 100 [--ttl] [--json]
                                               print the smallest memory that holds so many keys
  granite --version | --help

FILE has the syntax of redis.conf, '-' is the standard input. The last value of a directive wins.
Directives of Redis without meaning here are accepted; those that promise what is missing stop the
start unless they are off.

Directives:
";

/// One line. The only `v=` is the version of Redis that clients may take this for: their tests
/// look for it.
pub fn write_version(out: &mut dyn Write) -> fmt::Result {
    write!(out, "Granite {VERSION}, compatible with Redis server v={REDIS_VERSION} ")?;
    out.write_str("sha=00000000:0 malloc=none bits=64\n")
}

/// How to start, and every directive that has a meaning.
pub fn write_help(out: &mut dyn Write) -> fmt::Result {
    write_version(out)?;
    out.write_char('\n')?;
    out.write_str(USAGE)?;
    OPTIONS.iter().filter(|row| row.standing == Standing::Ours).try_for_each(|row| {
        write!(out, "  --{} ", row.name)?;
        write_range(row, out)?;
        let default = if row.default.is_empty() { "\"\"" } else { row.default };
        write!(out, " (default {default}")?;
        out.write_str(if row.change == Change::Live { ", CONFIG SET)\n" } else { ")\n" })?;
        writeln!(out, "      {}", row.reason)
    })
}

fn write_range(row: &OptionRow, out: &mut dyn Write) -> fmt::Result {
    match row.kind {
        Kind::YesNo => out.write_str("yes|no"),
        Kind::Choice(words) => words.iter().enumerate().try_for_each(|(index, word)| {
            write!(out, "{}{word}", if index == 0 { "" } else { "|" })
        }),
        Kind::Number { unit, min, max, .. } => {
            row.kind.write_number(min, out)?;
            out.write_str("..")?;
            row.kind.write_number(max, out)?;
            let name = unit.name();
            write!(out, "{}{name}", if name.is_empty() { "" } else { " " })
        }
        _ => out.write_str("text"),
    }
}
