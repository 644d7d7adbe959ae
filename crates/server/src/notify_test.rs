//! Messages arrive, by either kind of name, and a manager that is gone is no error.
use super::Notifier;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

fn check(manager: &UnixDatagram, path: &str) {
    let notifier = Notifier::connect_to(path).unwrap();
    notifier.ready();
    let mut message = [0; 100];
    let size = manager.recv(&mut message).unwrap();
    assert!(message[..size].ends_with(b"\nREADY=1\n"));
    notifier.stopping();
    let size = manager.recv(&mut message).unwrap();
    assert!(message[..size].ends_with(b"\nSTOPPING=1\n"));
}

#[test]
fn messages_arrive_by_path_and_by_abstract_name() {
    let name = format!("granite-notify-{}", std::process::id());
    let path = std::env::temp_dir().join(&name);
    check(&UnixDatagram::bind(&path).unwrap(), path.to_str().unwrap());
    std::fs::remove_file(&path).unwrap();
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    check(&UnixDatagram::bind_addr(&address).unwrap(), &format!("@{name}"));
}

#[test]
fn a_manager_that_is_gone_or_does_not_read_is_no_error() {
    let name = format!("granite-notify-full-{}", std::process::id());
    let manager = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let notifier = Notifier::connect_to(&format!("@{name}")).unwrap();
    for _ in 0..10_000 {
        notifier.loading();
    }
    drop(manager);
    notifier.ready();
    assert!(Notifier::connect_to(&format!("@{name}")).is_err());
}
