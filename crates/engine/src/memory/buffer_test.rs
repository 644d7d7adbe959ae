//! Buffers: what is appended stands behind what was there, wherever that begins.
extern crate std;

use super::{BUFFER_SIZE, BufferPool};
use std::vec::Vec;

/// Of a buffer with `filled` bytes, of which `consumed` are done with, up to the last byte that
/// fits: nothing is lost, whether or not the rest has to move.
#[test]
fn appended_bytes_follow_those_that_wait() {
    let mut pool = BufferPool::new(1);
    for filled in [1, 2, 1000, BUFFER_SIZE - 1, BUFFER_SIZE] {
        for consumed in [0, 1, filled / 2, filled - 1, filled] {
            let rest = filled - consumed;
            for appended in [0, 1, consumed, BUFFER_SIZE - rest] {
                let buffer = pool.acquire().unwrap();
                let bytes: Vec<u8> = (0..filled + appended).map(|at| (at % 251) as u8).collect();
                buffer.append(&bytes[..filled]);
                buffer.consume(consumed as u32);
                if rest + appended <= BUFFER_SIZE {
                    buffer.append_all(&bytes[filled..]);
                    assert!(
                        buffer.filled() == &bytes[consumed..],
                        "{filled} {consumed} {appended}"
                    );
                }
                pool.release(buffer);
            }
        }
    }
}
