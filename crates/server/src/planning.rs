//! From settings to limits to the plan, with what only the running process knows: how large its
//! image is, and what its I/O engine's tables take. `granite plan` and the start come here both,
//! so that what one prints is what the other takes.
use crate::descriptors::Descriptors;
use crate::image;
use crate::io::{Choice, Io};
use granite_engine::limits::Limits;
use granite_engine::memory::plan::{KeyShape, Plan};
use granite_engine::options::settings::Settings;
use granite_engine::options::table::{OptionId, option};
use granite_engine::sizing::capacity::plan_for;
use granite_engine::sizing::derive::LimitsError;

const MAXCLIENTS: OptionId = option("maxclients");
const CONNECTIONS_RESERVED: OptionId = option("connections-reserved");
const IO: OptionId = option("io");

/// Pieces of the region start on cache lines: what rounding may cost, counted with the image.
pub const ROUNDING_BYTES: u64 = 16 << 10;

/// Why there is no plan, or no server: one line.
pub type Refusal = String;

/// What the process takes beside what the engine's limits say.
struct Measured {
    image_bytes: u64,
    /// Bytes of the I/O engine's tables for so many receive buffers.
    table_bytes: u64,
}

/// The I/O engine that the user asks for.
pub fn choice(settings: &Settings) -> Choice {
    match settings.choice(IO) {
        "uring" => Choice::Uring,
        "epoll" => Choice::Epoll,
        _ => Choice::Auto,
    }
}

/// Makes the connections as many as there can be files, raising the limit where that is allowed.
pub fn raise_descriptors(settings: &mut Settings) -> Result<Descriptors, Refusal> {
    let reserved = settings.unsigned(CONNECTIONS_RESERVED) as u32;
    let descriptors = Descriptors::raise(settings.unsigned(MAXCLIENTS) as u32, reserved);
    if descriptors.possible == 0 {
        return Err(descriptors.to_string());
    }
    settings.adopt(MAXCLIENTS, u64::from(descriptors.possible));
    Ok(descriptors)
}

/// Stops a start whose options cannot fit together, before anything is created for it. The image
/// is not measured yet and counts as nothing, so what misses by less is found by `plan`.
pub fn check(settings: &Settings) -> Result<(), Refusal> {
    Limits::derive(settings, 0).map_err(|error| explain(&error))?;
    Ok(())
}

fn explain(error: &LimitsError) -> Refusal {
    format!("The options do not fit together: {error}")
}

/// The limits and the plan that `settings` lead to in this process, on this machine.
pub fn plan(settings: &Settings, shape: KeyShape) -> Result<(Limits, Plan), Refusal> {
    let measured = measure(settings)?;
    let draft = Limits::derive_with(settings, measured.image_bytes, measured.table_bytes)
        .map_err(|error| explain(&error))?;
    let tables = Io::table_bytes(draft.connection_slots(), draft.receive_buffers_max);
    let limits = Limits::derive_with(settings, measured.image_bytes, tables)
        .map_err(|error| explain(&error))?;
    Ok((limits, Plan::with_shape(&limits, shape)))
}

/// What `granite plan` prints: the plan for `settings`, or for the smallest memory that holds
/// `target`.
pub fn print(
    mut settings: Settings,
    target: Option<(u64, KeyShape)>,
    shape: KeyShape,
    json: bool,
) -> Result<String, Refusal> {
    raise_descriptors(&mut settings)?;
    let plan = if let Some((count, shape)) = target {
        let Measured { image_bytes, table_bytes } = measure(&settings)?;
        plan_for(&settings, count, shape, (image_bytes, table_bytes))
            .map_err(|error| error.to_string())?
            .1
    } else {
        plan(&settings, shape)?.1
    };
    let mut text = String::new();
    let written = if json { plan.write_json(&mut text) } else { plan.write_table(&mut text) };
    written.map_err(|error| error.to_string())?;
    Ok(text)
}

/// Measures the image. The tables are those for the most receive buffers that a share can give.
fn measure(settings: &Settings) -> Result<Measured, Refusal> {
    const RECEIVE_BUFFERS_MAX: u32 = 1024;
    let slots = (settings.unsigned(MAXCLIENTS) + settings.unsigned(CONNECTIONS_RESERVED)) as u32;
    let more_bytes = Io::queue_bytes(choice(settings), slots) + ROUNDING_BYTES;
    let image_bytes = image::measure(more_bytes).map_err(|error| error.to_string())?;
    Ok(Measured { image_bytes, table_bytes: Io::table_bytes(slots, RECEIVE_BUFFERS_MAX) })
}
