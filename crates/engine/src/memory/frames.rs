//! Frames, size classes and dense slabs.
