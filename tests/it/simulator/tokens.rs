//! What a token says, secrets that end, refresh tokens that change, and registering over HTTP.

use alertferry::clock;
use alertferry::simulator::{CLIENT_ID, CLIENT_SECRET, Fault, Scope, Settings};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::client::{Bench, GRAPH, bench, good_form};

fn claims(token: &Value) -> Value {
    let part = token.as_str().expect("a token").split('.').nth(1).expect("three parts");
    let padding = "=".repeat((4 - part.len() % 4) % 4);
    let text = openssl::base64::decode_block(&format!("{}{padding}", part.replace('-', "+").replace('_', "/"))).unwrap();
    serde_json::from_slice(&text).unwrap()
}

async fn ask(bench: &Bench, form: &[(&str, &str)]) -> Value {
    bench.ask_token(&bench.tenant, form).await.json().await.expect("JSON")
}

#[tokio::test]
async fn a_token_says_for_whom_to_what_and_what_it_may_do() {
    let bench = bench(Settings::default()).await;
    for (audience, roles) in [
        (
            "https://graph.microsoft.com",
            json!(["SecurityAlert.Read.All", "SecurityIncident.Read.All", "IdentityRiskEvent.Read.All"]),
        ),
        ("https://api.securitycenter.microsoft.com", json!(["Alert.Read.All"])),
        ("https://api.security.microsoft.com", json!(["Incident.Read.All"])),
        ("https://management.azure.com", Value::Null),
    ] {
        let scope = format!("{audience}/.default");
        let mut form = good_form();
        form[3].1 = &scope;
        let claims = claims(&ask(&bench, &form).await["access_token"]);
        assert_eq!((&claims["aud"], &claims["tid"]), (&json!(audience), &json!(bench.tenant)));
        assert_eq!((&claims["appid"], &claims["idtyp"], &claims["roles"]), (&json!(CLIENT_ID), &json!("app"), &roles));
        let life = claims["exp"].as_i64().unwrap() - clock::now().as_second();
        assert!((3500..=3600).contains(&life), "{life}");
    }
    bench.cloud.set_fault(&Scope::All, Fault::MissingRoles);
    assert_eq!(claims(&ask(&bench, &good_form()).await["access_token"]).get("roles"), None);
}

#[tokio::test]
async fn a_secret_ends_and_another_takes_its_place() {
    let bench = bench(Settings::default()).await;
    let identity = bench.cloud.identity();
    identity.expire_secrets(CLIENT_ID);
    assert_eq!(ask(&bench, &good_form()).await["error_codes"], json!([7_000_222]));
    identity.add_secret(CLIENT_ID, SecretString::from("the-next-one"), None);
    let mut form = good_form();
    form[2].1 = "the-next-one";
    assert!(ask(&bench, &form).await["access_token"].is_string());
    identity.remove_secrets(CLIENT_ID);
    assert_eq!(ask(&bench, &form).await["error_codes"], json!([7_000_215]));
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_in_any_tenant_for_a_delegated_token_and_a_new_one() {
    let bench = bench(Settings { tenants: 2, ..Settings::default() }).await;
    let identity = bench.cloud.identity();
    let first = identity.add_refresh_token(CLIENT_ID, "ann@soc.example");
    let form = |token: &str| {
        [("grant_type", "refresh_token"), ("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("refresh_token", token)]
            .map(|(name, value)| (name, value.to_owned()))
            .into_iter()
            .chain([("scope", format!("{GRAPH} offline_access"))])
            .collect::<Vec<_>>()
    };
    let ask = async |tenant: &str, form: &[(&str, String)]| {
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        bench.ask_token(tenant, &form).await.json::<Value>().await.unwrap()
    };
    let mut current = first.clone();
    for tenant in bench.cloud.tenants() {
        let body = ask(&tenant.tenant_id, &form(&current)).await;
        let claims = claims(&body["access_token"]);
        assert_eq!((&claims["tid"], &claims["upn"]), (&json!(tenant.tenant_id), &json!("ann@soc.example")));
        assert!(claims["scp"].as_str().unwrap().contains("SecurityAlert.Read.All") && claims.get("roles").is_none());
        let next = body["refresh_token"].as_str().expect("a new one").to_owned();
        assert_ne!(next, current);
        current = next;
    }
    let tenant = bench.tenant.clone();
    assert!(ask(&tenant, &form(&first)).await["access_token"].is_string(), "the old one goes on");
    let number = |body: Value| (body["error"].as_str().unwrap().to_owned(), body["error_codes"][0].as_u64().unwrap());
    assert_eq!(number(ask(&tenant, &form("nonsense")).await), ("invalid_grant".to_owned(), 70_000));
    let without: Vec<_> = form(&current).into_iter().filter(|field| field.0 != "client_secret").collect();
    assert_eq!(number(ask(&tenant, &without).await).1, 7_000_218);
    identity.revoke_refresh_tokens(CLIENT_ID);
    assert_eq!(number(ask(&tenant, &form(&current)).await), ("invalid_grant".to_owned(), 50_173));
    let last = identity.add_refresh_token(CLIENT_ID, "ann@soc.example");
    identity.make_public(CLIENT_ID);
    assert_eq!(number(ask(&tenant, &form(&last)).await).1, 700_025);
    let public: Vec<_> = form(&last).into_iter().filter(|field| field.0 != "client_secret").collect();
    assert!(ask(&tenant, &public).await["access_token"].is_string());
    identity.expire_refresh_tokens(CLIENT_ID);
    assert_eq!(number(ask(&tenant, &public).await), ("invalid_grant".to_owned(), 700_082));
}

#[tokio::test]
async fn apps_identities_and_tokens_are_made_over_http_and_no_secret_comes_back() {
    let bench = bench(Settings::default()).await;
    let send = async |method: reqwest::Method, path: &str, body: Value| {
        let url = format!("{}/simulator/{path}", bench.cloud.base_url());
        let response = bench.http.request(method, url).json(&body).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let app = json!({"client_id": "second", "secrets": [{"value": "hidden", "expires": "2099-01-01T00:00:00Z"}]});
    let (status, apps) = send(reqwest::Method::PUT, "apps", app).await;
    assert_eq!((status, apps.as_array().unwrap().len()), (200, 2));
    assert_eq!(apps[1]["secrets"], json!([{"expires": "2099-01-01T00:00:00Z"}]));
    let (status, body) = send(reqwest::Method::PUT, "apps", json!({"client_id": "x", "certificates": ["nonsense"]})).await;
    assert!(status == 400 && body["error"].as_str().unwrap().contains("PEM"), "{body}");
    let identity = json!({"client_id": "mi", "principal_id": "p"});
    let (_, mut credential) = send(reqwest::Method::POST, "managed-identities", identity).await;
    assert_eq!(credential["subject"], "p");
    credential["subject"] = json!("someone");
    let (_, account) = send(reqwest::Method::POST, "service-account-token", json!({"subject": "s", "issuer": "other"})).await;
    assert_eq!(claims(&account["token"])["iss"], account["issuer"]);
    let (_, body) = send(reqwest::Method::POST, "refresh-token", json!({"client_id": "second", "user": "ann"})).await;
    assert!(body["refresh_token"].is_string());
    assert_eq!(send(reqwest::Method::POST, "refresh-token", json!({"client_id": "none", "user": "ann"})).await.0, 404);
}
