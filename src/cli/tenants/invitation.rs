//! What a customer's administrator is sent: the links to open, and what they grant.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use reqwest::Url;
use serde_json::{Value, json};
use uuid::Uuid;

use super::grants::{self, Grant, resource_name};
use crate::config::TenantSettings;
use crate::source::FeedKind;
use crate::source::cloud::{Cloud, Resource};
use crate::source::entra::consent_url;
use crate::tenant::TenantId;

/// Whose consent is asked for, and for what.
#[derive(Debug)]
pub(super) struct Subject {
    /// `None` for a tenant that is not configured.
    pub name: Option<String>,
    pub tenant: TenantId,
    /// The app's name; for an app that is not configured, its client ID.
    pub app: String,
    pub client_id: String,
    /// Azure's feeds are read by way of our own directory.
    pub lighthouse: bool,
    pub cloud: Arc<Cloud>,
    pub feeds: Vec<FeedKind>,
}

/// How links are to look.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// One link for each resource, by the newer page; needs a redirect address.
    pub by_resource: bool,
    pub redirect_uri: Option<Url>,
    /// Comes back with the answer; a random one where none is given.
    pub state: Option<String>,
}

/// One administrator's click.
#[derive(Debug)]
struct Link {
    /// `None`: everything that the registration asks for.
    resource: Option<Resource>,
    url: Url,
}

/// The links for one tenant.
#[derive(Debug)]
pub(super) struct Invitation {
    subject: Subject,
    state: String,
    links: Vec<Link>,
}

impl Subject {
    pub fn configured(one: &TenantSettings) -> Self {
        Self {
            name: Some(one.tenant.name.to_string()),
            tenant: one.tenant.id.clone(),
            app: one.app.name.clone(),
            client_id: one.app.client_id.clone(),
            lighthouse: one.app.home_tenant.is_some(),
            cloud: Arc::clone(&one.cloud),
            feeds: one.feeds.clone(),
        }
    }

    fn resources(&self) -> Vec<Resource> {
        let order = [Resource::Graph, Resource::Mde, Resource::Xdr, Resource::Arm];
        order.into_iter().filter(|resource| self.feeds.iter().any(|feed| feed.dialect().resource == *resource)).collect()
    }
}

impl Invitation {
    pub fn new(subject: Subject, form: &Form) -> Self {
        let state = form.state.clone().unwrap_or_else(|| Uuid::new_v4().simple().to_string());
        let (azure, granted): (Vec<_>, Vec<_>) = subject.resources().into_iter().partition(|one| *one == Resource::Arm);
        let wanted = match (&granted[..], form.by_resource) {
            // Roles in Azure go to the enterprise application, which the click makes; by Lighthouse they go to our own.
            ([], _) if azure.is_empty() || subject.lighthouse => Vec::new(),
            ([], _) | (_, false) => vec![None],
            (granted, true) => granted.iter().copied().map(Some).collect(),
        };
        let links =
            wanted.into_iter().filter_map(|resource| link(&subject, resource, form.redirect_uri.as_ref(), &state)).collect();
        Self { subject, state, links }
    }

    pub fn in_words(&self) -> String {
        let Subject { name, tenant, app, client_id, cloud, .. } = &self.subject;
        let who = name.as_ref().map_or_else(|| tenant.to_string(), |name| format!("{name} ({tenant})"));
        let mut text = format!("Consent of {who} to app {app} ({client_id}) in cloud {}\n", cloud.name);
        if !self.links.is_empty() {
            text += "An administrator of the customer (Privileged Role Administrator or Global Administrator) opens:\n";
        }
        for link in &self.links {
            let resource = link.resource.map(|resource| format!("{}: ", resource_name(resource))).unwrap_or_default();
            let _ = writeln!(text, "  {resource}{}", link.url);
        }
        if !self.links.is_empty() {
            let _ = writeln!(text, "  state {}: it comes back to the redirect address with the answer", self.state);
        }
        for feed in self.subject.feeds.iter().collect::<BTreeSet<_>>() {
            let resource = resource_name(feed.dialect().resource);
            let _ = match grants::of(*feed) {
                Grant::Permission(permission) => {
                    writeln!(text, "  {feed} needs the application permission {permission} of {resource}")
                }
                Grant::AzureRole(role, place) => writeln!(text, "  {feed} {}", self.azure(role, place)),
            };
        }
        text
    }

    fn azure(&self, role: &str, place: &str) -> String {
        if self.subject.lighthouse {
            format!(
                "needs no consent: the customer delegates {place} by Azure Lighthouse, with role {role} for app {} of our own directory",
                self.subject.app
            )
        } else {
            format!(
                "needs a role in Azure beside the consent: the customer assigns {role} on {place} to the enterprise application, or \
                 delegates {place} by Azure Lighthouse (then set tenant_id of the app to our own directory)"
            )
        }
    }

    pub fn in_json(&self) -> Value {
        let Subject { name, tenant, app, client_id, cloud, lighthouse, feeds } = &self.subject;
        let links =
            self.links.iter().map(|link| json!({ "resource": link.resource.map(resource_name), "url": link.url.as_str() }));
        let grants = feeds.iter().map(|feed| match grants::of(*feed) {
            Grant::Permission(permission) => {
                json!({ "feed": feed.as_str(), "resource": resource_name(feed.dialect().resource), "permission": permission })
            }
            Grant::AzureRole(role, place) => {
                json!({ "feed": feed.as_str(), "resource": resource_name(Resource::Arm), "azure_role": role, "on": place, "lighthouse": lighthouse })
            }
        });
        json!({
            "name": name,
            "tenant_id": tenant.as_str(),
            "app": app,
            "client_id": client_id,
            "cloud": cloud.name,
            "state": self.state,
            "links": links.collect::<Vec<_>>(),
            "grants": grants.collect::<Vec<_>>(),
        })
    }
}

/// The older page grants everything that the registration asks for at once; the newer one takes one resource. `None` where the cloud has
/// not got the resource.
fn link(subject: &Subject, resource: Option<Resource>, redirect_uri: Option<&Url>, state: &str) -> Option<Link> {
    let mut url = consent_url(&subject.cloud.login, &subject.tenant, &subject.client_id);
    if let Some(resource) = resource {
        let scope = &subject.cloud.resource(resource)?.scope;
        // Only addresses such as `mailto:` have no path, and the configuration takes http and https.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop().extend(["v2.0", "adminconsent"]);
        }
        url.query_pairs_mut().append_pair("scope", scope);
    }
    if let Some(redirect_uri) = redirect_uri {
        url.query_pairs_mut().append_pair("redirect_uri", redirect_uri.as_str());
    }
    url.query_pairs_mut().append_pair("state", state);
    Some(Link { resource, url })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Form, Invitation, Subject};
    use crate::source::FeedKind;
    use crate::source::cloud::Cloud;

    const LOGIN: &str = "https://login.microsoftonline.us/t";

    fn links(feeds: &[FeedKind], lighthouse: bool, by_resource: bool) -> Vec<String> {
        let subject = Subject {
            name: None,
            tenant: "t".into(),
            app: "main".to_owned(),
            client_id: "c".to_owned(),
            lighthouse,
            cloud: Arc::new(Cloud::built_in("gcc-high").unwrap()),
            feeds: feeds.to_vec(),
        };
        let redirect_uri = Some("https://mssp.example/back?a=b&c".parse().unwrap());
        let invitation = Invitation::new(subject, &Form { by_resource, redirect_uri, state: Some("s 1".to_owned()) });
        invitation.links.iter().map(|link| link.url.to_string()).collect()
    }

    #[test]
    fn one_link_grants_everything_unless_one_for_each_resource_is_wanted() {
        let rest = "redirect_uri=https%3A%2F%2Fmssp.example%2Fback%3Fa%3Db%26c&state=s+1";
        let scoped = |scope: &str| format!("{LOGIN}/v2.0/adminconsent?client_id=c&scope=https%3A%2F%2F{scope}%2F.default&{rest}");
        let all = format!("{LOGIN}/adminconsent?client_id=c&{rest}");
        let feeds = [FeedKind::GraphAlerts, FeedKind::MdeAlerts, FeedKind::GraphIncidents, FeedKind::SentinelIncidents];
        assert_eq!(links(&feeds, false, false), std::slice::from_ref(&all));
        let by_resource = [scoped("graph.microsoft.us"), scoped("api-gov.securitycenter.microsoft.us")];
        assert_eq!(links(&feeds, false, true), by_resource);
        assert_eq!(links(&[FeedKind::SentinelIncidents], false, true), [all]);
        assert!(links(&[FeedKind::SentinelIncidents], true, false).is_empty());
    }
}
