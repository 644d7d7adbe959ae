//! Paths with wildcards, for `include /etc/granite/conf.d/*.conf`.
use granite_engine::stdx::glob::{Case, STEPS_MAX, matches};
use std::fs::read_dir;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Component, Path, PathBuf};

/// Files that one `include` may name.
const FILE_COUNT_MAX: usize = 256;

/// Has `path` a wildcard?
pub(super) fn is_pattern(path: &[u8]) -> bool {
    path.iter().any(|byte| b"*?[".contains(byte))
}

/// The existing files that `pattern` names, in the order of their names; none is no error.
/// Names that begin with a dot are only found by patterns that do so, too.
pub(super) fn expand(pattern: &Path) -> Result<Vec<PathBuf>, &'static str> {
    let mut paths = vec![PathBuf::new()];
    for component in pattern.components() {
        match component {
            Component::Normal(name) if is_pattern(name.as_bytes()) => {
                let mut found = Vec::new();
                for directory in &paths {
                    names(directory, name.as_bytes(), &mut found);
                }
                paths = found;
            }
            other => paths.iter_mut().for_each(|path| path.push(other)),
        }
        if paths.len() > FILE_COUNT_MAX {
            return Err("names more than 256 files");
        }
    }
    paths.retain(|path| path.exists());
    paths.sort();
    Ok(paths)
}

/// Adds what matches `pattern` in `directory`; one that cannot be read has nothing.
fn names(directory: &Path, pattern: &[u8], found: &mut Vec<PathBuf>) {
    let start = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let Ok(entries) = read_dir(start) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().into_vec();
        let hidden = name.starts_with(b".") && !pattern.starts_with(b".");
        let mut steps = STEPS_MAX;
        if !hidden && matches(pattern, &name, Case::Sensitive, &mut steps) == Ok(true) {
            found.push(directory.join(entry.file_name()));
        }
    }
}
