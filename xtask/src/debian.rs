//! Packages of Debian that the tools need, installed where they are missing.
use crate::check;
use std::process::Command;

/// What `redis-server` says of its version; it is installed if there is none.
pub(crate) fn redis_version() -> Result<String, String> {
    let version = || Command::new("redis-server").arg("--version").output();
    if version().is_err() {
        install("redis-server")?;
    }
    let said = version().map_err(|why| format!("redis-server: {why}"))?;
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

/// Installs a package, with a fresh list of packages if the old one does not do.
pub(crate) fn install(package: &str) -> Result<(), String> {
    println!("{package} is missing: apt-get install {package}");
    // A server of its own at the standard port is not wanted: nobody shall start one.
    let mut apt = Command::new("apt-get");
    apt.args(["install", "-qq", "-y", "--no-install-recommends", package])
        .env("DEBIAN_FRONTEND", "noninteractive")
        .env("RUNLEVEL", "1");
    if check("apt-get", &mut apt).is_err() {
        check("apt-get", Command::new("apt-get").args(["-qq", "update"]))?;
        check("apt-get", &mut apt)?;
    }
    Ok(())
}
