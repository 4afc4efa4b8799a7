//! Whatever happens, no secret and no token stands in anything that the daemon writes, at the most talkative level of its log.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use alertferry::simulator::{Fault, Scope};

use crate::support::daemon::{Daemon, Setup, alertferry};
use crate::support::kafka::{self, USER};
use crate::support::lab::{Lab, SECRET};

const WRONG_PASSWORD: &str = "planted-wrong-sasl-password";
const TOKEN: &str = "planted.access.token.of.a.hostile.cloud";
/// Where secrets legitimately stand.
const SECRET_FILES: [&str; 3] = ["client-secret", "sasl-right", "sasl-wrong"];

/// A cloud that repeats what it was told: the form with the client secret, or the token that it gave out.
///
/// Tenants whose ID starts with `a` get no token, all others get one that its feed then complains about.
fn hostile_cloud() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // Ends with the test process.
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| drop(std::thread::spawn(|| repeat(stream)))));
    format!("http://{address}")
}

fn repeat(mut stream: TcpStream) -> Option<()> {
    let request = read_request(&mut stream)?;
    let told = request.replace("%7E", "~").replace(['"', '\\', '\r', '\n'], " ");
    let (status, body) = if !request.contains("/token") {
        (403, format!("{{\"error\":{{\"code\":\"Forbidden\",\"message\":\"Not with this: {told}\"}}}}"))
    } else if request.starts_with("POST /a") {
        let said = format!("AADSTS7000215: Invalid client secret provided: {told}");
        (401, format!("{{\"error\":\"invalid_client\",\"error_description\":\"{said}\",\"error_codes\":[7000215]}}"))
    } else {
        (200, format!("{{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"{TOKEN}\"}}"))
    };
    let head = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    write!(stream, "{head}Connection: close\r\n\r\n{body}").ok()
}

fn read_request(stream: &mut TcpStream) -> Option<String> {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.to_ascii_lowercase().lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some(text);
        }
    }
}

/// The places where a secret or token stands in this text, each with what surrounds it.
fn leaks(text: &str) -> Vec<String> {
    // A form writes `~` as `%7E`; what follows it is the same either way.
    let secret = SECRET.rsplit('~').next().expect("a text");
    let mut leaks = Vec::new();
    for planted in [secret, WRONG_PASSWORD, USER.1, TOKEN, "Bearer ey"] {
        leaks.extend(text.match_indices(planted).map(|(at, _)| excerpt(text, at)));
    }
    // JSON Web Tokens, those of the simulator among them: a base64url text that begins with `{"`.
    let token = |at: &usize| text[at + 3..].bytes().take(16).filter(u8::is_ascii_alphanumeric).count() == 16;
    leaks.extend(text.match_indices("eyJ").map(|(at, _)| at).filter(token).map(|at| excerpt(text, at)));
    leaks
}

fn excerpt(text: &str, at: usize) -> String {
    let from = text[..at].char_indices().rev().nth(120).map_or(0, |(from, _)| from);
    text[from..].chars().take(300).collect()
}

fn assert_silent(what: &str, text: &str) {
    let leaks = leaks(text);
    assert!(leaks.is_empty(), "{what} holds a secret {} times:\n{}", leaks.len(), leaks[..leaks.len().min(3)].join("\n"));
}

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn search_everything(daemon: &Daemon) {
    for path in ["/", "/metrics", "/readyz", "/api/v1/tenants", "/api/v1/sinks", "/api/v1/dead-letters"] {
        assert_silent(path, &daemon.get(path).body);
    }
    for arguments in [&["dead-letters", "list"][..], &["dead-letters", "list", "--json"], &["check"]] {
        let output = alertferry(&[arguments, &["--config", &daemon.config()]].concat());
        let text = [output.stdout, output.stderr].concat();
        assert_silent(&arguments.join(" "), &String::from_utf8_lossy(&text));
    }
    let mut found = Vec::new();
    files(daemon.folder(), &mut found);
    // The control socket holds nothing.
    for path in found.into_iter().filter(|path| path.is_file()) {
        if !SECRET_FILES.iter().any(|name| path.ends_with(name)) {
            assert_silent(&path.display().to_string(), &String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn the_search_finds_what_it_searches_for() {
    let token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJhIn0.c2ln";
    for planted in [SECRET, &SECRET.replace('~', "%7E"), WRONG_PASSWORD, USER.1, TOKEN, token] {
        assert!(!leaks(&format!("before {planted} after")).is_empty(), "{planted}");
    }
    assert_eq!(leaks("the eyJ of a Bearer"), Vec::<String>::new());
}

#[test]
fn no_secret_and_no_token_stands_in_anything_that_is_written() {
    let (lab, hostile, broker) = (Lab::quiet(4), hostile_cloud(), kafka::shared());
    let sasl = |password: &str| {
        format!(
            "kind = \"kafka\"\nbrokers = [\"{}\"]\ntopic = \"secrets\"\noptions = {{ \"security.protocol\" = \"SASL_PLAINTEXT\", \
             \"sasl.mechanisms\" = \"PLAIN\", \"sasl.username\" = \"{}\", \"sasl.password\" = {{ file = \"{{folder}}/{password}\" }} }}",
            broker.sasl_address(),
            USER.0
        )
    };
    let tenant = |name: &str, id: &str| {
        format!("[[tenants]]\nname = \"{name}\"\ntenant_id = \"{id}\"\napp = \"main\"\ncloud = \"hostile\"\nsinks = [\"out\"]")
    };
    let setup = Setup::new(&lab)
        .env("ALERTFERRY_LOG", "trace")
        .default("recheck", "\"1s\"")
        .default("feed_retry", "{ first = \"1s\", most = \"1s\" }")
        .part(&format!("[clouds.hostile]\nlogin = {hostile:?}\ngraph = {hostile:?}"))
        .part(&tenant("refused", "aaaaaaaa-0000-4000-8000-000000000001"))
        .part(&tenant("let-in", "bbbbbbbb-0000-4000-8000-000000000002"))
        .file_sink("out")
        .sink("siem", &sasl("sasl-right"))
        .sink("wrong", &sasl("sasl-wrong"));
    std::fs::write(setup.folder().join("sasl-right"), USER.1).unwrap();
    std::fs::write(setup.folder().join("sasl-wrong"), WRONG_PASSWORD).unwrap();
    lab.set_fault(&Scope::Tenant("tenant-02".to_owned()), Fault::ForeignRecord);
    lab.set_fault(&Scope::Tenant("tenant-03".to_owned()), Fault::TokenError(7_000_215));
    lab.set_fault(&Scope::Tenant("tenant-04".to_owned()), Fault::RejectTokens);
    lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 5)));

    let mut daemon = setup.start();
    // All of it has happened: alerts, a dead letter, a sink that refuses the password, clouds that repeat what they were told.
    daemon.wait_for_metrics("alerts, refusals and a dead letter", |metrics| {
        let troubled = |tenant| {
            let ok = metrics.sum("alertferry_feed_state", &[("tenant", tenant), ("state", "ok")]);
            metrics.all("alertferry_feed_state", &[("tenant", tenant)]).count() > 0 && ok == 0
        };
        let sent = |sink| metrics.sum("alertferry_alerts_total", &[("sink", sink), ("outcome", "forwarded")]) >= 10;
        ["tenant-03", "tenant-04", "refused", "let-in"].into_iter().all(troubled)
            && sent("siem")
            && sent("out")
            && metrics.outcome("tenant-02", "dead_lettered") >= 1
    });
    daemon.wait_until("the words of those who refuse", |daemon| {
        let page = daemon.get("/api/v1/tenants").body;
        let sinks = daemon.json("/api/v1/sinks");
        let wrong = sinks.as_array().expect("a list").iter().find(|sink| sink["name"] == "wrong").expect("the sink");
        page.contains("AADSTS7000215") && page.contains("403") && wrong["last_error"].is_string()
    });
    search_everything(&daemon);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log().lines().rev().take(20).collect::<Vec<_>>().join("\n"));
    assert_silent("the log", &daemon.log());
    assert!(daemon.log().contains("TRACE"), "the log is at its most talkative");
}

#[test]
fn a_mistake_beside_or_in_a_secret_does_not_show_it() {
    let lab = Lab::quiet(1);
    let second = |keys: &str| Setup::new(&lab).file_sink("out").part(&format!("[apps.second]\nclient_id = \"c\"\n{keys}"));
    let secret = SECRET.to_owned();
    for setup in [
        second(&format!("client_secert = {secret:?}")),
        second(&format!("client_secret = {secret:?}\nclient_id = {secret:?}")),
        second(&format!("client_secret = [{secret:?}]")),
        second(&format!("client_secret = {{ fiel = {secret:?} }}")),
        second(&format!("client_secret = {secret:?}\nnonsense = 1")),
        second(&format!("client_secret = \"{secret}")),
    ] {
        let output = setup.refused();
        assert_eq!(output.status.code(), Some(64));
        let text = [output.stdout, output.stderr].concat();
        assert_silent("the refusal", &String::from_utf8_lossy(&text));
    }
}
