//! Secrets: where they come from, and that no message shows one.

use std::fs;

use super::written::{APP, SINK, TENANT, Written};

#[test]
fn secrets_come_from_files_variables_and_systemd() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main"), "fr0m-file\n").unwrap();
    let folder_path = folder.path().display().to_string();
    for reference in [format!("{{ file = \"{folder_path}/main\" }}"), "{ credential = \"main\" }".to_owned()] {
        let app = APP.replace("{ env = \"MAIN\" }", &reference);
        let written = Written::new(&format!("{app}{SINK}{TENANT}sinks = [\"out\"]")).env("CREDENTIALS_DIRECTORY", &folder_path);
        assert_eq!(written.settings().warnings, Vec::<String>::new(), "{reference}");
    }
}

#[test]
fn secrets_that_do_not_resolve_are_mistakes() {
    for (reference, expected) in [
        ("{ env = \"ABSENT\" }", "environment variable ABSENT is not set, expected a secret there"),
        ("{ env = \"EMPTY\" }", "environment variable EMPTY is empty, expected a secret there"),
        (
            "{ credential = \"main\" }",
            "systemd credential main: $CREDENTIALS_DIRECTORY is not set (the unit needs LoadCredential=main:/path), expected a secret there",
        ),
        (
            "{ file = \"/nowhere/main\" }",
            "secret file /nowhere/main: No such file or directory (os error 2), expected a secret there",
        ),
        ("{ file = \"/dev/null\" }", "secret file /dev/null is empty, expected a secret there"),
        ("{}", "found an empty table, expected one of file, env, credential"),
        ("{ file = \"/x\", env = \"MAIN\" }", "found file and env, expected one of file, env, credential"),
        ("\"\"", "found an empty text, expected a secret: { file = \"…\" }, { env = \"…\" } or { credential = \"…\" }"),
    ] {
        let app = APP.replace("{ env = \"MAIN\" }", reference);
        let written = Written::new(&format!("{app}{SINK}{TENANT}sinks = [\"out\"]")).env("EMPTY", "\n");
        assert_eq!(written.mistakes(), [format!("apps.main.client_secret: {expected}")], "{reference}");
    }
}

#[test]
fn no_message_shows_a_secret_wherever_it_was_put() {
    const PLANTED: &str = "pl4nted";
    let app = |line: &str| {
        format!("[apps.main]\nclient_id = \"00000000-0000-0000-0000-000000000000\"\n{line}\n{SINK}{TENANT}sinks = [\"out\"]")
    };
    let option = |value: &str| {
        format!(
            "{APP}[sinks.out]\nkind = \"kafka\"\nbrokers = [\"h\"]\ntopic = \"t\"\n[sinks.out.options]\n\"sasl.password\" = {value}\n{TENANT}sinks = [\"out\"]"
        )
    };
    let texts = [
        app("client_secret = [\"pl4nted\"]"),
        app("client_secret = { file = [\"pl4nted\"] }"),
        app("client_secret = { env = \"pl4nted~with.odd\" }"),
        app("client_secret = { credential = \"pl4nted/odd\" }"),
        app("client_secret = \"pl4nted"),
        app("client_secret = pl4nted"),
        app("client_secret = \"pl4nted\" x"),
        app("client_secret = \"pl4nted\\q\""),
        app("client_secret = \"pl4nted\"\nclient_secret = \"pl4nted\""),
        app("client_secrte = \"pl4nted\""),
        app("client_secret_expires = \"pl4nted\""),
        format!("[apps]\nmain = \"pl4nted\"\n{SINK}{TENANT}sinks = [\"out\"]"),
        format!("apps = \"pl4nted\"\n{SINK}{TENANT}sinks = [\"out\"]"),
        format!("sinks = \"pl4nted\"\n{APP}{TENANT}sinks = [\"out\"]"),
        app("client_secret = { env = \"MAIN\" }").replace("00000000-0000-0000-0000-000000000000", PLANTED),
        option("[\"pl4nted\"]"),
        option("\"pl4nted\""),
        option("{ file = [\"pl4nted\"] }"),
    ];
    for text in &texts {
        let error = Written::new(text).load().expect_err(text);
        assert!(!format!("{error} {error:?}").contains(PLANTED), "{text}\n→ {error}");
    }
    for name in [
        "APPS__MAIN",
        "APPS__MAIN__CLIENT_ID",
        "APPS__MAIN__CLIENT_SECRET__PLAIN",
        "APPS__MAIN__CLIENT_SECRT",
        "SINKS__OUT",
        "SINKS__OUT__OPTIONS",
    ] {
        let error = Written::around("", "", "").env(&format!("ALERTFERRY__{name}"), PLANTED).load().expect_err(name);
        assert!(!format!("{error} {error:?}").contains(PLANTED), "{name} → {error}");
    }
}
