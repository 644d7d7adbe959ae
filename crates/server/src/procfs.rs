//! Reading the kernel's own text files: `Name:  123 kB` and the like.

/// The figure of the line that starts with `name`, in bytes.
pub fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    let figure: u64 = line[name.len()..].split_whitespace().next()?.parse().ok()?;
    figure.checked_mul(1024)
}
