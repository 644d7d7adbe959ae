//! The index against a naive model.
