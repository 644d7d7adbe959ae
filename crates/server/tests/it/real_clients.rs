//! The `redis` crate against the real binary: what an application does on its first day.
use crate::server::{Server, with_each_engine};
use redis::{Commands, Connection, IntoConnectionInfo, ProtocolVersion, RedisResult};
use std::collections::BTreeSet;

/// Runs `test` over RESP2 and RESP3, with each I/O engine.
fn with_each_protocol(test: impl Fn(Connection)) {
    with_each_engine(&[], |server| {
        for protocol in [ProtocolVersion::RESP2, ProtocolVersion::RESP3] {
            server.client().command(&["FLUSHALL"]);
            test(connect(server, protocol));
        }
    });
}

fn connect(server: &Server, protocol: ProtocolVersion) -> Connection {
    let address = format!("redis://127.0.0.1:{}/", server.port);
    let info = address.into_connection_info().expect("it is an address");
    let settings = info.redis_settings().clone().set_protocol(protocol);
    let client = redis::Client::open(info.set_redis_settings(settings)).expect("it is complete");
    client.get_connection().expect("the server listens")
}

#[test]
fn strings_counters_and_deadlines() {
    with_each_protocol(|mut connection| {
        let _: () = connection.set("name", "granite").expect("SET");
        let name: String = connection.get("name").expect("GET");
        assert_eq!(name, "granite");
        let missing: Option<String> = connection.get("missing").expect("GET");
        assert_eq!(missing, None);
        let count: i64 = connection.incr("counter", 41).expect("INCRBY");
        let next: i64 = connection.incr("counter", 1).expect("INCRBY");
        assert_eq!((count, next), (41, 42));
        let half: f64 = connection.incr("float", 0.5).expect("INCRBYFLOAT");
        assert!((half - 0.5).abs() < f64::EPSILON);
        let _: () = connection.set_ex("session", "data", 100).expect("SETEX");
        let ttl: i64 = connection.ttl("session").expect("TTL");
        assert!((99..=100).contains(&ttl), "{ttl}");
        let (one, other): (String, Option<i64>) =
            connection.mget(&["name", "missing"]).expect("MGET");
        assert_eq!((one.as_str(), other), ("granite", None));
        let large = vec![7_u8; 3 << 20];
        let _: () = connection.set("large", &large).expect("SET of 3 MiB");
        let back: Vec<u8> = connection.get("large").expect("GET of 3 MiB");
        assert!(back == large, "3 MiB come back as they went");
        let refusal: RedisResult<i64> = connection.incr("name", 1);
        assert!(refusal.is_err(), "not a number");
    });
}

#[test]
fn pipelines_and_transactions() {
    with_each_protocol(|mut connection| {
        let mut pipeline = redis::pipe();
        for number in 0..1_000 {
            pipeline.set(format!("k{number}"), number).ignore();
            pipeline.get(format!("k{number}"));
        }
        let numbers: Vec<i64> = pipeline.query(&mut connection).expect("a pipeline");
        assert_eq!(numbers, (0..1_000).collect::<Vec<_>>());
        let key = "watched";
        let _: () = connection.set(key, 1).expect("SET");
        let (doubled,): (i64,) =
            redis::transaction(&mut connection, &[key], |connection, pipeline| {
                let value: i64 = connection.get(key)?;
                pipeline.set(key, value * 2).ignore().get(key).query(connection)
            })
            .expect("a transaction");
        assert_eq!(doubled, 2);
    });
}

#[test]
fn scan_finds_every_key_once() {
    with_each_protocol(|mut connection| {
        let mut pipeline = redis::pipe();
        for number in 0..2_000 {
            pipeline.set(format!("scan:{number}"), 1).ignore();
        }
        let () = pipeline.query(&mut connection).expect("a pipeline");
        let names: Vec<String> = connection
            .scan_match("scan:*")
            .expect("SCAN")
            .collect::<RedisResult<_>>()
            .expect("names");
        assert_eq!(names.len(), 2_000);
        assert_eq!(names.into_iter().collect::<BTreeSet<_>>().len(), 2_000);
    });
}
