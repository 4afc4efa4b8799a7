//! The shared HTTP client on a machine without CA certificates.

use std::process::Command;

use alertferry::source::http::client;

/// Set for the copy of this test that runs without certificates; a variable of our own process cannot be changed safely.
const WITHOUT: &str = "ALERTFERRY_TEST_WITHOUT_CA";

#[test]
fn without_ca_certificates_the_error_names_the_fix() {
    if std::env::var_os(WITHOUT).is_some() {
        let error = client("alertferry-test/1").expect_err("there are no certificates").to_string();
        assert!(error.contains("ca-certificates") && error.contains("SSL_CERT_FILE"), "{error}");
        return;
    }
    let empty = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sign_in::client::without_ca_certificates_the_error_names_the_fix", "--nocapture"])
        .env(WITHOUT, "1")
        .env("SSL_CERT_FILE", empty.path().join("none.pem"))
        .env("SSL_CERT_DIR", empty.path())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && shown.contains("1 passed"), "{shown}{}", String::from_utf8_lossy(&output.stderr));
}
