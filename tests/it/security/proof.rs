//! The admin endpoint of the running program asks for its proof: a token, or a certificate.

use crate::support::authority::Authority;
use crate::support::daemon::{Daemon, Setup};
use crate::support::lab::Lab;

use super::asking::{ask, ask_over_tls};

const TOKEN: &str = "Planted-admin-token-0123456789";
/// Everything that shows something.
const PATHS: [&str; 8] = [
    "/",
    "/style.css",
    "/metrics",
    "/api/v1/tenants",
    "/api/v1/tenants/tenant-01",
    "/api/v1/sinks",
    "/api/v1/credentials",
    "/api/v1/dead-letters",
];

/// A daemon whose sink is dead, and whose token stands in a file.
fn daemon(lab: &Lab, more: &[(&str, String)]) -> Daemon {
    let setup = Setup::new(lab).sink("soc", "kind = \"syslog\"\naddress = \"127.0.0.1:9\"\ntransport = \"tcp\"");
    let file = setup.folder().join("admin-token");
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    let setup = setup.env("ALERTFERRY__ADMIN__TOKEN__FILE", &file.display().to_string());
    more.iter().fold(setup, |setup, (name, value)| setup.env(name, value)).start()
}

#[test]
fn without_the_token_only_the_probes_are_answered_and_learn_nothing() {
    let lab = Lab::quiet(1);
    let mut daemon = daemon(&lab, &[]);
    let address = daemon.address();
    let bearer = format!("Bearer {TOKEN}");
    let basic = format!("Basic {}", openssl::base64::encode_block(format!("anybody:{TOKEN}").as_bytes()));
    for path in PATHS {
        let wrong = format!("Bearer {TOKEN}x");
        for headers in
            [&[][..], &[("Authorization", "Bearer")], &[("Authorization", wrong.as_str())], &[("Authorization", TOKEN)]]
        {
            let refused = ask(address, path, headers);
            assert_eq!(refused.status, 401, "{path} {headers:?}: {}", refused.body);
            assert!(refused.head.contains("www-authenticate: basic realm="), "{}", refused.head);
            assert!(!refused.body.contains("tenant-01") && !refused.body.contains("alertferry_"), "{}", refused.body);
        }
        for proof in [&bearer, &basic] {
            let answer = ask(address, path, &[("Authorization", proof)]);
            assert_eq!(answer.status, 200, "{path} with {proof}");
        }
    }
    assert_eq!(ask(address, "/healthz", &[]).body, "ok");
    daemon.wait_until("a sink that was tried", |_| {
        ask(address, "/readyz", &[("Authorization", &bearer)]).body.contains("127.0.0.1:9")
    });
    let stranger = ask(address, "/readyz", &[]);
    assert_eq!(stranger.status, 503);
    assert!(!stranger.body.contains("127.0.0.1"), "a stranger learns no more than that: {}", stranger.body);
    let shown = [daemon.log(), ask(address, "/metrics", &[("Authorization", &bearer)]).body].concat();
    assert!(!shown.contains(TOKEN), "the token is written nowhere");
}

#[test]
fn a_replaced_token_counts_at_once_and_a_lost_one_lets_nobody_in() {
    let lab = Lab::quiet(1);
    let daemon = daemon(&lab, &[]);
    let status = |token: &str| ask(daemon.address(), "/metrics", &[("Authorization", &format!("Bearer {token}"))]).status;
    assert_eq!(status(TOKEN), 200);
    let file = daemon.folder().join("admin-token");
    std::fs::write(&file, "Another-admin-token-0123456789").unwrap();
    assert_eq!((status(TOKEN), status("Another-admin-token-0123456789")), (401, 200));
    std::fs::remove_file(&file).unwrap();
    assert_eq!((status(TOKEN), status("Another-admin-token-0123456789"), status("")), (401, 401, 401));
}

#[test]
fn over_tls_a_certificate_of_the_right_authority_is_a_proof_and_so_is_the_token() {
    let lab = Lab::quiet(1);
    let (ours, theirs) = (Authority::new("ours"), Authority::new("somebody else's"));
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = ours.issue(&["127.0.0.1"]).write(folder.path(), "admin");
    let callers = ours.write(folder.path(), "callers.pem");
    let daemon = daemon(
        &lab,
        &[
            ("ALERTFERRY__ADMIN__TLS__CERTIFICATE", certificate.display().to_string()),
            ("ALERTFERRY__ADMIN__TLS__KEY__FILE", key.display().to_string()),
            ("ALERTFERRY__ADMIN__TLS__CLIENT_CA", callers.display().to_string()),
        ],
    );
    let address = daemon.address();
    let status =
        |own, path, headers: &[(&str, &str)]| ask_over_tls(address, &ours, own, path, headers).map(|answer| answer.status);
    let known = ours.issue(&["scraper"]);
    assert_eq!(status(Some(&known), "/metrics", &[]), Some(200), "a certificate that our authority vouches for");
    assert_eq!(status(None, "/metrics", &[("Authorization", &format!("Bearer {TOKEN}"))]), Some(200), "the token");
    assert_eq!(status(None, "/metrics", &[]), Some(401), "neither");
    assert_eq!(status(None, "/healthz", &[]), Some(200), "a probe has neither");
    assert_eq!(status(Some(&theirs.issue(&["scraper"])), "/healthz", &[]), None, "a stranger's certificate ends the handshake");
    assert_eq!(ask(address, "/healthz", &[]).status, 0, "nothing is said in the clear");
}
