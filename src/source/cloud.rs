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
    /// Each `None` where the cloud has none, and then its feeds are refused.
    pub graph: Option<Endpoint>,
    /// Defender for Endpoint. Host and scope are independent: several endpoints insist on the older audience.
    pub mde: Option<Endpoint>,
    /// Defender XDR.
    pub xdr: Option<Endpoint>,
    /// Azure Resource Manager.
    pub arm: Option<Endpoint>,
    /// Feeds that this cloud does not have although it has their host.
    pub lacks: &'static [FeedKind],
    /// What a managed identity's token must be for, to be exchanged in this cloud.
    pub exchange_audience: String,
}

/// An API host and the scope of the tokens that it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub host: Url,
    /// `https://…/.default`
    pub scope: String,
}

/// Whose hosts and tokens a feed takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    Graph,
    Mde,
    Xdr,
    Arm,
}

/// One row of the table: host names without scheme, scopes without `/.default`; empty where Microsoft names none.
struct Row {
    name: &'static str,
    login: &'static str,
    graph: (&'static str, &'static str),
    mde: (&'static str, &'static str),
    xdr: (&'static str, &'static str),
    arm: (&'static str, &'static str),
    lacks: &'static [FeedKind],
    exchange_audience: &'static str,
}

const AZURE: (&str, &str) = ("management.azure.com", "https://management.azure.com");
const AZURE_US_GOVERNMENT: (&str, &str) = ("management.usgovcloudapi.net", "https://management.usgovcloudapi.net");

/// Sources: Microsoft's pages on national clouds (Entra, Graph, Azure), on Defender for US government customers and on workload
/// identity federation. GCC tenants live in the global Entra cloud with Defender hosts of their own. No Defender API of the
/// China cloud is documented, and its Graph has neither security alerts nor incidents nor risk detections.
const TABLE: [Row; 5] = [
    Row {
        name: "global",
        login: "login.microsoftonline.com",
        graph: ("graph.microsoft.com", "https://graph.microsoft.com"),
        mde: ("api.security.microsoft.com", "https://api.securitycenter.microsoft.com"),
        xdr: ("api.security.microsoft.com", "https://api.security.microsoft.com"),
        arm: AZURE,
        lacks: &[],
        exchange_audience: "api://AzureADTokenExchange",
    },
    Row {
        name: "gcc",
        login: "login.microsoftonline.com",
        graph: ("graph.microsoft.com", "https://graph.microsoft.com"),
        mde: ("api-gcc.securitycenter.microsoft.us", "https://api-gcc.securitycenter.microsoft.us"),
        xdr: ("api-gcc.security.microsoft.us", "https://api-gcc.security.microsoft.us"),
        arm: AZURE,
        lacks: &[],
        exchange_audience: "api://AzureADTokenExchange",
    },
    Row {
        name: "gcc-high",
        login: "login.microsoftonline.us",
        graph: ("graph.microsoft.us", "https://graph.microsoft.us"),
        mde: ("api-gov.securitycenter.microsoft.us", "https://api-gov.securitycenter.microsoft.us"),
        xdr: ("api-gov.security.microsoft.us", "https://api-gov.security.microsoft.us"),
        arm: AZURE_US_GOVERNMENT,
        lacks: &[],
        exchange_audience: "api://AzureADTokenExchangeUSGov",
    },
    Row {
        name: "dod",
        login: "login.microsoftonline.us",
        graph: ("dod-graph.microsoft.us", "https://dod-graph.microsoft.us"),
        mde: ("api-gov.securitycenter.microsoft.us", "https://api-gov.securitycenter.microsoft.us"),
        xdr: ("api-gov.security.microsoft.us", "https://api-gov.security.microsoft.us"),
        arm: AZURE_US_GOVERNMENT,
        lacks: &[],
        exchange_audience: "api://AzureADTokenExchangeUSGov",
    },
    Row {
        name: "china",
        login: "login.partner.microsoftonline.cn",
        graph: ("microsoftgraph.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn"),
        mde: ("", ""),
        xdr: ("", ""),
        arm: ("management.chinacloudapi.cn", "https://management.chinacloudapi.cn"),
        lacks: &[FeedKind::GraphAlerts, FeedKind::GraphIncidents, FeedKind::RiskDetections],
        exchange_audience: "api://AzureADTokenExchangeChina",
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
            graph: endpoint(row.graph),
            mde: endpoint(row.mde),
            xdr: endpoint(row.xdr),
            arm: endpoint(row.arm),
            lacks: row.lacks,
            exchange_audience: row.exchange_audience.to_owned(),
        })
    }

    #[must_use]
    pub fn resource(&self, resource: Resource) -> Option<&Endpoint> {
        match resource {
            Resource::Graph => self.graph.as_ref(),
            Resource::Mde => self.mde.as_ref(),
            Resource::Xdr => self.xdr.as_ref(),
            Resource::Arm => self.arm.as_ref(),
        }
    }

    /// Where a feed is read from, if this cloud has it.
    #[must_use]
    pub fn endpoint(&self, feed: FeedKind) -> Option<&Endpoint> {
        self.resource(feed.dialect().resource).filter(|_| !self.lacks.contains(&feed))
    }
}

fn endpoint((name, resource): (&str, &str)) -> Option<Endpoint> {
    Some(Endpoint { host: host(name)?, scope: format!("{resource}/.default") })
}

fn host(name: &str) -> Option<Url> {
    (!name.is_empty()).then(|| Url::parse(&format!("https://{name}")).expect("the table holds plain host names"))
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
            let endpoint = cloud.graph.clone().unwrap();
            assert_eq!((endpoint.host.as_str(), endpoint.scope), (graph, format!("{graph}.default")), "{name}");
            assert_eq!(cloud.mde.map_or(String::new(), |mde| mde.scope), mde_scope, "{name}");
        }
        assert_eq!(Cloud::built_in("Global"), None);
    }

    #[test]
    fn the_china_cloud_has_the_feeds_of_azure_and_no_others() {
        let china = Cloud::built_in("china").unwrap();
        assert_eq!((&china.mde, &china.xdr), (&None, &None));
        let had: Vec<_> =
            FeedKind::ALL.into_iter().filter(|(feed, _)| china.endpoint(*feed).is_some()).map(|(_, name)| name).collect();
        assert_eq!(had, ["sentinel-incidents", "defender-for-cloud"]);
    }

    #[test]
    fn defender_for_endpoint_is_asked_at_one_host_with_the_audience_of_another() {
        let global = Cloud::built_in("global").unwrap();
        let mde = global.mde.unwrap();
        assert_eq!(mde.host.host_str(), Some("api.security.microsoft.com"));
        assert_eq!(mde.scope, "https://api.securitycenter.microsoft.com/.default");
        assert_eq!(global.xdr.unwrap().scope, "https://api.security.microsoft.com/.default");
    }
}
