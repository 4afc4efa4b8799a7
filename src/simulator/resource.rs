//! The resources that tokens are for: their audiences in every cloud and the roles that consent gives for each.

/// What a token opens. Each API takes tokens for one of these and refuses the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    Graph,
    /// Defender for Endpoint, by its older name `WindowsDefenderATP`.
    Mde,
    /// Defender XDR, by its older name `Microsoft Threat Protection`.
    Xdr,
    /// Azure Resource Manager. Knows no application roles: rights are Azure RBAC's.
    Arm,
}

/// The audiences, as scopes name them before `/.default`, of all clouds. Microsoft's pages on national clouds, on Defender for US
/// government customers and on the Defender APIs name them; see docs/simulator.md.
const AUDIENCES: [(&str, Resource); 14] = [
    ("https://graph.microsoft.com", Resource::Graph),
    ("https://graph.microsoft.us", Resource::Graph),
    ("https://dod-graph.microsoft.us", Resource::Graph),
    ("https://microsoftgraph.chinacloudapi.cn", Resource::Graph),
    ("https://api.securitycenter.microsoft.com", Resource::Mde),
    ("https://securitycenter.onmicrosoft.com/windowsatpservice", Resource::Mde),
    ("https://api-gcc.securitycenter.microsoft.us", Resource::Mde),
    ("https://api-gov.securitycenter.microsoft.us", Resource::Mde),
    ("https://api.security.microsoft.com", Resource::Xdr),
    ("https://api-gcc.security.microsoft.us", Resource::Xdr),
    ("https://api-gov.security.microsoft.us", Resource::Xdr),
    ("https://management.azure.com", Resource::Arm),
    ("https://management.usgovcloudapi.net", Resource::Arm),
    ("https://management.chinacloudapi.cn", Resource::Arm),
];

impl Resource {
    /// The resource of a scope without its `/.default`; `None` where no tenant has such a resource (AADSTS500011).
    pub fn of(audience: &str) -> Option<Self> {
        AUDIENCES.iter().find(|(known, _)| *known == audience).map(|(_, resource)| *resource)
    }

    /// The application roles that a tenant's administrator grants with consent: the least that each feed needs.
    pub fn roles(self) -> &'static [&'static str] {
        match self {
            Resource::Graph => &["SecurityAlert.Read.All", "SecurityIncident.Read.All", "IdentityRiskEvent.Read.All"],
            Resource::Mde => &["Alert.Read.All"],
            Resource::Xdr => &["Incident.Read.All"],
            Resource::Arm => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Resource;

    #[test]
    fn the_two_defender_audiences_are_told_apart_and_a_slash_makes_an_unknown_one() {
        for (audience, resource) in [
            ("https://api.securitycenter.microsoft.com", Some(Resource::Mde)),
            ("https://api.security.microsoft.com", Some(Resource::Xdr)),
            ("https://management.azure.com", Some(Resource::Arm)),
            ("https://management.azure.com/", None),
            ("https://manage.office.com", None),
        ] {
            assert_eq!(Resource::of(audience), resource, "{audience}");
        }
    }
}
