//! Every command: what a user may ask, and the only code that knows both `resp` and `store`.
pub mod arguments;
pub mod context;
pub mod error;
pub mod expire;
pub mod session;
pub mod table;
pub mod work;
