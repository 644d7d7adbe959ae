//! Files and command lines as users write them, good and bad.
use super::error::OptionsError;
use super::help::{write_help, write_version};
use super::{Mode, Start, read};
use granite_engine::memory::plan::KeyShape;
use granite_engine::options::settings::NUMBER_TEXT_SIZE_MAX;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory that is gone after the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("granite-options-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("the directory for temporary files can be written");
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // A directory that stays behind fails no test.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn try_start(arguments: &[&str]) -> Result<Start, OptionsError> {
    read(arguments.iter().map(OsString::from))
}

fn started(arguments: &[&str]) -> Start {
    try_start(arguments).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

/// The start with a file of this content, and with `arguments` behind it.
fn start_with(content: impl AsRef<[u8]>, arguments: &[&str]) -> Result<Start, String> {
    let directory = Directory::new();
    let path = directory.write("granite.conf", content);
    let mut all = vec![path.to_str().unwrap()];
    all.extend(arguments);
    // Errors name the file by its path, which is another one each time.
    try_start(&all).map_err(|error| error.to_string().replace(all[0], "FILE"))
}

fn value(start: &Start, name: &str) -> String {
    let mut room = [0; NUMBER_TEXT_SIZE_MAX];
    let value = start.settings.get(name.as_bytes(), &mut room).expect("the option exists");
    String::from_utf8_lossy(value).into_owned()
}

#[track_caller]
fn check_file(content: &str, expected: &[(&str, &str)]) {
    let start = start_with(content, &[]).unwrap_or_else(|error| panic!("{error}"));
    for (name, expected) in expected {
        assert_eq!(value(&start, name), *expected, "{name}");
    }
}

#[track_caller]
fn check_refused(content: impl AsRef<[u8]>, error: &str) {
    assert_eq!(start_with(content, &[]).expect_err("this must be refused"), error);
}

#[test]
fn a_file_in_the_syntax_of_redis() {
    check_file(
        "# comment\n\n  \t\nport 7000\r\n\tbind  127.0.0.1\t::1 \nMAXMEMORY 256mb\nsave \"\"\n\
         maxmemory-policy allkeys-lru\nhash-max-ziplist-entries 64\ntimeout 1\ntimeout 2",
        &[
            ("port", "7000"),
            ("bind", "127.0.0.1 ::1"),
            ("maxmemory", "268435456"),
            ("maxmemory-policy", "allkeys-lru"),
            ("hash-max-listpack-entries", "64"),
            ("timeout", "2"),
            ("save", ""),
        ],
    );
    check_file("\u{feff}port 7000\n", &[("port", "7000")]);
    check_file("", &[("port", "6379")]);
}

#[test]
fn output_limits_merge() {
    check_file(
        "client-output-buffer-limit normal 1mb 0 0\nclient-output-buffer-limit pubsub 0 0 0\n",
        &[(
            "client-output-buffer-limit",
            "normal 1048576 0 0 slave 268435456 67108864 60 pubsub 0 0 0",
        )],
    );
}

#[test]
fn the_command_line_wins_over_the_file() {
    let start = start_with(
        "port 7000\ntimeout 5\n",
        &[
            "--port",
            "7001",
            "--save",
            "",
            "--bind",
            "127.0.0.1",
            "::1",
            "--slowlog-log-slower-than",
            "-1",
        ],
    )
    .unwrap();
    assert_eq!(value(&start, "port"), "7001");
    assert_eq!(value(&start, "timeout"), "5");
    assert_eq!(value(&start, "bind"), "127.0.0.1 ::1");
    assert_eq!(value(&start, "slowlog-log-slower-than"), "-1");
    assert!(start.config_file.ends_with("granite.conf"));
    assert_eq!(start.mode, Mode::Run);
}

#[test]
fn errors_name_file_line_text_and_range() {
    check_refused(
        "port 1\nport abc\n",
        "FILE, line 2: 'port abc': argument couldn't be parsed into an integer \
         (range: 0 to 65535)",
    );
    check_refused(
        "port 65536",
        "FILE, line 1: 'port 65536': argument must be between 0 and \
         65535 inclusive",
    );
    check_refused(
        "nope secret",
        "FILE, line 1: 'nope': Bad directive or wrong number of \
         arguments",
    );
    check_refused(
        "port",
        "FILE, line 1: 'port \"\"': wrong number of arguments (range: 0 to \
         65535)",
    );
    check_refused(
        "port 1 2",
        "FILE, line 1: 'port 1 2': wrong number of arguments (range: 0 \
         to 65535)",
    );
    check_refused(
        "maxclients 0",
        "FILE, line 1: 'maxclients 0': argument must be between 1 and \
         32000 inclusive",
    );
    check_refused(
        "timeout -1",
        "FILE, line 1: 'timeout -1': argument must be between 0 and \
         2147483647 inclusive (seconds)",
    );
    check_refused(
        "maxmemory 4gbb",
        "FILE, line 1: 'maxmemory 4gbb': argument must be a memory \
         value (range: 0 or 1048576 to 85899345920 bytes)",
    );
    check_refused(
        "maxmemory 1kb",
        "FILE, line 1: 'maxmemory 1kb': argument must be between \
         1048576 and 85899345920 inclusive, or 0 for Granite's own choice (bytes)",
    );
    check_refused("\n\nport \"1", "FILE, line 3: 'port': Unbalanced quotes in this line");
    check_refused("save 900", "FILE, line 1: 'save 900': Invalid save parameters");
    check_refused(b"port 1\nport \x001\n", "FILE, line 2: 'port': a line has no zero byte");
    check_refused(
        vec![b'x'; 10 << 20],
        &format!(
            "FILE, line 1: '{}': a line has at most 32768 \
         bytes",
            "x".repeat(120) + "..."
        ),
    );
}

#[test]
fn promises_stop_the_start_unless_they_are_taken_back() {
    check_refused(
        "port 1\nsave 900 1\nsave 300 10\n",
        "FILE, line 3: 'save 900 1 300 10': Granite keeps no data over a restart yet; only \
         'save \"\"' is accepted"
            .replace("900 1 300 10", "300 10")
            .as_str(),
    );
    check_refused(
        "appendonly yes",
        "FILE, line 1: 'appendonly yes': Granite keeps no data over \
         a restart yet; only 'appendonly no' is accepted",
    );
    check_refused(
        "rename-command FLUSHALL \"\"",
        "FILE, line 1: 'rename-command FLUSHALL ': \
         Granite does not rename or hide commands; only 'rename-command ...' left out is accepted",
    );
    check_refused(
        "tls-port 6380",
        "FILE, line 1: 'tls-port 6380': Granite does not encrypt \
         connections yet; only 'tls-port 0' is accepted",
    );
    let content = "save 900 1\nappendonly yes\ndaemonize yes\nreplicaof host 1\n";
    let start = start_with(
        content,
        &["--save", "", "--appendonly", "no", "--daemonize", "no", "--slaveof", "no", "one"],
    )
    .unwrap();
    assert_eq!(value(&start, "replicaof"), "");
    assert!(start_with(content, &["--save", ""]).is_err());
    assert!(start_with("save 900 1\nsave \"\"\n", &[]).is_ok());
    assert!(start_with("save \"\"\nsave 900 1\n", &[]).is_err());
}

#[test]
fn secrets_are_never_repeated() {
    let long = format!("requirepass {}\n", "hunter2".repeat(100));
    for content in [
        long.as_str(),
        "requirepass \"hunter2\nport 1\n",
        "requirepass hunter2 hunter2\n",
        "requirepas hunter2\n",
        "user default on >hunter2\n",
        "requirepass hunter2\0\n",
    ] {
        let error = start_with(content, &[]).expect_err(content);
        assert!(!error.contains("hunter"), "{error}");
    }
    check_refused(long, "FILE, line 1: 'requirepass': argument must have at most 512 bytes");
    let start = start_with("requirepass 'two words \"quoted\"'\n", &[]).unwrap();
    assert_eq!(value(&start, "requirepass"), "two words \"quoted\"");
    assert!(!format!("{start:?}").contains("two words"));
}

#[test]
fn a_password_in_a_file_that_all_can_read_is_noticed() {
    let directory = Directory::new();
    let path = directory.write("granite.conf", "requirepass secret\n");
    let path_text = path.to_str().unwrap();
    assert_eq!(started(&[path_text]).notices, [""; 0]);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let notices = started(&[path_text]).notices;
    assert!(notices[0].contains("can be read by every user"), "{notices:?}");
}

#[test]
fn tuning_directives_are_named_in_one_notice() {
    let start = start_with("hz 100\nhz 10\nrdbcompression no\nport 1\n", &[]).unwrap();
    let expected = "without meaning here, kept for CONFIG GET: hz rdbcompression";
    assert_eq!(start.notices, [expected]);
    assert_eq!(value(&start, "rdbcompression"), "no");
    let start = start_with("maxmemory 0\n", &[]).unwrap();
    assert!(start.notices[0].starts_with("maxmemory 0 is the default"), "{:?}", start.notices);
}

#[test]
fn files_include_files() {
    let directory = Directory::new();
    let root = directory.0.to_str().unwrap();
    fs::create_dir(directory.0.join("conf.d")).unwrap();
    directory.write("conf.d/20.conf", "timeout 20\nport 20\n");
    directory.write("conf.d/10.conf", "timeout 10\n");
    directory.write("conf.d/.hidden.conf", "timeout 99\n");
    directory.write("conf.d/readme", "this is no configuration\n");
    let content = format!("include {root}/conf.d/*.conf\ninclude {root}/none*.conf\nport 1\n");
    let path = directory.write("granite.conf", content);
    let start = started(&[path.to_str().unwrap()]);
    assert_eq!(value(&start, "timeout"), "20");
    assert_eq!(value(&start, "port"), "1");

    let path = directory.write("loop.conf", format!("include {root}/loop.conf\n"));
    let error = try_start(&[path.to_str().unwrap()]).unwrap_err().to_string();
    assert!(error.contains("more than 8 deep"), "{error}");

    let path = directory.write("bad.conf", format!("\ninclude \"{root}/missing.conf\"\n"));
    let error = try_start(&[path.to_str().unwrap()]).unwrap_err().to_string();
    assert!(error.contains("bad.conf, line 2: include: "), "{error}");
    assert!(error.contains("missing.conf: can't open it: No such file"), "{error}");
}

#[test]
fn files_that_are_none_are_refused() {
    let directory = Directory::new();
    let missing = directory.0.join("missing.conf");
    for path in [missing.as_path(), directory.0.as_path(), Path::new("/dev/zero")] {
        let error = try_start(&[path.to_str().unwrap()]).unwrap_err().to_string();
        assert!(error.contains(path.to_str().unwrap()), "{error}");
    }
}

#[test]
fn command_lines_that_make_no_sense_are_refused() {
    for (arguments, error) in [
        (
            &["--port"][..],
            "command line: 'port \"\"': wrong number of arguments (range: 0 to 65535)",
        ),
        (
            &["--port", "1", "2"],
            "command line: 'port 1 2': wrong number of arguments (range: 0 to \
            65535)",
        ),
        (&["--nope", "1"], "command line: 'nope': Bad directive or wrong number of arguments"),
        (&["-p", "1"], "command line: '-p': a directive begins with '--'"),
        (&["--"], "command line: '--': a directive begins with '--'"),
        (&["--test-memory", "1"], "command line: '--test-memory': memtest86 does this better"),
        (&["plan", "--keys"], "command line: 'keys': wrong number of arguments"),
        (
            &["plan", "--keys", "many"],
            "command line: 'many': argument must be a number, as 10m or \
            64kb",
        ),
        (
            &["plan", "--keys", "0"],
            "command line: '--keys 0': no keys need no memory (range: 1 and \
            more)",
        ),
    ] {
        assert_eq!(try_start(arguments).expect_err(error).to_string(), error);
    }
}

#[test]
fn modes() {
    assert_eq!(started(&[]).mode, Mode::Run);
    for arguments in [&["--version"][..], &["-v"]] {
        assert_eq!(started(arguments).mode, Mode::Version);
    }
    assert_eq!(started(&["--help"]).mode, Mode::Help);
    let shape = KeyShape::DEFAULT;
    let plan = started(&["plan", "--json", "--maxmemory", "2gb"]);
    assert_eq!(plan.mode, Mode::Plan { json: true, target: None, shape });
    assert_eq!(value(&plan, "maxmemory"), "2147483648");
    let plan = started(&[
        "plan",
        "--keys",
        "10m",
        "--key-size",
        "16",
        "--value-size",
        "100",
        "--ttl",
        "--maxclients",
        "5",
    ]);
    let shape = KeyShape { key_size: 16, value_size: 100, has_ttl: true };
    assert_eq!(plan.mode, Mode::Plan { json: false, target: Some((10_000_000, shape)), shape });
    assert_eq!(value(&plan, "maxclients"), "5");
}

/// Tests of clients take the first `v=` for the version of Redis.
#[test]
fn the_version_is_the_one_that_clients_look_for() {
    let mut text = String::new();
    write_version(&mut text).unwrap();
    let version = text.split_whitespace().find_map(|word| word.strip_prefix("v=")).unwrap();
    assert!(version.starts_with("7.2."), "{text}");
    let mut help = String::new();
    write_help(&mut help).unwrap();
    assert!(help.contains("--maxmemory") && !help.contains("--appendonly"), "{help}");
    assert!(help.is_ascii());
}
