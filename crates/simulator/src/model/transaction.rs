//! Which command is meant, how many arguments it takes, and MULTI, EXEC, DISCARD, WATCH.
use super::{Call, Failure, Outcome, Session, Watched, refuse};
use crate::value::Value;

/// Names, and argument counts with the name included; negative: at least.
const ARITIES: &[(&str, i32)] = &[
    ("APPEND", 3),
    ("AUTH", -2),
    ("BITCOUNT", -2),
    ("BITFIELD", -2),
    ("BITFIELD_RO", -2),
    ("BITOP", -4),
    ("BITPOS", -3),
    ("CLIENT", -2),
    ("COMMAND", -1),
    ("CONFIG", -2),
    ("COPY", -3),
    ("DBSIZE", 1),
    ("DEBUG", -2),
    ("DECR", 2),
    ("DECRBY", 3),
    ("DEL", -2),
    ("DISCARD", 1),
    ("ECHO", 2),
    ("EXEC", 1),
    ("EXISTS", -2),
    ("EXPIRE", -3),
    ("EXPIREAT", -3),
    ("EXPIRETIME", 2),
    ("FLUSHALL", -1),
    ("FLUSHDB", -1),
    ("FUNCTION", -2),
    ("GET", 2),
    ("GETBIT", 3),
    ("GETDEL", 2),
    ("GETEX", -2),
    ("GETRANGE", 4),
    ("GETSET", 3),
    ("HELLO", -1),
    ("INCR", 2),
    ("INCRBY", 3),
    ("INCRBYFLOAT", 3),
    ("INFO", -1),
    ("KEYS", 2),
    ("LASTSAVE", 1),
    ("LATENCY", -2),
    ("MEMORY", -2),
    ("MGET", -2),
    ("MOVE", 3),
    ("MSET", -3),
    ("MSETNX", -3),
    ("MULTI", 1),
    ("OBJECT", -2),
    ("PERSIST", 2),
    ("PEXPIRE", -3),
    ("PEXPIREAT", -3),
    ("PEXPIRETIME", 2),
    ("PING", -1),
    ("PSETEX", 4),
    ("PTTL", 2),
    ("QUIT", -1),
    ("RANDOMKEY", 1),
    ("RENAME", 3),
    ("RENAMENX", 3),
    ("RESET", 1),
    ("SCAN", -2),
    ("SCRIPT", -2),
    ("SELECT", 2),
    ("SET", -3),
    ("SETBIT", 4),
    ("SETEX", 4),
    ("SETNX", 3),
    ("SETRANGE", 4),
    ("SHUTDOWN", -1),
    ("SLOWLOG", -2),
    ("STRLEN", 2),
    ("SUBSTR", 4),
    ("SWAPDB", 3),
    ("TIME", 1),
    ("TOUCH", -2),
    ("TTL", 2),
    ("TYPE", 2),
    ("UNLINK", -2),
    ("UNWATCH", 1),
    ("WATCH", -2),
];

impl Call<'_> {
    pub(super) fn dispatch(&mut self) -> Outcome {
        let name = String::from_utf8_lossy(&self.arguments[0]).to_ascii_uppercase();
        if let Err(refusal) = self.check_arity(&name) {
            if let Some(session) = self.model.sessions.get_mut(&self.connection) {
                session.queue_failed |= session.queue.is_some();
            }
            return Err(refusal);
        }
        let runs_at_once =
            ["EXEC", "DISCARD", "MULTI", "WATCH", "QUIT", "RESET"].contains(&name.as_str());
        let arguments = self.arguments;
        match &mut self.session().queue {
            Some(queue) if !runs_at_once => {
                queue.push(arguments.to_vec());
                Ok(Value::Simple("QUEUED".to_owned()))
            }
            _ => self.run(&name),
        }
    }

    pub(super) fn check_arity(&self, name: &str) -> Result<(), Failure> {
        let all = ARITIES.iter().chain(super::collection::ARITIES);
        let Some((_, arity)) = { all }.find(|(known, _)| *known == name) else {
            let quoted = |text: &Vec<u8>| format!("'{}'", String::from_utf8_lossy(text));
            let rest: Vec<String> = self.arguments[1..].iter().map(quoted).collect();
            let (name, rest) = (quoted(&self.arguments[0]), rest.join(" "));
            let line = format!("ERR unknown command {name}, with args beginning with: {rest} ");
            return refuse(&line);
        };
        let count = self.count() as i32;
        if count == *arity || *arity < 0 && count >= -arity {
            return self.check_subcommand(name);
        }
        let name = name.to_ascii_lowercase();
        refuse(&format!("ERR wrong number of arguments for '{name}' command"))
    }

    pub(super) fn run(&mut self, name: &str) -> Outcome {
        match name {
            _ if super::collection::ARITIES.iter().any(|(known, _)| *known == name) => {
                self.run_collection(name)
            }
            "SET" => self.set(),
            "SETEX" => self.setex(true, "setex"),
            "PSETEX" => self.setex(false, "psetex"),
            "SETNX" => self.setnx(),
            "GET" => self.get(),
            "GETSET" => self.getset(),
            "GETDEL" => self.getdel(),
            "GETEX" => self.getex(),
            "MGET" => self.mget(),
            "MSET" => self.mset(false),
            "MSETNX" => self.mset(true),
            "APPEND" => self.append(),
            "STRLEN" => self.strlen(),
            "SETRANGE" => self.setrange(),
            "GETRANGE" | "SUBSTR" => self.getrange(),
            "INCR" => self.increment(1),
            "DECR" => self.increment(-1),
            "INCRBY" => self.incrby(),
            "DECRBY" => self.decrby(),
            "INCRBYFLOAT" => self.incrbyfloat(),
            "SETBIT" => self.setbit(),
            "GETBIT" => self.getbit(),
            "BITCOUNT" => self.bitcount(),
            "BITPOS" => self.bitpos(),
            "BITOP" => self.bitop(),
            "BITFIELD" => self.bitfield(false),
            "BITFIELD_RO" => self.bitfield(true),
            _ => self.run_keyspace(name),
        }
    }

    fn run_keyspace(&mut self, name: &str) -> Outcome {
        match name {
            "DEL" | "UNLINK" => self.count_keys(true),
            "EXISTS" | "TOUCH" => self.count_keys(false),
            "TYPE" => self.kind(),
            "RENAME" => self.rename(false),
            "RENAMENX" => self.rename(true),
            "COPY" => self.copy(),
            "MOVE" => self.move_key(),
            "SELECT" => self.select(),
            "SWAPDB" => self.swapdb(),
            "FLUSHDB" => self.flush(false),
            "FLUSHALL" => self.flush(true),
            "DBSIZE" => self.dbsize(),
            "RANDOMKEY" => self.randomkey(),
            "KEYS" => self.keys(),
            "SCAN" => self.scan(),
            "OBJECT" => self.object(),
            "EXPIRE" => self.expire(1000, false, "expire"),
            "PEXPIRE" => self.expire(1, false, "pexpire"),
            "EXPIREAT" => self.expire(1000, true, "expireat"),
            "PEXPIREAT" => self.expire(1, true, "pexpireat"),
            "TTL" => self.time_to_live(1000, false),
            "PTTL" => self.time_to_live(1, false),
            "EXPIRETIME" => self.time_to_live(1000, true),
            "PEXPIRETIME" => self.time_to_live(1, true),
            "PERSIST" => self.persist(),
            "MULTI" => self.multi(),
            "EXEC" => self.exec(),
            "DISCARD" => self.discard(),
            "WATCH" => self.watch(),
            "UNWATCH" => {
                self.session().watched.clear();
                Ok(Value::ok())
            }
            _ => self.run_connection(name),
        }
    }

    fn multi(&mut self) -> Outcome {
        if self.session().queue.is_some() {
            return refuse("ERR MULTI calls can not be nested");
        }
        self.session().queue = Some(Vec::new());
        Ok(Value::ok())
    }

    fn discard(&mut self) -> Outcome {
        if self.session().queue.is_none() {
            return refuse("ERR DISCARD without MULTI");
        }
        self.session().end_transaction();
        Ok(Value::ok())
    }

    fn exec(&mut self) -> Outcome {
        let Some(queue) = self.session().queue.take() else {
            return refuse("ERR EXEC without MULTI");
        };
        let failed = self.session().queue_failed;
        let broken = self.watch_is_broken();
        self.session().end_transaction();
        if failed {
            return refuse("EXECABORT Transaction discarded because of previous errors.");
        }
        if broken {
            return Ok(if self.resp3() { Value::Null } else { Value::NullArray });
        }
        let mut replies = Vec::new();
        for (index, arguments) in queue.iter().enumerate() {
            self.model.begin_queued(self.connection, &queue[index..], index);
            let actual = match self.actual {
                Value::Lost => Some(&Value::Lost),
                actual => actual.elements().and_then(|replies| replies.get(index)),
            };
            let (model, connection) = (&mut *self.model, self.connection);
            replies.push(model.execute(connection, arguments, actual.unwrap_or(&Value::Null))?);
        }
        self.model.end_queued();
        Ok(Value::Array(replies))
    }

    fn watch(&mut self) -> Outcome {
        if self.session().queue.is_some() {
            return refuse("ERR WATCH inside MULTI is not allowed");
        }
        let database = self.database();
        self.model.is_watched = true;
        for index in 1..self.count() {
            let key = self.arguments[index].clone();
            let is_known = |known: &Watched| known.database == database && known.key == key;
            if self.session().watched.iter().any(is_known) {
                continue;
            }
            let touch_count = self.model.touch_count(database, &key);
            let was_there = self.model.entry(database, &key).is_some();
            self.session().watched.push(Watched { database, key, touch_count, was_there });
        }
        Ok(Value::ok())
    }

    /// Has a watched key been written, deleted, or expired?
    fn watch_is_broken(&self) -> bool {
        self.model.sessions[&self.connection].watched.iter().any(|watched| {
            let is_there = self.model.entry(watched.database, &watched.key).is_some();
            self.model.touch_count(watched.database, &watched.key) != watched.touch_count
                || watched.was_there && !is_there
        })
    }
}

impl Session {
    pub(super) fn end_transaction(&mut self) {
        self.queue = None;
        self.queue_failed = false;
        self.watched.clear();
    }
}
