//! The arguments of the connection commands.
use super::{Argument, Table, block, integer, one_of, string, word};

const ENABLED: &[Argument] = &[one_of("enabled", &[word("on", "ON"), word("off", "OFF")])];

/// The arguments of each command that takes some, sorted by name.
#[rustfmt::skip] // A table reads in columns.
pub(super) static ARGUMENTS: &Table = &[
    ("auth", &[string("username").since("6.0.0").optional(), string("password")]),
    ("client|kill", &[
        one_of("filter", &[
            string("ip:port"),
            one_of("new-format", &[
                integer("client-id").token("ID").since("2.8.12").optional(),
                one_of("normal_master_slave_pubsub", &[
                    word("normal", "NORMAL"), word("master", "MASTER").since("3.2.0"),
                    word("slave", "SLAVE"), word("replica", "REPLICA").since("5.0.0"),
                    word("pubsub", "PUBSUB"),
                ]).token("TYPE").since("2.8.12").optional(),
                string("username").token("USER").optional(),
                string("ip:port").token("ADDR").optional(),
                string("ip:port").token("LADDR").since("6.2.0").optional(),
                string("yes/no").token("SKIPME").optional(),
            ]).multiple(),
        ]),
    ]),
    ("client|list", &[
        one_of("normal_master_replica_pubsub", &[
            word("normal", "NORMAL"), word("master", "MASTER"), word("replica", "REPLICA"),
            word("pubsub", "PUBSUB"),
        ]).token("TYPE").since("5.0.0").optional(),
        block("id", &[integer("client-id").multiple()]).token("ID").since("6.2.0").optional(),
    ]),
    ("client|no-evict", ENABLED),
    ("client|no-touch", ENABLED),
    ("client|reply", &[
        one_of("on_off_skip", &[word("on", "ON"), word("off", "OFF"), word("skip", "SKIP")]),
    ]),
    ("client|setinfo", &[
        one_of("attr", &[string("libname").token("LIB-NAME"), string("libver").token("LIB-VER")]),
    ]),
    ("client|setname", &[string("connection-name")]),
    ("echo", &[string("message")]),
    ("hello", &[
        block("arguments", &[
            integer("protover"),
            block("username_password", &[
                string("username"), string("password"),
            ]).token("AUTH").optional(),
            string("clientname").token("SETNAME").optional(),
        ]).optional(),
    ]),
    ("ping", &[string("message").optional()]),
    ("select", &[integer("index")]),
];
