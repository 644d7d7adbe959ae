//! The memory plan as data: one row for each pool, and how it is printed.
//!
//! What the rows are follows from the limits (`sizing`). The total of the rows that are in user
//! space is what the process takes, to the byte; what the kernel holds on its behalf is a ceiling.
use core::fmt::{self, Write};

/// The kernel's row that `socket-buffers` makes smaller.
pub const SOCKET_BUFFERS: &str = "socket buffers";

/// Bytes of both directions of a socket with `socket-buffers 64kb`: the kernel doubles each.
const FIXED_SOCKET_BYTES: u64 = 4 * (64 << 10);

/// Rows at most.
const ROW_COUNT_MAX: usize = 32;

/// Whose memory a row is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// Taken by the process, for anything but data.
    Fixed,
    /// Taken by the process, for keys and values.
    Data,
    /// Held by the kernel on behalf of the process, at most.
    Kernel,
}

/// One pool.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PlanRow {
    /// What it is called, here and in INFO.
    pub name: &'static str,
    /// Bytes of one unit.
    pub unit_bytes: u64,
    /// How many units.
    pub count: u64,
    /// Whose memory it is.
    pub part: Part,
    /// What it is for.
    pub why: &'static str,
}

impl PlanRow {
    const EMPTY: Self = Self { name: "", unit_bytes: 0, count: 0, part: Part::Fixed, why: "" };

    /// Bytes of all units.
    pub const fn bytes(&self) -> u64 {
        self.unit_bytes * self.count
    }
}

/// What the promise about keys is made for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyShape {
    /// Bytes of a key's name.
    pub key_size: u64,
    /// Bytes of a value.
    pub value_size: u64,
    /// Each key has a deadline.
    pub has_ttl: bool,
}

impl KeyShape {
    /// What is promised when nobody asks: small keys, as in a cache of counters or sessions.
    pub const DEFAULT: Self = Self { key_size: 16, value_size: 64, has_ttl: false };
}

/// The plan.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    rows: [PlanRow; ROW_COUNT_MAX],
    row_count: usize,
    /// The option.
    pub maxmemory: u64,
    /// Keys that the index is made for.
    pub keys_max: u64,
    /// Keys of `shape` that fit, whatever was stored before.
    pub guaranteed_keys: u64,
    /// What the promise is about.
    pub shape: KeyShape,
    /// Whether the kernel's buffers of a socket are fixed, so that the ceiling is exact.
    pub sockets_fixed: bool,
}

impl Plan {
    /// A plan without rows.
    pub const fn new(maxmemory: u64) -> Self {
        Self {
            rows: [PlanRow::EMPTY; ROW_COUNT_MAX],
            row_count: 0,
            maxmemory,
            keys_max: 0,
            guaranteed_keys: 0,
            shape: KeyShape::DEFAULT,
            sockets_fixed: false,
        }
    }

    /// Adds a row; one without bytes is left out.
    pub fn push(&mut self, row: PlanRow) {
        if row.bytes() > 0 {
            self.rows[self.row_count] = row;
            self.row_count += 1;
        }
    }

    /// All rows, the kernel's last.
    pub fn rows(&self) -> &[PlanRow] {
        &self.rows[..self.row_count]
    }

    /// The row called `name`.
    pub fn row(&self, name: &str) -> Option<&PlanRow> {
        self.rows().iter().find(|row| row.name == name)
    }

    fn bytes_of(&self, part: Part) -> u64 {
        self.rows().iter().filter(|row| row.part == part).map(PlanRow::bytes).sum()
    }

    /// What the process takes besides data memory.
    pub fn fixed_bytes(&self) -> u64 {
        self.bytes_of(Part::Fixed)
    }

    /// Index and frames.
    pub fn data_bytes(&self) -> u64 {
        self.bytes_of(Part::Data)
    }

    /// What the process takes, to the byte.
    pub fn user_bytes(&self) -> u64 {
        self.fixed_bytes() + self.data_bytes()
    }

    /// What the kernel may hold on behalf of the process.
    pub fn kernel_ceiling_bytes(&self) -> u64 {
        self.bytes_of(Part::Kernel)
    }

    /// What a container must be allowed, so that nothing in it is ever killed for memory.
    pub fn container_bytes(&self) -> u64 {
        self.user_bytes() + self.kernel_ceiling_bytes()
    }

    /// The share of `maxmemory` that is not for data, in hundredths of a percent.
    pub fn fixed_share(&self) -> u64 {
        (self.user_bytes() - self.data_bytes()) * 10_000 / self.maxmemory
    }

    /// Prints the plan as a table for people.
    pub fn write_table(&self, out: &mut dyn Write) -> fmt::Result {
        for row in self.rows().iter().filter(|row| row.part != Part::Kernel) {
            write_row(row, out)?;
        }
        write_total("user space: exact", self.user_bytes(), out)?;
        for row in self.rows().iter().filter(|row| row.part == Part::Kernel) {
            write_row(row, out)?;
        }
        write_total("kernel: ceiling", self.kernel_ceiling_bytes(), out)?;
        out.write_char('\n')?;
        let share = self.fixed_share();
        let (percent, hundredths) = (share / 100, share % 100);
        writeln!(out, "outside data memory: {percent}.{hundredths:02} % of maxmemory")?;
        self.write_keys(out)?;
        self.write_container(out)
    }

    fn write_keys(&self, out: &mut dyn Write) -> fmt::Result {
        let KeyShape { key_size, value_size, has_ttl } = self.shape;
        out.write_str("guaranteed: ")?;
        write_grouped(self.guaranteed_keys, 0, out)?;
        write!(out, " keys of {key_size} bytes with values of {value_size} bytes")?;
        out.write_str(if has_ttl { " and a TTL" } else { "" })?;
        out.write_str(", whatever was stored before\n")
    }

    fn write_container(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("container limit: ")?;
        write_size(self.container_bytes(), 0, out)?;
        write!(out, " ({} bytes)", self.container_bytes())?;
        let sockets = self.row(SOCKET_BUFFERS).filter(|_| !self.sockets_fixed);
        if let Some(row) = sockets {
            let fixed = row.count * FIXED_SOCKET_BYTES;
            out.write_str(", with 'socket-buffers 64kb' ")?;
            write_size(self.container_bytes() - row.bytes() + fixed, 0, out)?;
        }
        out.write_char('\n')
    }

    /// Prints the plan as JSON, on one line.
    pub fn write_json(&self, out: &mut dyn Write) -> fmt::Result {
        write!(out, "{{\"maxmemory\": {}, \"user_bytes\": {}", self.maxmemory, self.user_bytes())?;
        write!(out, ", \"kernel_ceiling_bytes\": {}", self.kernel_ceiling_bytes())?;
        write!(out, ", \"data_bytes\": {}, \"keys_max\": {}", self.data_bytes(), self.keys_max)?;
        write!(out, ", \"guaranteed_keys\": {}, \"pools\": [", self.guaranteed_keys)?;
        let rows = self.rows().iter().filter(|row| row.part != Part::Kernel);
        for (index, row) in rows.enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(out, "{comma}{{\"name\": \"{}\", \"unit_bytes\": {}", row.name, row.unit_bytes)?;
            write!(out, ", \"count\": {}, \"bytes\": {}", row.count, row.bytes())?;
            write!(out, ", \"why\": \"{}\"}}", row.why)?;
        }
        out.write_str("]}\n")
    }
}

/// Name, count, unit, bytes, why: in columns.
fn write_row(row: &PlanRow, out: &mut dyn Write) -> fmt::Result {
    write!(out, "{:<19}", row.name)?;
    write_grouped(row.count, 14, out)?;
    write_size(row.unit_bytes, 12, out)?;
    write_size(row.bytes(), 12, out)?;
    writeln!(out, "  {}", row.why)
}

fn write_total(name: &str, bytes: u64, out: &mut dyn Write) -> fmt::Result {
    write!(out, "{name:<45}")?;
    write_size(bytes, 12, out)?;
    writeln!(out, "  {bytes} bytes")
}

/// A text of a few characters, to be aligned.
struct Short {
    size: usize,
    bytes: [u8; 32],
}

impl Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.size..self.size + text.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.size += text.len();
        Ok(())
    }
}

impl Short {
    const EMPTY: Self = Self { size: 0, bytes: [0; 32] };

    fn write_right(&self, width: usize, out: &mut dyn Write) -> fmt::Result {
        let text = str::from_utf8(&self.bytes[..self.size]).expect("only ASCII was written");
        write!(out, "{text:>width$}")
    }
}

/// `1 048 576`, at the right of `width`.
fn write_grouped(number: u64, width: usize, out: &mut dyn Write) -> fmt::Result {
    let mut text = Short::EMPTY;
    let mut divisor = 1;
    while number / divisor >= 1_000 {
        divisor *= 1_000;
    }
    write!(text, "{}", number / divisor)?;
    while divisor > 1 {
        divisor /= 1_000;
        write!(text, " {:03}", number / divisor % 1_000)?;
    }
    text.write_right(width, out)
}

/// `187.5 KiB`, at the right of `width`.
pub fn write_size(bytes: u64, width: usize, out: &mut dyn Write) -> fmt::Result {
    let mut text = Short::EMPTY;
    let (unit, name) = match bytes {
        0..1_024 => (1, "B"),
        1_024..1_048_576 => (1 << 10, "KiB"),
        1_048_576..1_073_741_824 => (1 << 20, "MiB"),
        _ => (1_u64 << 30, "GiB"),
    };
    if bytes.is_multiple_of(unit) {
        write!(text, "{} {name}", bytes / unit)?;
    } else {
        let tenths = (u128::from(bytes) * 10 / u128::from(unit)) as u64;
        write!(text, "{}.{} {name}", tenths / 10, tenths % 10)?;
    }
    text.write_right(width, out)
}
