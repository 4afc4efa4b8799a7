//! What is said to us where we sign in: the token endpoint, a machine's metadata service, a token's claims, a kept refresh token.
//! Two octets of choices (what, status) go before it.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use alertferry::secret::Secret;
use alertferry::source::entra::{Credential, ManagedIdentity, RefreshToken};
use alertferry_fuzz::loopback::{RUNTIME, SECRET, address, answer, say, sign_in, tokens, welcome};
use tempfile::TempDir;

const STATUSES: [u16; 8] = [200, 200, 200, 400, 401, 429, 503, 302];
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let [what, status, rest @ ..] = input else { return };
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    let secret = || Secret::Plain(SECRET.into());
    let credential = match what % 4 {
        0 => {
            say(answer(status, "", rest), Vec::new());
            Credential::Secret(secret())
        }
        1 => {
            let token = format!("{}.{}.c2ln", base64(br#"{"alg":"RS256"}"#), base64(rest));
            let body = format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"{token}"}}"#);
            say(answer(200, "", body.as_bytes()), Vec::new());
            Credential::Secret(secret())
        }
        2 => {
            say(welcome(), answer(status, "", rest));
            let endpoint = address().parse().expect("an address");
            Credential::ManagedIdentity(ManagedIdentity { client_id: "identity".to_owned(), endpoint })
        }
        _ => {
            // Whatever lies where tokens are kept is read; it must not be taken for more than it is.
            for entry in fs::read_dir(FOLDER.path()).into_iter().flatten().flatten() {
                let _ = fs::write(entry.path(), rest);
            }
            let body = br#"{"token_type":"Bearer","expires_in":3599,"access_token":"a","refresh_token":"b"}"#;
            say(answer(200, "", body), Vec::new());
            let (token, kept_in) = (secret(), FOLDER.path().to_owned());
            Credential::RefreshToken(Box::new(RefreshToken { token, beside: None, kept_in, keeps: true }))
        }
    };
    let sign_in = sign_in(credential);
    RUNTIME.block_on(async {
        let tokens = tokens();
        match tokens.token(&sign_in).await {
            Ok(token) => {
                let _ = token.claims();
                assert!(!format!("{token:?}").contains(SECRET));
                tokens.invalidate(&token);
            }
            Err(error) => assert!(!format!("{error:?} {error}").contains(SECRET), "a secret: {error:?}"),
        }
    });
});

/// Base64 for URLs, without padding.
fn base64(bytes: &[u8]) -> String {
    let group = |chunk: &[u8]| {
        let bits = chunk.iter().chain([0, 0].iter()).take(3).fold(0_usize, |bits, octet| bits << 8 | usize::from(*octet));
        (0..=chunk.len()).map(|place| char::from(DIGITS[bits >> (18 - 6 * place) & 63])).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}
