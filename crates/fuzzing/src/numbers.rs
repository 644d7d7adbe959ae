//! Numbers: what is read is what the standard library or naive arithmetic reads, what is printed
//! reads back.
use granite_engine::stdx::extended::{EXTENDED_TEXT_SIZE_MAX, Extended};
use granite_engine::stdx::number::{
    DOUBLE_TEXT_SIZE_MAX, I64_TEXT_SIZE_MAX, format_double, format_i64, format_u64, i64_text_size,
    parse_i64,
};
use granite_simulator::model::float_sum;

pub(crate) fn run(data: &[u8]) {
    integers(data);
    if let Ok(bits) = <[u8; 8]>::try_from(data) {
        formats(u64::from_le_bytes(bits));
    }
    let split = data.iter().position(|byte| *byte == b'+' || *byte == b' ').unwrap_or(data.len());
    let (one, other) = data.split_at(split);
    floats(one, other.get(1..).unwrap_or_default());
}

fn integers(text: &[u8]) {
    let expected = std::str::from_utf8(text).ok().and_then(|text| {
        let value: i64 = text.parse().ok()?;
        (value.to_string() == text).then_some(value)
    });
    assert_eq!(parse_i64(text), expected);
    if let Some(value) = expected {
        assert_eq!(format_i64(value, &mut [0; I64_TEXT_SIZE_MAX]), text);
        assert_eq!(i64_text_size(value), text.len());
    }
}

fn formats(bits: u64) {
    let text = format_u64(bits, &mut [0; I64_TEXT_SIZE_MAX]).to_vec();
    assert_eq!(text, bits.to_string().into_bytes());
    let value = bits.cast_signed();
    assert_eq!(format_i64(value, &mut [0; I64_TEXT_SIZE_MAX]), value.to_string().as_bytes());
    let double = f64::from_bits(bits);
    let mut room = [0; DOUBLE_TEXT_SIZE_MAX];
    let text = std::str::from_utf8(format_double(double, &mut room)).expect("digits are ASCII");
    if double.is_finite() {
        assert!(text.parse() == Ok(double), "{double:e} was printed as {text}");
    }
}

/// Sums as INCRBYFLOAT computes them, against arithmetic with whole numbers of any size.
fn floats(one: &[u8], other: &[u8]) {
    // Longer texts are nobody's number, and take the naive arithmetic long.
    if one.len() > 40 || other.len() > 40 {
        return;
    }
    let sum = match (Extended::parse(one), Extended::parse(other)) {
        (Some(one), Some(other)) => one.checked_add(other).map(|sum| {
            let mut room = [0; EXTENDED_TEXT_SIZE_MAX];
            let text = sum.format(&mut room).to_vec();
            assert!(Extended::parse(&text).is_some(), "what was printed cannot be read");
            text
        }),
        _ => None,
    };
    if is_beyond_the_model(one) || is_beyond_the_model(other) {
        return;
    }
    let expected = float_sum(one, other);
    assert_eq!(sum, expected.map(String::into_bytes), "{one:?} + {other:?}");
}

/// The model reads hexadecimal texts only where they are whole numbers, and leaves out the last
/// powers of ten at both ends of the format.
fn is_beyond_the_model(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    let exponent = lower.iter().position(|byte| *byte == b'e').map_or(0, |at| lower.len() - at);
    lower.contains(&b'x') || exponent > 4
}
