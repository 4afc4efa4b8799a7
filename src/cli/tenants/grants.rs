//! What the customer must grant for each feed: an application permission by consent, or a role in Azure.

use crate::source::FeedKind;
use crate::source::cloud::Resource;

/// What opens a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    /// An application permission: the least one that is enough.
    Permission(&'static str),
    /// A role in Azure, and where it is assigned. No consent gives it.
    AzureRole(&'static str, &'static str),
}

/// Under which name Entra shows a resource among the APIs of a registration.
pub(super) fn resource_name(resource: Resource) -> &'static str {
    match resource {
        Resource::Graph => "Microsoft Graph",
        Resource::Mde => "WindowsDefenderATP",
        Resource::Xdr => "Microsoft Threat Protection",
        Resource::Arm => "Azure Resource Manager",
    }
}

pub(super) fn of(feed: FeedKind) -> Grant {
    let place = if feed == FeedKind::SentinelIncidents { "the resource group of the workspace" } else { "the subscription" };
    match feed.azure_role() {
        Some(role) => Grant::AzureRole(role, place),
        None => Grant::Permission(feed.dialect().roles.first().copied().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Grant, of};
    use crate::source::FeedKind;
    use crate::source::cloud::Resource;

    #[test]
    fn azure_asks_for_roles_and_every_other_feed_for_one_permission() {
        for (feed, _) in FeedKind::ALL {
            match of(feed) {
                Grant::Permission(permission) => assert!(permission.contains(".Read"), "{feed}: {permission}"),
                Grant::AzureRole(..) => assert_eq!(feed.dialect().resource, Resource::Arm, "{feed}"),
            }
        }
    }
}
