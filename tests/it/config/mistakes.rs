//! Mistakes: each is named with its place, all are told at once.

use std::fs;

use super::table::MISTAKES;
use super::written::{APP, SINK, TENANT, Written, uuid};

#[test]
fn each_mistake_names_the_key_what_was_found_and_what_is_accepted() {
    for (top, sink, tenant, expected) in MISTAKES {
        assert_eq!(Written::around(top, sink, tenant).mistakes(), *expected, "{top}\n{sink}\n{tenant}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let mut text = String::from("[ledger]\nkind = \"kafka\"\n[admin]\nlisten = \"here\"\n[defaults]\nrecheck = 1\n");
    text +=
        "[clouds.lab]\nlogin = 5\n[apps.x]\nclient_id = 5\n[sinks.x]\nkind = \"fiel\"\n[[tenants]]\nname = \"X\"\nfilter = 5\n";
    let mistakes = Written::new(&text).mistakes();
    for start in [
        "ledger.kind: ",
        "admin.listen: ",
        "apps.x: found no credential",
        "apps.x.client_id: ",
        "clouds.lab.login: ",
        "sinks.x.kind: ",
        "defaults.recheck: ",
        "tenants.\"X\".name: ",
        "tenants.\"X\".tenant_id: ",
        "tenants.\"X\".filter: ",
        "tenants.\"X\".app: ",
        "tenants.\"X\".sinks: ",
    ] {
        assert_eq!(mistakes.iter().filter(|mistake| mistake.starts_with(start)).count(), 1, "{start} in {mistakes:#?}");
    }
    assert_eq!(mistakes.len(), 12, "{mistakes:#?}");
}

#[test]
fn without_tenants_it_says_how_to_add_one() {
    for text in [format!("{APP}{SINK}"), format!("tenants = []\n{APP}{SINK}")] {
        let mistakes = Written::new(&text).mistakes();
        assert!(mistakes[0].starts_with("tenants: ") && mistakes[0].contains("add [[tenants]]"), "{mistakes:?}");
        assert_eq!(mistakes.len(), 1);
    }
}

#[test]
fn mistakes_in_tenants_d_and_the_environment_say_where_they_stand() {
    let bad = format!(
        "[[tenants]]\nname = \"b\"\ntenant_id = \"{}\"\napp = \"mian\"\nsinks = [\"out\"]\n{APP}[ledger]\nkind = \"memory\"",
        uuid(2)
    );
    let written = Written::around("", "", "").with("tenants.d/b.toml", &bad).env("ALERTFERRY__ADMIN__LISTEN", "here");
    assert_eq!(
        written.mistakes(),
        [
            "apps.main: found in config.toml and in tenants.d/b.toml, expected each name in one file only",
            "ledger: not a key of a file in tenants.d, expected one of \"tenants\", \"apps\", \"clouds\", \"sinks\" (in tenants.d/b.toml)",
            "admin.listen: found \"here\", expected an IP address and a port, such as \"127.0.0.1:9464\" (from environment variable ALERTFERRY__ADMIN__LISTEN)",
            "tenants.\"b\".app: found \"mian\", expected one of \"main\" — did you mean \"main\"? (in tenants.d/b.toml)",
        ]
    );
    let twice = format!("{TENANT}sinks = [\"out\"]");
    let mistakes = Written::around("", "", "").with("tenants.d/b.toml", &twice).mistakes();
    assert!(
        mistakes[0].contains("in the main file has already") && mistakes[0].ends_with("(in tenants.d/b.toml)"),
        "{mistakes:?}"
    );
}

#[test]
fn files_that_cannot_be_read_are_all_named() {
    let written = Written::new("[defaults]\nx = \n").with("tenants.d/a.toml", "y = [").with("tenants.d/b.toml", "z = \"\\q\"");
    let mistakes = written.mistakes();
    for (mistake, start) in
        mistakes.iter().zip(["config.toml, line 2, ", "tenants.d/a.toml, line 1, ", "tenants.d/b.toml, line 1, "])
    {
        assert!(mistake.starts_with(start) && mistake.contains("not TOML"), "{mistake}");
    }
    assert_eq!(mistakes.len(), 3);
    fs::write(written.file(), b"# one\na = \"\xff\"").unwrap();
    assert!(written.mistakes()[0].starts_with("config.toml, line 2: found bytes that are not UTF-8"));
    fs::remove_file(written.file()).unwrap();
    assert!(written.mistakes()[0].starts_with("config.toml: cannot be read: "));
}

#[test]
fn worth_a_look_is_said_without_refusing() {
    let top = "[apps.spare]\nclient_id = \"00000000-0000-0000-0000-000000000000\"\nclient_secret = \"pl4in\"\nclient_secret_expires = 2020-01-31\n\
               [clouds.far]\nlogin = \"http://far.example.net\"\n";
    let sink = "[sinks.idle]\nkind = \"kafka\"\nbrokers = [\"h:1\"]\ntopic = \"t\"\noptions = { \"sasl.password\" = \"pl4in\" }";
    let settings = Written::around(top, sink, "filter = { services = [\"microsoftSentinal\"] }").settings();
    assert_eq!(
        settings.warnings,
        [
            "apps.spare.client_secret_expires: the secret has expired; make a new one at the registration",
            "apps.spare.client_secret: a secret in plain text; { file = … }, { env = … } or { credential = … } keeps it out of the configuration",
            "clouds.far.login: tokens and alerts travel unencrypted over http",
            "sinks.idle.options.\"sasl.password\": a secret in plain text; { file = … }, { env = … } or { credential = … } keeps it out of the configuration",
            "tenants.\"contoso\".filter.services: \"microsoftSentinal\" is no service that this version has heard of — did you mean \"microsoftSentinel\"?",
            "apps.spare: no tenant uses this app",
            "clouds.far: no tenant uses this cloud",
            "sinks.idle: no tenant uses this sink",
        ]
    );
    assert!(settings.credential_expiries.contains_key("spare"));
    assert!(!format!("{settings:?}").contains("pl4in"));
}
