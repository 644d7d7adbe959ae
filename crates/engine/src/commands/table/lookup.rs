//! From a name to its row: a hash table that the compiler builds.
//!
//! A name is read as two words, its first and its last bytes, in which the case of letters does
//! not count. With the size they say all about a name of up to 16 bytes, so that a lookup compares
//! words, not bytes: about 6 ns of processor time for a mix of commands.
use super::{COMMAND_COUNT, CommandId, ROW_COUNT, ROWS};

/// Slots of the table: a power of two, several times the count of commands.
const SLOT_COUNT: usize = 1024;

/// No command.
const VACANT: u16 = u16::MAX;

/// A name without its case.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Folded {
    low: u64,
    high: u64,
    size: u64,
}

impl Folded {
    const fn of(name: &[u8]) -> Self {
        // Bit 5 is what differs between the cases of a letter.
        const FOLD: u64 = 0x2020_2020_2020_2020;
        let size = name.len();
        let (low, high) = if let (Some(low), Some(high)) =
            (name.first_chunk::<8>(), name.last_chunk::<8>())
        {
            (u64::from_le_bytes(*low), u64::from_le_bytes(*high))
        } else if let (Some(low), Some(high)) = (name.first_chunk::<4>(), name.last_chunk::<4>()) {
            (u32::from_le_bytes(*low) as u64, u32::from_le_bytes(*high) as u64)
        } else if size > 0 {
            (name[0] as u64 | (name[size / 2] as u64) << 8, name[size - 1] as u64)
        } else {
            (0, 0)
        };
        Self { low: low | FOLD, high: high | FOLD, size: size as u64 }
    }

    const fn slot(self) -> usize {
        let mixed =
            (self.low ^ self.high.rotate_left(23) ^ self.size).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> (64 - SLOT_COUNT.ilog2())) as usize
    }
}

/// The row of each command by the slot of its name. Collisions take the next slot.
static SLOTS: [u16; SLOT_COUNT] = {
    assert!(COMMAND_COUNT * 4 <= SLOT_COUNT, "a sparse table finds a name in one step");
    let mut slots = [VACANT; SLOT_COUNT];
    let mut row = 0;
    while row < ROW_COUNT {
        if !is_subcommand(row) {
            let mut slot = Folded::of(ROWS[row].name.as_bytes()).slot();
            while slots[slot] != VACANT {
                slot = (slot + 1) % SLOT_COUNT;
            }
            slots[slot] = row as u16;
        }
        row += 1;
    }
    slots
};

/// The folded name of each row, and whether it consists of letters alone: only then nothing but
/// its own letters folds to it.
static NAMES: [(Folded, bool); ROW_COUNT] = {
    let mut names = [(Folded::of(b""), false); ROW_COUNT];
    let mut row = 0;
    while row < ROW_COUNT {
        let name = ROWS[row].name.as_bytes();
        let mut letters_only = name.len() <= 16;
        let mut index = 0;
        while index < name.len() {
            letters_only &= name[index].is_ascii_lowercase();
            index += 1;
        }
        names[row] = (Folded::of(name), letters_only);
        row += 1;
    }
    names
};

const fn is_subcommand(row: usize) -> bool {
    let name = ROWS[row].name.as_bytes();
    let mut index = 0;
    while index < name.len() {
        if name[index] == b'|' {
            return true;
        }
        index += 1;
    }
    false
}

/// The command called `name`, in any case. O(1), no allocation.
#[inline(always)]
pub fn lookup(name: &[u8]) -> Option<CommandId> {
    let folded = Folded::of(name);
    let mut slot = folded.slot();
    loop {
        let row = SLOTS[slot];
        if row == VACANT {
            return None;
        }
        let (expected, letters_only) = &NAMES[row as usize];
        if *expected == folded
            && (*letters_only || ROWS[row as usize].name.as_bytes().eq_ignore_ascii_case(name))
        {
            return Some(CommandId(row));
        }
        slot = (slot + 1) % SLOT_COUNT;
    }
}
