//! The bytes of each kind.
use super::super::keys::Distribution;
use super::super::kind::KINDS;
use super::*;

fn kind(name: &str) -> Kind {
    Kind::from_name(name).unwrap()
}

/// A request of one kind, keys in sequence, after `skipped` others.
fn request(name: &str, element_count: u64, skipped: u32) -> String {
    let weights = vec![(kind(name), 1)];
    let mix = Mix { weights, value_size: 3, keys_per_command: 2, element_count, ttl_s: 60 };
    let keys = Keys::new(Distribution::Sequential, 9 * element_count);
    let mut writer = RequestWriter::new(&mix, keys, 1);
    let mut output = Vec::new();
    for _ in 0..=skipped {
        output.clear();
        writer.write(&mut output);
    }
    String::from_utf8(output).unwrap().replace("\r\n", " ").trim_end().to_owned()
}

#[test]
fn each_kind_is_the_command_that_it_names() {
    let key = "$16 key:000000000000";
    let first = |name| request(name, 1, 0);
    assert_eq!(first("get"), format!("*2 $3 GET {key}"));
    assert_eq!(first("set"), format!("*3 $3 SET {key} $3 abc"));
    assert_eq!(first("incr"), format!("*2 $4 INCR {key}"));
    assert_eq!(first("setex"), format!("*5 $3 SET {key} $3 abc $2 EX $2 60"));
    assert_eq!(first("expire"), format!("*3 $6 EXPIRE {key} $2 60"));
    assert_eq!(first("ping"), "*1 $4 PING");
    let second = "$16 key:000000000001";
    assert_eq!(first("mget"), format!("*3 $4 MGET {key} {second}"));
    assert_eq!(first("mset"), format!("*5 $4 MSET {key} $3 abc {second} $3 abc"));
    assert_eq!(first("lrange100"), format!("*4 $6 LRANGE {key} $1 0 $2 99"));
    assert_eq!(first("zadd"), format!("*4 $4 ZADD {key} $1 0 $16 elt:000000000000"));
    assert_eq!(first("zrange100"), format!("*4 $6 ZRANGE {key} $1 0 $2 99"));
}

#[test]
fn one_draw_names_a_key_and_its_element() {
    let hset = |key, element| {
        format!("*4 $4 HSET $16 key:00000000000{key} $16 elt:00000000000{element} $3 abc")
    };
    assert_eq!(request("hset", 4, 3), hset(0, 3));
    // The second has half of its elements in common with the first.
    assert_eq!(request("hset", 4, 4), hset(1, 2));
}

#[test]
fn every_kind_can_be_loaded_and_has_as_many_arguments_as_it_says() {
    for kind in KINDS {
        assert!(Kind::from_name(kind.loader).is_some(), "{}", kind.name);
        let request = request(kind.name, 200, 0);
        let counts: Vec<&str> = request.split(' ').collect();
        assert_eq!(counts[0], format!("*{}", (counts.len() - 1) / 2), "{request}");
        for pair in counts[1..].chunks(2) {
            assert_eq!(pair[0], format!("${}", pair[1].len()), "{request}");
        }
    }
}

#[test]
fn kinds_are_as_frequent_as_their_weights() {
    let mix = Mix { weights: vec![(kind("set"), 1), (kind("get"), 10)], ..Mix::default() };
    let mut writer = RequestWriter::new(&mix, Keys::new(Distribution::Uniform, 1_000), 3);
    let (mut output, mut set_count) = (Vec::new(), 0);
    for _ in 0..11_000 {
        output.clear();
        writer.write(&mut output);
        set_count += u32::from(output.starts_with(b"*3"));
    }
    assert!((900..1_100).contains(&set_count), "{set_count} of 11,000 are SET");
}

#[test]
fn a_key_has_twelve_digits() {
    let mut output = Vec::new();
    for number in [0, 7, 20_000_000, 999_999_999_999] {
        write_digits(number, &mut output);
    }
    assert_eq!(output, b"000000000000000000000007000020000000999999999999");
}
