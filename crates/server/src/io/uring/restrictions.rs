//! The one table of what the ring is used for. From it come the operations that a kernel must have
//! and the restrictions that hold from the first submission on: seccomp cannot see what a ring
//! does, so the ring itself refuses everything else, and every registration.
use io_uring::register::{Probe, Restriction};
use io_uring::{opcode, squeue};

/// Every operation in use, and what for.
pub(super) const OPERATIONS: [(u8, &str); 5] = [
    (opcode::Accept::CODE, "accept"),
    (opcode::Recv::CODE, "receive into a provided buffer"),
    (opcode::Send::CODE, "send one buffer"),
    (opcode::SendMsg::CODE, "send several buffers"),
    (opcode::PollAdd::CODE, "wait for a signal, or for the end of a socket"),
];

/// Without this flag no receive may use a provided buffer.
const FLAGS_ALLOWED: squeue::Flags = squeue::Flags::BUFFER_SELECT;

/// The first operation that the kernel lacks.
pub(super) fn missing(probe: &Probe) -> Option<&'static str> {
    OPERATIONS.iter().find(|(code, _)| !probe.is_supported(*code)).map(|(_, purpose)| *purpose)
}

/// What the ring may do.
pub(super) fn restrictions() -> [Restriction; OPERATIONS.len() + 1] {
    std::array::from_fn(|index| match OPERATIONS.get(index) {
        Some((code, _)) => Restriction::sqe_op(*code),
        None => Restriction::sqe_flags_allowed(FLAGS_ALLOWED.bits()),
    })
}
