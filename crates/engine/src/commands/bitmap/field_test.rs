//! Fields at every offset and width, and what happens to values that do not fit.
use super::{Action, FIELD_SIZE_MAX, Field, Operation, Overflow};
use crate::commands::error::CommandError;
use crate::random::Random;

const fn field(signed: bool, bit_count: u32, offset: u64) -> Field {
    Field { signed, bit_count, offset }
}

#[test]
fn types_are_i1_to_i64_and_u1_to_u63() {
    assert_eq!(Field::parse_type(b"i64"), Ok((true, 64)));
    assert_eq!(Field::parse_type(b"u63"), Ok((false, 63)));
    for text in [&b""[..], b"i", b"i0", b"i65", b"u64", b"I8", b"u08", b"i-8", b"x8", b"8"] {
        assert!(matches!(Field::parse_type(text), Err(CommandError::Line(_))), "{text:?}");
    }
}

#[test]
fn what_is_written_is_read_and_nothing_else_changes() {
    let mut random = Random::new(3);
    for signed in [false, true] {
        for bit_count in 1..=if signed { 64 } else { 63 } {
            for offset in 0..8 {
                let field = field(signed, bit_count, offset);
                let mut bytes = [0; FIELD_SIZE_MAX];
                bytes.fill_with(|| random.bits() as u8);
                let before = bytes;
                let value = field.value_of(u128::from(random.bits()));
                field.write(&mut bytes[..field.byte_count()], value);
                assert_eq!(field.read(&bytes[..field.byte_count()]), value, "{field:?}");
                for bit in 0..FIELD_SIZE_MAX as u64 * 8 {
                    let inside = (offset..offset + u64::from(bit_count)).contains(&bit);
                    let mask = 0x80 >> (bit % 8);
                    let index = (bit / 8) as usize;
                    assert!(inside || bytes[index] & mask == before[index] & mask, "{field:?}");
                }
            }
        }
    }
}

#[test]
fn values_that_do_not_fit() {
    use Overflow::{Fail, Saturate, Wrap};
    let set = Action::Set;
    let add = Action::Increment;
    let rows = [
        // type, before, action, then for each overflow: the answer and what is stored
        (field(false, 8, 0), 250, add(10), [(Wrap, Some(4), 4), (Saturate, Some(255), 255)]),
        (field(false, 8, 0), 5, add(-10), [(Wrap, Some(251), 251), (Saturate, Some(0), 0)]),
        (field(true, 8, 0), 127, add(1), [(Wrap, Some(-128), -128), (Saturate, Some(127), 127)]),
        (field(true, 8, 0), -128, add(-1), [(Wrap, Some(127), 127), (Fail, None, -128)]),
        (field(false, 8, 0), 7, set(-1), [(Wrap, Some(7), 255), (Saturate, Some(7), 255)]),
        (field(true, 8, 0), 7, set(-129), [(Wrap, Some(7), 127), (Saturate, Some(7), -128)]),
        (field(false, 8, 0), 7, set(256), [(Wrap, Some(7), 0), (Fail, None, 7)]),
        (
            field(true, 64, 0),
            i128::from(i64::MAX),
            add(i64::MAX),
            [(Wrap, Some(-2), -2), (Saturate, Some(i128::from(i64::MAX)), i128::from(i64::MAX))],
        ),
    ];
    for (field, before, action, outcomes) in rows {
        for (overflow, answer, after) in outcomes {
            let mut bytes = [0; FIELD_SIZE_MAX];
            let bytes = &mut bytes[..field.byte_count()];
            field.write(bytes, before);
            let operation = Operation { field, action, overflow };
            assert_eq!(operation.apply(bytes), answer, "{operation:?} on {before}");
            assert_eq!(field.read(bytes), after, "{operation:?} on {before}");
        }
    }
}
