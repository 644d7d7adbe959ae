//! Figures come from the right fields, and not more often than they should.
use super::{FactsReader, ReadStat, entropy, run_id};
use granite_engine::clock::Now;
use granite_engine::facts::Facts;

#[test]
fn fields_are_those_of_proc_5() {
    let line = b"42 (a ) name) S 1 42 42 0 -1 4194304 1000 0 7 0 250 30 0 0 20 0 1 0 555 9000000 \
                 2048 18446744073709551615 1 1 0 0 0\n";
    let mut facts = Facts::NONE;
    facts.read_stat(line);
    assert_eq!(facts.page_faults_minor, 1000);
    assert_eq!(facts.page_faults_major, 7);
    assert_eq!(facts.cpu_user_us, 2_500_000);
    assert_eq!(facts.cpu_system_us, 300_000);
    assert_eq!(facts.resident_bytes, 2048 * 4096);
    facts.read_stat(b"nothing of the kind");
    assert_eq!(facts.resident_bytes, 2048 * 4096, "what cannot be read changes nothing");
}

#[test]
fn figures_are_read_ten_times_a_second() {
    let mut reader = FactsReader::new(Facts::NONE).unwrap();
    let at = |monotonic_ms| Now { monotonic_ms, unix_us: 0 };
    let facts = reader.refresh(at(1000)).unwrap();
    assert!(facts.resident_bytes > 100_000 && facts.resident_bytes_max >= facts.resident_bytes);
    assert!(reader.refresh(at(1099)).is_none());
    assert!(reader.refresh(at(1100)).is_some());
}

#[test]
fn a_run_has_a_name_of_its_own() {
    let mut bytes = [0; 20];
    (bytes[0], bytes[19]) = (0x0f, 0xa5);
    assert_eq!(&run_id(bytes), b"0f000000000000000000000000000000000000a5");
    assert_ne!(entropy::<20>().unwrap(), entropy::<20>().unwrap());
}
