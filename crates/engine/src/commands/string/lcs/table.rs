//! The table of LCS: a bit for each pair of letters, row by row within strips of columns.
//!
//! A small one lies here. A larger one is staged in the store while it is written, and of it there
//! is a window here, which first is what is written next, and then what was read last.
use super::no_room;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::limits::SLOT_SIZE_MAX;
use crate::marks::Mark;
use crate::resp::request::StagedId;
use crate::store::Store;

/// Columns of a strip.
pub(super) const STRIP_COLUMNS: u64 = 2_048;

/// Columns of a word.
pub(super) const WORD_COLUMNS: u64 = u64::BITS as u64;

/// Words of a row of a whole strip.
pub(super) const STRIP_WORDS: usize = (STRIP_COLUMNS / WORD_COLUMNS) as usize;

const WORD_SIZE: usize = size_of::<u64>();

/// Bytes of the window.
const WINDOW_SIZE: usize = SLOT_SIZE_MAX as usize;

/// Rows that are written between two looks at the room in the window.
pub(super) const BATCH_ROWS: usize = WINDOW_SIZE / (STRIP_WORDS * WORD_SIZE);

/// Bytes of a row of all strips.
pub(super) const fn row_size(column_count: u64) -> u64 {
    column_count.div_ceil(WORD_COLUMNS) * WORD_SIZE as u64
}

/// The table.
pub(super) struct Table {
    row_count: u64,
    column_count: u64,
    staged: Option<StagedId>,
    window: [u8; WINDOW_SIZE],
    /// Where the window begins, and its bytes that count.
    start: u64,
    size: usize,
}

impl Table {
    /// An empty one, with room for so many rows and columns.
    pub(super) fn new(
        cx: &mut Context<'_>,
        row_count: u64,
        column_count: u64,
    ) -> Result<Self, CommandError> {
        let size = row_count * row_size(column_count);
        let staged = if size > WINDOW_SIZE as u64 {
            cx.statistics.marks.reach(Mark::TableStaged);
            Some(cx.store.stage(cx.now, size).map_err(no_room)?)
        } else {
            None
        };
        let window = [0; WINDOW_SIZE];
        Ok(Self { row_count, column_count, staged, window, start: 0, size: 0 })
    }

    /// Appends a word.
    pub(super) fn push(&mut self, word: u64) {
        self.window[self.size..][..WORD_SIZE].copy_from_slice(&word.to_le_bytes());
        self.size += WORD_SIZE;
    }

    /// Makes room in the window for the next batch of rows.
    pub(super) fn end_batch(&mut self, store: &mut Store) {
        let batch_size = BATCH_ROWS * STRIP_WORDS * WORD_SIZE;
        if self.size + batch_size > WINDOW_SIZE {
            self.flush(store);
        }
    }

    /// All is written, and may be read.
    pub(super) fn end(&mut self, store: &mut Store) {
        self.flush(store);
        if self.staged.is_some() {
            self.size = 0;
        }
    }

    fn flush(&mut self, store: &mut Store) {
        if let Some(staged) = self.staged {
            store.stage_write(staged, &self.window[..self.size]);
            self.size = 0;
        }
    }

    /// The bit at a row and a column.
    pub(super) fn bit(&mut self, store: &Store, row: u64, column: u64) -> bool {
        let strip = column / STRIP_COLUMNS;
        let column_count = (self.column_count - strip * STRIP_COLUMNS).min(STRIP_COLUMNS);
        let strip_start = strip * self.row_count * row_size(STRIP_COLUMNS);
        let byte = column % STRIP_COLUMNS / 8;
        let offset = strip_start + row * row_size(column_count) + byte;
        if offset < self.start || offset >= self.start + self.size as u64 {
            self.load(store, offset);
        }
        self.window[(offset - self.start) as usize] >> (column % 8) & 1 != 0
    }

    /// Reads what lies before `offset`, and it: the walk goes backwards.
    fn load(&mut self, store: &Store, offset: u64) {
        let staged = self.staged.expect("a table that is not staged is in the window");
        self.start = (offset + 1).saturating_sub(WINDOW_SIZE as u64);
        self.size = store.stage_read(staged, self.start, &mut self.window);
    }

    /// Gives back what lies in the store.
    pub(super) fn discard(&self, store: &mut Store) {
        if let Some(staged) = self.staged {
            store.stage_discard(staged);
        }
    }
}
