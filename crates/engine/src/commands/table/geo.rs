//! Rows of the commands that know positions.
use super::flag::{DENYOOM, READONLY, WRITE};
use super::key::{ACCESS, Keys, OW, RO, UPDATE};
use super::{Command, Group, Run, Work, key};
use crate::commands::geo::{add, member, search};

const fn row(
    name: (&'static str, i8),
    flags: u32,
    keys: &'static [Keys],
    since: &'static str,
    run: Run,
) -> Command {
    Command::new(Group::Geo, name, flags, keys, since, run)
}

const AROUND_KEYS: &[Keys] = &[
    Keys::at(1, RO | ACCESS),
    Keys::behind("STORE", 6, OW | UPDATE),
    Keys::behind("STOREDIST", 6, OW | UPDATE),
];
const AROUND_MEMBER_KEYS: &[Keys] = &[
    Keys::at(1, RO | ACCESS),
    Keys::behind("STORE", 5, OW | UPDATE),
    Keys::behind("STOREDIST", 5, OW | UPDATE),
];

const BY_AREA: &str = "O(n + log m), n the count of members in nine cells around, m of all";

/// The rows.
#[rustfmt::skip] // A table reads in columns.
pub(super) const COMMANDS: &[Command] = &[
    row(("geoadd", -5),         WRITE | DENYOOM, key::MODIFY, "3.2.0", add::geoadd)
        .about("O(log n) for each member", "Puts members in, or moves them."),
    row(("geodist", -4),        READONLY,        key::READ,   "3.2.0", member::geodist)
        .about("O(log n)", "The distance between two members."),
    row(("geohash", -2),        READONLY,        key::READ,   "3.2.0", member::geohash)
        .about("O(log n) for each member", "The positions of members as geohashes."),
    row(("geopos", -2),         READONLY,        key::READ,   "3.2.0", member::geopos)
        .about("O(log n) for each member", "The positions of members."),
    row(("georadius", -6),      WRITE | DENYOOM, AROUND_KEYS, "3.2.0", search::georadius)
        .work(Work::Value)
        .deprecated("6.2.0", "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument")
        .about(BY_AREA, "The members around a position, or a set of them."),
    row(("georadius_ro", -6),   READONLY,        key::READ,   "3.2.10", search::georadius_ro)
        .work(Work::Value)
        .deprecated("6.2.0", "`GEOSEARCH` with the `BYRADIUS` argument")
        .about(BY_AREA, "The members around a position."),
    row(("georadiusbymember", -5), WRITE | DENYOOM, AROUND_MEMBER_KEYS, "3.2.0",
        search::georadiusbymember)
        .work(Work::Value)
        .deprecated("6.2.0",
            "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments")
        .about(BY_AREA, "The members around one of them, or a set of them."),
    row(("georadiusbymember_ro", -5), READONLY,  key::READ,   "3.2.10",
        search::georadiusbymember_ro)
        .work(Work::Value)
        .deprecated("6.2.0", "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments")
        .about(BY_AREA, "The members around one of them."),
    row(("geosearch", -7),      READONLY,        key::READ,   "6.2.0", search::geosearch)
        .work(Work::Value)
        .about(BY_AREA, "The members in a circle or a box."),
    row(("geosearchstore", -8), WRITE | DENYOOM, key::MAKE,   "6.2.0", search::geosearchstore)
        .work(Work::Value)
        .about(BY_AREA, "Stores the members in a circle or a box."),
];
