//! An admin endpoint that others can reach is refused, unless callers must prove who they are or somebody said that they need not.

use alertferry::config::{self, Environment};

use crate::support::authority::Authority;

const REST: &str = r#"
[apps.main]
client_id = "00000000-0000-0000-0000-000000000000"
client_secret = { env = "MAIN" }
[sinks.out]
kind = "file"
path = "-"
[[tenants]]
name = "contoso"
tenant_id = "11111111-1111-1111-1111-111111111111"
app = "main"
sinks = ["out"]
"#;

/// Mistakes and warnings of a configuration with these keys of `[admin]`; `{folder}` holds certificates.
fn judged(admin: &str) -> (Vec<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("ours");
    authority.write(folder.path(), "ca.pem");
    authority.issue(&["127.0.0.1"]).write(folder.path(), "admin");
    let admin = admin.replace("{folder}", &folder.path().display().to_string());
    let file = folder.path().join("config.toml");
    std::fs::write(&file, format!("[admin]\n{admin}\n{REST}")).unwrap();
    let words =
        [("MAIN", "s3cret"), ("STRONG", "0123456789abcdef"), ("WEAK", "0123456789abcde"), ("SPACED", "0123456789 abcdef")];
    let environment: Environment = words.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    match config::load_with(&file, &environment) {
        Ok(settings) => (Vec::new(), settings.warnings),
        Err(error) => (error.mistakes().to_vec(), Vec::new()),
    }
}

const STRONG: &str = "token = { env = \"STRONG\" }";
const TLS: &str = "certificate = \"{folder}/admin.pem\", key = { file = \"{folder}/admin.key\" }";

#[test]
fn an_address_that_others_can_reach_needs_a_proof_or_a_word() {
    for listen in ["0.0.0.0:1", "[::]:1", "10.1.2.3:1", "[2001:db8::1]:1", "[::ffff:10.1.2.3]:1"] {
        let listen = format!("listen = {listen:?}");
        for more in [String::new(), format!("tls = {{ {TLS} }}"), "open = false".to_owned()] {
            let (mistakes, _) = judged(&format!("{listen}\n{more}"));
            assert_eq!(mistakes.len(), 1, "{listen} {more}: {mistakes:?}");
            assert!(mistakes[0].starts_with("admin.listen: found ") && mistakes[0].contains("open = true"), "{mistakes:?}");
        }
        for more in [
            "open = true".to_owned(),
            format!("{STRONG}\ntls = {{ {TLS} }}"),
            format!("tls = {{ {TLS}, client_ca = \"{{folder}}/ca.pem\" }}"),
        ] {
            assert_eq!(judged(&format!("{listen}\n{more}")), (Vec::new(), Vec::new()), "{listen} {more}");
        }
        let (mistakes, warnings) = judged(&format!("{listen}\n{STRONG}"));
        assert_eq!(mistakes, Vec::<String>::new());
        assert!(warnings.len() == 1 && warnings[0].starts_with("admin.token: it travels unencrypted"), "{warnings:?}");
    }
    for listen in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
        assert_eq!(judged(&format!("listen = {listen:?}")), (Vec::new(), Vec::new()), "{listen}");
        assert_eq!(judged(&format!("listen = {listen:?}\n{STRONG}")), (Vec::new(), Vec::new()), "{listen}");
    }
}

#[test]
fn what_could_not_protect_is_told_at_the_start() {
    let on_loopback = "listen = \"127.0.0.1:1\"\n";
    for (keys, expected) in [
        (
            "token = { env = \"WEAK\" }",
            "admin.token: found another text, expected a token of at least 16 visible ASCII characters",
        ),
        ("token = { env = \"SPACED\" }", "admin.token: found another text"),
        ("token = { env = \"UNSET\" }", "admin.token: environment variable UNSET is not set"),
        ("token = { env = \"STRONG\" }\nopen = true", "admin.open: found true beside token or tls.client_ca"),
        ("tls = {}", "admin.tls.certificate: missing"),
        ("tls = { certificate = \"{folder}/nothing.pem\" }", "admin.tls: {folder}/nothing.pem cannot be read"),
        ("tls = { certificate = \"{folder}/admin.pem\" }", "admin.tls: secret file {folder}/admin.pem holds no private key"),
        (
            "tls = { certificate = \"{folder}/ca.pem\", key = { file = \"{folder}/admin.key\" } }",
            "admin.tls: {folder}/ca.pem cannot be used with the key",
        ),
        ("tls = { {TLS}, client_ca = \"{folder}/admin.key\" }", "admin.tls: {folder}/admin.key holds no certificate"),
        ("hosts = [\"a.example:1\"]", "admin.hosts: found"),
    ] {
        let (mistakes, _) = judged(&format!("{on_loopback}{}", keys.replace("{TLS}", TLS)));
        let [mistake] = &mistakes[..] else { panic!("{keys}: {mistakes:#?}") };
        let (before, after) = expected.split_once("{folder}").unwrap_or((expected, ""));
        assert!(mistake.starts_with(before) && mistake.contains(after), "{mistake}");
        assert!(!mistake.contains("0123456789"), "no word of a token: {mistake}");
    }
}
