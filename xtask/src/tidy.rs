//! `tidy`: the rules of style that a program can check, as a test. A rule that is not true of the
//! code is worse than none, so each has either no exception or a list that may only shrink.
use crate::{bad_inputs, commands, limits, root};
use std::path::Path;

/// Lines of a file without its tests.
const LINE_COUNT_MAX: usize = 500;

/// Files that are longer, with the count of lines they have. May only shrink.
const LONG_FILES: &[(&str, usize)] = &[];

/// The files that may say `unsafe`, and what for.
const UNSAFE_FILES: &[(&str, &str)] = &[
    ("crates/bench/src/load/ring.rs", "bytes that the kernel sends and fills, for the benchmark"),
    ("crates/engine/src/prefetch.rs", "one instruction, earned by a measurement"),
    ("crates/server/src/io/uring/buffers.rs", "buffers that the kernel fills"),
    ("crates/server/src/io/uring/ring.rs", "submissions that name those buffers"),
    ("crates/server/src/region.rs", "maps the region"),
    ("crates/server/src/region_test.rs", "maps and unmaps small regions"),
    ("crates/server/src/signals.rs", "blocks signals before any thread"),
    ("crates/server/src/startup_allocator.rs", "the global allocator that is sealed"),
    ("crates/server/src/startup_allocator_test.rs", "calls it as Rust would"),
    ("crates/server/tests/seal/main.rs", "makes forbidden system calls on purpose"),
    ("crates/simulator/src/watched_allocator.rs", "the global allocator that watches the engine"),
];

/// Who may import whom inside the engine, one way only. What is not named here is for all.
const LAYERS: &[(&str, &[&str])] = &[
    ("limits", &[]),
    ("clock", &[]),
    ("random", &[]),
    ("stdx", &[]),
    ("facts", &[]),
    ("log", &["stdx"]),
    ("marks", &[]),
    ("planted", &[]),
    ("prefetch", &[]),
    ("memory", &["limits", "marks", "planted", "random", "stdx"]),
    ("event", &["memory"]),
    ("resp", &["limits", "marks", "memory", "planted", "random", "stdx"]),
    // A staged value is the one thing that requests and the store both know.
    (
        "store",
        &[
            "clock",
            "limits",
            "marks",
            "memory",
            "planted",
            "prefetch",
            "random",
            "resp::request",
            "stdx",
        ],
    ),
];

/// Prints what is wrong.
pub(crate) fn run() -> Result<(), String> {
    let problems = problems();
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

fn problems() -> Vec<String> {
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for folder in ["crates", "xtask"] {
        collect(&root().join(folder), &mut files);
    }
    files.sort();
    assert!(files.len() > 50, "the sources were not found");
    for path in &files {
        let text = std::fs::read_to_string(root().join(path)).expect("a readable source");
        check_text(path, &text, &mut problems);
        check_size(path, &text, &mut problems);
        check_unsafe(path, &text, &mut problems);
        check_imports(path, &text, &mut problems);
    }
    let listed = LONG_FILES.iter().map(|(path, _)| path);
    for path in listed.chain(UNSAFE_FILES.iter().map(|(path, _)| path)) {
        if !files.iter().any(|file| file == path) {
            problems.push(format!("{path}: is in a list of tidy, but not in the tree"));
        }
    }
    problems.extend(commands::check().err());
    problems.extend(limits::check().err());
    problems.extend(bad_inputs::check());
    problems
}

/// All Rust sources below `folder`, as paths from the root.
fn collect(folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let path = path.strip_prefix(root()).expect("it is below the root");
            files.push(path.to_string_lossy().into_owned());
        }
    }
}

fn is_test(path: &str) -> bool {
    path.ends_with("_test.rs") || path.contains("/tests/")
}

fn check_text(path: &str, text: &str, problems: &mut Vec<String>) {
    if !text.starts_with("//! ") {
        problems.push(format!("{path}: begins with `//!`, what it owns and keeps true"));
    }
    // Put together, so that this file does not accuse itself.
    let marks = [concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X:")];
    for (index, line) in text.lines().enumerate() {
        let mut complain = |what: &str| problems.push(format!("{path}:{}: {what}", index + 1));
        // Tables of a test are compared as they are printed.
        if line.chars().count() > 100 && !is_test(path) {
            complain("more than 100 columns");
        }
        if !line.is_ascii() {
            complain("not ASCII");
        }
        if line.ends_with([' ', '\t']) {
            complain("blanks at the end");
        }
        if marks.iter().any(|mark| line.contains(mark)) {
            complain("unfinished work is an issue, not a comment");
        }
    }
}

fn check_size(path: &str, text: &str, problems: &mut Vec<String>) {
    if is_test(path) {
        return;
    }
    let line_count = text.lines().count();
    match LONG_FILES.iter().find(|(long, _)| *long == path) {
        None if line_count > LINE_COUNT_MAX => {
            problems.push(format!("{path}: {line_count} lines; split it by what it owns"));
        }
        Some((_, listed)) if line_count > *listed || line_count <= LINE_COUNT_MAX => {
            problems.push(format!("{path}: {line_count} lines; tidy's list says {listed}"));
        }
        _ => {}
    }
}

fn check_unsafe(path: &str, text: &str, problems: &mut Vec<String>) {
    let is_listed = UNSAFE_FILES.iter().any(|(listed, _)| *listed == path);
    let uses_it = text.lines().any(|line| {
        let code = line.split("//").next().unwrap_or_default();
        // What stands between quotes is text.
        code.split('"').step_by(2).any(|code| {
            code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe")
        })
    });
    if uses_it && !is_listed {
        problems.push(format!("{path}: says unsafe, but is not in tidy's list"));
    }
    if is_listed && !uses_it {
        problems.push(format!("{path}: is in tidy's list, but needs no unsafe"));
    }
}

fn check_imports(path: &str, text: &str, problems: &mut Vec<String>) {
    let Some(inside) = path.strip_prefix("crates/engine/src/") else { return };
    let layer = inside.split(['/', '.']).next().unwrap_or_default();
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else { return };
    if is_test(path) {
        return;
    }
    for (index, line) in text.lines().enumerate() {
        for import in line.split("crate::").skip(1) {
            let module = import.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
            let module = module.clone().next().unwrap_or_default();
            let is_allowed = module.split("::").next() == Some(layer)
                || allowed.iter().any(|allowed| {
                    module == *allowed || module.starts_with(&format!("{allowed}::"))
                });
            if !is_allowed {
                problems.push(format!("{path}:{}: {layer} must not know {module}", index + 1));
            }
        }
    }
}

#[test]
fn the_tree_is_tidy() {
    let problems = problems();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn untidy_text_is_found() {
    let check = |text: &str| {
        let mut problems = Vec::new();
        check_text("a.rs", text, &mut problems);
        problems.len()
    };
    assert_eq!(check("//! What it owns.\nfn main() {}\n"), 0);
    assert_eq!(check("fn main() {}\n"), 1);
    assert_eq!(check("//! What \u{e9}.\nlet x = 1; \n"), 2);
    assert_eq!(check(&format!("//! {}\n", "x".repeat(97))), 1);
    assert_eq!(check(&format!("//! What.\n// {} later\n", concat!("FIX", "ME"))), 1);
}

#[test]
fn an_import_against_the_order_is_found() {
    let check = |path: &str, text: &str| {
        let mut problems = Vec::new();
        check_imports(path, text, &mut problems);
        problems.len()
    };
    assert_eq!(check("crates/engine/src/store/index.rs", "use crate::commands::error::X;"), 1);
    assert_eq!(check("crates/engine/src/store/index.rs", "use crate::resp::reply::Reply;"), 1);
    assert_eq!(check("crates/engine/src/store/index.rs", "use crate::resp::request::Value;"), 0);
    assert_eq!(check("crates/engine/src/memory/pool.rs", "use crate::limits::Limits;"), 0);
}
