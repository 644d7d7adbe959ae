//! What happens after the seal, in children: a deliberate allocation dies with the message, a
//! forbidden system call kills, what serving needs goes on.
//!
//! This binary has the server's own global allocator and seals itself with the server's own code,
//! so a child that allocates is exactly "a build with a deliberate allocation". It has no test
//! harness, because a harness allocates. Without arguments it is the parent.
#![allow(unsafe_code, reason = "forbidden system calls can only be made by their number")]

use granite_server::region::Region;
use granite_server::seal::{Mode, Seal};
use granite_server::startup_allocator::{self, StartupAllocator};
use granite_server::{log, panic_hook};
use std::hint::black_box;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output, Stdio};

#[global_allocator]
static ALLOCATOR: StartupAllocator = StartupAllocator;

const SIGABRT: i32 = 6;
const SIGSYS: i32 = 31;

/// How a child must end.
enum End {
    Status(i32),
    Signal(i32),
}

/// One child: what it does after the seal, how it ends, and what it writes to standard error.
struct Case {
    name: &'static str,
    mode: Mode,
    run: fn(),
    end: End,
    text: &'static str,
}

const fn dies(name: &'static str, run: fn(), text: &'static str) -> Case {
    Case { name, mode: Mode::Enforce, run, end: End::Signal(SIGABRT), text }
}

const fn killed(name: &'static str, run: fn()) -> Case {
    Case { name, mode: Mode::Enforce, run, end: End::Signal(SIGSYS), text: "" }
}

const fn lives(name: &'static str, mode: Mode, run: fn(), text: &'static str) -> Case {
    Case { name, mode, run, end: End::Status(0), text }
}

#[rustfmt::skip] // A table reads in columns.
const CASES: &[Case] = &[
    dies("allocation", allocate, "allocation of 123 bytes after the seal, in GET: abort"),
    dies("zeroed", allocate_zeroed, "zeroed allocation of 77 bytes after the seal, in GET: abort"),
    dies("free", free, "deallocation of 40 bytes after the seal, in GET: abort"),
    dies("growth", grow, "reallocation of 80 bytes after the seal, in GET: abort"),
    dies("panic", || panic!("it was {}", black_box(42)), "tests/seal/main.rs:"),
    dies("panic text", || panic!("it was {}", black_box(42)), ": it was 42"),
    killed("mmap", || call(libc::SYS_mmap)),
    killed("brk", || call(libc::SYS_brk)),
    killed("mremap", || call(libc::SYS_mremap)),
    killed("munmap", || call(libc::SYS_munmap)),
    killed("mprotect", || call(libc::SYS_mprotect)),
    killed("madvise", || call(libc::SYS_madvise)),
    killed("clone", || call(libc::SYS_clone)),
    killed("clone3", || call(libc::SYS_clone3)),
    killed("execve", || call(libc::SYS_execve)),
    killed("openat", || call(libc::SYS_openat)),
    killed("openat2", || call(libc::SYS_openat2)),
    killed("socket", || call(libc::SYS_socket)),
    killed("connect", || call(libc::SYS_connect)),
    killed("ptrace", || call(libc::SYS_ptrace)),
    killed("kill", || call(libc::SYS_kill)),
    killed("signal to another", || call(libc::SYS_tgkill)),
    lives("serving", Mode::Enforce, serve, "still here"),
    lives("count", Mode::Count, count, "allocation of 123 bytes after the seal, in GET: number 1"),
    lives("off", Mode::Off, unsealed, ""),
];

static BEFORE: std::sync::Mutex<Option<Box<[u8]>>> = std::sync::Mutex::new(None);

fn before_the_seal() -> Box<[u8]> {
    BEFORE.lock().ok().and_then(|mut held| held.take()).expect("the child put it there")
}

fn allocate() {
    black_box(Box::new([1_u8; 123]));
}

fn allocate_zeroed() {
    black_box(vec![0_u8; 77]);
}

fn free() {
    drop(black_box(before_the_seal()));
}

fn unsealed() {
    allocate();
    expect(startup_allocator::allocations_after_seal() == 0);
}

fn grow() {
    let bytes = Vec::from(before_the_seal());
    let mut bytes = black_box(bytes);
    bytes.push(1);
    black_box(bytes);
}

fn call(number: i64) {
    // SAFETY: every argument is 0; the filter must end the process before the call does anything,
    // and what would be called with zeros does no harm where it does not.
    unsafe { libc::syscall(number, 0, 0, 0, 0, 0, 0) };
}

fn serve() {
    let now = granite_server::clock::now();
    expect(granite_server::clock::now().monotonic_ms >= now.monotonic_ms);
    expect(startup_allocator::allocations_after_seal() == 0);
    log::notice(format_args!("a line"));
    log::emergency(granite_engine::log::Level::Warning, format_args!("still here"));
}

fn count() {
    allocate();
    let kept = black_box(vec![7_u8; 1000]);
    expect(kept.iter().all(|byte| *byte == 7));
    drop(kept);
    // Two taken, two given back.
    expect(startup_allocator::allocations_after_seal() == 4);
}

/// An assertion for children: it must not allocate, and its failure must be seen.
fn expect(holds: bool) {
    if !holds {
        startup_allocator::leave(99);
    }
}

fn child(case: &Case) -> ! {
    granite_server::clock::now();
    let region = Region::take(1 << 20, true, |_| true).expect("a megabyte");
    startup_allocator::serve_from(region);
    assert_eq!(startup_allocator::taken(), 0);
    let held = vec![1_u8; 40].into_boxed_slice();
    *BEFORE.lock().expect("one thread") = Some(held);
    let rows: Box<[u64]> = vec![0; 1000].into_boxed_slice();
    assert_eq!(startup_allocator::taken(), 64 + 8000);
    core::mem::forget(rows);
    let seal = Seal::prepare(case.mode, &[]).expect("a filter");
    seal.close(false).expect("this machine has seccomp");
    startup_allocator::phase("GET");
    (case.run)();
    startup_allocator::leave(0);
}

/// A child that measures its image, takes a region, and compares the sum with what the kernel says.
fn image() -> ! {
    const REGION_SIZE: u64 = 16 << 20;
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").expect("/proc is there");
        granite_server::procfs::kilobytes(&status, "VmRSS:").expect("a line for VmRSS")
    };
    let image_size = granite_server::image::measure(0).expect("/proc is there");
    let region = Region::take(REGION_SIZE, true, |_| true).expect("16 MiB");
    startup_allocator::serve_from(region);
    let plan = image_size + REGION_SIZE;
    let before = resident();
    assert!(before <= plan && plan - before <= 256 << 10, "plan {plan}, resident {before}");
    // What a running server does for the first time: memory, depth of the stack, cold code.
    let mut bytes = vec![0_u8; 8 << 20];
    bytes.fill(1);
    deep(black_box(25));
    log::emergency(granite_engine::log::Level::Warning, format_args!("{:?}", 1.5_f64));
    let after = resident();
    assert!(after.abs_diff(before) <= 16 << 10, "resident {before} and then {after}");
    startup_allocator::leave(0);
}

/// Takes about 8 KiB of stack for each level.
fn deep(level: u32) {
    let bytes = black_box([level as u8; 3800]);
    if level > 0 {
        deep(level - 1);
    }
    black_box(bytes);
}

fn start(arguments: &[&str]) -> Output {
    let binary = std::env::current_exe().expect("a running binary has a path");
    Command::new(binary).args(arguments).stdin(Stdio::null()).output().expect("it starts")
}

fn check(case: &Case) -> Result<(), String> {
    let output = start(&["child", case.name]);
    let text = String::from_utf8_lossy(&output.stderr);
    let ended = match case.end {
        End::Status(status) => output.status.code() == Some(status),
        End::Signal(signal) => output.status.signal() == Some(signal),
    };
    if ended && text.contains(case.text) {
        return Ok(());
    }
    Err(format!("{}: {:?}, and wrote: {text}", case.name, output.status))
}

/// A child whose kernel (a filter that it puts over itself) refuses further filters.
fn refused() -> ! {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    let refuse = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    let architecture = std::env::consts::ARCH.try_into().expect("known");
    let rules = [(libc::SYS_seccomp, Vec::new())].into_iter().collect();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, architecture);
    let program: BpfProgram = filter.and_then(BpfProgram::try_from).expect("a filter");
    seccompiler::apply_filter(&program).expect("this machine has seccomp");
    let seal = Seal::prepare(Mode::Enforce, &[]).expect("a filter");
    let line = seal.close(false).expect_err("it must be refused").to_string();
    eprintln!("{line}");
    startup_allocator::leave(1);
}

fn main() {
    panic_hook::install();
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("child") => {
            let case = CASES.iter().find(|case| case.name == arguments[2]).expect("a known case");
            child(case);
        }
        Some("refused") => refused(),
        Some("image") => image(),
        _ => {}
    }
    let mut failures: Vec<String> = CASES.iter().filter_map(|case| check(case).err()).collect();
    let output = start(&["refused"]);
    let text = String::from_utf8_lossy(&output.stderr);
    if output.status.code() != Some(1) || !text.contains("'--seal count' or '--seal off'") {
        failures.push(format!("refused: {:?}, and wrote: {text}", output.status));
    }
    let output = start(&["image"]);
    if output.status.code() != Some(0) {
        let text = String::from_utf8_lossy(&output.stderr);
        failures.push(format!("image: {:?}, and wrote: {text}", output.status));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let deliberate = start(&["child", "allocation"]);
    print!("{}", String::from_utf8_lossy(&deliberate.stderr));
    println!("{} children ended as they must", CASES.len() + 2);
    startup_allocator::leave(0);
}
