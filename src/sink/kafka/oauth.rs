//! Signing in with tokens of ours (SASL OAUTHBEARER): hands them to librdkafka, whose thread waits while one is got.

use std::ffi::CString;
use std::ptr;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::bindings;
use rdkafka::client::{Client, OAuthToken};
use rdkafka::types::RDKafkaRespErr;
use secrecy::ExposeSecret as _;
use tokio::runtime::Handle;

use crate::sink::bearer::{BearerToken, BearerTokens};

/// How long getting a token may take. Answers of the brokers wait meanwhile; librdkafka asks again 10 s after a failure.
const LIMIT: Duration = Duration::from_secs(20);

/// A source of tokens, and where its work is done.
#[derive(Clone)]
pub(super) struct SignIn {
    tokens: Arc<dyn BearerTokens>,
    runtime: Handle,
}

impl SignIn {
    /// `None` outside a Tokio runtime: there is nobody to get tokens.
    pub fn new(tokens: Arc<dyn BearerTokens>) -> Option<Self> {
        Some(Self { tokens, runtime: Handle::try_current().ok()? })
    }

    /// Waits for a token. Blocks, so never on an async thread.
    ///
    /// # Errors
    /// A sentence without secrets.
    pub fn token(&self) -> Result<OAuthToken, String> {
        let (give, take) = sync_channel(1);
        let tokens = Arc::clone(&self.tokens);
        let asked = self.runtime.spawn(async move {
            // Nobody listens any more when it took too long.
            let _ = give.send(tokens.token().await);
        });
        let answer = take.recv_timeout(LIMIT);
        asked.abort();
        match answer {
            Ok(token) => token.and_then(|token| checked(&token)),
            Err(RecvTimeoutError::Timeout) => Err(format!("no token came within {} s", LIMIT.as_secs())),
            Err(RecvTimeoutError::Disconnected) => Err("getting a token was cut short".to_owned()),
        }
    }
}

/// Gives a client its token. Those for topics need it from outside: their binding never looks at what librdkafka asks for.
///
/// # Errors
/// A sentence without secrets.
pub(super) fn hand_over<C: ClientContext>(client: &Client<C>, token: OAuthToken) -> Result<(), String> {
    let texts = CString::new(token.token).and_then(|value| Ok((value, CString::new(token.principal_name)?)));
    let (value, principal) = texts.map_err(|_| "the token that came holds characters that no token may have".to_owned())?;
    let mut words = [0_u8; 512];
    #[expect(unsafe_code, reason = "the binding has no safe wrapper for it")]
    // SAFETY: the client lives, both texts end in NUL and are copied, there are no extensions, and `words` is as long as it says.
    let code = unsafe {
        bindings::rd_kafka_oauthbearer_set_token(
            client.native_ptr(),
            value.as_ptr(),
            token.lifetime_ms,
            principal.as_ptr(),
            ptr::null_mut(),
            0,
            words.as_mut_ptr().cast(),
            words.len(),
        )
    };
    // Its words may quote the token.
    if code == RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR {
        Ok(())
    } else {
        Err(format!("librdkafka does not take the token: {code:?}"))
    }
}

/// The token, unless librdkafka would refuse it: its words would quote the token.
fn checked(token: &BearerToken) -> Result<OAuthToken, String> {
    let value = token.value.expose_secret();
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("the token that came is empty or holds characters that no token may have".to_owned());
    }
    if token.expires <= crate::clock::now() {
        return Err(format!("the token that came had expired at {}; check this machine's clock", token.expires));
    }
    // It ends at a NUL in C.
    let principal_name = token.principal.replace('\0', "");
    Ok(OAuthToken { token: value.to_owned(), principal_name, lifetime_ms: token.expires.as_millisecond() })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt as _;
    use futures_util::future::BoxFuture;
    use jiff::{SignedDuration, Timestamp};
    use secrecy::SecretString;

    use super::SignIn;
    use crate::sink::bearer::{BearerToken, BearerTokens};

    struct Source(Result<BearerToken, String>);

    impl BearerTokens for Source {
        fn token(&self) -> BoxFuture<'_, Result<BearerToken, String>> {
            std::future::ready(self.0.clone()).boxed()
        }
    }

    fn token(value: &str, expires: Timestamp) -> BearerToken {
        BearerToken { value: SecretString::from(value), principal: "fe\0rry".into(), expires }
    }

    async fn ask(answer: Result<BearerToken, String>) -> Result<rdkafka::client::OAuthToken, String> {
        let sign_in = SignIn::new(Arc::new(Source(answer))).expect("a runtime");
        tokio::task::spawn_blocking(move || sign_in.token()).await.unwrap()
    }

    #[tokio::test]
    async fn a_token_reaches_librdkafka_with_its_end_in_milliseconds() {
        let expires = crate::clock::now() + SignedDuration::from_hours(1);
        let token = ask(Ok(token("aaa.bbb", expires))).await.unwrap();
        assert_eq!((token.token.as_str(), token.principal_name.as_str()), ("aaa.bbb", "ferry"));
        assert_eq!(token.lifetime_ms, expires.as_millisecond());
    }

    #[tokio::test]
    async fn what_librdkafka_would_refuse_with_the_token_in_its_words_is_told_without() {
        let hour = SignedDuration::from_hours(1);
        let now = crate::clock::now();
        for (answer, words) in [
            (Ok(token("s3cret\u{e4}", now + hour)), "characters"),
            (Ok(token("s3cret\n", now + hour)), "characters"),
            (Ok(token("", now + hour)), "empty"),
            (Ok(token("s3cret", now - hour)), "had expired at"),
            (Err("the app main is not known".to_owned()), "the app main"),
        ] {
            let error = ask(answer).await.err().expect("no token");
            assert!(error.contains(words) && !error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn a_runtime_that_is_gone_leaves_nobody_waiting() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let answer = Err("unreachable".to_owned());
        let sign_in = runtime.block_on(async { SignIn::new(Arc::new(Source(answer))) }).expect("a runtime");
        drop(runtime);
        assert!(sign_in.token().err().expect("nobody to ask").contains("cut short"));
    }
}
