//! `tenants consent-url`: the links, for configured tenants and for those that are not yet.

use std::fs;

use serde_json::json;

use super::desk::Desk;

const ID: &str = "11111111-1111-1111-1111-111111111111";
const CLIENT: &str = "00000000-0000-0000-0000-00000000000a";

fn desk() -> Desk {
    let desk = Desk::new();
    let feeds = "graph-alerts,xdr-incidents";
    for (name, id) in [("contoso", ID), ("fabrikam", "22222222-2222-2222-2222-222222222222")] {
        desk.told(0, &["tenants", "add", "--name", name, "--tenant-id", id, "--app", "main", "--feeds", feeds]);
    }
    desk
}

#[test]
fn configured_tenants_get_one_link_each_with_a_state_of_their_own() {
    let desk = desk();
    let all = desk.document(&["tenants", "consent-url"]);
    let (one, other) = (&all["tenants"][0], &all["tenants"][1]);
    assert_eq!((&one["name"], &other["name"]), (&json!("contoso"), &json!("fabrikam")));
    let state = one["state"].as_str().unwrap();
    assert!(state.len() >= 32 && one["state"] != other["state"], "{all}");
    let url = format!("https://login.microsoftonline.com/{ID}/adminconsent?client_id={CLIENT}&state={state}");
    assert_eq!(one["links"], json!([{ "resource": null, "url": url }]));
    assert_eq!(
        one["grants"],
        json!([
            { "feed": "graph-alerts", "resource": "Microsoft Graph", "permission": "SecurityAlert.Read.All" },
            { "feed": "xdr-incidents", "resource": "Microsoft Threat Protection", "permission": "Incident.Read.All" },
        ])
    );
    let (text, _) = desk.told(0, &["tenants", "consent-url", "fabrikam", "--state", "ticket-7"]);
    assert!(text.contains("fabrikam (22222222-") && text.contains("&state=ticket-7\n") && !text.contains("contoso"), "{text}");
}

#[test]
fn the_newer_page_takes_a_link_for_each_resource() {
    let desk = desk();
    let words = ["tenants", "consent-url", "contoso", "--v2", "--redirect-uri", "https://mssp.example/back", "--state", "s"];
    let document = desk.document(&words);
    let rest = "redirect_uri=https%3A%2F%2Fmssp.example%2Fback&state=s";
    let link = |resource: &str, host: &str| {
        let page = format!("https://login.microsoftonline.com/{ID}/v2.0/adminconsent?client_id={CLIENT}");
        json!({ "resource": resource, "url": format!("{page}&scope=https%3A%2F%2F{host}%2F.default&{rest}") })
    };
    let expected =
        [link("Microsoft Graph", "graph.microsoft.com"), link("Microsoft Threat Protection", "api.security.microsoft.com")];
    assert_eq!(document["tenants"][0]["links"], json!(expected));
}

#[test]
fn a_tenant_that_is_not_configured_needs_app_and_directory_only() {
    let desk = Desk::new();
    let url = |words: &[&str]| {
        let document = desk.document(&[&["tenants", "consent-url", "--tenant-id", ID, "--state", "s"], words].concat());
        document["tenants"][0]["links"][0]["url"].as_str().unwrap_or_default().to_owned()
    };
    let global = format!("https://login.microsoftonline.com/{ID}/adminconsent?client_id={CLIENT}&state=s");
    assert_eq!(url(&["--app", "main"]), global);
    assert_eq!(
        url(&["--app", "main", "--cloud", "lab"]),
        global.replace("https://login.microsoftonline.com", "http://127.0.0.1:1")
    );
    assert_eq!(url(&["--app", "ours", "--feeds", "sentinel-incidents"]), "", "delegated Azure needs no consent");
    fs::remove_file(desk.path("config.toml")).unwrap();
    let gov = url(&["--app", CLIENT, "--cloud", "gcc-high", "--feeds", "graph-alerts"]);
    assert_eq!(gov, global.replace("microsoftonline.com", "microsoftonline.us"), "a client ID needs no configuration");
}

#[test]
fn mistakes_are_told() {
    let desk = desk();
    for (words, expected) in [
        (&["contosso"][..], "No tenant has the name \"contosso\""),
        (&["contoso", "--v2"], "--redirect-uri"),
        (&["--tenant-id", ID], "--app"),
        (&["--tenant-id", "contoso.com", "--app", "main"], "expected the GUID"),
        (&["--tenant-id", ID, "--app", "mian"], "there is no \"mian\" in [apps]: main, ours"),
        (&["--tenant-id", ID, "--app", "main", "--cloud", "moon"], "there is no \"moon\" in the clouds: china, dod,"),
        (&["--tenant-id", ID, "--app", "main", "--feeds", "alerts"], "expected one of graph-alerts,"),
        (&["--tenant-id", ID, "--app", "main", "--cloud", "china"], "cloud china does not have graph-alerts"),
        (&["contoso", "--redirect-uri", "back"], "redirect-uri"),
    ] {
        let (out, err) = desk.told(64, &[&["tenants", "consent-url"], words].concat());
        assert!(err.contains(expected) && out.is_empty(), "{words:?}: {err}");
    }
}
