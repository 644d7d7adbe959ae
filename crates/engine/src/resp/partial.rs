//! The thorough half of parsing: a request that arrives piece by piece.
//!
//! Its arguments go into records of a chain of blocks; an argument larger than a record goes into
//! the store's frames, which only the caller knows. So `feed` returns whenever the caller must act,
//! and is called again with the rest of the bytes.
//!
//! A request that finds no room is *refused*: it is read to its end, because the next one begins
//! only there, but nothing more of it is kept.
//!
//! Invariant: nothing is reserved in proportion to what a client announces, only to what it sent
//! (but a large argument, for which the caller reserves exactly its size).
use crate::marks::Mark;
use crate::memory::blocks::{Blocks, Chain, Span};
use crate::planted::{Bug, is_planted};
use crate::resp::grammar::{Bounds, DigitLine, DigitStep, LINE_SIZE_MAX, ProtocolError};
use crate::resp::inline::Inline;
use crate::resp::record::{self, RECORD_SIZE_MAX, Records};
use crate::resp::request::{STAGED, StagedId, Value};

/// What the caller has to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// All bytes are consumed, the request goes on.
    More,
    /// An empty line or an empty array: nothing to do.
    Empty,
    /// The request is complete (or refused, and now at its end).
    Complete,
    /// It is malformed: the connection is to be closed.
    Error(ProtocolError),
    /// A large argument of `size` bytes begins: answer with `accept_large` or `refuse`.
    Large {
        /// Its bytes.
        size: u64,
    },
    /// The last `size` of the bytes consumed belong to the value `staged`.
    Content {
        /// The large argument.
        staged: StagedId,
        /// Count of bytes.
        size: u32,
    },
    /// No block is free, or the request has its share of them: answer with `refuse`.
    Full,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Before the first byte of a request.
    Start,
    /// In the line after `*`.
    Count(DigitLine),
    /// Before `$`.
    Dollar,
    /// In the line after `$`.
    Size(DigitLine),
    /// In an argument of which `remaining` bytes are to come.
    Body { target: Target, remaining: u64 },
    /// Before the CR, or else the LF, after an argument.
    BodyEnd { carriage_return: bool },
    /// In an inline request; bytes of the line so far, and the word at its end.
    Inline { inline: Inline, size: u32, word: Span },
}

/// Where the bytes of an argument go.
#[derive(Clone, Copy, Debug)]
enum Target {
    /// Into a record that ends at this offset of the slab.
    Record { end: u32 },
    /// Into the frames.
    Staged(StagedId),
    /// Nowhere: the request was refused.
    Nothing,
}

/// A request on its way.
#[derive(Debug)]
pub struct Partial {
    state: State,
    chain: Chain,
    /// Arguments announced. Unknown, so 0, for an inline request.
    announced_count: u32,
    /// Arguments begun.
    argument_count: u32,
    /// Records in the chain.
    record_count: u32,
    /// How many of them stand for large arguments.
    large_count: u16,
    refused: bool,
}

impl Partial {
    /// No request.
    pub const fn new() -> Self {
        Self {
            state: State::Start,
            chain: Chain::new(),
            announced_count: 0,
            argument_count: 0,
            record_count: 0,
            large_count: 0,
            refused: false,
        }
    }

    /// Is nothing of a request there?
    pub const fn is_empty(&self) -> bool {
        matches!(self.state, State::Start) && self.argument_count == 0
    }

    /// Was its end read? Then it stays as it is until `reset`.
    pub const fn is_complete(&self) -> bool {
        matches!(self.state, State::Start) && self.argument_count > 0
    }

    /// Count of arguments of a complete request.
    pub const fn argument_count(&self) -> u32 {
        self.argument_count
    }

    /// Was it refused?
    pub const fn is_refused(&self) -> bool {
        self.refused
    }

    /// Blocks that it holds.
    pub const fn block_count(&self) -> u32 {
        self.chain.block_count()
    }

    /// The blocks themselves, for checks.
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Does it hold more than one block, or a large argument?
    pub const fn is_large(&self) -> bool {
        self.chain.block_count() > 1 || self.large_count > 0
    }

    /// Is a complete request one without a count before it?
    pub const fn is_inline(&self) -> bool {
        self.announced_count == 0
    }

    /// Where in the request its bytes have ended for now.
    pub const fn split(&self) -> Option<Mark> {
        Some(match self.state {
            State::Start => return None,
            State::Count(_) => Mark::SplitCount,
            State::Dollar => Mark::SplitDollar,
            State::Size(_) => Mark::SplitSize,
            State::Body { .. } => Mark::SplitBody,
            State::BodyEnd { carriage_return: false } => Mark::SplitEnd,
            State::BodyEnd { carriage_return: true } => Mark::SplitLineFeed,
            State::Inline { .. } => Mark::SplitInline,
        })
    }

    /// Large arguments that it holds, complete or not.
    pub const fn large_count(&self) -> u32 {
        self.large_count as u32
    }

    /// Reads on in `bytes`; returns how many were consumed and what to do. `block_count_max` is
    /// the share of the blocks that the request may hold.
    pub fn feed(
        &mut self,
        blocks: &mut Blocks,
        bytes: &[u8],
        bounds: &Bounds,
        block_count_max: u32,
    ) -> (usize, Step) {
        let mut at = 0;
        while at < bytes.len() {
            if let State::Body { target, remaining } = self.state {
                let size = remaining.min((bytes.len() - at) as u64) as usize;
                let content = &bytes[at..at + size];
                at += size;
                if let Some(step) = self.body(blocks, target, remaining, content) {
                    return (at, step);
                }
                continue;
            }
            let byte = bytes[at];
            at += 1;
            let step = match self.state {
                State::Inline { inline, size, word } => {
                    self.inline(blocks, (inline, size, word), byte, bounds, block_count_max)
                }
                _ => self.framing(blocks, byte, bounds, block_count_max),
            };
            if let Some(step) = step {
                return (at, step);
            }
        }
        (at, Step::More)
    }

    /// One byte outside of arguments.
    fn framing(
        &mut self,
        blocks: &mut Blocks,
        byte: u8,
        bounds: &Bounds,
        block_count_max: u32,
    ) -> Option<Step> {
        match &mut self.state {
            State::Start if byte == b'*' => self.state = State::Count(DigitLine::new()),
            State::Start => {
                let (inline, word) = (Inline::default(), Span::default());
                self.state = State::Inline { inline, size: 0, word };
                return self.inline(blocks, (inline, 0, word), byte, bounds, block_count_max);
            }
            State::Count(line) => match line.step(byte) {
                DigitStep::More => {}
                DigitStep::TooBig => return Some(Step::Error(ProtocolError::CountTooBig)),
                DigitStep::Complete(count) => match bounds.check_count(count) {
                    Ok(0) => {
                        self.state = State::Start;
                        return Some(Step::Empty);
                    }
                    Ok(count) => {
                        self.announced_count = count;
                        self.state = State::Dollar;
                    }
                    Err(error) => return Some(Step::Error(error)),
                },
            },
            State::Dollar if byte == b'$' => self.state = State::Size(DigitLine::new()),
            State::Dollar => return Some(Step::Error(ProtocolError::ExpectedBulk(byte))),
            State::Size(line) => match line.step(byte) {
                DigitStep::More => {}
                DigitStep::TooBig => return Some(Step::Error(ProtocolError::SizeTooBig)),
                DigitStep::Complete(size) => match bounds.check_size(size) {
                    Ok(size) => return self.begin_body(blocks, size, block_count_max),
                    Err(error) => return Some(Step::Error(error)),
                },
            },
            State::BodyEnd { carriage_return } => match (*carriage_return, byte) {
                (false, b'\r') => *carriage_return = true,
                (true, b'\n') if self.argument_count == self.announced_count => {
                    self.state = State::Start;
                    return Some(Step::Complete);
                }
                (true, b'\n') => self.state = State::Dollar,
                _ => return Some(Step::Error(ProtocolError::BulkEnd)),
            },
            State::Body { .. } | State::Inline { .. } => unreachable!("not a state of framing"),
        }
        None
    }

    fn begin_body(&mut self, blocks: &mut Blocks, size: u64, share: u32) -> Option<Step> {
        self.argument_count += 1;
        if self.refused {
            self.enter_body(Target::Nothing, size);
            return None;
        }
        if size > u64::from(RECORD_SIZE_MAX) {
            self.enter_body(Target::Nothing, size);
            return Some(Step::Large { size });
        }
        let begun = record::begin(blocks, &mut self.chain, size as u32, share);
        let Ok(content) = begun else {
            self.enter_body(Target::Nothing, size);
            return Some(Step::Full);
        };
        self.record_count += 1;
        self.enter_body(Target::Record { end: content.start + content.size }, size);
        None
    }

    fn enter_body(&mut self, target: Target, size: u64) {
        self.state = if size == 0 {
            State::BodyEnd { carriage_return: false }
        } else {
            State::Body { target, remaining: size }
        };
    }

    fn body(
        &mut self,
        blocks: &mut Blocks,
        target: Target,
        remaining: u64,
        content: &[u8],
    ) -> Option<Step> {
        let size = content.len() as u32;
        self.enter_body(target, remaining - u64::from(size));
        match target {
            Target::Record { end } => {
                let is_split = is_planted(Bug::ByteLost) && u64::from(size) < remaining;
                let content = &content[..content.len() - usize::from(is_split)];
                let span = Span { start: end - remaining as u32, size: content.len() as u32 };
                blocks.record_mut(span).copy_from_slice(content);
                None
            }
            Target::Staged(staged) => Some(Step::Content { staged, size }),
            Target::Nothing => None,
        }
    }

    /// One byte of an inline request.
    fn inline(
        &mut self,
        blocks: &mut Blocks,
        (mut inline, size, mut word): (Inline, u32, Span),
        byte: u8,
        bounds: &Bounds,
        block_count_max: u32,
    ) -> Option<Step> {
        let step = inline.step(byte);
        if step.unbalanced {
            return Some(Step::Error(ProtocolError::UnbalancedQuotes));
        }
        if step.ends_line {
            self.state = State::Start;
            return Some(if self.argument_count == 0 { Step::Empty } else { Step::Complete });
        }
        if size >= LINE_SIZE_MAX {
            return Some(Step::Error(ProtocolError::InlineTooBig));
        }
        let mut full = false;
        if step.begins {
            if self.argument_count >= bounds.arguments_max {
                return Some(Step::Error(ProtocolError::InlineTooBig));
            }
            self.argument_count += 1;
            if !self.refused {
                match record::begin(blocks, &mut self.chain, 0, block_count_max) {
                    Ok(begun) => {
                        self.record_count += 1;
                        word = begun;
                    }
                    Err(_) => full = true,
                }
            }
        }
        for &byte in &step.bytes[..step.byte_count as usize] {
            if self.refused || full {
                break;
            }
            // A word longer than a record: its size is not announced, so it cannot be staged.
            if word.size >= RECORD_SIZE_MAX {
                return Some(Step::Error(ProtocolError::InlineTooBig));
            }
            match record::push(blocks, &mut self.chain, word, byte, block_count_max) {
                Ok(grown) => word = grown,
                Err(_) => full = true,
            }
        }
        self.state = State::Inline { inline, size: size + 1, word };
        full.then_some(Step::Full)
    }

    /// The large argument that was announced goes into `staged`. On failure nothing changed: the
    /// caller gives `staged` back and calls `refuse`.
    pub fn accept_large(
        &mut self,
        blocks: &mut Blocks,
        staged: StagedId,
        block_count_max: u32,
    ) -> bool {
        let State::Body { target: target @ Target::Nothing, .. } = &mut self.state else {
            panic!("no large argument was announced");
        };
        let value = Value::Staged(staged);
        if record::append(blocks, &mut self.chain, value, block_count_max).is_err() {
            return false;
        }
        *target = Target::Staged(staged);
        self.record_count += 1;
        self.large_count += 1;
        true
    }

    /// Nothing more of this request is kept: `discard` gets its large arguments, its blocks are
    /// free. The rest of it is read and dropped; `Complete` follows at its end.
    pub fn refuse(&mut self, blocks: &mut Blocks, discard: impl FnMut(StagedId)) {
        self.release(blocks, discard);
        self.refused = true;
        if let State::Body { target, .. } = &mut self.state {
            *target = Target::Nothing;
        }
    }

    /// The spans of a complete request, in `spans`; returns how many. They are offsets of
    /// `Blocks::bytes`.
    pub fn spans(&self, blocks: &Blocks, spans: &mut [Span]) -> usize {
        assert!(!self.refused, "a refused request has no arguments");
        assert_eq!(self.record_count, self.argument_count, "an argument without a record");
        let mut records = Records::new(blocks, &self.chain);
        for span in &mut spans[..self.record_count as usize] {
            *span = records.next(blocks, &self.chain);
        }
        self.record_count as usize
    }

    /// The request is done with: `discard` gets its large arguments, its blocks are free, and the
    /// next one may begin.
    pub fn reset(&mut self, blocks: &mut Blocks, discard: impl FnMut(StagedId)) {
        self.release(blocks, discard);
        *self = Self::new();
    }

    fn release(&mut self, blocks: &mut Blocks, mut discard: impl FnMut(StagedId)) {
        if self.record_count > 0 {
            let mut records = Records::new(blocks, &self.chain);
            for _ in 0..self.record_count {
                let span = records.next(blocks, &self.chain);
                if span.start == STAGED {
                    discard(StagedId(span.size));
                }
            }
        }
        blocks.release(&mut self.chain);
        (self.record_count, self.large_count) = (0, 0);
    }
}

impl Default for Partial {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
#[path = "partial_test.rs"]
mod partial_test;
