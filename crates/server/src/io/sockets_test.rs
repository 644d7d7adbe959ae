//! Listeners: what the options mean to the kernel, and what happens when it says no.
use super::{ListenError, ListenOptions, Listeners, open};
use rustix::io::Errno;
use rustix::net::{getsockname, sockopt};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

const OPTIONS: ListenOptions<'_> = ListenOptions {
    bind: &["127.0.0.1"],
    port: 0,
    backlog: 511,
    keepalive_s: 300,
    socket_buffer_size: None,
    unix_path: None,
    unix_permission: None,
};

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port()
}

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("granite-sockets-{}-{name}", std::process::id()))
}

fn open_bind(bind: &[&str]) -> Result<Listeners, ListenError> {
    open(&ListenOptions { bind, port: free_port(), ..OPTIONS })
}

fn open_unix(path: &Path) -> Result<Listeners, ListenError> {
    open(&ListenOptions { unix_path: Some(path), ..OPTIONS })
}

fn error(result: Result<Listeners, ListenError>) -> ListenError {
    result.err().expect("an error")
}

#[test]
fn an_accepted_socket_inherits_what_its_listener_was_given() {
    let size = 64 * 1024;
    let options = ListenOptions { port: free_port(), socket_buffer_size: Some(size), ..OPTIONS };
    let listeners = open(&options).expect("a free port");
    let listener = &listeners.sockets[0];
    let local = getsockname(&listener.socket).expect("bound");
    let client = TcpStream::connect(SocketAddr::try_from(local).expect("TCP")).expect("listens");
    let socket = rustix::net::accept(&listener.socket).expect("a connection");
    let socket = socket.as_fd();
    assert_eq!(sockopt::tcp_nodelay(socket), Ok(true));
    assert_eq!(sockopt::socket_keepalive(socket), Ok(true));
    assert_eq!(sockopt::tcp_keepidle(socket).expect("an option").as_secs(), 300);
    assert_eq!(sockopt::tcp_keepintvl(socket).expect("an option").as_secs(), 100);
    // The kernel doubles what it is given, for its own bookkeeping.
    assert_eq!(sockopt::socket_send_buffer_size(socket), Ok(2 * size as usize));
    assert_eq!(sockopt::socket_recv_buffer_size(socket), Ok(2 * size as usize));
    drop(client);
}

#[test]
fn every_address_gets_its_listener() {
    let listeners = open_bind(&["127.0.0.1", "127.0.0.2"]).expect("loopback has both");
    let addresses: Vec<_> = listeners.sockets.iter().filter_map(|it| it.local).collect();
    assert_eq!(addresses.len(), 2);
    assert_ne!(addresses[0].ip(), addresses[1].ip());
    assert_eq!(addresses[0].port(), addresses[1].port());
}

/// Redis' own default, `bind * -::*`: both protocols on one port, and no IPv6 is no error.
#[test]
fn all_addresses_of_both_protocols_share_a_port() {
    let listeners = open_bind(&["*", "-::*"]).expect("at least IPv4");
    assert_eq!(listeners.sockets.len() + listeners.skipped.len(), 2);
    assert!(listeners.sockets[0].local.is_some_and(|address| address.ip().is_unspecified()));
}

#[test]
fn an_address_that_the_machine_lacks_is_an_error_unless_it_is_optional() {
    // TEST-NET-1: no machine has it.
    let missing = error(open_bind(&["127.0.0.1", "192.0.2.1"]));
    assert_eq!((missing.attempt, missing.errno), ("bind", Errno::ADDRNOTAVAIL));
    assert!(missing.to_string().contains("192.0.2.1:"), "{missing}");
    let listeners = open_bind(&["127.0.0.1", "-192.0.2.1"]).expect("the optional one is skipped");
    assert_eq!((listeners.sockets.len(), listeners.skipped.len()), (1, 1));
    let nowhere = error(open_bind(&["-192.0.2.1"]));
    assert_eq!(nowhere.errno, Errno::ADDRNOTAVAIL);
}

#[test]
fn a_port_in_use_is_an_error_that_names_it() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("bound").port();
    let error = error(open(&ListenOptions { port, ..OPTIONS }));
    assert_eq!((error.attempt, error.errno), ("bind", Errno::ADDRINUSE));
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
}

#[test]
fn nothing_to_listen_on_is_an_error() {
    let error = error(open(&OPTIONS));
    assert!(error.to_string().contains("not listen anywhere"), "{error}");
}

#[test]
fn a_stale_unix_socket_is_replaced_and_a_live_one_is_not() {
    let path = path("stale");
    drop(UnixListener::bind(&path).expect("a path of our own"));
    assert!(path.exists(), "the file outlives its socket");
    let listeners = open_unix(&path).expect("nobody answers there");
    UnixStream::connect(&path).expect("the new one listens");
    assert_eq!(error(open_unix(&path)).errno, Errno::ADDRINUSE);
    drop(listeners);
    std::fs::remove_file(&path).expect("the file is there");
}

/// Whatever else is at the path is somebody's, and stays.
#[test]
fn a_file_in_place_of_the_unix_socket_is_left_alone() {
    let path = path("file");
    std::fs::write(&path, "precious").expect("a path of our own");
    assert_eq!(error(open_unix(&path)).errno, Errno::ADDRINUSE);
    assert_eq!(std::fs::read(&path).expect("still there"), b"precious");
    std::fs::remove_file(&path).expect("the file is there");
}
