//! The words of one command, side by side in one piece of memory: a stream of millions of
//! commands shall not cost an allocation for each word.

/// Words.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// All bytes. Whoever writes here directly ends the word with `end`.
    pub bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Words {
    /// Ends the word that was written into `bytes`.
    pub fn end(&mut self) {
        self.ends.push(self.bytes.len());
    }

    /// One word more.
    pub fn push(&mut self, word: &[u8]) {
        self.bytes.extend_from_slice(word);
        self.end();
    }

    /// Forgets all words.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Count of words.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// Word `index`.
    pub fn get(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.bytes[start..self.ends[index]]
    }

    /// Word `index` for changes in place.
    pub fn get_mut(&mut self, index: usize) -> &mut [u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &mut self.bytes[start..self.ends[index]]
    }

    /// All words.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.count()).map(|index| self.get(index))
    }

    /// All words, each on its own.
    pub fn to_vecs(&self) -> Vec<Vec<u8>> {
        self.iter().map(<[u8]>::to_vec).collect()
    }

    /// These words instead.
    pub fn replace(&mut self, words: &[Vec<u8>]) {
        self.clear();
        for word in words {
            self.push(word);
        }
    }
}
