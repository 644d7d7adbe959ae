//! The engine as the target of transcripts and of random commands.
use crate::kernel::{Faults, Kernel};
use crate::transcript::{Answer, Settings, Target, Wait};
use crate::value::request;
use granite_engine::limits::Limits;
use granite_engine::options;
use std::collections::BTreeMap;

/// A fresh engine for each case, in a kernel with or without faults.
pub struct Granite {
    limits: Limits,
    faults: Faults,
    seed: u64,
    kernel: Option<Kernel>,
    clients: BTreeMap<u32, u32>,
    resp3: bool,
}

impl Granite {
    /// Engines with these limits unless a case has its own.
    pub fn new(limits: Limits, seed: u64, faults: Faults) -> Self {
        Self { limits, faults, seed, kernel: None, clients: BTreeMap::new(), resp3: false }
    }

    /// The engine in its kernel, once a case has begun.
    pub fn kernel(&mut self) -> &mut Kernel {
        self.kernel.as_mut().expect("a case has begun")
    }

    fn client(&mut self, connection: u32) -> u32 {
        if let Some(client) = self.clients.get(&connection) {
            return *client;
        }
        let client = self.kernel().connect();
        self.clients.insert(connection, client);
        if self.resp3 {
            self.kernel().send(client, &request(&["HELLO", "3"]));
            self.kernel().run();
            self.kernel().take_output(client);
        }
        client
    }
}

impl Target for Granite {
    fn begin(&mut self, settings: &Settings) -> Result<(), String> {
        let mut limits = self.limits;
        for (name, value) in &settings.limits {
            set_limit(&mut limits, name, *value)?;
        }
        let mut values = options::settings::Settings::new();
        for (name, value) in &settings.options {
            let id = options::table::find(name.as_bytes())
                .ok_or(format!("there is no option {name}"))?;
            values.set(id, value.as_bytes()).map_err(|why| format!("{name}: {why:?}"))?;
        }
        self.kernel = Some(Kernel::new(&limits, values, self.seed, self.faults));
        self.clients.clear();
        self.resp3 = settings.resp3;
        Ok(())
    }

    fn exchange(&mut self, connection: u32, bytes: &[u8], _: Wait) -> Answer {
        let client = self.client(connection);
        let kernel = self.kernel();
        kernel.send(client, bytes);
        kernel.run();
        let answer = Answer { bytes: kernel.take_output(client), closed: kernel.is_closed(client) };
        if answer.closed {
            self.clients.remove(&connection);
        }
        answer
    }

    fn advance(&mut self, duration_ms: u64) {
        let kernel = self.kernel();
        kernel.advance(duration_ms);
        kernel.run();
    }

    fn spare_frames(&mut self) -> Option<u64> {
        Some(self.kernel().engine.store().frames().spare_count().into())
    }
}

fn set_limit(limits: &mut Limits, name: &str, value: u64) -> Result<(), String> {
    let small = u32::try_from(value).map_err(|_| format!("{name}={value} is too large"));
    match name {
        "connections_max" => limits.connections_max = small?,
        "connections_reserved" => limits.connections_reserved = small?,
        "receive_buffers_max" => limits.receive_buffers_max = small?,
        "reply_buffers_max" => limits.reply_buffers_max = small?,
        "reply_credit" => limits.reply_credit = small?,
        "reply_max" => limits.reply_max = value,
        "blocks_max" => limits.blocks_max = small?,
        "args_max" => limits.args_max = small?,
        "request_size_max" => limits.request_size_max = value,
        "keys_max" => limits.keys_max = value,
        "data_bytes" => limits.data_bytes = value,
        "key_size_max" => limits.key_size_max = small?,
        "value_size_max" => limits.value_size_max = value,
        "watches_max" => limits.watches_max = small?,
        "pins_max" => limits.pins_max = small?,
        "staged_max" => limits.staged_max = small?,
        "databases" => limits.databases = small?,
        "slowlog_max" => limits.slowlog_max = small?,
        "command_work_max" => limits.command_work_max = value,
        _ => return Err(format!("there is no limit {name}")),
    }
    Ok(())
}

#[cfg(test)]
#[path = "granite_test.rs"]
mod granite_test;
