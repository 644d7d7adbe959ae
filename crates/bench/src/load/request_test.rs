//! The bytes of each kind.
use super::super::keys::Distribution;
use super::*;

/// The first request of one kind, keys in sequence.
fn request(kind: Kind) -> String {
    let mix = Mix { weights: vec![(kind, 1)], value_size: 3, keys_per_command: 2, ttl_s: 60 };
    let mut output = Vec::new();
    RequestWriter::new(&mix, Keys::new(Distribution::Sequential, 9), 1).write(&mut output);
    String::from_utf8(output).unwrap().replace("\r\n", " ").trim_end().to_owned()
}

#[test]
fn each_kind_is_the_command_that_it_names() {
    let key = "$16 key:000000000000";
    assert_eq!(request(Kind::Get), format!("*2 $3 GET {key}"));
    assert_eq!(request(Kind::Set), format!("*3 $3 SET {key} $3 abc"));
    assert_eq!(request(Kind::Incr), format!("*2 $4 INCR {key}"));
    assert_eq!(request(Kind::SetExpiring), format!("*5 $3 SET {key} $3 abc $2 EX $2 60"));
    assert_eq!(request(Kind::Expire), format!("*3 $6 EXPIRE {key} $2 60"));
    assert_eq!(request(Kind::Ping), "*1 $4 PING");
    let second = "$16 key:000000000001";
    assert_eq!(request(Kind::Mget), format!("*3 $4 MGET {key} {second}"));
    assert_eq!(request(Kind::Mset), format!("*5 $4 MSET {key} $3 abc {second} $3 abc"));
}

#[test]
fn kinds_are_as_frequent_as_their_weights() {
    let mix = Mix { weights: vec![(Kind::Set, 1), (Kind::Get, 10)], ..Mix::default() };
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
