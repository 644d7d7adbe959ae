//! Requests: the parser that reads a whole one in place, against the thorough one that reads it in
//! pieces, which is compared with itself at every split.
use granite_engine::memory::blocks::{Blocks, Span};
use granite_engine::resp::grammar::{Bounds, ERROR_SIZE_MAX};
use granite_engine::resp::parse::parse;
use granite_engine::resp::partial::{Partial, Step};
use granite_engine::resp::request::{Request, StagedId, Value};

/// Every split of more bytes than this would take too long for a fuzzer.
const SIZE_MAX: usize = 1024;

/// What a stream of bytes means.
#[derive(Debug, Eq, PartialEq)]
enum Outcome {
    Request(Vec<Vec<u8>>),
    Error(Vec<u8>),
}

pub(crate) fn run(data: &[u8]) {
    let Some((first, stream)) = data.split_first() else { return };
    let stream = &stream[..stream.len().min(SIZE_MAX)];
    let bounds = Bounds {
        arguments_max: if first & 2 == 0 { 1_000 } else { 3 },
        bulk_size_max: if first & 4 == 0 { 1 << 20 } else { 40 },
        authenticated: first & 1 == 0,
    };
    let whole = Reader::read(&[stream], bounds, false);
    assert_eq!(Reader::read(&[stream], bounds, true), whole, "the two parsers differ");
    for split in 0..=stream.len() {
        let (one, other) = stream.split_at(split);
        assert_eq!(Reader::read(&[one, other], bounds, false), whole, "split at {split}");
        assert_eq!(Reader::read(&[one, other], bounds, true), whole, "split at {split}");
    }
    let bytes: Vec<&[u8]> = stream.chunks(1).collect();
    assert_eq!(Reader::read(&bytes, bounds, true), whole, "byte by byte");
}

/// One connection.
struct Reader {
    partial: Partial,
    blocks: Blocks,
    spans: Vec<Span>,
    staged: Vec<Vec<u8>>,
    bounds: Bounds,
    outcomes: Vec<Outcome>,
}

impl Reader {
    const BLOCK_COUNT: u32 = 8;

    fn read(pieces: &[&[u8]], bounds: Bounds, in_place: bool) -> Vec<Outcome> {
        let mut reader = Self {
            partial: Partial::new(),
            blocks: Blocks::new(Self::BLOCK_COUNT),
            spans: vec![Span::default(); 1_024],
            staged: Vec::new(),
            bounds,
            outcomes: Vec::new(),
        };
        for piece in pieces {
            let mut at = 0;
            while at < piece.len() && !matches!(reader.outcomes.last(), Some(Outcome::Error(_))) {
                let parsed = if in_place && reader.partial.is_empty() {
                    parse(piece, at as u32, &mut reader.spans, &bounds)
                } else {
                    None
                };
                if let Some(parsed) = parsed {
                    reader.complete_in_place(piece, parsed.argument_count as usize);
                    at = parsed.end as usize;
                } else {
                    at += reader.feed(&piece[at..]);
                }
            }
        }
        reader.partial.reset(&mut reader.blocks, |_| ());
        assert_eq!(reader.blocks.free_count(), Self::BLOCK_COUNT, "a block was lost");
        reader.outcomes
    }

    fn complete_in_place(&mut self, bytes: &[u8], count: usize) {
        let of = |span: &Span| bytes[span.start as usize..][..span.size as usize].to_vec();
        if count > 0 {
            self.outcomes.push(Outcome::Request(self.spans[..count].iter().map(of).collect()));
        }
    }

    fn feed(&mut self, bytes: &[u8]) -> usize {
        let (used, step) =
            self.partial.feed(&mut self.blocks, bytes, &self.bounds, Self::BLOCK_COUNT);
        match step {
            Step::More => assert_eq!(used, bytes.len(), "it wants more, but has more"),
            Step::Empty => assert!(self.partial.is_empty(), "an empty request leaves nothing"),
            Step::Complete => self.complete(),
            Step::Error(error) => {
                let mut room = [0; ERROR_SIZE_MAX];
                self.outcomes.push(Outcome::Error(error.line(&mut room).to_vec()));
            }
            Step::Large { size } => {
                assert!(size <= self.bounds.bulk_size_max, "a size beyond the bounds");
                let staged = StagedId(self.staged.len() as u32);
                self.staged.push(Vec::new());
                let blocks = &mut self.blocks;
                assert!(self.partial.accept_large(blocks, staged, Self::BLOCK_COUNT));
            }
            Step::Content { staged: StagedId(number), size } => {
                let content = &bytes[used - size as usize..used];
                self.staged[number as usize].extend_from_slice(content);
            }
            Step::Full => panic!("{} bytes fill {} blocks", bytes.len(), Self::BLOCK_COUNT),
        }
        used
    }

    fn complete(&mut self) {
        let count = self.partial.spans(&self.blocks, &mut self.spans);
        let request = Request::new(self.blocks.bytes(), &self.spans[..count]);
        let arguments = (0..count).map(|index| match request.value(index) {
            Value::Bytes(bytes) => bytes.to_vec(),
            Value::Staged(StagedId(number)) => self.staged[number as usize].clone(),
        });
        self.outcomes.push(Outcome::Request(arguments.collect()));
        self.partial.reset(&mut self.blocks, |_| ());
    }
}
