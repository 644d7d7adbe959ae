//! Will it fit? Asked before a single page is touched: a server that starts and is killed later by
//! the kernel has promised what it could not keep.
//!
//! Two kinds of bounds: what the machine can still give (`MemAvailable`), and the memory limit of
//! every control group above the process, in both versions of the interface.
use crate::procfs;
use core::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A bound on memory, and who sets it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bound {
    /// Bytes.
    pub bytes: u64,
    /// The file that says so.
    pub source: PathBuf,
}

/// Why the plan does not fit, or fits only as long as the kernel needs little.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Shortage {
    /// The process itself does not fit.
    User {
        /// Bytes of the plan.
        user_bytes: u64,
        /// What it does not fit into.
        bound: Bound,
    },
    /// The process fits; with all that the kernel may hold for it, it does not.
    Kernel {
        /// Bytes of the plan.
        user_bytes: u64,
        /// Ceiling for what the kernel holds.
        kernel_bytes: u64,
        /// What both together do not fit into.
        bound: Bound,
    },
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User { user_bytes, bound } => write!(
                f,
                "maxmemory asks for {user_bytes} bytes, but {} allows {}: lower maxmemory",
                bound.source.display(),
                bound.bytes
            ),
            Self::Kernel { user_bytes, kernel_bytes, bound } => write!(
                f,
                "{user_bytes} bytes fit, but the kernel may hold up to {kernel_bytes} more for \
                 connections, and {} allows {}: 'socket-buffers 64kb' lowers that ceiling",
                bound.source.display(),
                bound.bytes
            ),
        }
    }
}

/// Every bound that holds for this process, from files under `root` (`/`, but for tests).
pub fn bounds(root: &Path) -> Vec<Bound> {
    let mut bounds = Vec::new();
    let source = root.join("proc/meminfo");
    let text = fs::read_to_string(&source).unwrap_or_default();
    if let Some(bytes) = procfs::kilobytes(&text, "MemAvailable:") {
        bounds.push(Bound { bytes, source });
    }
    for directory in control_groups(root) {
        for name in ["memory.max", "memory.limit_in_bytes"] {
            let source = directory.join(name);
            let text = fs::read_to_string(&source).unwrap_or_default();
            // `max`, and the largest number of whole pages, both mean that there is no limit.
            match text.trim().parse::<u64>() {
                Ok(bytes) if bytes < 1 << 62 => bounds.push(Bound { bytes, source }),
                _ => {}
            }
        }
    }
    bounds
}

/// Bytes of memory that the machine has.
pub fn total_bytes(root: &Path) -> u64 {
    let text = fs::read_to_string(root.join("proc/meminfo")).unwrap_or_default();
    procfs::kilobytes(&text, "MemTotal:").unwrap_or(0)
}

/// The first bound that is too tight, for the process if there is one, else for the kernel's part.
pub fn shortage(user_bytes: u64, kernel_bytes: u64, bounds: &[Bound]) -> Option<Shortage> {
    let tightest = bounds.iter().min_by_key(|bound| bound.bytes)?.clone();
    if user_bytes > tightest.bytes {
        return Some(Shortage::User { user_bytes, bound: tightest });
    }
    if user_bytes.saturating_add(kernel_bytes) > tightest.bytes {
        return Some(Shortage::Kernel { user_bytes, kernel_bytes, bound: tightest });
    }
    None
}

/// Directories of the memory control groups that hold this process: its own and all above it.
fn control_groups(root: &Path) -> Vec<PathBuf> {
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let mounts = fs::read_to_string(root.join("proc/self/mountinfo")).unwrap_or_default();
    let mut directories = Vec::new();
    for mount in mounts.lines().filter_map(Mount::parse) {
        let Some(group) = groups.lines().find_map(|line| mount.group(line)) else { continue };
        let top = root.join(mount.point.trim_start_matches('/'));
        // In a container the mount may show only a part of the tree, and the group's name may
        // still be the outer one; then the top is all that can be seen.
        let inner = group.strip_prefix(mount.root.as_str()).unwrap_or("");
        let mut directory = top.clone();
        directories.push(top);
        for name in inner.split('/').filter(|name| !name.is_empty() && *name != "..") {
            directory.push(name);
            directories.push(directory.clone());
        }
    }
    directories
}

/// A line of `/proc/self/mountinfo` that mounts control groups with memory limits.
struct Mount {
    /// Which part of the tree is shown; `/` is written as nothing.
    root: String,
    point: String,
    unified: bool,
}

impl Mount {
    fn parse(line: &str) -> Option<Self> {
        let (place, kind) = line.split_once(" - ")?;
        let mut kind = kind.split(' ');
        let unified = match kind.next()? {
            "cgroup2" => true,
            "cgroup" => {
                let options = kind.nth(1)?;
                options.split(',').find(|option| *option == "memory")?;
                false
            }
            _ => return None,
        };
        let mut place = place.split(' ').skip(3);
        let root = place.next()?.trim_end_matches('/').replace("\\040", " ");
        Some(Self { root, point: place.next()?.replace("\\040", " "), unified })
    }

    /// The group that a line of `/proc/self/cgroup` names, if it is in this mount's tree.
    fn group<'a>(&self, line: &'a str) -> Option<&'a str> {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, group) = (fields.next()?, fields.next()?);
        let matches = if self.unified {
            controllers.is_empty()
        } else {
            controllers.split(',').any(|controller| controller == "memory")
        };
        matches.then_some(group)
    }
}

#[cfg(test)]
#[path = "host_memory_test.rs"]
mod host_memory_test;
