//! The credentials of apps: each kind is taken, exactly one is wanted, and what cannot work is refused at start.

use alertferry::clock;
use alertferry::source::entra::certificate::Algorithm;
use alertferry::source::entra::{Beside, Credential};
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::X509;

use super::written::{SINK, TENANT, Written};

const HEAD: &str = "[apps.main]\nclient_id = \"00000000-0000-0000-0000-000000000000\"\n";

/// An app with these lines in a folder with these files; `{folder}` in the lines stands for it.
fn app(lines: &str, files: &[(&str, &[u8])]) -> Written {
    app_with("", lines, files)
}

fn app_with(top: &str, lines: &str, files: &[(&str, &[u8])]) -> Written {
    let written = Written::new("");
    let folder = written.folder.path().display().to_string();
    let text = format!("{top}{HEAD}{}\n{SINK}{TENANT}sinks = [\"out\"]\n", lines.replace("{folder}", &folder));
    std::fs::write(written.file(), text).unwrap();
    for (name, content) in files {
        std::fs::write(written.folder.path().join(name), content).unwrap();
    }
    written
}

fn certificate(from: i64, to: i64) -> (X509, PKey<Private>) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let at = |days: i64| Asn1Time::from_unix(clock::now().as_second() + days * 86_400 + 60).unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&at(from)).unwrap();
    builder.set_not_after(&at(to)).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (builder.build(), key)
}

fn pem(from: i64, to: i64) -> Vec<u8> {
    let (x509, key) = certificate(from, to);
    [x509.to_pem().unwrap(), key.private_key_to_pem_pkcs8().unwrap()].concat()
}

const CERTIFICATE: &str = "certificate = { file = \"{folder}/main.pem\" }";

#[test]
fn a_certificate_is_taken_as_pem_and_as_pfx_and_its_end_is_known() {
    let written = app(CERTIFICATE, &[("main.pem", &pem(-1, 90))]);
    let settings = written.settings();
    let Credential::Certificate(read) = &settings.tenants[0].app.credential else { panic!("{settings:?}") };
    assert_eq!(read.algorithm, Algorithm::Ps256);
    assert_eq!(settings.warnings, Vec::<String>::new());
    assert_eq!(settings.credential_expiries["main"], read.open().unwrap().not_after());

    let (x509, key) = certificate(-1, 90);
    let pfx = Pkcs12::builder().pkey(&key).cert(&x509).build2("hunter2").unwrap().to_der().unwrap();
    let lines = "[apps.main.certificate]\nfile = \"{folder}/main.pfx\"\npassphrase = { env = \"PASS\" }\nalgorithm = \"RS256\"";
    let settings = app(lines, &[("main.pfx", &pfx)]).env("PASS", "hunter2").settings();
    let Credential::Certificate(read) = &settings.tenants[0].app.credential else { panic!("{settings:?}") };
    assert_eq!(read.algorithm, Algorithm::Rs256);
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn a_certificate_that_cannot_work_is_refused_and_one_that_ends_soon_is_warned_of() {
    let (x509, key) = certificate(-1, 90);
    let enciphered = key.private_key_to_pem_pkcs8_passphrase(openssl::symm::Cipher::aes_256_cbc(), b"hunter2").unwrap();
    let other_key = certificate(-1, 90).1.private_key_to_pem_pkcs8().unwrap();
    let protected = [x509.to_pem().unwrap(), enciphered].concat();
    for (lines, content, expected) in [
        (CERTIFICATE, pem(-9, -1), "main.certificate: the certificate expired at "),
        (CERTIFICATE, [x509.to_pem().unwrap(), other_key].concat(), "the private key does not belong to the certificate"),
        (CERTIFICATE, x509.to_pem().unwrap(), "main.pem: there is no private key in it"),
        (CERTIFICATE, protected.clone(), "main.pem: it is protected by a passphrase"),
        ("certificate = { file = \"{folder}/main.pem\", passphrase = { env = \"MAIN\" } }", protected, "does not open it"),
        ("certificate = { file = \"{folder}/other.pem\" }", pem(-1, 90), "No such file"),
        (
            "certificate = { file = \"{folder}/main.pem\", algorithm = \"ES256\" }",
            pem(-1, 90),
            "certificate.algorithm: found text, expected one of \"PS256\", \"RS256\"",
        ),
        (
            "certificate = { passphrase = { env = \"MAIN\" } }",
            pem(-1, 90),
            "certificate: found none, expected one of file, env, credential",
        ),
        (
            "certificate = { file = \"{folder}/main.pem\", key = { env = \"UNSET\" } }",
            pem(-1, 90),
            "certificate.key: environment variable UNSET is not set",
        ),
    ] {
        let written = app(lines, &[("main.pem", &content)]);
        let mistakes = written.mistakes();
        assert!(mistakes.len() == 1 && mistakes[0].contains(expected), "{expected}: {mistakes:?}");
        assert!(!mistakes[0].contains("hunter2") && !mistakes[0].contains("s3cret"), "{mistakes:?}");
    }
    for (from, to, expected) in [
        (-1, 12, "apps.main.certificate: the certificate expires in 12 days; make a new one at the registration"),
        (2, 90, "apps.main.certificate: it is not valid before "),
    ] {
        let warnings = app(CERTIFICATE, &[("main.pem", &pem(from, to))]).settings().warnings;
        assert!(warnings.len() == 1 && warnings[0].starts_with(expected), "{warnings:?}");
    }
}

#[test]
fn a_federated_token_is_named_here_or_by_kubernetes() {
    let token: &[(&str, &[u8])] = &[("token", b"a.b.c")];
    let written = app("federated = { file = \"{folder}/token\" }", token);
    assert!(matches!(written.tenant().app.credential, Credential::Federated(_)));
    let written = app("federated = {}", token);
    let path = written.folder.path().join("token").display().to_string();
    let Credential::Federated(read) = written.env("AZURE_FEDERATED_TOKEN_FILE", &path).tenant().app.credential.clone() else {
        panic!("not a federated token")
    };
    assert_eq!(read.file.display().to_string(), path);
    let missing = app("federated = {}", token).mistakes();
    assert_eq!(
        missing,
        [
            "apps.main.federated.file: missing, expected the path of a file, here or as AZURE_FEDERATED_TOKEN_FILE in the environment"
        ]
    );
    let absent = app("federated = { file = \"{folder}/none\" }", token).mistakes();
    assert!(absent[0].starts_with("apps.main.federated.file: secret file none: No such file"), "{absent:?}");
}

#[test]
fn a_managed_identity_is_asked_at_azures_address_unless_told_otherwise() {
    for (more, endpoint) in
        [("", "http://169.254.169.254/"), (", endpoint = \"http://127.0.0.1:4000\"", "http://127.0.0.1:4000/")]
    {
        let lines = format!("managed_identity = {{ client_id = \"33333333-3333-3333-3333-333333333333\"{more} }}");
        let Credential::ManagedIdentity(read) = app(&lines, &[]).tenant().app.credential.clone() else { panic!("{lines}") };
        assert_eq!((read.client_id.as_str(), read.endpoint.as_str()), ("33333333-3333-3333-3333-333333333333", endpoint));
    }
    let mistakes = app("managed_identity = { endpoint = \"169.254.169.254\" }", &[]).mistakes();
    assert!(
        mistakes[0].contains("managed_identity.client_id: missing") && mistakes[1].contains("managed_identity.endpoint"),
        "{mistakes:?}"
    );
}

#[test]
fn a_refresh_token_needs_a_folder_and_may_have_a_secret_or_certificate_beside_it() {
    let token = "refresh_token = { env = \"MAIN\" }\n";
    let delegated = |written: Written| match written.tenant().app.credential.clone() {
        Credential::RefreshToken(read) => read,
        other => panic!("{other:?}"),
    };
    let read = delegated(app_with("[ledger]\npath = \"/var/lib/elsewhere\"\n", token, &[]));
    assert_eq!((read.kept_in.display().to_string(), read.beside.is_none()), ("/var/lib/elsewhere".to_owned(), true));
    let read = delegated(app(&format!("{token}state = \"{{folder}}/state\"\nclient_secret = {{ env = \"MAIN\" }}"), &[]));
    assert!(read.kept_in.ends_with("state") && matches!(read.beside, Some(Beside::Secret(_))), "{read:?}");
    let written = app(&format!("{token}{CERTIFICATE}"), &[("main.pem", &pem(-1, 90))]);
    assert!(written.settings().credential_expiries.contains_key("main"));
    assert!(matches!(delegated(written).beside, Some(Beside::Certificate(_))));

    let memory = app_with("[ledger]\nkind = \"memory\"\n", token, &[]).mistakes();
    assert_eq!(memory.len(), 1);
    assert!(memory[0].starts_with("apps.main.state: missing, expected the path of a folder"), "{memory:?}");
    let read = delegated(app_with("[ledger]\nkind = \"memory\"\n", &format!("{token}state = \"/var/lib/tokens\""), &[]));
    assert_eq!(read.kept_in.display().to_string(), "/var/lib/tokens");
}

#[test]
fn exactly_one_credential_is_wanted_and_what_was_found_is_named() {
    let secret = "client_secret = { env = \"MAIN\" }\n";
    let identity = "managed_identity = { client_id = \"33333333-3333-3333-3333-333333333333\" }\n";
    let token = "refresh_token = { env = \"MAIN\" }\n";
    for (lines, expected) in [
        (
            String::new(),
            "apps.main: found no credential, expected one of client_secret, certificate, federated, managed_identity, refresh_token",
        ),
        (
            format!("{secret}{identity}"),
            "apps.main: found client_secret and managed_identity, expected one of them (only refresh_token may have a client_secret or a certificate beside it)",
        ),
        (
            format!("{identity}{token}"),
            "apps.main: found managed_identity and refresh_token, expected one of them (only refresh_token may have a client_secret or a certificate beside it)",
        ),
        (
            format!("{identity}client_secret_expires = \"2999-01-31\""),
            "apps.main.client_secret_expires: found without client_secret, expected it beside one only",
        ),
        (format!("{secret}state = \"/x\""), "apps.main.state: found without refresh_token, expected it beside one only"),
        (
            format!("{secret}tenant_id = \"ours\""),
            "apps.main.tenant_id: found text, expected a GUID such as \"11111111-1111-1111-1111-111111111111\"",
        ),
    ] {
        assert_eq!(app(&lines, &[]).mistakes(), [expected], "{lines}");
    }
    let written = app(&format!("{secret}tenant_id = \"44444444-4444-4444-4444-444444444444\""), &[]);
    assert_eq!(written.tenant().app.home_tenant.as_ref().unwrap().as_str(), "44444444-4444-4444-4444-444444444444");
}

#[test]
fn no_message_shows_a_secret_of_a_credential_wherever_it_was_put() {
    for lines in [
        "certificate = \"pl4nted\"",
        "certificate = { file = [\"pl4nted\"] }",
        "certificate = { env = \"pl4nted~odd\" }",
        "certificate = { file = \"/dev/null\", passphrase = [\"pl4nted\"] }",
        "certificate = { file = \"/dev/null\", algorithm = \"pl4nted\" }",
        "certificate = { file = \"/dev/null\", passphrase = \"pl4nted\" }",
        "certificate = { env = \"PLANTED\" }",
        "federated = \"pl4nted\"",
        "federated = { file = [\"pl4nted\"] }",
        "managed_identity = \"pl4nted\"",
        "managed_identity = { client_id = \"pl4nted\" }",
        "managed_identity = { client_id = \"33333333-3333-3333-3333-333333333333\", endpoint = \"pl4nted\" }",
        "refresh_token = [\"pl4nted\"]",
        "refresh_token = \"pl4nted\"\nstate = [\"pl4nted\"]",
        "client_secret = { env = \"MAIN\" }\ntenant_id = \"pl4nted\"",
    ] {
        let error = app(lines, &[]).env("PLANTED", "-----BEGIN PRIVATE KEY-----\npl4nted").load().expect_err(lines);
        assert!(!format!("{error} {error:?}").contains("pl4nted"), "{lines}\n→ {error}");
    }
}
