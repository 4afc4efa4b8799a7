//! Whether a host answers at all, and if not, at which step it fails: name, connection, or what is spoken over it.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Client, Url};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::source::{FetchError, Trouble, wire};

/// Asks a host for its first page, whatever it answers, and gives its time if it says one.
///
/// # Errors
/// When there is no answer: which step failed and what to look at. Never holds a secret, because none is sent.
pub async fn reach(client: &Client, base: &Url, limit: Duration) -> Result<Option<Timestamp>, FetchError> {
    let failed = match timeout(limit, client.get(base.clone()).send()).await {
        Ok(Ok(response)) => return Ok(wire::date(&response)),
        Ok(Err(error)) => wire::why(error),
        Err(_) => format!("no answer within {} s", limit.as_secs_f32()),
    };
    let (step, advice) = step(base, limit).await;
    let message = format!("{} cannot be reached: {step} ({failed})", wire::host(base));
    Err(FetchError { trouble: Trouble::Passing, message, advice: Some(advice.to_owned()) })
}

/// Goes the way again by hand. Where a proxy does the connecting, only the client's own words count.
async fn step(base: &Url, limit: Duration) -> (String, &'static str) {
    let (Some(host), Some(port)) = (base.host_str(), base.port_or_known_default()) else {
        return ("it is no address of a host".to_owned(), "check the hosts of the cloud");
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let addresses = match timeout(limit, lookup_host((host, port))).await {
        Ok(Ok(addresses)) => addresses.collect::<Vec<_>>(),
        Ok(Err(error)) => return (format!("its name cannot be resolved: {error}"), NAME),
        Err(_) => return ("the name server does not answer".to_owned(), NAME),
    };
    match timeout(limit, TcpStream::connect(&addresses[..])).await {
        Ok(Ok(_)) if base.scheme() == "https" => ("it takes connections, but TLS fails".to_owned(), TLS),
        Ok(Ok(_)) => ("it takes connections, but does not speak HTTP".to_owned(), SPEECH),
        Ok(Err(error)) => (format!("it takes no connection: {error}"), CONNECTION),
        Err(_) => ("it takes no connection: nothing comes back".to_owned(), CONNECTION),
    }
}

const NAME: &str = "check the name servers of this machine, and the hosts of the cloud; behind a proxy, set HTTPS_PROXY";
const CONNECTION: &str = "let this machine connect there (firewall, routes); behind a proxy, set HTTPS_PROXY";
const TLS: &str =
    "check this machine's clock and CA certificates; a proxy that opens TLS needs its CA among them (SSL_CERT_FILE)";
const SPEECH: &str = "check the hosts of the cloud: something else listens there";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::reach;
    use crate::source::http::client;

    const GENEROUS: Duration = Duration::from_secs(30);

    /// Answers every connection with these bytes.
    async fn server(answer: &'static [u8]) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                // What was not read would turn the end of the connection into a reset.
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(answer).await;
            }
        });
        port
    }

    #[tokio::test]
    async fn each_step_that_can_fail_is_named() {
        let client = client("test").unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let odd = server(b"220 mail.example ESMTP\r\n").await;
        for (base, words) in [
            (format!("http://127.0.0.1:{closed}"), "it takes no connection"),
            (format!("http://127.0.0.1:{odd}"), "does not speak HTTP"),
            (format!("https://127.0.0.1:{odd}"), "TLS fails"),
            ("https://no-such-host.invalid".to_owned(), "cannot be resolved"),
        ] {
            let error = reach(&client, &base.parse().unwrap(), GENEROUS).await.unwrap_err();
            assert!(error.message.starts_with(&base) && error.message.contains(words), "{base}: {}", error.message);
            assert!(error.advice.is_some(), "{base}");
        }
    }

    #[tokio::test]
    async fn any_answer_will_do_and_its_time_is_read() {
        let client = client("test").unwrap();
        let answer = b"HTTP/1.1 404 Not Found\r\ndate: Wed, 21 Oct 2026 07:28:00 GMT\r\ncontent-length: 0\r\n\r\n";
        let base = format!("http://127.0.0.1:{}", server(answer).await);
        let date = reach(&client, &base.parse().unwrap(), GENEROUS).await.unwrap();
        assert_eq!(date, Some("2026-10-21T07:28:00Z".parse().unwrap()));
    }
}
