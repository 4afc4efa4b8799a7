//! The hosts and token scopes of one Microsoft cloud.

use reqwest::Url;

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
