//! Certificates and keys as operators hand them in: PEM, PFX, a passphrase. One octet says where the key stands and under what.
#![no_main]

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use alertferry::secret::Secret;
use alertferry::source::entra::Certificate;
use alertferry::source::entra::certificate::Algorithm;
use jiff::Timestamp;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let [how, rest @ ..] = input else { return };
    let half = if how & 1 == 0 { rest.len() } else { rest.len() / 2 };
    let (place, key) = rest.split_at(half);
    let variable = |name: &str| match name {
        "PLACE" => Some(OsString::from_vec(place.to_vec())),
        "KEY" => Some(OsString::from_vec(key.to_vec())),
        _ => None,
    };
    let certificate = Certificate {
        place: Secret::Env("PLACE".to_owned()),
        passphrase: (how & 2 != 0).then(|| Secret::Plain("passphrase".into())),
        key: (how & 1 != 0).then(|| Secret::Env("KEY".to_owned())),
        algorithm: if how & 4 == 0 { Algorithm::Ps256 } else { Algorithm::Rs256 },
    };
    match certificate.open_among(&variable) {
        Ok(opened) => drop(opened.assertion("client", "https://login.example/token", Timestamp::UNIX_EPOCH)),
        Err(error) => {
            let told = error.to_string();
            assert!(!told.contains("passphrase\"") && !told.contains("-----BEGIN"), "a secret: {told}");
        }
    }
});
