//! The ends of credentials, as the running program tells of them.

use super::credentials::certificate_pem;
use crate::support::daemon::Setup;
use crate::support::lab::Lab;

const NAME: &str = "alertferry_credential_expiry_timestamp_seconds";

#[test]
fn the_end_of_a_certificate_is_shown_warned_of_and_follows_a_replaced_file_without_a_restart() {
    let lab = Lab::quiet(1);
    let setup = Setup::new(&lab).file_sink("out").part(
        "[apps.second]\nclient_id = \"22222222-2222-2222-2222-222222222222\"\ncertificate = { file = \"{folder}/second.pem\" }\n\
         [[tenants]]\nname = \"other\"\ntenant_id = \"44444444-4444-4444-4444-444444444444\"\napp = \"second\"\ncloud = \"lab\"",
    );
    let path = setup.folder().join("second.pem");
    std::fs::write(&path, certificate_pem(90)).unwrap();
    let mut daemon = setup.start();
    let shown = daemon.json("/api/v1/credentials");
    assert_eq!((shown[0]["app"].as_str(), shown[0]["days_left"].as_i64()), (Some("second"), Some(89)), "{shown}");
    let labels = [("app", "second")];
    let first = daemon.metrics().sum(NAME, &labels);
    assert!(!daemon.log().contains("expires soon"), "{}", daemon.log());

    std::fs::write(&path, certificate_pem(12)).unwrap();
    daemon.wait_for_metrics("the new end", |metrics| metrics.sum(NAME, &labels) < first);
    daemon.wait_until("a warning", |daemon| daemon.log().contains("The credential of an app expires soon"));
    assert_eq!(daemon.json("/api/v1/credentials")[0]["days_left"], 11);
    assert!(daemon.get("/").body.contains("second"));
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}

#[test]
fn an_expired_certificate_is_refused_at_start_naming_app_and_date() {
    let lab = Lab::quiet(1);
    let setup = Setup::new(&lab).file_sink("out").part(
        "[apps.second]\nclient_id = \"22222222-2222-2222-2222-222222222222\"\ncertificate = { file = \"{folder}/second.pem\" }",
    );
    std::fs::write(setup.folder().join("second.pem"), certificate_pem(-1)).unwrap();
    let output = setup.refused();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(64), "{said}");
    assert!(said.contains("apps.second.certificate: the certificate expired at 20"), "{said}");
}
