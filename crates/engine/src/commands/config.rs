//! CONFIG: the options of the running server.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::statistics::Statistics;
use crate::commands::work;
use crate::log::{Level, Log};
use crate::options::hot::HotSettings;
use crate::options::settings::{NUMBER_TEXT_SIZE_MAX, Settings, matching};
use crate::options::table::OPTION_COUNT;
use crate::resp::request::Request;
use crate::store::{Policy, Store, StoreCounters};

/// Short commands take at most the millisecond or so that making room takes (`STEPS_MAX`): where
/// `slowlog-log-slower-than` is less than twice that, in microseconds, each call is timed by
/// itself.
const EXACT_BELOW_US: i64 = 2_000;

/// `CONFIG GET pattern [pattern ...]`: a map of the options whose names match.
pub fn get(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    // Each pattern is matched against each name, in at most some hundred steps.
    let work = (request.argument_count() * OPTION_COUNT * 64) as u64;
    work::check(cx, work, "ERR too many patterns for command-work-max: ask for fewer at once")?;
    let settings = &*cx.settings;
    cx.reply.measured(|reply| {
        let patterns = request.arguments_from(2);
        reply.map(matching(patterns.clone()).count() as u64);
        for (name, id) in matching(patterns) {
            reply.bulk(name.as_bytes());
            reply.bulk(settings.show(id, &mut [0; NUMBER_TEXT_SIZE_MAX]));
        }
    })?;
    Ok(())
}

/// `CONFIG SET name value [name value ...]`: changes all of them, or none.
pub fn set(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let count = request.argument_count();
    if !count.is_multiple_of(2) {
        return Err(CommandError::SYNTAX);
    }
    let pairs = (2..count).step_by(2).map(|at| (request.argument(at), request.argument(at + 1)));
    if let Err(error) = cx.settings.config_set(pairs) {
        return cx.fail_text("ERR", format_args!("{error}"));
    }
    // At once, because EXEC may have more to run before the engine obeys.
    apply(cx.settings, cx.store, cx.statistics, cx.log);
    cx.orders.settings_changed = true;
    cx.reply.ok();
    Ok(())
}

/// Brings what was derived from the options up to date: at the start, and when they changed.
pub fn apply(
    settings: &Settings,
    store: &mut Store,
    statistics: &mut Statistics,
    log: &mut Log,
) -> HotSettings {
    let hot = HotSettings::of(settings);
    let tuning = &mut store.tuning;
    tuning.policy = match hot.maxmemory_policy {
        "allkeys-lru" => Policy::AllKeysLru,
        "allkeys-lfu" => Policy::AllKeysLfu,
        "allkeys-random" => Policy::AllKeysRandom,
        "volatile-lru" => Policy::VolatileLru,
        "volatile-lfu" => Policy::VolatileLfu,
        "volatile-random" => Policy::VolatileRandom,
        "volatile-ttl" => Policy::VolatileTtl,
        "noeviction" => Policy::NoEviction,
        name => unreachable!("no policy is called '{name}'"),
    };
    tuning.lru_demotion = hot.lru_demotion;
    tuning.lfu_log_factor = hot.lfu_log_factor;
    tuning.lfu_decay_time = hot.lfu_decay_time;
    tuning.value_size_max = hot.value_size_max;
    statistics.set_tracking(hot.latency_tracking);
    statistics.set_exact((0..EXACT_BELOW_US).contains(&hot.slowlog_slower_than_us));
    let levels = [Level::Debug, Level::Verbose, Level::Notice, Level::Warning];
    log.set_level(levels[hot.log_level as usize]);
    hot
}

/// `CONFIG RESETSTAT`: the statistics of INFO start from zero.
pub fn resetstat(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    cx.statistics.reset();
    let changes = cx.store.counters.changes;
    cx.store.counters = StoreCounters { changes, ..StoreCounters::default() };
    cx.reply.ok();
    Ok(())
}

/// `CONFIG REWRITE`: refused, since no file can be opened any more.
pub fn rewrite(_: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    Err(CommandError::Line(
        "ERR CONFIG REWRITE is not possible: the server opens no file after its start. \
         Change the configuration file itself",
    ))
}
