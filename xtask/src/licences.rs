//! Licences of all dependencies, against the list in `deny.toml`. Done here because it needs no
//! tool beyond cargo; `cargo deny check` reads the same list and checks more.
use crate::root;
use std::process::{Command, Stdio};

/// Every package says a licence of which we may choose an allowed one.
pub(crate) fn check() -> Result<(), String> {
    let allowed = allowed(&read("deny.toml")?);
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|why| format!("cargo metadata does not start: {why}"))?;
    if !output.status.success() {
        return Err("cargo metadata failed".to_owned());
    }
    let metadata = String::from_utf8_lossy(&output.stdout);
    let expressions = metadata.split("\"license\":").skip(1).map(|rest| {
        // `null` or a string; no licence has a quote in its name.
        rest.strip_prefix('"').and_then(|rest| rest.split('"').next()).unwrap_or("none")
    });
    let mut refused: Vec<&str> = expressions.filter(|text| !is_allowed(text, &allowed)).collect();
    refused.sort_unstable();
    refused.dedup();
    if refused.is_empty() { Ok(()) } else { Err(format!("licences not allowed: {refused:?}")) }
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(root().join(path)).map_err(|why| format!("{path}: {why}"))
}

/// The strings of `allow = [...]`.
fn allowed(deny: &str) -> Vec<String> {
    let list = deny.split("allow = [").nth(1).and_then(|rest| rest.split(']').next());
    list.unwrap_or_default().split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// `A OR B`: one is enough; `A AND B`: both are needed.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let expression = expression.replace(['(', ')'], "").replace('/', " OR ");
    expression.split(" AND ").all(|part| {
        part.split(" OR ").any(|name| allowed.iter().any(|allowed| allowed == name.trim()))
    })
}

#[test]
fn the_licences_of_all_dependencies_are_allowed() {
    check().unwrap();
}

#[test]
fn one_allowed_choice_is_enough_but_every_part_must_have_one() {
    let allowed = ["MIT".to_owned(), "Unicode-3.0".to_owned()];
    assert!(is_allowed("MIT OR GPL-3.0", &allowed));
    assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0", &allowed));
    assert!(is_allowed("Apache-2.0/MIT", &allowed));
    assert!(!is_allowed("MIT AND GPL-3.0", &allowed));
    assert!(!is_allowed("none", &allowed));
}
