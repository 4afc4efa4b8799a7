//! A person's sign-in: each new token is kept for the next start, and its end needs that person.

use std::os::unix::fs::PermissionsExt as _;

use alertferry::simulator::CLIENT_ID;

use super::{ends_silent, feed, forwards, hasty, setup, sign_ins, state};
use crate::support::daemon::Daemon;
use crate::support::keys::replace;
use crate::support::lab::Lab;

fn delegated(lab: &Lab) -> Daemon {
    lab.identity().make_public(CLIENT_ID);
    let setup = setup(lab).credential("refresh_token = { file = \"{folder}/secret-refresh\" }");
    std::fs::write(setup.folder().join("secret-refresh"), lab.identity().add_refresh_token(CLIENT_ID, "ann@soc.example"))
        .unwrap();
    setup.start()
}

/// The kept tokens: texts and access rights.
fn kept(daemon: &Daemon) -> Vec<(String, u32)> {
    let entries = std::fs::read_dir(daemon.folder().join("ledger")).unwrap().map(Result::unwrap);
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("refresh-token."));
    ours.map(|entry| (std::fs::read_to_string(entry.path()).unwrap(), entry.metadata().unwrap().permissions().mode() & 0o777))
        .collect()
}

#[test]
fn the_newest_token_is_kept_for_its_owner_only_and_serves_after_a_restart() {
    let lab = hasty(2);
    let mut daemon = delegated(&lab);
    forwards(&mut daemon, &lab, &["tenant-01", "tenant-02"]);
    let first = kept(&daemon);
    let given = std::fs::read_to_string(daemon.folder().join("secret-refresh")).unwrap();
    assert!(!first.is_empty() && first.iter().all(|(text, mode)| *mode == 0o600 && !text.contains(&given)));
    daemon.wait_until("newer ones", |daemon| kept(daemon).iter().all(|token| !first.contains(token)));
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());

    // The first of the chain has not been used for 90 days; what came of it has.
    lab.identity().expire_refresh_token(&given);
    lab.clear_requests();
    daemon.restart();
    forwards(&mut daemon, &lab, &["tenant-01", "tenant-02"]);
    assert_eq!(sign_ins(&lab, None, 400), 0, "the kept one was shown, not the first");
    ends_silent(daemon, &[]);
}

#[test]
fn a_revoked_sign_in_is_broken_says_that_a_person_is_needed_and_a_new_one_mends_it() {
    let lab = hasty(1);
    let mut daemon = delegated(&lab);
    forwards(&mut daemon, &lab, &["tenant-01"]);
    lab.identity().revoke_refresh_tokens(CLIENT_ID);
    daemon.wait_for_metrics("its state", |metrics| state(metrics, "tenant-01") == "broken");
    let told = feed(&daemon, "tenant-01");
    assert!(told["last_error"].as_str().unwrap().contains("AADSTS50173"), "{told}");
    assert!(told["advice"].as_str().unwrap().contains("sign in anew"), "{told}");

    let new = lab.identity().add_refresh_token(CLIENT_ID, "ann@soc.example");
    replace(&daemon.folder().join("secret-refresh"), new.as_bytes());
    daemon.wait_for_metrics("its recovery", |metrics| state(metrics, "tenant-01") == "ok");
    forwards(&mut daemon, &lab, &["tenant-01"]);
    lab.identity().expire_refresh_tokens(CLIENT_ID);
    daemon.wait_until("word of the end", |daemon| {
        feed(daemon, "tenant-01")["last_error"].as_str().is_some_and(|error| error.contains("AADSTS700082"))
    });
    ends_silent(daemon, &[]);
}
