//! `tenants consent-url`: the links by which customers' administrators let our apps in.

use std::path::Path;
use std::sync::Arc;

use reqwest::Url;
use serde_json::json;

use super::Refused;
use super::invitation::{Form, Invitation, Subject};
use crate::cli::{chosen, print};
use crate::config::{self, Named};
use crate::source::FeedKind;
use crate::source::cloud::Cloud;
use crate::tenant::TenantId;

/// Makes the link by which a customer's administrator consents, and says what it grants.
///
/// For all tenants, those that are named, or one that is not configured yet (`--tenant-id`).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry tenants consent-url contoso --redirect-uri https://mssp.example/consented
  alertferry tenants consent-url --tenant-id 11111111-1111-1111-1111-111111111111 --app main --feeds graph-alerts,mde-alerts

Consent is needed once, and again after every permission that is added to the app's registration.
Exit codes: 0 made, 64 something is wrong.")]
pub(super) struct Args {
    /// Tenants by name; all of them unless given.
    #[arg(value_name = "NAME", conflicts_with = "tenant_id")]
    names: Vec<String>,
    /// One link for each resource (the newer consent page) instead of one for everything that the registration asks for.
    #[arg(long, requires = "redirect_uri")]
    v2: bool,
    /// Where the answer goes: one of the registration's redirect URIs.
    #[arg(long, value_name = "URI")]
    redirect_uri: Option<Url>,
    /// Comes back with the answer, so that it can be matched; random for each tenant unless given.
    #[arg(long, value_name = "TEXT")]
    state: Option<String>,
    /// A tenant that is not configured yet.
    #[arg(long, value_name = "GUID", requires = "app", value_parser = guid)]
    tenant_id: Option<String>,
    /// The app it is to consent to: a NAME of [apps.NAME], or a client ID.
    #[arg(long, requires = "tenant_id")]
    app: Option<String>,
    /// Its cloud.
    #[arg(long, requires = "tenant_id", default_value = "global")]
    cloud: String,
    /// What is to be read.
    #[arg(long, requires = "tenant_id", value_delimiter = ',', default_value = "graph-alerts", value_parser = feed)]
    feeds: Vec<FeedKind>,
    /// Writes one JSON document to standard output.
    #[arg(long)]
    json: bool,
}

fn guid(text: &str) -> Result<String, String> {
    let parsed = uuid::Uuid::try_parse(text.trim()).map_err(|_| "expected the GUID of an Entra directory".to_owned())?;
    Ok(parsed.hyphenated().to_string())
}

fn feed(word: &str) -> Result<FeedKind, String> {
    word.trim().parse().map_err(|()| format!("expected one of {}", FeedKind::ALL.map(|(_, name)| name).join(", ")))
}

pub(super) fn run(config: &Path, args: &Args) -> Result<(), Refused> {
    let subjects = if let (Some(tenant), Some(app)) = (&args.tenant_id, &args.app) {
        vec![stranger(config, tenant, app, args)?]
    } else {
        let settings = config::load(config)?;
        let chosen = chosen::tenants(&settings, &args.names).map_err(Refused::mistake)?;
        chosen.into_iter().map(Subject::configured).collect()
    };
    let form = Form { by_resource: args.v2, redirect_uri: args.redirect_uri.clone(), state: args.state.clone() };
    let invitations = subjects.into_iter().map(|subject| Invitation::new(subject, &form));
    if args.json {
        let tenants: Vec<_> = invitations.map(|invitation| invitation.in_json()).collect();
        print(&format!("{:#}", json!({ "tenants": tenants })));
    } else {
        let texts: Vec<_> = invitations.map(|invitation| invitation.in_words()).collect();
        print(&texts.join("\n"));
    }
    Ok(())
}

/// A tenant that is not configured. With a client ID and one of Microsoft's clouds no configuration is needed at all.
fn stranger(config: &Path, tenant: &str, app: &str, args: &Args) -> Result<Subject, Refused> {
    let (by_id, built_in) = (guid(app).ok(), Cloud::built_in(&args.cloud).map(Arc::new));
    let named = match (&by_id, &built_in) {
        (Some(_), Some(_)) => None,
        _ => Some(config::named(config)?),
    };
    let (app, client_id, lighthouse) = match (by_id, &named) {
        (Some(id), _) => (id.clone(), id, false),
        (None, named) => {
            let found = named.as_ref().and_then(|named| named.apps.get(app));
            let found = found.ok_or_else(|| unknown("--app", app, "[apps]", named.iter().flat_map(|named| named.apps.keys())))?;
            (found.name.clone(), found.client_id.clone(), found.home_tenant.is_some())
        }
    };
    let cloud = built_in.or_else(|| named.as_ref().and_then(|named: &Named| named.clouds.get(&args.cloud).cloned()));
    let clouds = named.iter().flat_map(|named| named.clouds.keys());
    let cloud = cloud.ok_or_else(|| unknown("--cloud", &args.cloud, "the clouds", clouds))?;
    if let Some(feed) = args.feeds.iter().find(|feed| cloud.endpoint(**feed).is_none()) {
        return Err(Refused::mistake(format!("--feeds: cloud {} does not have {feed}.", cloud.name)));
    }
    let tenant = TenantId::from(tenant);
    Ok(Subject { name: None, tenant, app, client_id, lighthouse, cloud, feeds: args.feeds.clone() })
}

fn unknown<'a>(flag: &str, found: &str, place: &str, names: impl Iterator<Item = &'a String>) -> Refused {
    let names = names.map(String::as_str).collect::<Vec<_>>().join(", ");
    Refused::mistake(format!("{flag}: there is no {found:?} in {place}: {names}."))
}
