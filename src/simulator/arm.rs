//! Azure Resource Manager's addresses: subscription, resource group, workspace, provider. Their words are the same in any case.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::answer::{About, Exchange, Whose};
use super::api::azure_incident_name;
use super::ask::{self, What};
use super::cloud::Cloud;
use super::directory::Directory;
use super::feed::Feed;
use super::settings::TenantInfo;
use super::style::Style;

/// A refusal of the address itself: status, code, sentence.
type Refused = (StatusCode, &'static str, String);

/// Answers for everything under `/subscriptions/`.
pub async fn answer(State(cloud): State<Arc<Cloud>>, Path(path): Path<String>, parts: Parts) -> Response {
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let feed = feed(&segments);
    let (subscriber, refused) = match read(&cloud, &segments, feed, &parts) {
        Ok((feed, what, directory)) => return ask::answer(cloud, feed, what, Some(directory), parts).await,
        Err((directory, refused)) => (directory, refused),
    };
    let tenant = subscriber.map(|directory| directory.info.tenant_id.clone());
    let exchange = Exchange::with_style(&parts.headers, cloud.now(tenant.as_deref()), Style::Arm);
    let (status, code, message) = refused;
    let mut response = exchange.error(status, code, &message);
    response.extensions_mut().insert(Whose(tenant));
    if let Some(feed) = feed {
        response.extensions_mut().insert(About(feed));
    }
    response
}

/// Which feed the provider's name in the address means.
fn feed(segments: &[&str]) -> Option<Feed> {
    let names = |name: &str| segments.iter().any(|segment| segment.eq_ignore_ascii_case(name));
    match () {
        () if names("Microsoft.SecurityInsights") => Some(Feed::SentinelIncidents),
        () if names("Microsoft.Security") => Some(Feed::DefenderForCloud),
        () => None,
    }
}

type Place = (Feed, What, Arc<Directory>);

/// What the address means, or whose it is nearly and what is wrong with it.
fn read(cloud: &Cloud, segments: &[&str], feed: Option<Feed>, parts: &Parts) -> Result<Place, (Option<Arc<Directory>>, Refused)> {
    api_version(parts).map_err(|refused| (None, refused))?;
    let subscription = segments[0];
    let directory = cloud.subscriber(subscription).cloned().ok_or_else(|| {
        let message = format!("The subscription '{subscription}' could not be found.");
        (None, (StatusCode::NOT_FOUND, "SubscriptionNotFound", message))
    })?;
    let found = match feed {
        Some(Feed::SentinelIncidents) => {
            sentinel(&directory, &segments[1..], &parts.method).map(|what| (Feed::SentinelIncidents, what))
        }
        Some(feed) => cloud_alerts(&directory.info, &segments[1..], &parts.method).map(|what| (feed, what)),
        None => Err(no_such_type()),
    };
    found.map(|(feed, what)| (feed, what, Arc::clone(&directory))).map_err(|refused| (Some(directory), refused))
}

fn api_version(parts: &Parts) -> Result<(), Refused> {
    let pairs: Query<Vec<(String, String)>> = Query::try_from_uri(&parts.uri).unwrap_or_default();
    let version = pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case("api-version")).map(|(_, version)| version.as_str());
    let Some(version) = version.filter(|version| !version.is_empty()) else {
        let message = "The api-version query parameter (?api-version=) is required for all requests.";
        return Err((StatusCode::BAD_REQUEST, "MissingApiVersionParameter", message.to_owned()));
    };
    let date = version.strip_suffix("-preview").unwrap_or(version);
    date.parse::<jiff::civil::Date>().map(|_| ()).map_err(|_| {
        let message = format!("The api-version '{version}' is invalid. The supported versions are dates such as '2025-06-01'.");
        (StatusCode::BAD_REQUEST, "InvalidApiVersionParameter", message)
    })
}

fn no_such_type() -> Refused {
    (StatusCode::NOT_FOUND, "InvalidResourceType", "The resource type could not be found in the namespace.".to_owned())
}

fn wrong_method() -> Refused {
    (StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "The resource does not support this method.".to_owned())
}

/// Whether segments are these, in any case.
fn are(segments: &[&str], wanted: &[&str]) -> bool {
    segments.len() == wanted.len() && segments.iter().zip(wanted).all(|(found, wanted)| found.eq_ignore_ascii_case(wanted))
}

fn group(info: &TenantInfo, name: &str) -> Result<(), Refused> {
    if name.eq_ignore_ascii_case(&info.resource_group) {
        return Ok(());
    }
    Err((StatusCode::NOT_FOUND, "ResourceGroupNotFound", format!("Resource group '{name}' could not be found.")))
}

fn sentinel(directory: &Directory, rest: &[&str], method: &Method) -> Result<What, Refused> {
    let info = &directory.info;
    let (place, rest) = rest.split_at_checked(9).ok_or_else(no_such_type)?;
    let [groups, name, providers, insights, workspaces, workspace, providers_again, provider, incidents] = place else {
        return Err(no_such_type());
    };
    let words = [*groups, *providers, *insights, *workspaces, *providers_again, *provider, *incidents];
    let wanted = [
        "resourceGroups",
        "providers",
        "Microsoft.OperationalInsights",
        "workspaces",
        "providers",
        "Microsoft.SecurityInsights",
        "incidents",
    ];
    if !are(&words, &wanted) {
        return Err(no_such_type());
    }
    group(info, name)?;
    if !workspace.eq_ignore_ascii_case(&info.workspace) {
        let message = format!(
            "The Resource 'Microsoft.OperationalInsights/workspaces/{workspace}' under resource group '{name}' was not found."
        );
        return Err((StatusCode::NOT_FOUND, "ResourceNotFound", message));
    }
    let number = |incident: &str| number_of(directory, incident);
    match (rest, method) {
        ([], &Method::GET) => Ok(What::Page),
        ([incident], &Method::GET) => Ok(What::One(number(incident))),
        ([incident, alerts], &Method::POST) if alerts.eq_ignore_ascii_case("alerts") => Ok(What::AlertsOf(number(incident))),
        ([] | [_], _) => Err(wrong_method()),
        ([_, alerts], _) if alerts.eq_ignore_ascii_case("alerts") => Err(wrong_method()),
        _ => Err(no_such_type()),
    }
}

/// The number of the incident with this GUID, or the GUID itself, under which nothing is found.
fn number_of(directory: &Directory, name: &str) -> String {
    directory
        .incident_named(|id| azure_incident_name(&directory.info, id).eq_ignore_ascii_case(name))
        .unwrap_or_else(|| name.to_owned())
}

/// Of the whole subscription, of a resource group, or of a region.
fn cloud_alerts(info: &TenantInfo, rest: &[&str], method: &Method) -> Result<What, Refused> {
    let rest = match rest {
        [groups, name, rest @ ..] if groups.eq_ignore_ascii_case("resourceGroups") => {
            group(info, name)?;
            rest
        }
        rest => rest,
    };
    let plain = are(rest, &["providers", "Microsoft.Security", "alerts"]);
    let region = rest.len() == 5
        && are(&rest[..3], &["providers", "Microsoft.Security", "locations"])
        && rest[4].eq_ignore_ascii_case("alerts");
    match plain || region {
        false => Err(no_such_type()),
        true if method == Method::GET => Ok(What::Page),
        true => Err(wrong_method()),
    }
}
