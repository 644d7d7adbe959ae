//! One parsed command: a name and its arguments, as spans of the bytes they arrived in.
//!
//! An argument is either bytes, or *staged*: a bulk too large for a buffer, which went straight
//! into the frames of the store while it arrived and is known here by its number.
use crate::memory::blocks::Span;

/// `Span::start` of a staged argument; its `size` is then the number of the staged value.
pub const STAGED: u32 = u32::MAX;

/// A string argument in one of its two forms.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Value<'a> {
    /// Bytes of the request itself.
    Bytes(&'a [u8]),
    /// A large value, already in the store's frames, owned by whoever runs the request.
    Staged(StagedId),
}

/// Number of a staged value in the store's table of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StagedId(pub u32);

/// Number of a large value that is being copied out. It stays readable, unchanged, until the store
/// is told that it is no longer needed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PinId(pub u32);

/// A parsed command. `argument(0)` is the command's name.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    bytes: &'a [u8],
    spans: &'a [Span],
    has_staged: bool,
}

impl<'a> Request<'a> {
    /// A request whose arguments are `spans` of `bytes`. There is at least one.
    pub fn new(bytes: &'a [u8], spans: &'a [Span]) -> Self {
        let has_staged = spans.iter().any(|span| span.start == STAGED);
        Self { has_staged, ..Self::in_place(bytes, spans) }
    }

    /// As `new`, for a request that lies complete in a buffer: nothing of it is staged.
    #[inline]
    pub fn in_place(bytes: &'a [u8], spans: &'a [Span]) -> Self {
        assert!(!spans.is_empty(), "a request has a name");
        Self { bytes, spans, has_staged: false }
    }

    /// Is an argument of it staged?
    pub const fn has_staged(&self) -> bool {
        self.has_staged
    }

    /// Count of arguments, the name included.
    pub fn argument_count(&self) -> usize {
        self.spans.len()
    }

    /// Argument `index` as bytes. A staged argument has none here: the table of commands says
    /// where staged values may stand, and the dispatcher refuses them elsewhere.
    pub fn argument(&self, index: usize) -> &'a [u8] {
        match self.value(index) {
            Value::Bytes(bytes) => bytes,
            Value::Staged(_) => &[],
        }
    }

    /// Argument `index` in either form.
    pub fn value(&self, index: usize) -> Value<'a> {
        let span = self.spans[index];
        if span.start == STAGED {
            return Value::Staged(StagedId(span.size));
        }
        Value::Bytes(&self.bytes[span.start as usize..][..span.size as usize])
    }

    /// Bytes that the request takes in the protocol's own form, without staged arguments.
    pub fn size(&self) -> u64 {
        let line_size = |number: usize| number.checked_ilog10().unwrap_or(0) as usize + 4;
        let arguments = self.arguments_from(0);
        let head_size = line_size(arguments.len());
        (head_size + arguments.map(|bytes| line_size(bytes.len()) + bytes.len() + 2).sum::<usize>())
            as u64
    }

    /// The request that the arguments `index..` are: at least one.
    #[must_use]
    pub fn from(&self, index: usize) -> Self {
        Self::new(self.bytes, &self.spans[index..])
    }

    /// Arguments `index..`, as bytes.
    pub fn arguments_from(&self, index: usize) -> impl ExactSizeIterator<Item = &'a [u8]> + Clone {
        let request = *self;
        (index.min(self.spans.len())..self.spans.len()).map(move |i| request.argument(i))
    }
}
