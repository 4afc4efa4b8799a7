//! Where a customer's Azure feeds are: workspaces of Microsoft Sentinel.

/// A Log Analytics workspace with Microsoft Sentinel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// A GUID in lower case.
    pub subscription: String,
    pub resource_group: String,
    pub name: String,
}
