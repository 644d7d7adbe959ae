//! `Limits::derive`: what the user set, and for what he left open a share of `maxmemory` between a
//! floor and a ceiling. What is left is data memory.
//!
//! Invariant: limits that come from here fit together, and their plan fits into `maxmemory`.
use crate::commands::slowlog::Slowlog;
use crate::limits::Limits;
use crate::memory::blocks::{BLOCK_SIZE, BLOCKS_MAX};
use crate::memory::buffer::{BUFFER_BYTES, BUFFER_SIZE};
use crate::memory::plan::Plan;
use crate::options::settings::Settings;
use crate::options::table::{OptionId, option};
use alloc::boxed::Box;
use core::fmt;

/// `maxmemory` when the user says nothing, or 0.
pub const MAXMEMORY_DEFAULT: u64 = 1 << 30;

/// Data memory that a start needs: a few frames for each class that a mixed content uses.
pub const DATA_BYTES_MIN: u64 = 4 << 20;

/// Bytes of frames that references of 32 bits can reach, in granules of 16 bytes.
pub const DATA_BYTES_MAX: u64 = 64 << 30;

/// Below this data memory, frames are half as large.
const SMALL_DATA_BYTES: u64 = 64 << 20;

/// Bytes of data memory for each key that the index is made for, when the user says nothing.
const DATA_BYTES_PER_KEY: u64 = 112;

/// Keys for each that the index is made for, beyond which chains get long.
const KEYS_PER_EXPECTED_KEY_MAX: u64 = 8;

const MAXMEMORY: OptionId = option("maxmemory");
const MAXCLIENTS: OptionId = option("maxclients");
const CONNECTIONS_RESERVED: OptionId = option("connections-reserved");
const RECEIVE_BUFFERS: OptionId = option("receive-buffers");
const REPLY_BUFFERS: OptionId = option("reply-buffers");
const REPLY_CREDIT: OptionId = option("reply-credit");
const REPLY_MAX: OptionId = option("reply-max");
const REQUEST_BLOCKS: OptionId = option("request-blocks");
const REQUEST_SIZE_MAX: OptionId = option("request-size-max");
const ARGS_MAX: OptionId = option("args-max");
const WATCHES_MAX: OptionId = option("watches-max");
const PINS_MAX: OptionId = option("pins-max");
const STAGED_VALUES_MAX: OptionId = option("staged-values-max");
const SLOWLOG_MAX_LEN: OptionId = option("slowlog-max-len");
const SLOWLOG_ENTRIES_MAX: OptionId = option("slowlog-entries-max");
const SOCKET_BUFFERS: OptionId = option("socket-buffers");
const DATABASES: OptionId = option("databases");
const KEYS_MAX: OptionId = option("keys-max");
const KEY_SIZE_MAX: OptionId = option("key-size-max");
const VALUE_SIZE_MAX: OptionId = option("proto-max-bulk-len");
const COMMAND_WORK_MAX: OptionId = option("command-work-max");

/// An option that is better lower.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lowered {
    /// Which one.
    pub name: &'static str,
    /// What it is.
    pub value: u64,
    /// What it should be.
    pub to: u64,
}

/// Why there are no limits: values that are fine alone do not fit together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LimitsError {
    /// Too little is left for data.
    TooSmall {
        /// What was given.
        maxmemory: u64,
        /// What these limits need at least.
        needed: u64,
        /// What would make up for it: options to lower, all of them together.
        lower: Box<[Lowered]>,
    },
    /// More data memory than one engine can address.
    TooLarge {
        /// What was given.
        maxmemory: u64,
        /// What can be used at most with these limits.
        usable: u64,
    },
    /// `name` is `value`, and because `other` is `other_value`, it must be at most `max`.
    TooMuch {
        /// The option.
        name: &'static str,
        /// Its value.
        value: u64,
        /// What it may be.
        max: u64,
        /// The option that bounds it.
        other: &'static str,
        /// Its value.
        other_value: u64,
    },
    /// Chains of the index would get long.
    KeysMaxTooSmall {
        /// What was given.
        keys_max: u64,
        /// Small keys that data memory has room for.
        keys: u64,
    },
}

impl fmt::Display for LimitsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooSmall { maxmemory, needed, lower } => {
                write!(f, "maxmemory {maxmemory} is too small for these limits, which need ")?;
                write!(f, "{needed}: raise it by {}", needed - maxmemory)?;
                for (index, Lowered { name, value, to }) in lower.iter().enumerate() {
                    f.write_str(if index == 0 { ", or lower " } else { " and " })?;
                    write!(f, "{name} by {}, from {value} to {to}", value - to)?;
                }
                Ok(())
            }
            Self::TooLarge { maxmemory, usable } => {
                write!(f, "maxmemory {maxmemory} is more than one engine can address: ")?;
                write!(f, "lower it to {usable} or less")
            }
            Self::TooMuch { name, value, max, other, other_value } => {
                write!(f, "{name} {value} does not fit to {other} {other_value}, ")?;
                write!(f, "which allows {max}: lower {name} or raise {other}")
            }
            Self::KeysMaxTooSmall { keys_max, keys } => {
                write!(f, "keys-max {keys_max} is too small for a memory that holds {keys} ")?;
                let least = keys.div_ceil(KEYS_PER_EXPECTED_KEY_MAX);
                write!(f, "small keys: raise it to {least} or more, or lower maxmemory")
            }
        }
    }
}

/// A value that was set, or a share of the total between a floor and a ceiling.
fn set_or(set: u64, share: u64, floor: u64, ceiling: u64) -> u64 {
    if set > 0 { set } else { share.clamp(floor, ceiling) }
}

impl Limits {
    /// The limits for what the user set, with `image_bytes` for the process itself.
    pub fn derive(settings: &Settings, image_bytes: u64) -> Result<Self, LimitsError> {
        Self::derive_with(settings, image_bytes, 0)
    }

    /// As `derive`, with the bytes of the I/O engine's tables.
    pub fn derive_with(
        settings: &Settings,
        image_bytes: u64,
        driver_bytes: u64,
    ) -> Result<Self, LimitsError> {
        let maxmemory = match settings.unsigned(MAXMEMORY) {
            0 => MAXMEMORY_DEFAULT,
            maxmemory => maxmemory,
        };
        Self::derive_for(settings, maxmemory, image_bytes, driver_bytes)
    }

    /// As `derive_with`, for another `maxmemory` than the one in `settings`.
    pub(super) fn derive_for(
        settings: &Settings,
        maxmemory: u64,
        image_bytes: u64,
        driver_bytes: u64,
    ) -> Result<Self, LimitsError> {
        let mut limits = Self { image_bytes, driver_bytes, ..Self::shared(settings, maxmemory) };
        limits.check_pools()?;
        let fixed_bytes = Plan::fixed_bytes_of(&limits);
        if fixed_bytes + DATA_BYTES_MIN > maxmemory {
            return Err(limits.too_small(fixed_bytes + DATA_BYTES_MIN));
        }
        limits.data_bytes = maxmemory - fixed_bytes;
        if limits.data_bytes < SMALL_DATA_BYTES {
            limits.frame_size = 32 << 10;
        }
        if limits.keys_max == 0 {
            limits.keys_max = limits.data_bytes / DATA_BYTES_PER_KEY;
        }
        limits.check_index()?;
        Ok(limits)
    }

    /// Every limit but those of data memory.
    fn shared(settings: &Settings, maxmemory: u64) -> Self {
        let set = |id| settings.unsigned(id);
        let buffers = |divisor: u64| maxmemory / divisor / BUFFER_BYTES as u64;
        let mut limits = Self {
            maxmemory,
            image_bytes: 0,
            driver_bytes: 0,
            connections_max: set(MAXCLIENTS) as u32,
            connections_reserved: set(CONNECTIONS_RESERVED) as u32,
            receive_buffers_max: set_or(set(RECEIVE_BUFFERS), buffers(128), 48, 1_024) as u32,
            reply_buffers_max: set_or(set(REPLY_BUFFERS), buffers(96), 96, 4_096) as u32,
            reply_credit: set(REPLY_CREDIT) as u32,
            reply_max: set_or(set(REPLY_MAX), maxmemory / 64, 256 << 10, 64 << 20),
            blocks_max: set_or(set(REQUEST_BLOCKS), buffers(64), 64, 4_096) as u32,
            args_max: set_or(set(ARGS_MAX), maxmemory / 1_024, 16_384, 1_048_576) as u32,
            request_size_max: set(REQUEST_SIZE_MAX),
            keys_max: set(KEYS_MAX),
            data_bytes: 0,
            frame_size: 64 << 10,
            key_size_max: set(KEY_SIZE_MAX) as u32,
            value_size_max: set(VALUE_SIZE_MAX),
            watches_max: set(WATCHES_MAX) as u32,
            pins_max: set(PINS_MAX) as u32,
            staged_max: set(STAGED_VALUES_MAX) as u32,
            databases: set(DATABASES) as u32,
            slowlog_max: match set(SLOWLOG_ENTRIES_MAX) {
                // What is kept at the start, at least Redis' default, at most 1/256 of the total.
                0 => {
                    let share = maxmemory / 256 / u64::from(Slowlog::unit_size());
                    set(SLOWLOG_MAX_LEN).clamp(128, share.max(128)) as u32
                }
                entries => entries as u32,
            },
            command_work_max: set(COMMAND_WORK_MAX),
            socket_buffers: set(SOCKET_BUFFERS) as u32,
        };
        if limits.request_size_max == 0 {
            let share = (maxmemory / 128).clamp(256 << 10, 64 << 20);
            limits.request_size_max = share.min(limits.request_block_bytes());
        } else if set(REQUEST_BLOCKS) == 0 {
            // Requests have half of the blocks.
            let blocks = limits.request_size_max.div_ceil(u64::from(BLOCK_SIZE)) * 2;
            limits.blocks_max = limits.blocks_max.max(blocks.min(u64::from(BLOCKS_MAX)) as u32);
        }
        limits
    }

    /// Bytes that incomplete requests can have together.
    fn request_block_bytes(&self) -> u64 {
        u64::from(self.request_blocks()) * u64::from(BLOCK_SIZE)
    }

    /// Do the pools fit to what one connection may take of them?
    fn check_pools(&self) -> Result<(), LimitsError> {
        let reply_bytes = u64::from(self.reply_buffers_max) * BUFFER_SIZE as u64;
        let pairs = [
            (
                "reply-credit",
                u64::from(self.reply_credit),
                reply_bytes,
                "reply-buffers",
                u64::from(self.reply_buffers_max),
            ),
            (
                "request-size-max",
                self.request_size_max,
                self.request_block_bytes(),
                "request-blocks",
                u64::from(self.blocks_max),
            ),
        ];
        for (name, value, max, other, other_value) in pairs {
            if value > max {
                return Err(LimitsError::TooMuch { name, value, max, other, other_value });
            }
        }
        Ok(())
    }

    /// Does the index fit to the rest of data memory?
    fn check_index(&self) -> Result<(), LimitsError> {
        let index_bytes = Plan::index_bytes_of(self);
        let half = self.data_bytes / 2;
        if index_bytes > half {
            let max =
                (u128::from(self.keys_max) * u128::from(half) / u128::from(index_bytes)) as u64;
            let (name, value) = ("keys-max", self.keys_max);
            let (other, other_value) = ("maxmemory", self.maxmemory);
            return Err(LimitsError::TooMuch { name, value, max, other, other_value });
        }
        if self.data_bytes - index_bytes > DATA_BYTES_MAX {
            let beyond = self.data_bytes - index_bytes - DATA_BYTES_MAX;
            let usable = self.maxmemory - beyond;
            return Err(LimitsError::TooLarge { maxmemory: self.maxmemory, usable });
        }
        let keys = self.data_bytes / DATA_BYTES_PER_KEY;
        if self.keys_max * KEYS_PER_EXPECTED_KEY_MAX < keys {
            return Err(LimitsError::KeysMaxTooSmall { keys_max: self.keys_max, keys });
        }
        Ok(())
    }

    /// Names the first option that can make up for what is missing, or all that can together.
    fn too_small(&self, needed: u64) -> LimitsError {
        let buffer = BUFFER_BYTES as u64;
        let connection = Plan::connection_bytes() + self.driver_bytes_per_connection();
        // Name, value, bytes of a unit, and how low is still useful; what hurts least comes first.
        let candidates = [
            ("maxclients", u64::from(self.connections_max), connection, 64),
            ("reply-max", self.reply_max, 1, 64 << 10),
            ("request-blocks", u64::from(self.blocks_max), buffer, 16),
            ("reply-buffers", u64::from(self.reply_buffers_max), buffer, 64),
            ("receive-buffers", u64::from(self.receive_buffers_max), buffer, 16),
            ("args-max", u64::from(self.args_max), 8, 1_024),
        ];
        let maxmemory = self.maxmemory;
        // A buffer more than is missing: a shorter `reply-max` gives back whole buffers only.
        let mut missing = needed - maxmemory + buffer;
        let enough = |&&(_, value, unit, min): &&(_, u64, u64, u64)| {
            value.saturating_sub(missing.div_ceil(unit)) >= min
        };
        if let Some(&(name, value, unit, _)) = candidates.iter().find(enough) {
            let lower = Box::new([Lowered { name, value, to: value - missing.div_ceil(unit) }]);
            return LimitsError::TooSmall { maxmemory, needed, lower };
        }
        let lower = candidates.into_iter().filter_map(|(name, value, unit, min)| {
            let by = missing.div_ceil(unit).min(value.saturating_sub(min));
            missing = missing.saturating_sub(by * unit);
            (by > 0).then_some(Lowered { name, value, to: value - by })
        });
        let lower = lower.collect();
        LimitsError::TooSmall { maxmemory, needed, lower }
    }

    fn driver_bytes_per_connection(&self) -> u64 {
        self.driver_bytes / u64::from(self.connection_slots())
    }

    /// Puts what was decided into `settings`, so that CONFIG GET tells the truth.
    pub fn adopt_into(&self, settings: &mut Settings) {
        let decided = [
            (MAXMEMORY, self.maxmemory),
            (MAXCLIENTS, u64::from(self.connections_max)),
            (RECEIVE_BUFFERS, u64::from(self.receive_buffers_max)),
            (REPLY_BUFFERS, u64::from(self.reply_buffers_max)),
            (REPLY_MAX, self.reply_max),
            (REQUEST_BLOCKS, u64::from(self.blocks_max)),
            (REQUEST_SIZE_MAX, self.request_size_max),
            (ARGS_MAX, u64::from(self.args_max)),
            (SLOWLOG_ENTRIES_MAX, u64::from(self.slowlog_max)),
            (KEYS_MAX, self.keys_max),
        ];
        for (id, number) in decided {
            settings.adopt(id, number);
        }
        let entries = u64::from(self.slowlog_max);
        settings.adopt(SLOWLOG_MAX_LEN, settings.unsigned(SLOWLOG_MAX_LEN).min(entries));
    }
}
