//! A credential that cannot work is refused at start, and one that soon cannot is warned of; neither shows it.

use alertferry::clock;

use super::{assert_silent, ends_silent, forwards, setup};
use crate::support::daemon::Setup;
use crate::support::keys::{KeyPair, PASSPHRASE};
use crate::support::lab::Lab;

const DAY: i64 = 86_400;
const PEM: &str = "certificate = { file = \"{folder}/secret-cert\" }";
const OPENED: &str = "certificate = { file = \"{folder}/secret-cert\", passphrase = { file = \"{folder}/secret-passphrase\" } }";

fn with(lab: &Lab, keys: &str, files: &[(&str, Vec<u8>)]) -> Setup {
    let setup = setup(lab).credential(keys);
    for (name, content) in files {
        std::fs::write(setup.folder().join(name), content).unwrap();
    }
    setup
}

#[test]
fn what_cannot_sign_in_is_refused_with_its_place_and_reason() {
    let lab = Lab::quiet(1);
    let (pair, other, expired) = (KeyPair::new(), KeyPair::new(), KeyPair::valid(-2 * DAY, -DAY));
    let key_of_other = [other.key_pem(), pair.certificate_pem()].concat();
    let telltales = [pair.telltale(), other.telltale(), expired.telltale()];
    for (what, keys, files, words) in [
        ("expired", PEM, vec![("secret-cert", expired.pem())], "expired"),
        ("no key", PEM, vec![("secret-cert", pair.certificate_pem())], "key"),
        ("no certificate", PEM, vec![("secret-cert", pair.encrypted_key_pem())], "certificate"),
        ("no passphrase", PEM, vec![("secret-cert", pair.pfx())], "passphrase"),
        (
            "a wrong passphrase",
            OPENED,
            vec![("secret-cert", pair.pfx()), ("secret-passphrase", PASSPHRASE[1..].into())],
            "passphrase",
        ),
        ("another's key", PEM, vec![("secret-cert", key_of_other)], "certificate"),
        ("nonsense", PEM, vec![("secret-cert", b"\x00\x01nonsense".to_vec())], "certificate"),
        ("nothing there", PEM, vec![], "secret-cert"),
        ("no federated token", "federated = { file = \"{folder}/secret-token\" }", vec![], "secret-token"),
        (
            "two kinds",
            &format!("{PEM}\nfederated = {{ file = \"{{folder}}/secret-cert\" }}"),
            vec![("secret-cert", pair.pem())],
            "apps.main",
        ),
    ] {
        let output = with(&lab, keys, &files).refused();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(64), "{what}: {text}");
        assert!(text.contains("apps.main") && text.contains(words), "{what}: {text}");
        assert_silent(what, &text, &telltales);
        assert!(!text.contains(&PASSPHRASE[1..]), "{what}: {text}");
    }
    assert_eq!(lab.requests().counts, [], "nobody was asked");
}

#[test]
fn a_certificate_that_ends_soon_is_warned_of_and_its_end_is_a_metric() {
    let lab = Lab::quiet(1);
    let pair = KeyPair::valid(-DAY, 10 * DAY);
    lab.identity().add_certificate(alertferry::simulator::CLIENT_ID, &pair.certificate_pem());
    let end = clock::now().as_duration().as_secs_f64() + 10.0 * 86_400.0;
    let mut daemon = with(&lab, PEM, &[("secret-cert", pair.pem())]).start();
    daemon.wait_for_metrics("the end of the certificate", |metrics| {
        let mut told = metrics.all("alertferry_credential_expiry_timestamp_seconds", &[("app", "main")]);
        told.any(|series| series.value.parse::<f64>().is_ok_and(|at| (at - end).abs() < 600.0))
    });
    let log = daemon.log();
    assert!(log.lines().any(|line| line.contains("WARN") && line.contains("certificate") && line.contains("days")), "{log}");
    forwards(&mut daemon, &lab, &["tenant-01"]);
    ends_silent(daemon, &[pair.telltale()]);
}
