//! The arguments of the bitmap commands.
use super::{Table, block, integer, key, one_of, string, word};

/// The arguments of each command that takes some, sorted by name.
#[rustfmt::skip] // A table reads in columns.
pub(super) static ARGUMENTS: &Table = &[
    ("bitcount", &[
        key("key", 0),
        block("index", &[
            integer("start"), integer("end"),
            one_of("index_unit", &[
                word("byte", "BYTE"), word("bit", "BIT"),
            ]).since("7.0.0").optional(),
        ]).optional(),
    ]),
    ("bitfield", &[
        key("key", 0),
        one_of("operation", &[
            block("encoding_offset", &[string("encoding"), integer("offset")]).token("GET"),
            block("write", &[
                one_of("wrap_sat_fail", &[
                    word("wrap", "WRAP"), word("sat", "SAT"), word("fail", "FAIL"),
                ]).token("OVERFLOW").optional(),
                one_of("write_operation", &[
                    block("encoding_offset_value", &[
                        string("encoding"), integer("offset"), integer("value"),
                    ]).token("SET"),
                    block("encoding_offset_increment", &[
                        string("encoding"), integer("offset"), integer("increment"),
                    ]).token("INCRBY"),
                ]),
            ]),
        ]).optional().multiple(),
    ]),
    ("bitfield_ro", &[
        key("key", 0),
        block("encoding_offset", &[
            string("encoding"), integer("offset"),
        ]).token("GET").optional().multiple().multiple_token(),
    ]),
    ("bitop", &[string("operation"), key("destkey", 0), key("key", 1).multiple()]),
    ("bitpos", &[
        key("key", 0), integer("bit"),
        block("index", &[
            integer("start"),
            block("end_index", &[
                integer("end"),
                one_of("index_unit", &[
                    word("byte", "BYTE"), word("bit", "BIT"),
                ]).since("7.0.0").optional(),
            ]).optional(),
        ]).optional(),
    ]),
    ("getbit", &[key("key", 0), integer("offset")]),
    ("setbit", &[key("key", 0), integer("offset"), integer("value")]),
];
