//! `tenants add` and `tenants list`: what is written, what is refused, and that a refusal leaves nothing behind.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::thread;

use serde_json::json;

use super::desk::Desk;

const ID: &str = "11111111-1111-1111-1111-111111111111";
const OTHER: &str = "22222222-2222-2222-2222-222222222222";

fn adding<'a>(name: &'a str, id: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["tenants", "add", "--name", name, "--tenant-id", id, "--app", "main"], more].concat()
}

#[test]
fn a_tenant_is_taken_in_and_the_next_steps_are_told() {
    let desk = Desk::new();
    let more =
        ["--customer", "Contoso \"N\" Ltd", "--feeds", "graph-alerts,mde-alerts", "--sinks", "soc,out", "--label", "tier=gold"];
    let (out, err) = desk.told(0, &adding("contoso", ID, &more));
    assert_eq!(err, "");
    let config = desk.path("config.toml").display().to_string();
    for words in [
        "tenants.d/contoso.toml",
        &format!("https://login.microsoftonline.com/{ID}/adminconsent?client_id=00000000-0000-0000-0000-00000000000a&state="),
        "mde-alerts needs the application permission Alert.Read.All of WindowsDefenderATP",
        &format!("alertferry check --live --tenant contoso --config {config}"),
        "systemctl restart alertferry",
    ] {
        assert!(out.contains(words), "{words} in\n{out}");
    }
    assert_eq!(desk.tenant_files(), Some(vec!["contoso.toml".to_owned()]));
    let rights = fs::metadata(desk.path("tenants.d/contoso.toml")).unwrap().permissions().mode();
    assert_eq!(rights & 0o400, 0o400, "{rights:o}");

    desk.told(0, &adding("fabrikam", OTHER, &["--cloud", "lab"]));
    let listed = desk.document(&["tenants", "list"]);
    let expected = json!({
        "name": "contoso", "tenant_id": ID, "customer": "Contoso \"N\" Ltd", "app": "main", "cloud": "global",
        "feeds": ["graph-alerts", "mde-alerts"], "sinks": ["soc", "out"], "labels": { "tier": "gold" },
    });
    assert_eq!(listed["tenants"][0], expected);
    assert_eq!((&listed["tenants"][1]["customer"], &listed["tenants"][1]["cloud"]), (&json!("fabrikam"), &json!("lab")));
    let (table, _) = desk.told(0, &["tenants", "list"]);
    let lines: Vec<_> =
        table.lines().map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>()).collect();
    assert_eq!(lines[0], ["TENANT", "DIRECTORY", "CUSTOMER", "APP", "CLOUD", "FEEDS", "SINKS"]);
    assert_eq!(lines[2][0], "fabrikam");
}

#[test]
fn azure_places_are_taken_in_with_the_feeds_that_need_them() {
    let desk = Desk::new();
    let feeds = "sentinel-incidents,defender-for-cloud";
    let place = format!("{OTHER}/rg-soc/law-soc");
    let (out, _) = desk.told(0, &adding("contoso", ID, &["--feeds", feeds, "--workspace", &place, "--subscription", OTHER]));
    for words in ["Microsoft Sentinel Reader", "Security Reader", "Azure Lighthouse"] {
        assert!(out.contains(words), "{words} in\n{out}");
    }
    let (_, err) = desk.told(64, &adding("fabrikam", OTHER, &["--feeds", feeds]));
    assert!(err.contains("tenants.\"fabrikam\"") && err.contains("No tenant was added"), "{err}");
    assert_eq!(desk.tenant_files(), Some(vec!["contoso.toml".to_owned()]));
}

#[test]
fn what_is_missing_or_wrong_is_told_and_nothing_is_left_behind() {
    for (words, expected) in [
        (vec!["tenants", "add"], "missing --name, --tenant-id, --app"),
        (vec!["tenants", "add", "--name", "a", "--tenant-id", ID], "missing --app. Give"),
        (adding("Contoso", ID, &[]), "tenants.\"Contoso\".name: found \"Contoso\""),
        (adding("../../contoso", ID, &[]), "../../contoso"),
        (adding("", ID, &[]), "name"),
        (adding("contoso", "contoso.com", &[]), "tenant_id: found \"contoso.com\", expected a GUID"),
        (adding("contoso", ID, &["--cloud", "globl"]), "did you mean \"global\"?"),
        (adding("contoso", ID, &["--feeds", "graph-alert"]), "did you mean \"graph-alerts\"?"),
        (adding("contoso", ID, &["--cloud", "lab", "--feeds", "mde-alerts"]), "cloud \"lab\" does not have it"),
        (adding("contoso", ID, &["--sinks", "sock"]), "did you mean \"soc\"?"),
        (adding("contoso", ID, &["--app", "mian"]), "the argument '--app <APP>' cannot be used multiple times"),
        (adding("contoso", ID, &["--label", "gold"]), "KEY=VALUE"),
        (adding("contoso", ID, &["--workspace", "law"]), "SUBSCRIPTION/RESOURCE-GROUP/NAME"),
    ] {
        let desk = Desk::new();
        let (out, err) = desk.told(64, &words);
        assert!(err.contains(expected) && out.is_empty(), "{words:?}: {err}");
        assert_eq!(desk.tenant_files(), None, "{words:?}");
    }
}

#[test]
fn a_name_or_directory_that_is_taken_is_refused_with_its_place() {
    let desk = Desk::new();
    desk.told(0, &adding("contoso", ID, &[]));
    for (name, id) in [("contoso", OTHER), ("fabrikam", ID)] {
        let (_, err) = desk.told(64, &adding(name, id, &[]));
        assert!(err.contains("tenants.\"contoso\" in tenants.d/contoso.toml has already"), "{err}");
        assert_eq!(desk.tenant_files(), Some(vec!["contoso.toml".to_owned()]));
    }
}

#[test]
fn a_file_that_is_there_stays_as_it_is() {
    let desk = Desk::new();
    desk.told(0, &adding("contoso", ID, &[]));
    fs::write(desk.path("tenants.d/fabrikam.toml"), "# kept\n").unwrap();
    let (_, err) = desk.told(64, &adding("fabrikam", OTHER, &[]));
    assert!(err.contains("fabrikam.toml is there already"), "{err}");
    assert_eq!(fs::read_to_string(desk.path("tenants.d/fabrikam.toml")).unwrap(), "# kept\n");
    assert_eq!(desk.tenant_files().map(|files| files.len()), Some(2));
}

#[test]
fn a_configuration_that_was_wrong_before_is_told_and_left_alone() {
    let desk = Desk::new();
    fs::write(desk.path("config.toml"), "[ledger]\nkind = \"papyrus\"\n").unwrap();
    let (_, err) = desk.told(64, &adding("contoso", ID, &[]));
    assert!(err.contains("ledger.kind") && err.contains("No tenant was added"), "{err}");
    assert_eq!(desk.tenant_files(), None);
}

#[test]
fn of_two_that_add_the_same_directory_at_once_one_is_refused() {
    let desk = Desk::new();
    let names: Vec<String> = (0..8).map(|n| format!("contoso-{n}")).collect();
    let codes: Vec<_> = thread::scope(|scope| {
        let runs: Vec<_> = names.iter().map(|name| scope.spawn(|| desk.run(&adding(name, ID, &[])).status.code())).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{codes:?}");
    assert_eq!(desk.tenant_files().map(|files| files.len()), Some(1));
    desk.told(0, &["tenants", "list"]);
}
