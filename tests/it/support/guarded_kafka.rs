//! A real Kafka that lets nobody in without TLS and a proof: client certificates, SCRAM, or tokens that it can check.

use std::path::PathBuf;
use std::sync::OnceLock;

use alertferry::clock;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use openssl::base64;
use rcgen::{KeyPair, date_time_ymd};
use serde_json::json;
use tempfile::TempDir;

use super::authority::Authority;
use super::kafka::{Broker, Listener, Plan, USER};

const AUDIENCE: &str = "alertferry-tests";
const ISSUER: &str = "https://login.example/tenant";
const KEY_ID: &str = "signing-key";

/// The broker with what is needed to get in.
pub struct Guarded {
    pub broker: Broker,
    folder: TempDir,
    authority: Authority,
    signing: EncodingKey,
}

/// The one that tests share which do not stop it.
pub fn shared() -> &'static Guarded {
    static SHARED: OnceLock<Guarded> = OnceLock::new();
    SHARED.get_or_init(Guarded::start)
}

impl Guarded {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let authority = Authority::new("alertferry test authority");
        let key = KeyPair::generate().expect("a key");
        let jwks = folder.path().join("jwks.json");
        std::fs::write(&jwks, jwk_set(&key)).expect("a file in our folder");
        let keystore = authority.issue(&["127.0.0.1"]).write_as_one(folder.path(), "broker.pem");
        let expired = authority.issue_changed(&["127.0.0.1"], |params| params.not_after = date_time_ymd(2024, 2, 29));
        let expired = expired.write_as_one(folder.path(), "expired.pem");
        let truststore = authority.write(folder.path(), "ca.pem");
        let modules = "org.apache.kafka.common.security";
        let url = format!("file://{}", jwks.display());
        let properties = format!(
            "ssl.keystore.type=PEM\n\
             ssl.keystore.location={}\n\
             ssl.truststore.type=PEM\n\
             ssl.truststore.location={}\n\
             listener.name.expired.ssl.keystore.location={}\n\
             listener.name.mtls.ssl.client.auth=required\n\
             listener.name.scram.sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512\n\
             listener.name.scram.scram-sha-256.sasl.jaas.config={modules}.scram.ScramLoginModule required;\n\
             listener.name.scram.scram-sha-512.sasl.jaas.config={modules}.scram.ScramLoginModule required;\n\
             listener.name.expired.sasl.enabled.mechanisms=SCRAM-SHA-512\n\
             listener.name.expired.scram-sha-512.sasl.jaas.config={modules}.scram.ScramLoginModule required;\n\
             listener.name.oauth.sasl.enabled.mechanisms=OAUTHBEARER\n\
             listener.name.oauth.oauthbearer.sasl.server.callback.handler.class={modules}.oauthbearer.OAuthBearerValidatorCallbackHandler\n\
             listener.name.oauth.oauthbearer.sasl.jaas.config={modules}.oauthbearer.OAuthBearerLoginModule required;\n\
             listener.name.oauth.oauthbearer.connections.max.reauth.ms=3000\n\
             sasl.oauthbearer.jwks.endpoint.url={url}\n\
             sasl.oauthbearer.expected.audience={AUDIENCE}\n\
             sasl.oauthbearer.expected.issuer={ISSUER}\n\
             sasl.oauthbearer.clock.skew.seconds=0\n",
            keystore.display(),
            truststore.display(),
            expired.display(),
        );
        let (user, password) = USER;
        let plan = Plan {
            listeners: &[
                Listener { name: "mtls", protocol: "SSL" },
                Listener { name: "expired", protocol: "SASL_SSL" },
                Listener { name: "scram", protocol: "SASL_SSL" },
                Listener { name: "oauth", protocol: "SASL_SSL" },
            ],
            properties,
            users: ["SCRAM-SHA-256", "SCRAM-SHA-512"]
                .map(|mechanism| format!("{mechanism}=[name=\"{user}\",password=\"{password}\"]"))
                .to_vec(),
            // Kafka reads keys for tokens from nowhere else.
            java: vec![format!("-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={url}")],
        };
        let signing = EncodingKey::from_ec_der(&key.serialize_der());
        Self { broker: Broker::planned(plan), folder, authority, signing }
    }

    /// The certificate of who vouches for the broker.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The certificate of somebody who does not.
    pub fn other_ca(&self) -> PathBuf {
        Authority::new("somebody else").write(self.folder.path(), "other-ca.pem")
    }

    /// A client's key and certificate in one file.
    pub fn client_pair(&self) -> PathBuf {
        self.authority.issue(&["ferry"]).write_as_one(self.folder.path(), "client.pem")
    }

    /// A token that is valid for so many seconds from now.
    pub fn token(&self, seconds: i64) -> String {
        let now = clock::now().as_second();
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::ES256) };
        let claims =
            json!({ "sub": "ferry", "aud": AUDIENCE, "iss": ISSUER, "iat": now - 60, "exp": now + seconds, "scope": "kafka" });
        jsonwebtoken::encode(&header, &claims, &self.signing).expect("a token")
    }
}

/// The public key, as identity providers show theirs (RFC 7517).
fn jwk_set(key: &KeyPair) -> String {
    let url_safe = |bytes: &[u8]| base64::encode_block(bytes).replace('+', "-").replace('/', "_").replace('=', "");
    // An uncompressed point: 4, then both coordinates.
    let (x, y) = key.public_key_raw()[1..].split_at(32);
    let key =
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY_ID, "x": url_safe(x), "y": url_safe(y) });
    json!({ "keys": [key] }).to_string()
}
