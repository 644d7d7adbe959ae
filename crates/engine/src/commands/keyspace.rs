//! Commands on keys whatever their type, and on whole databases.
//!
//! Large values and flushed databases are freed by the store in slices, so DEL and UNLINK, FLUSHDB
//! SYNC and ASYNC are the same here. KEYS and SCAN are in `scan`.
use crate::commands::arguments::{database, is_word, small_integer};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::key_queue::KeyQueue;
use crate::commands::texts::{BULK_OVERHEAD, reserve_reply};
use crate::commands::work;
use crate::resp::request::Request;
use crate::stdx::number;
use crate::store::{Entry, Key, Policy, Type};

const SAME_OBJECT: CommandError =
    CommandError::Line("ERR source and destination objects are the same");

/// `DEL key [key ...]`: deletes the keys; how many there were. O(keys).
pub fn del(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    count_keys(cx, request, |cx, key| cx.store.delete(cx.now, key));
    Ok(())
}

/// `UNLINK key [key ...]`: as DEL. O(keys).
pub fn unlink(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    del(cx, request)
}

/// `EXISTS key [key ...]`: how many of the keys exist; a repeated one counts again. O(keys).
pub fn exists(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    count_keys(cx, request, |cx, key| cx.look(key).is_some());
    Ok(())
}

/// `TOUCH key [key ...]`: marks the keys as used, whatever CLIENT NO-TOUCH says; how many exist.
/// O(keys).
pub fn touch(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    count_keys(cx, request, |cx, key| cx.store.read(cx.now, key, false).is_some());
    Ok(())
}

fn count_keys(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    mut counts: impl FnMut(&mut Context<'_>, &Key<'_>) -> bool,
) {
    let mut count = 0;
    let mut keys = KeyQueue::new(request, 1..request.argument_count());
    while let Some((_, key)) = keys.next(cx) {
        count += i64::from(counts(cx, &key));
    }
    cx.reply.integer(count);
}

/// `TYPE key`: the name of the value's type, or `none`. O(1).
pub fn type_of(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let name = cx.look(&key).map_or("none", |entry| cx.store.kind(entry).name());
    cx.reply.simple(name);
    Ok(())
}

/// `RENAME key newkey`: gives the key another name, with its value and deadline; what had that
/// name is gone. O(1).
pub fn rename(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let (source, target) = (cx.key(request, 1), cx.key(request, 2));
    if cx.store.find(cx.now, &source).is_none() {
        return Err(CommandError::NO_SUCH_KEY);
    }
    if source.name != target.name {
        cx.store.rename(cx.now, &source, &target)?;
    }
    cx.reply.ok();
    Ok(())
}

/// `RENAMENX key newkey`: as RENAME, if no key has the other name; 1 if so. O(1).
pub fn renamenx(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let (source, target) = (cx.key(request, 1), cx.key(request, 2));
    if cx.store.find(cx.now, &source).is_none() {
        return Err(CommandError::NO_SUCH_KEY);
    }
    // This covers RENAMENX of a key to its own name.
    let renamed = cx.store.find(cx.now, &target).is_none();
    if renamed {
        cx.store.rename(cx.now, &source, &target)?;
    }
    cx.reply.integer(i64::from(renamed));
    Ok(())
}

/// `COPY source destination [DB database] [REPLACE]`: copies a key with its value and deadline; 1
/// if it was copied. O(size of the value), up to `command-work-max`.
pub fn copy(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let own_database = cx.session().database;
    let (mut target_database, mut replace) = (own_database, false);
    let mut index = 3;
    while index < request.argument_count() {
        let word = request.argument(index);
        if is_word(word, "REPLACE") {
            replace = true;
        } else if is_word(word, "DB") && index + 1 < request.argument_count() {
            index += 1;
            target_database = database(cx, small_integer(request.argument(index))?)?;
        } else {
            return Err(CommandError::SYNTAX);
        }
        index += 1;
    }
    let source = cx.key(request, 1);
    let target = cx.store.key(target_database, request.argument(2));
    if target_database == own_database && source.name == target.name {
        return Err(SAME_OBJECT);
    }
    let Some(entry) = cx.read(&source) else {
        cx.reply.integer(0);
        return Ok(());
    };
    let size = value_size(cx, entry);
    if !replace && cx.store.find(cx.now, &target).is_some() {
        cx.reply.integer(0);
        return Ok(());
    }
    work::check(cx, size, "OOM command-work-max: the value is too large to be copied")?;
    cx.store.copy(cx.now, &source, &target)?;
    cx.reply.integer(1);
    Ok(())
}

/// Bytes of a value: of a string, or of all texts of a collection and their cells.
pub fn value_size(cx: &Context<'_>, entry: Entry) -> u64 {
    const CELL_SIZE: u64 = 16;
    match cx.store.string(entry) {
        Ok(text) => text.size(),
        Err(_) => cx.store.text_bytes(entry) + CELL_SIZE * cx.store.element_count(entry),
    }
}

/// `MOVE key database`: moves the key to another database, if it has no such key; 1 if so. O(1).
pub fn move_to(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let target_database = database(cx, small_integer(request.argument(2))?)?;
    if target_database == cx.session().database {
        return Err(SAME_OBJECT);
    }
    let source = cx.key(request, 1);
    let target = cx.store.key(target_database, request.argument(1));
    let moved =
        cx.store.find(cx.now, &source).is_some() && cx.store.find(cx.now, &target).is_none();
    if moved {
        cx.store.rename(cx.now, &source, &target)?;
    }
    cx.reply.integer(i64::from(moved));
    Ok(())
}

/// `SWAPDB one other`: exchanges two databases for everybody. O(watched keys).
pub fn swapdb(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let number =
        |index, line| small_integer(request.argument(index)).map_err(|_| CommandError::Line(line));
    let one = number(1, "ERR invalid first DB index")?;
    let other = number(2, "ERR invalid second DB index")?;
    let (one, other) = (database(cx, one)?, database(cx, other)?);
    cx.store.swap(cx.now, one, other);
    cx.reply.ok();
    Ok(())
}

/// `RANDOMKEY`: a key of the database, each with the same chance, or null. O(1).
pub fn randomkey(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let database = cx.session().database;
    let Some(entry) = cx.store.random_key(cx.now, database) else {
        cx.reply.null();
        return Ok(());
    };
    let size = cx.store.name(entry).len() as u64;
    reserve_reply(cx, size + BULK_OVERHEAD)?;
    cx.reply.bulk(cx.store.name(entry));
    Ok(())
}

/// `DBSIZE`: count of keys in the database. O(1).
pub fn dbsize(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    let database = cx.session().database;
    cx.reply.integer(cx.store.key_count(database).cast_signed());
    Ok(())
}

/// `FLUSHDB [ASYNC | SYNC]`: empties the database. O(1); memory comes back in slices.
pub fn flushdb(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    check_flush_options(request)?;
    let database = cx.session().database;
    if !cx.store.flush(cx.now, database) {
        return Err(CommandError::Retry);
    }
    cx.reply.ok();
    Ok(())
}

/// `FLUSHALL [ASYNC | SYNC]`: empties every database. O(1); memory comes back in slices.
pub fn flushall(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    check_flush_options(request)?;
    if !cx.store.flush_all(cx.now) {
        return Err(CommandError::Retry);
    }
    cx.reply.ok();
    Ok(())
}

fn check_flush_options(request: &Request<'_>) -> Result<(), CommandError> {
    match request.argument_count() {
        1 => Ok(()),
        2 if is_word(request.argument(1), "ASYNC") || is_word(request.argument(1), "SYNC") => {
            Ok(())
        }
        _ => Err(CommandError::SYNTAX),
    }
}

/// Longest string that Redis keeps in one piece with its header: what OBJECT ENCODING calls
/// `embstr`.
const EMBEDDED_SIZE_MAX: u64 = 44;

/// `OBJECT ENCODING key`: how Redis would keep the value: `embstr`, `listpack` and so on. O(1).
pub fn object_encoding(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 2);
    let Some(entry) = cx.look(&key) else {
        cx.reply.null();
        return Ok(());
    };
    let name = encoding(cx, entry)?;
    cx.reply.bulk(name.as_bytes());
    Ok(())
}

/// What Redis would call the way in which the value is kept.
pub fn encoding(cx: &Context<'_>, entry: Entry) -> Result<&'static str, CommandError> {
    match cx.store.kind(entry) {
        Type::String => {
            let text = cx.store.string(entry)?;
            Ok(if text.is_raw() || text.size() > EMBEDDED_SIZE_MAX {
                "raw"
            } else if !text.is_text() && text.as_slice().and_then(number::parse_i64).is_some() {
                "int"
            } else {
                "embstr"
            })
        }
        collection => {
            let kept = cx.store.kept(entry);
            Ok(match collection {
                Type::Set if !kept.as_text && !kept.at_large => "intset",
                Type::List if kept.at_large => "quicklist",
                Type::SortedSet if kept.at_large => "skiplist",
                _ if kept.at_large => "hashtable",
                _ => "listpack",
            })
        }
    }
}

/// Under an LFU policy the clock of a key is a counter of accesses.
const fn counts_frequency(cx: &Context<'_>) -> bool {
    matches!(cx.store.tuning.policy, Policy::AllKeysLfu | Policy::VolatileLfu)
}

/// `OBJECT FREQ key`: the logarithmic counter of accesses, under an LFU policy. O(1).
pub fn object_freq(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 2);
    let Some(entry) = cx.look(&key) else {
        cx.reply.null();
        return Ok(());
    };
    if !counts_frequency(cx) {
        return Err(CommandError::Line(
            "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please \
             note that when switching between policies at runtime LRU and LFU data will take some \
             time to adjust.",
        ));
    }
    cx.reply.integer(i64::from(cx.store.frequency(cx.now, entry)));
    Ok(())
}

/// `OBJECT IDLETIME key`: seconds since the key was last used, unless under an LFU policy. O(1).
pub fn object_idletime(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 2);
    let Some(entry) = cx.look(&key) else {
        cx.reply.null();
        return Ok(());
    };
    if counts_frequency(cx) {
        return Err(CommandError::Line(
            "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that \
             when switching between policies at runtime LRU and LFU data will take some time to \
             adjust.",
        ));
    }
    cx.reply.integer(cx.store.idle_s(cx.now, entry).cast_signed());
    Ok(())
}

/// `OBJECT REFCOUNT key`: 1, since no value has two owners here; for the integers that Redis
/// shares among all keys, what it answers for these. O(1).
pub fn object_refcount(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 2);
    let Some(entry) = cx.look(&key) else {
        cx.reply.null();
        return Ok(());
    };
    let is_shared = encoding(cx, entry)? == "int" && {
        let value = cx.store.string(entry)?.as_slice().and_then(number::parse_i64);
        value.is_some_and(|value| (0..10_000).contains(&value))
    };
    cx.reply.integer(if is_shared { i64::from(i32::MAX) } else { 1 });
    Ok(())
}

/// `OBJECT HELP`: the subcommands. O(1).
pub fn object_help(cx: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    const LINES: [&str; 11] = [
        "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "ENCODING <key>",
        "    How Redis would keep the value: embstr, listpack and so on.",
        "FREQ <key>",
        "    How often the key is used, on a logarithmic scale; under an LFU policy only.",
        "IDLETIME <key>",
        "    Seconds since the key was last used; not under an LFU policy.",
        "REFCOUNT <key>",
        "    Count of owners of the value, as Redis would count them.",
        "HELP",
        "    Prints this help.",
    ];
    cx.reply.array(LINES.len() as u64);
    for line in LINES {
        cx.reply.simple(line);
    }
    Ok(())
}
