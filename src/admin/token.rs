//! The token of the admin endpoint: how a caller shows it, and whether it is the right one.

use axum::http::{HeaderMap, header};
use openssl::{base64, memcmp};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// The token that a request shows: `Bearer TOKEN`, or `Basic` with any user name and the token as the password, which is what
/// browsers ask people for.
pub fn shown(headers: &HeaderMap) -> Option<SecretString> {
    let (scheme, proof) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let proof = proof.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(SecretString::from(proof));
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let pair = Zeroizing::new(base64::decode_block(proof).ok()?);
        let (_, password) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
        return Some(SecretString::from(password));
    }
    None
}

/// Whether `shown` is the token that `place` holds by now. Takes as long for a nearly right one as for any other.
///
/// A place that cannot be read lets nobody in.
pub async fn is_right(place: &Secret, shown: &SecretString) -> bool {
    let place = place.clone();
    let expected = tokio::task::spawn_blocking(move || place.read()).await;
    let Ok(Ok(expected)) = expected else { return false };
    let digest = |token: &SecretString| Sha256::digest(token.expose_secret());
    memcmp::eq(&digest(&expected), &digest(shown))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};
    use secrecy::{ExposeSecret, SecretString};

    use super::{is_right, shown};
    use crate::secret::Secret;

    #[test]
    fn a_token_is_shown_as_a_bearer_or_as_a_password() {
        for (written, expected) in [
            ("Bearer word", Some("word")),
            ("bearer  word ", Some("word")),
            ("Basic YW55Ym9keTp3b3Jk", Some("word")),
            ("basic OndvOnJk", Some("wo:rd")),
            ("Basic bm9jb2xvbg==", None),
            ("Basic !!!", None),
            ("Digest word", None),
            ("word", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(written))]);
            assert_eq!(shown(&headers).map(|token| token.expose_secret().to_owned()).as_deref(), expected, "{written:?}");
        }
        assert!(shown(&HeaderMap::new()).is_none());
    }

    #[tokio::test]
    async fn only_the_very_token_that_stands_there_now_is_right() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let place = Secret::File(file.clone());
        assert!(!is_right(&place, &SecretString::from("")).await, "no file, no entry");
        std::fs::write(&file, "word\n").unwrap();
        assert!(is_right(&place, &SecretString::from("word")).await);
        for wrong in ["", "wor", "words", "Word", "word\n"] {
            assert!(!is_right(&place, &SecretString::from(wrong)).await, "{wrong:?}");
        }
        std::fs::write(&file, "other").unwrap();
        assert!(!is_right(&place, &SecretString::from("word")).await, "a replaced token is worth nothing");
        assert!(is_right(&place, &SecretString::from("other")).await);
    }
}
