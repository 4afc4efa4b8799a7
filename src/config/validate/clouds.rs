//! `[clouds.NAME]`: custom sets of hosts beside Microsoft's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::Url;

use super::names;
use crate::config::keys;
use crate::config::raw::Section;
use crate::source::cloud::{Cloud, Endpoint};

const URL: &str = "a URL of scheme, host and port only, such as \"https://graph.microsoft.com\"";

/// Microsoft's clouds and the custom ones.
pub(super) fn read(top: &Section<'_>) -> BTreeMap<String, Option<Arc<Cloud>>> {
    let mut clouds: BTreeMap<String, Option<Arc<Cloud>>> =
        Cloud::built_in_names().map(|name| (name.to_owned(), Cloud::built_in(name).map(Arc::new))).collect();
    for (name, section) in names::entries(top, "clouds", &keys::CLOUD) {
        section.refuse_unknown_keys(&keys::CLOUD);
        if Cloud::built_in(name).is_some() {
            section.refuse_here("found the name of one of Microsoft's own clouds, expected another name");
            continue;
        }
        clouds.insert(name.to_owned(), cloud(name, &section).map(Arc::new));
    }
    clouds
}

fn cloud(name: &str, section: &Section<'_>) -> Option<Cloud> {
    section.missing("login", URL);
    let global = Cloud::built_in("global")?;
    let login = address(section, "login");
    let endpoints = [
        endpoint(section, "graph", "graph_scope", global.graph),
        endpoint(section, "mde", "mde_scope", global.mde),
        endpoint(section, "xdr", "xdr_scope", global.xdr),
        endpoint(section, "arm", "arm_scope", global.arm),
    ];
    let [Ok(graph), Ok(mde), Ok(xdr), Ok(arm)] = endpoints else { return None };
    let exchange_audience = section.text("exchange_audience", "a token audience").map_or(global.exchange_audience, str::to_owned);
    Some(Cloud { name: name.to_owned(), login: login?, graph, mde, xdr, arm, lacks: &[], exchange_audience })
}

/// A host with its scope; left out, the scope is that of the global cloud, since a custom cloud is most often a proxy before it.
/// An error is a host that was written but could not be read: it must not look like a cloud without one.
fn endpoint(
    section: &Section<'_>,
    key: &'static str,
    scope_key: &'static str,
    global: Option<Endpoint>,
) -> Result<Option<Endpoint>, ()> {
    let scope = section.text(scope_key, "a token scope").map(str::to_owned).or(global.map(|global| global.scope));
    match address(section, key) {
        Some(host) => Ok(scope.map(|scope| Endpoint { host, scope })),
        None if section.has(key) => Err(()),
        None => Ok(None),
    }
}

fn address(section: &Section<'_>, key: &'static str) -> Option<Url> {
    let url = section.parsed(key, URL, host)?;
    if url.scheme() == "http" && !is_loopback(&url) {
        section.warn(key, "tokens and alerts travel unencrypted over http");
    }
    Some(url)
}

fn host(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain && anonymous).then_some(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
