//! A server on loopback that says whatever an input says, byte for byte, to a client that is the program's own.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};

use alertferry::secret::Secret;
use alertferry::source::cloud::Cloud;
use alertferry::source::entra::{App, Credential, SignIn, Tokens};
use alertferry::source::http::{Api, ApiParts, Caps, client};
use alertferry::source::throttle::Budget;
use alertferry::source::{FeedKind, microsoft::Reader};
use alertferry::telemetry::Metrics;
use alertferry::tenant::TenantId;
use tokio::runtime::Runtime;

/// The client secret. It may turn up in no message.
pub const SECRET: &str = "Planted~8Q~client-secret";

/// One thread, so that an input is over when it is over.
pub static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"));

static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| client("alertferry-fuzz/1").expect("a client"));
static ANSWERS: Mutex<Answers> = Mutex::new(Answers { sign_in: Vec::new(), api: Vec::new() });
static ADDRESS: LazyLock<String> = LazyLock::new(serve);

/// What the server says, from the status line on.
struct Answers {
    sign_in: Vec<u8>,
    api: Vec<u8>,
}

/// An answer with this status, a few headers and this body; the length is right.
#[must_use]
pub fn answer(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} So\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Lets the server say this to whoever signs in, and to whoever asks for alerts.
pub fn say(sign_in: Vec<u8>, api: Vec<u8>) {
    *ANSWERS.lock().expect("no panic survives") = Answers { sign_in, api };
}

/// The answer that signs everybody in.
#[must_use]
pub fn welcome() -> Vec<u8> {
    answer(200, "", br#"{"token_type":"Bearer","expires_in":3599,"access_token":"a.token.of-ours"}"#)
}

/// Our app at the server's token endpoint.
#[must_use]
pub fn sign_in(credential: Credential) -> SignIn {
    let login = ADDRESS.parse().expect("an address");
    let cloud = Cloud {
        name: "lab".to_owned(),
        login,
        graph: None,
        mde: None,
        xdr: None,
        arm: None,
        lacks: &[],
        exchange_audience: "api://AzureADTokenExchange".to_owned(),
    };
    let app = App { name: "main".to_owned(), client_id: "our-client-id".to_owned(), credential, home_tenant: None };
    let tenant = TenantId::from("99990000-aaaa-bbbb-cccc-ddddeeeeffff");
    SignIn { cloud: Arc::new(cloud), tenant, app: Arc::new(app), scope: "https://graph.microsoft.com/.default".to_owned() }
}

/// Tokens that nobody has asked for yet.
#[must_use]
pub fn tokens() -> Tokens {
    Tokens::new(CLIENT.clone())
}

/// The server's address.
#[must_use]
pub fn address() -> &'static str {
    &ADDRESS
}

/// The reader of a feed, as the program makes it.
#[must_use]
pub fn reader(feed: FeedKind) -> Reader {
    let SignIn { cloud, tenant, app, scope } = sign_in(Credential::Secret(Secret::Plain(SECRET.into())));
    let dialect = feed.dialect();
    let parts = ApiParts {
        client: CLIENT.clone(),
        tokens: Arc::new(tokens()),
        base: ADDRESS.parse().expect("an address"),
        scope,
        cloud,
        tenant: Arc::new(super::tenant()),
        directory: tenant,
        app,
        feed,
        budget: Budget::new(&[]),
        cap: Arc::new(Budget::new(&[])),
        caps: Caps { wire: 1 << 20, inflated: 1 << 21 },
        metrics: Arc::new(Metrics::default()),
    };
    let path = if dialect.path.is_empty() { "/subscriptions/s1/list" } else { dialect.path };
    Reader::new(Api::new(parts), dialect, "contoso".into(), 100, vec![path.to_owned()])
}

/// Listens for the rest of the process.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/", listener.local_addr().expect("its address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that has heard enough hangs up.
            let _ = serve_one(stream);
        }
    });
    address
}

fn serve_one(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    while !is_whole(&request) {
        match stream.read(&mut chunk)? {
            0 => return Ok(()),
            read => request.extend_from_slice(&chunk[..read]),
        }
    }
    let line = request.split(|octet| *octet == b'\r').next().unwrap_or_default();
    let is_sign_in = line.windows(6).any(|part| part == b"/token");
    let answers = ANSWERS.lock().expect("no panic survives");
    let bytes = if is_sign_in { answers.sign_in.clone() } else { answers.api.clone() };
    drop(answers);
    stream.write_all(&bytes)
}

/// Whether head and body of a request are there.
fn is_whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|part| part == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let headers: BTreeMap<&str, &str> = head.lines().skip(1).filter_map(|line| line.split_once(": ")).collect();
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    request.len() >= end + 4 + length
}
