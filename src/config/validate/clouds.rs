//! `[clouds.NAME]`: custom sets of hosts beside Microsoft's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::Url;

use super::names;
use crate::config::keys;
use crate::config::raw::Section;
use crate::source::cloud::Cloud;

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
    let [login, graph, mde, xdr] = ["login", "graph", "mde", "xdr"].map(|key| section.parsed(key, URL, host));
    for (key, url) in [("login", &login), ("graph", &graph), ("mde", &mde), ("xdr", &xdr)] {
        if url.as_ref().is_some_and(|url| url.scheme() == "http" && !is_loopback(url)) {
            section.warn(key, "tokens and alerts travel unencrypted over http");
        }
    }
    let global = Cloud::built_in("global")?;
    let scope = |key, default: String| section.text(key, "a token scope").map_or(default, str::to_owned);
    let scopes =
        [scope("graph_scope", global.graph_scope), scope("mde_scope", global.mde_scope), scope("xdr_scope", global.xdr_scope)];
    // a host that was written but could not be read must not look like a cloud without it
    let unread = [("graph", &graph), ("mde", &mde), ("xdr", &xdr)].iter().any(|(key, url)| section.has(key) && url.is_none());
    let [graph_scope, mde_scope, xdr_scope] = scopes;
    let login = login.filter(|_| !unread)?;
    Some(Cloud { name: name.to_owned(), login, graph, graph_scope, mde, mde_scope, xdr, xdr_scope })
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
