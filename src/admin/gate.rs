//! Who may ask: callers with a proof where one is asked for, and never a web page that a browser was led to.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::settings::Settings;
use super::{routes, token};

/// What probes ask, who cannot prove anything; the answers say nothing but yes or no to whoever is not [`Known`].
const OPEN: [&str; 2] = ["/healthz", "/readyz"];

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// The connection's other end has shown a certificate that our authority vouches for.
#[derive(Debug, Clone, Copy)]
pub struct Certified;

/// The caller may see what the endpoint shows.
#[derive(Debug, Clone, Copy)]
pub struct Known;

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// Neither the token nor a certificate.
    NoProof,
    /// A name that is not ours: a web page whose name was pointed at us (DNS rebinding) asks by its own.
    StrangeHost,
    /// A browser says that another site's page wants this.
    CrossSite,
}

/// Lets a request pass, or answers in its place.
pub async fn guard(State(settings): State<Arc<Settings>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match judge(&settings, &parts).await {
        Ok(()) => {
            parts.extensions.insert(Known);
        }
        Err(_) if OPEN.contains(&parts.uri.path()) => {}
        Err(refusal) => return refusal.into_response(),
    }
    next.run(Request::from_parts(parts, body)).await
}

async fn judge(settings: &Settings, request: &Parts) -> Result<(), Refusal> {
    let headers = &request.headers;
    if from_another_site(headers) {
        return Err(Refusal::CrossSite);
    }
    if !settings.asks_for_proof() {
        return if is_ours(settings, &request.uri, headers) { Ok(()) } else { Err(Refusal::StrangeHost) };
    }
    if request.extensions.get::<Certified>().is_some() {
        return Ok(());
    }
    match (&settings.token, token::shown(headers)) {
        (Some(place), Some(shown)) if token::is_right(place, &shown).await => Ok(()),
        _ => Err(Refusal::NoProof),
    }
}

/// Browsers say where a request comes from. A link that somebody followed is no attack: the page behind it sees no answer.
fn from_another_site(headers: &HeaderMap) -> bool {
    let word = |name: &HeaderName| headers.get(name).map(axum::http::HeaderValue::as_bytes);
    let elsewhere = word(&FETCH_SITE).is_some_and(|site| site != b"same-origin" && site != b"none");
    if elsewhere && word(&FETCH_MODE) != Some(b"navigate") {
        return true;
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    authority.is_none() || authority != host
}

/// Who asks by an address, as `localhost` or by a name that the operator gave means us; HTTP/1.0 has no name.
fn is_ours(settings: &Settings, uri: &Uri, headers: &HeaderMap) -> bool {
    let written = match (uri.authority(), headers.get(header::HOST)) {
        (Some(authority), _) => Some(authority.clone()),
        (None, None) => return true,
        (None, Some(host)) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
    };
    let Some(written) = written else { return false };
    let host = written.host().trim_end_matches('.').to_ascii_lowercase();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<std::net::IpAddr>().is_ok() || host == "localhost" || settings.hosts.contains(&host)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        const ASK: [(HeaderName, &str); 1] = [(header::WWW_AUTHENTICATE, "Basic realm=\"alertferry\", charset=\"UTF-8\"")];
        match self {
            Refusal::NoProof => {
                let words = "a proof is missing or wrong: send the token of [admin] as \"Authorization: Bearer TOKEN\" or as the \
                             password of any user, or a certificate of [admin] tls.client_ca where there is one";
                (ASK, routes::refuse(StatusCode::UNAUTHORIZED, words)).into_response()
            }
            Refusal::StrangeHost => {
                let words = "asked by a name that is not known to be mine; ask by IP address or as localhost, or add the name to \
                             [admin] hosts";
                routes::refuse(StatusCode::MISDIRECTED_REQUEST, words)
            }
            Refusal::CrossSite => routes::refuse(StatusCode::FORBIDDEN, "not for pages of other sites"),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;

    use super::{Refusal, Settings, judge};

    async fn judged(headers: &[(&str, &str)]) -> Result<(), Refusal> {
        let hosts = vec!["ferry.example.net".to_owned()];
        let settings = Settings { hosts, ..Settings::plain(([127, 0, 0, 1], 1).into()) };
        let request = headers.iter().fold(Request::builder().uri("/"), |request, (name, value)| request.header(*name, *value));
        judge(&settings, &request.body(()).unwrap().into_parts().0).await
    }

    #[tokio::test]
    async fn only_names_that_are_ours_are_answered_to() {
        for ours in [
            "127.0.0.1:9464",
            "[::1]:9464",
            "10.1.2.3",
            "localhost:1",
            "LocalHost.",
            "ferry.example.net:9464",
            "Ferry.Example.net",
        ] {
            assert_eq!(judged(&[("host", ours)]).await, Ok(()), "{ours}");
        }
        for strange in
            ["evil.example", "evil.example:9464", "127.0.0.1.evil.example", "localhost.evil.example", "x@127.0.0.1@y", ""]
        {
            assert_eq!(judged(&[("host", strange)]).await, Err(Refusal::StrangeHost), "{strange}");
        }
        assert_eq!(judged(&[]).await, Ok(()), "no browser is so old");
    }

    #[tokio::test]
    async fn pages_of_other_sites_are_refused_and_links_are_not() {
        let host = ("host", "127.0.0.1:9464");
        for (headers, expected) in [
            (&[host, ("origin", "http://127.0.0.1:9464")][..], Ok(())),
            (&[host, ("origin", "https://evil.example")], Err(Refusal::CrossSite)),
            (&[host, ("origin", "http://127.0.0.1:9465")], Err(Refusal::CrossSite)),
            (&[host, ("origin", "null")], Err(Refusal::CrossSite)),
            (&[host, ("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")], Ok(())),
            (&[host, ("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "no-cors")], Ok(())),
            (&[host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], Ok(())),
            (&[host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")], Err(Refusal::CrossSite)),
            (&[host, ("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")], Err(Refusal::CrossSite)),
            (&[host, ("sec-fetch-site", "cross-site")], Err(Refusal::CrossSite)),
        ] {
            assert_eq!(judged(headers).await, expected, "{headers:?}");
        }
    }
}
