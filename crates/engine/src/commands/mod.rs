//! Every command: what a user may ask, and the only code that knows both `resp` and `store`.
pub mod arguments;
pub mod bitmap;
pub mod context;
pub mod dispatch;
pub mod error;
pub mod expire;
pub mod keyspace;
pub mod scan;
pub mod session;
pub mod slowlog;
pub mod statistics;
pub mod string;
pub mod table;
pub mod transaction;
pub mod work;
