//! The arguments of the server commands.
use super::{Argument, Table, block, integer, key, one_of, pattern, string, word};

const COMMAND_NAME: &[Argument] = &[string("command-name").optional().multiple()];

/// The arguments of each command that takes some, sorted by name.
#[rustfmt::skip] // A table reads in columns.
pub(super) static ARGUMENTS: &Table = &[
    ("command|docs", COMMAND_NAME),
    ("command|info", COMMAND_NAME),
    ("command|list", &[
        one_of("filterby", &[
            string("module-name").token("MODULE"), string("category").token("ACLCAT"),
            pattern("pattern").token("PATTERN"),
        ]).token("FILTERBY").optional(),
    ]),
    ("config|get", &[block("parameter", &[string("parameter")]).multiple()]),
    ("config|set", &[block("parameter_value", &[string("parameter"), string("value")]).multiple()]),
    ("function|flush", &[
        one_of("async", &[word("async", "ASYNC"), word("sync", "SYNC")]).optional(),
    ]),
    ("info", &[string("section").optional().multiple()]),
    ("latency|histogram", &[string("command").optional().multiple()]),
    ("latency|history", &[string("event")]),
    ("latency|reset", &[string("event").optional().multiple()]),
    ("memory|usage", &[key("key", 0), integer("count").token("SAMPLES").optional()]),
    ("script|flush", &[
        one_of("async", &[word("async", "ASYNC"), word("sync", "SYNC")]).since("6.2.0").optional(),
    ]),
    ("shutdown", &[
        one_of("nosave_save", &[word("nosave", "NOSAVE"), word("save", "SAVE")]).optional(),
        word("now", "NOW").since("7.0.0").optional(),
        word("force", "FORCE").since("7.0.0").optional(),
        word("abort", "ABORT").since("7.0.0").optional(),
    ]),
    ("slowlog|get", &[integer("count").optional()]),
];
