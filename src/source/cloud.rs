//! The hosts and token scopes of one Microsoft cloud, and the table of Microsoft's own clouds.

use reqwest::Url;

use crate::source::FeedKind;

/// A set of hosts: one of Microsoft's clouds, or one of our own description (a proxy, a test bench).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    /// `global`, or the NAME of `[clouds.NAME]`.
    pub name: String,
    /// Entra sign-in.
    pub login: Url,
    /// Microsoft Graph; `None` where the cloud has none, and then its feeds are refused.
    pub graph: Option<Url>,
    pub graph_scope: String,
    /// Defender for Endpoint. Host and scope are independent: several endpoints insist on the older audience.
    pub mde: Option<Url>,
    pub mde_scope: String,
    /// Defender XDR.
    pub xdr: Option<Url>,
    pub xdr_scope: String,
}

/// One row of the table: host names without scheme, scopes without `/.default`; empty where Microsoft names none.
struct Row {
    name: &'static str,
    login: &'static str,
    graph: (&'static str, &'static str),
    mde: (&'static str, &'static str),
    xdr: (&'static str, &'static str),
}

/// Sources: Microsoft's pages on national clouds (Entra, Graph) and on Defender for US government customers. GCC tenants live in
/// the global Entra cloud with Defender hosts of their own. No Defender API of the China cloud is documented.
const TABLE: [Row; 5] = [
    Row {
        name: "global",
        login: "login.microsoftonline.com",
        graph: ("graph.microsoft.com", "https://graph.microsoft.com"),
        mde: ("api.security.microsoft.com", "https://api.securitycenter.microsoft.com"),
        xdr: ("api.security.microsoft.com", "https://api.security.microsoft.com"),
    },
    Row {
        name: "gcc",
        login: "login.microsoftonline.com",
        graph: ("graph.microsoft.com", "https://graph.microsoft.com"),
        mde: ("api-gcc.securitycenter.microsoft.us", "https://api-gcc.securitycenter.microsoft.us"),
        xdr: ("api-gcc.security.microsoft.us", "https://api-gcc.security.microsoft.us"),
    },
    Row {
        name: "gcc-high",
        login: "login.microsoftonline.us",
        graph: ("graph.microsoft.us", "https://graph.microsoft.us"),
        mde: ("api-gov.securitycenter.microsoft.us", "https://api-gov.securitycenter.microsoft.us"),
        xdr: ("api-gov.security.microsoft.us", "https://api-gov.security.microsoft.us"),
    },
    Row {
        name: "dod",
        login: "login.microsoftonline.us",
        graph: ("dod-graph.microsoft.us", "https://dod-graph.microsoft.us"),
        mde: ("api-gov.securitycenter.microsoft.us", "https://api-gov.securitycenter.microsoft.us"),
        xdr: ("api-gov.security.microsoft.us", "https://api-gov.security.microsoft.us"),
    },
    Row {
        name: "china",
        login: "login.partner.microsoftonline.cn",
        graph: ("microsoftgraph.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn"),
        mde: ("", ""),
        xdr: ("", ""),
    },
];

impl Cloud {
    /// The names of Microsoft's clouds.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|row| row.name)
    }

    /// One of Microsoft's clouds by its name; `None` when there is none of that name.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        let row = TABLE.iter().find(|row| row.name == name)?;
        Some(Self {
            name: row.name.to_owned(),
            login: host(row.login)?,
            graph: host(row.graph.0),
            graph_scope: scope(row.graph.1),
            mde: host(row.mde.0),
            mde_scope: scope(row.mde.1),
            xdr: host(row.xdr.0),
            xdr_scope: scope(row.xdr.1),
        })
    }

    /// The host that a feed is read from, if this cloud has it.
    #[must_use]
    pub fn host(&self, feed: FeedKind) -> Option<&Url> {
        match feed {
            FeedKind::GraphAlerts => self.graph.as_ref(),
        }
    }
}

fn host(name: &str) -> Option<Url> {
    (!name.is_empty()).then(|| Url::parse(&format!("https://{name}")).expect("the table holds plain host names"))
}

fn scope(resource: &str) -> String {
    if resource.is_empty() { String::new() } else { format!("{resource}/.default") }
}

#[cfg(test)]
mod tests {
    use super::Cloud;
    use crate::source::FeedKind;

    #[test]
    fn every_cloud_of_microsoft_has_its_own_hosts_and_scopes() {
        for (name, login, graph, mde_scope) in [
            (
                "global",
                "https://login.microsoftonline.com/",
                "https://graph.microsoft.com/",
                "https://api.securitycenter.microsoft.com/.default",
            ),
            (
                "gcc",
                "https://login.microsoftonline.com/",
                "https://graph.microsoft.com/",
                "https://api-gcc.securitycenter.microsoft.us/.default",
            ),
            (
                "gcc-high",
                "https://login.microsoftonline.us/",
                "https://graph.microsoft.us/",
                "https://api-gov.securitycenter.microsoft.us/.default",
            ),
            (
                "dod",
                "https://login.microsoftonline.us/",
                "https://dod-graph.microsoft.us/",
                "https://api-gov.securitycenter.microsoft.us/.default",
            ),
            ("china", "https://login.partner.microsoftonline.cn/", "https://microsoftgraph.chinacloudapi.cn/", ""),
        ] {
            let cloud = Cloud::built_in(name).unwrap();
            assert_eq!(cloud.name, name);
            assert_eq!(cloud.login.as_str(), login, "{name}");
            assert_eq!(cloud.host(FeedKind::GraphAlerts).unwrap().as_str(), graph, "{name}");
            assert_eq!(cloud.graph_scope, format!("{graph}.default"), "{name}");
            assert_eq!(cloud.mde_scope, mde_scope, "{name}");
        }
        assert_eq!(Cloud::built_in("Global"), None);
    }

    #[test]
    fn the_china_cloud_has_no_defender_hosts() {
        let china = Cloud::built_in("china").unwrap();
        assert_eq!((china.mde, china.xdr), (None, None));
    }

    #[test]
    fn defender_for_endpoint_is_asked_at_one_host_with_the_audience_of_another() {
        let global = Cloud::built_in("global").unwrap();
        assert_eq!(global.mde.unwrap().host_str(), Some("api.security.microsoft.com"));
        assert_eq!(global.xdr_scope, "https://api.security.microsoft.com/.default");
    }
}
