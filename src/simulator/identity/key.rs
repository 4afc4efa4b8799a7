//! The key that Entra and all issuers of a simulator sign with: made up once, when the first token is.

use std::sync::LazyLock;

use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use serde_json::{Value, json};

use super::jwt;

static KEY: LazyLock<PKey<Private>> = LazyLock::new(|| {
    let key = Rsa::generate(2048).and_then(PKey::from_rsa);
    key.expect("OpenSSL makes RSA keys")
});

/// The `kid` of the key.
pub const ID: &str = "simulator-key";

/// Signs these claims.
pub fn sign(claims: &Value) -> String {
    jwt::sign(&KEY, ID, claims)
}

/// Whether this key signed that token.
pub fn signed(token: &jwt::Jwt<'_>) -> bool {
    token.header["kid"] == ID && token.signed_by(&KEY)
}

/// The public half, as a JSON Web Key Set.
pub fn published() -> Value {
    let rsa = KEY.rsa().expect("it is an RSA key");
    json!({"keys": [{
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": ID,
        "n": jwt::encode(&rsa.n().to_vec()),
        "e": jwt::encode(&rsa.e().to_vec()),
    }]})
}
