//! What a token says of itself. For diagnosis only: tokens are opaque by contract, and nothing at run time may depend on this.

use jsonwebtoken::dangerous::insecure_decode_claims;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::Token;
use crate::source::foreign::excerpt;

/// The claims that tell whether a token is the one that was meant. Nobody has verified them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// The tenant.
    pub tid: Option<String>,
    /// Whom it is for: an address, or the GUID of the resource.
    pub aud: Option<String>,
    /// Application permissions. A token without any is given out all the same.
    pub roles: Vec<String>,
    /// It speaks for a person: `scp` holds delegated permissions instead of `roles`.
    pub delegated: bool,
}

#[derive(Deserialize)]
struct Written {
    tid: Option<String>,
    aud: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    scp: Option<String>,
}

impl Token {
    /// `None` where the token is none that can be read, which is no fault.
    #[must_use]
    pub fn claims(&self) -> Option<Claims> {
        read(self.text().expose_secret())
    }
}

fn read(token: &str) -> Option<Claims> {
    let Written { tid, aud, roles, scp } = insecure_decode_claims(token).ok()?;
    let safe = |text: String| excerpt(&text, &[token]);
    let roles = roles.into_iter().chain(scp.iter().flat_map(|scp| scp.split(' ').map(str::to_owned))).map(safe).collect();
    Some(Claims { tid: tid.map(safe), aud: aud.map(safe), roles, delegated: scp.is_some() })
}

#[cfg(test)]
mod tests {
    use super::{Claims, read};

    /// Base64 for URLs, without padding.
    fn jwt(claims: &str) -> String {
        let encode = |text: &str| {
            let standard = openssl::base64::encode_block(text.as_bytes());
            standard.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned()
        };
        format!("{}.{}.c2lnbmF0dXJl", encode(r#"{"alg":"RS256","typ":"JWT"}"#), encode(claims))
    }

    #[test]
    fn tenant_audience_and_roles_are_read_without_a_key() {
        let token = jwt(r#"{"tid":"t","aud":"https://graph.microsoft.com","roles":["A","B"],"exp":1}"#);
        let (tid, aud) = (Some("t".to_owned()), Some("https://graph.microsoft.com".to_owned()));
        let roles = vec!["A".to_owned(), "B".to_owned()];
        assert_eq!(read(&token), Some(Claims { tid, aud, roles, delegated: false }));
        assert_eq!(read(&jwt(r#"{"nbf":0}"#)), Some(Claims::default()));
        let delegated = read(&jwt(r#"{"scp":"A B"}"#)).unwrap();
        assert!(delegated.delegated && delegated.roles == ["A", "B"]);
    }

    #[test]
    fn what_is_no_readable_token_cannot_be_told() {
        for token in ["", "sim.0123", "a.b.c", "a.b", &jwt("[]"), &jwt(r#"{"roles":"A"}"#)] {
            assert_eq!(read(token), None, "{token}");
        }
    }
}
