//! The control socket: where it is, whose it is, and what is said where there is none.

use std::os::unix::fs::PermissionsExt as _;

use super::{code, lab, last_hours, setup};

#[test]
fn the_socket_is_private_and_goes_with_the_daemon() {
    let (lab, _) = lab();
    let mut daemon = setup(&lab).start();
    let socket = daemon.folder().join("ledger").join("control.sock");
    let mode = std::fs::metadata(&socket).expect("a socket beside the ledger").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // One that is left over by a kill is replaced.
    daemon.kill();
    assert!(socket.exists());
    daemon.restart();
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert!(!socket.exists());
}

#[test]
fn a_socket_whose_path_is_too_long_is_told_and_alerts_go_on() {
    let (lab, tenant) = lab();
    let long = std::env::temp_dir().join("x".repeat(120)).join("control.sock");
    let refused = setup(&lab).env("ALERTFERRY__ADMIN__SOCKET", &long.display().to_string()).refused();
    let told = code(&refused, 64);
    assert!(told.contains("admin.socket") && told.contains("at most 107 octets"), "{told}");

    // Nobody chose the path of a socket in a deep folder, so that the daemon runs without one.
    let setup = setup(&lab);
    let deep = setup.folder().join("y".repeat(120)).display().to_string();
    let mut daemon = setup.env("ALERTFERRY__LEDGER__PATH", &deep).start();
    assert!(daemon.log().contains("the operating system takes 107"), "{}", daemon.log());
    let ids = super::some(&lab, &tenant, 1, 0);
    super::wait_for(&mut daemon, &ids);
    let mut replay = crate::support::daemon::to_its_end();
    replay.env("ALERTFERRY__LEDGER__PATH", &deep).arg("--config").arg(daemon.config()).args(last_hours(&lab, &tenant));
    let told = code(&replay.output().expect("the program starts"), 1);
    assert!(told.contains("is in use by") && told.contains("nobody answers at its control socket"), "{told}");
}

#[test]
fn a_ledger_in_memory_answers_where_somebody_says() {
    let (lab, tenant) = lab();
    let missing = super::some(&lab, &tenant, 3, 5);
    let setup = setup(&lab);
    let socket = setup.folder().join("own.sock").display().to_string();
    let daemon = setup.env("ALERTFERRY__LEDGER__KIND", "memory").env("ALERTFERRY__ADMIN__SOCKET", &socket).start();
    let replay = |socket: Option<&str>| {
        let mut replay = crate::support::daemon::to_its_end();
        replay.env("ALERTFERRY__LEDGER__KIND", "memory").arg("--config").arg(daemon.config()).args(last_hours(&lab, &tenant));
        socket.map(|socket| replay.env("ALERTFERRY__ADMIN__SOCKET", socket));
        replay.output().expect("the program starts")
    };
    let told = code(&replay(None), 1);
    assert!(told.contains("live in memory") && told.contains("[admin] socket"), "{told}");
    let told = code(&replay(Some(&socket)), 0);
    assert!(told.contains("3 alert(s) sent"), "{told}");
    assert!(missing.iter().all(|id| super::counts(&daemon)[id] == (1, 1)));
}
