//! Bounds of the machine and of every control group, read from made-up trees.
use super::{Bound, Shortage, bounds, shortage};
use std::fs;
use std::path::{Path, PathBuf};

/// A root directory with the given files, removed with the value.
struct Root(PathBuf);

impl Root {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("granite-{name}-{}", std::process::id()));
        for (file, text) in files {
            let file = path.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        Self(path)
    }

    fn check(&self, expected: &[(&str, u64)]) {
        let expected: Vec<Bound> = expected
            .iter()
            .map(|(source, bytes)| Bound { bytes: *bytes, source: self.0.join(source) })
            .collect();
        assert_eq!(bounds(&self.0), expected);
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

const MEMINFO: (&str, &str) =
    ("proc/meminfo", "MemTotal:  2000 kB\nMemFree:  500 kB\nMemAvailable:  1000 kB\n");

#[test]
fn a_machine_without_groups_is_bounded_by_what_is_available() {
    Root::new("plain", &[MEMINFO]).check(&[("proc/meminfo", 1_024_000)]);
}

#[test]
fn every_group_above_counts_in_version_2() {
    let mounts = "25 1 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
    let files = [
        MEMINFO,
        ("proc/self/cgroup", "0::/system.slice/granite.service\n"),
        ("proc/self/mountinfo", mounts),
        ("sys/fs/cgroup/system.slice/memory.max", "5000\n"),
        ("sys/fs/cgroup/system.slice/granite.service/memory.max", "max\n"),
    ];
    Root::new("version-2", &files)
        .check(&[("proc/meminfo", 1_024_000), ("sys/fs/cgroup/system.slice/memory.max", 5000)]);
}

#[test]
fn every_group_above_counts_in_version_1() {
    let mounts = "30 25 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n\
                  31 25 0:28 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n";
    let files = [
        ("proc/self/cgroup", "9:name=systemd:/\n4:memory:/a/b\n2:cpu:/c\n"),
        ("proc/self/mountinfo", mounts),
        ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
        ("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "7000\n"),
        ("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "6000\n"),
        ("sys/fs/cgroup/cpu/c/memory.limit_in_bytes", "1\n"),
    ];
    Root::new("version-1", &files).check(&[
        ("sys/fs/cgroup/memory/a/memory.limit_in_bytes", 7000),
        ("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", 6000),
    ]);
}

#[test]
fn a_container_sees_its_own_part_of_the_tree() {
    let mounts = "31 25 0:28 /docker/42 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n\
                  32 25 0:29 / /with\\040space rw - cgroup2 cgroup2 rw\n";
    let files = [
        ("proc/self/cgroup", "4:memory:/docker/42/inner\n0::/../outside\n"),
        ("proc/self/mountinfo", mounts),
        ("sys/fs/cgroup/memory/memory.limit_in_bytes", "8000\n"),
        ("sys/fs/cgroup/memory/inner/memory.limit_in_bytes", "9000\n"),
        ("with space/memory.max", "4000\n"),
    ];
    Root::new("container", &files).check(&[
        ("sys/fs/cgroup/memory/memory.limit_in_bytes", 8000),
        ("sys/fs/cgroup/memory/inner/memory.limit_in_bytes", 9000),
        ("with space/memory.max", 4000),
    ]);
}

#[test]
fn this_machine_has_a_bound() {
    assert!(bounds(Path::new("/")).iter().any(|bound| bound.bytes > 1 << 20));
}

#[test]
fn the_tightest_bound_decides_and_both_numbers_are_told() {
    let bound = |bytes, source: &str| Bound { bytes, source: PathBuf::from(source) };
    let bounds = [bound(1000, "/wide"), bound(500, "/tight")];
    assert_eq!(shortage(400, 100, &bounds), None);
    assert_eq!(shortage(u64::MAX, u64::MAX, &[]), None);
    let user = shortage(501, 0, &bounds).unwrap();
    assert_eq!(user, Shortage::User { user_bytes: 501, bound: bounds[1].clone() });
    let text = user.to_string();
    assert!(text.contains("501") && text.contains("500") && text.contains("/tight"), "{text}");
    let kernel = shortage(400, 101, &bounds).unwrap().to_string();
    assert!(kernel.contains("101") && kernel.contains("socket-buffers 64kb"), "{kernel}");
}
