//! Many clients, tiny pools, a kernel with faults.
use crate::granite::Granite;
use crate::kernel::Faults;
use crate::transcript::{Settings, Target, Wait};
use crate::value::{Value, request};
use granite_engine::limits::Limits;

const HOUR_MS: i64 = 3_600_000;
const YEAR_MS: i64 = 365 * 24 * HOUR_MS;

/// Bad input 83: the wall clock is set back and forth, and far ahead.
#[test]
fn bad_83_clocks_that_jump() {
    let mut granite = Granite::new(Limits::tiny(), 1, Faults::default());
    granite.begin(&Settings::default()).unwrap();
    let ask = |granite: &mut Granite, line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let answer = granite.exchange(1, &request(&words), Wait::Reply);
        Value::parse_all(&answer.bytes).unwrap().remove(0)
    };
    assert_eq!(ask(&mut granite, "SET k v EX 100"), Value::ok());
    granite.kernel().jump(-HOUR_MS);
    granite.kernel().run();
    assert_eq!(ask(&mut granite, "TTL k"), Value::Integer(3_700));
    granite.kernel().jump(HOUR_MS);
    granite.kernel().run();
    assert_eq!(ask(&mut granite, "TTL k"), Value::Integer(100));
    // Beyond 2038 and 2106: what is due expires, the rest stays.
    assert_eq!(ask(&mut granite, "SET kept v"), Value::ok());
    granite.kernel().jump(100 * YEAR_MS);
    granite.kernel().run();
    assert_eq!(ask(&mut granite, "GET k"), Value::Null);
    assert_eq!(ask(&mut granite, "GET kept"), Value::bulk("v"));
    assert_eq!(ask(&mut granite, "SET k v PX 5000"), Value::ok());
    assert_eq!(ask(&mut granite, "PTTL k"), Value::Integer(5_000));
    // 1970: nothing is due, nothing panics.
    granite.kernel().jump(-163 * YEAR_MS);
    granite.kernel().run();
    assert_eq!(ask(&mut granite, "GET k"), Value::bulk("v"));
    granite.advance(10_000);
    assert_eq!(ask(&mut granite, "SET other v PX 100"), Value::ok());
    granite.advance(101);
    assert_eq!(ask(&mut granite, "EXISTS other"), Value::Integer(0));
}
