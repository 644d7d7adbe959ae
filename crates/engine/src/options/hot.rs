//! The options that are asked for all the time, as plain numbers: copied out of `Settings` at the
//! start and whenever CONFIG SET changed something.
use crate::options::settings::Settings;
use crate::options::table::{OptionId, option};

/// Who may use a command that is switched off by default.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Permission {
    /// Nobody.
    #[default]
    Nobody,
    /// Everybody.
    Everybody,
    /// Clients of this machine.
    Local,
}

/// A copy of what is hot. Refresh it when `Orders::settings_changed` is set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HotSettings {
    /// `timeout`, in milliseconds; 0 for never.
    pub timeout_ms: u64,
    /// `tcp-keepalive`, in seconds; 0 for never.
    pub tcp_keepalive_s: u32,
    /// `protected-mode`.
    pub protected_mode: bool,
    /// `requirepass` is not empty.
    pub password_set: bool,
    /// `enable-debug-command`.
    pub debug_command: Permission,
    /// `request-timeout`.
    pub request_timeout_ms: u64,
    /// `output-stall-timeout`.
    pub output_stall_timeout_ms: u64,
    /// `slowlog-log-slower-than`; negative for never.
    pub slowlog_slower_than_us: i64,
    /// `slowlog-max-len`.
    pub slowlog_max: u64,
    /// `latency-tracking`.
    pub latency_tracking: bool,
    /// `loglevel`: 0 for debug to 3 for warning.
    pub log_level: u8,
    /// `maxmemory-policy`, by its name.
    pub maxmemory_policy: &'static str,
    /// `lru-demotion`.
    pub lru_demotion: u32,
    /// `lfu-log-factor`.
    pub lfu_log_factor: u32,
    /// `lfu-decay-time`, in minutes.
    pub lfu_decay_time: u32,
    /// `proto-max-bulk-len`.
    pub value_size_max: u64,
    /// `list-max-listpack-size`: elements, or from -1 to -5 a size.
    pub list_max_listpack_size: i32,
    /// `hash-max-listpack-entries`.
    pub hash_entries_max: u64,
    /// `hash-max-listpack-value`.
    pub hash_text_size_max: u64,
    /// `set-max-intset-entries`.
    pub set_intset_count_max: u64,
    /// `set-max-listpack-entries`.
    pub set_listpack_count_max: u64,
    /// `set-max-listpack-value`.
    pub set_listpack_size_max: u64,
    /// `zset-max-listpack-entries`.
    pub zset_listpack_count_max: u64,
    /// `zset-max-listpack-value`.
    pub zset_listpack_name_max: u64,
    /// `hll-sparse-max-bytes`.
    pub hll_sparse_size_max: u64,
}

/// `requirepass`.
pub const REQUIREPASS: OptionId = option("requirepass");

impl HotSettings {
    /// What `settings` says now.
    pub fn of(settings: &Settings) -> Self {
        const TIMEOUT: OptionId = option("timeout");
        const TCP_KEEPALIVE: OptionId = option("tcp-keepalive");
        const PROTECTED_MODE: OptionId = option("protected-mode");
        const DEBUG_COMMAND: OptionId = option("enable-debug-command");
        const REQUEST_TIMEOUT: OptionId = option("request-timeout");
        const OUTPUT_STALL_TIMEOUT: OptionId = option("output-stall-timeout");
        const SLOWLOG_SLOWER_THAN: OptionId = option("slowlog-log-slower-than");
        const SLOWLOG_MAX: OptionId = option("slowlog-max-len");
        const LATENCY_TRACKING: OptionId = option("latency-tracking");
        const LOGLEVEL: OptionId = option("loglevel");
        const POLICY: OptionId = option("maxmemory-policy");
        const LRU_DEMOTION: OptionId = option("lru-demotion");
        const LFU_LOG_FACTOR: OptionId = option("lfu-log-factor");
        const LFU_DECAY_TIME: OptionId = option("lfu-decay-time");
        const VALUE_SIZE_MAX: OptionId = option("proto-max-bulk-len");
        const LIST_MAX_LISTPACK_SIZE: OptionId = option("list-max-listpack-size");
        const HASH_ENTRIES_MAX: OptionId = option("hash-max-listpack-entries");
        const HASH_TEXT_SIZE_MAX: OptionId = option("hash-max-listpack-value");
        const SET_INTSET_COUNT_MAX: OptionId = option("set-max-intset-entries");
        const SET_LISTPACK_COUNT_MAX: OptionId = option("set-max-listpack-entries");
        const SET_LISTPACK_SIZE_MAX: OptionId = option("set-max-listpack-value");
        const ZSET_LISTPACK_COUNT_MAX: OptionId = option("zset-max-listpack-entries");
        const ZSET_LISTPACK_NAME_MAX: OptionId = option("zset-max-listpack-value");
        const HLL_SPARSE_SIZE_MAX: OptionId = option("hll-sparse-max-bytes");
        Self {
            timeout_ms: settings.unsigned(TIMEOUT) * 1_000,
            tcp_keepalive_s: settings.unsigned(TCP_KEEPALIVE) as u32,
            protected_mode: settings.is_yes(PROTECTED_MODE),
            password_set: !settings.text(REQUIREPASS).is_empty(),
            debug_command: match settings.choice(DEBUG_COMMAND) {
                "yes" => Permission::Everybody,
                "local" => Permission::Local,
                _ => Permission::Nobody,
            },
            request_timeout_ms: settings.unsigned(REQUEST_TIMEOUT),
            output_stall_timeout_ms: settings.unsigned(OUTPUT_STALL_TIMEOUT),
            slowlog_slower_than_us: settings.number(SLOWLOG_SLOWER_THAN),
            slowlog_max: settings.unsigned(SLOWLOG_MAX),
            latency_tracking: settings.is_yes(LATENCY_TRACKING),
            log_level: settings.unsigned(LOGLEVEL) as u8,
            maxmemory_policy: settings.choice(POLICY),
            lru_demotion: settings.unsigned(LRU_DEMOTION) as u32,
            lfu_log_factor: settings.unsigned(LFU_LOG_FACTOR) as u32,
            lfu_decay_time: settings.unsigned(LFU_DECAY_TIME) as u32,
            value_size_max: settings.unsigned(VALUE_SIZE_MAX),
            list_max_listpack_size: settings.number(LIST_MAX_LISTPACK_SIZE) as i32,
            hash_entries_max: settings.unsigned(HASH_ENTRIES_MAX),
            hash_text_size_max: settings.unsigned(HASH_TEXT_SIZE_MAX),
            set_intset_count_max: settings.unsigned(SET_INTSET_COUNT_MAX),
            set_listpack_count_max: settings.unsigned(SET_LISTPACK_COUNT_MAX),
            set_listpack_size_max: settings.unsigned(SET_LISTPACK_SIZE_MAX),
            zset_listpack_count_max: settings.unsigned(ZSET_LISTPACK_COUNT_MAX),
            zset_listpack_name_max: settings.unsigned(ZSET_LISTPACK_NAME_MAX),
            hll_sparse_size_max: settings.unsigned(HLL_SPARSE_SIZE_MAX),
        }
    }
}
