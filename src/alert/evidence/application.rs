//! Applications, cloud resources and malware: things that formats list beside the evidence, which keeps all its members.

use serde_json::value::RawValue;

use crate::alert::members::Members;
use crate::alert::{Text, json};

/// A cloud application, an OAuth application or a service principal.
#[derive(Debug, Clone)]
pub struct Application<'a> {
    /// The evidence's type, e.g. `oauthApplication`.
    pub kind: &'static str,
    pub id: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    /// The ID of the instance or object behind it.
    pub instance_id: Option<Text<'a>>,
}

impl<'a> Application<'a> {
    /// `None` when it has neither ID nor name.
    pub(super) fn peek(kind: &str, members: &Members<'a>) -> Option<Self> {
        let (kind, name, instance_id) = match kind {
            "cloudApplication" => ("cloudApplication", "displayName", "instanceId"),
            "servicePrincipal" => ("servicePrincipal", "servicePrincipalName", "servicePrincipalObjectId"),
            _ => ("oauthApplication", "displayName", "objectId"),
        };
        let id = |name| members.peek(name).and_then(|id| json::text_or_number(id).found());
        Some(Self { kind, id: id("appId"), name: members.peek_text(name), instance_id: id(instance_id) })
            .filter(|application| application.id.is_some() || application.name.is_some())
    }
}

/// A resource of Azure, Amazon Web Services or Google Cloud.
#[derive(Debug, Clone)]
pub struct CloudResource<'a> {
    /// `Azure`, `AWS` or `GCP`.
    pub provider: &'static str,
    pub id: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    pub resource_type: Option<Text<'a>>,
    pub region: Option<Text<'a>>,
}

impl<'a> CloudResource<'a> {
    /// `None` when it has neither ID nor name.
    pub(super) fn peek(kind: &str, members: &Members<'a>) -> Option<Self> {
        let (provider, id) = match kind {
            "amazonResource" => ("AWS", "amazonResourceId"),
            "googleCloudResource" => ("GCP", "fullResourceName"),
            _ => ("Azure", "resourceId"),
        };
        Some(Self {
            provider,
            id: members.peek_text(id),
            name: members.peek_text("resourceName"),
            resource_type: members.peek_text("resourceType"),
            region: members.peek_text("location"),
        })
        .filter(|resource| resource.id.is_some() || resource.name.is_some())
    }
}

impl<'a> CloudResource<'a> {
    /// A resource of Azure that nothing is known of yet.
    pub(in crate::alert) fn azure() -> Self {
        Self { provider: "Azure", id: None, name: None, resource_type: None, region: None }
    }

    /// The resources of Azure in a list of Defender for Cloud's identifiers, which stays where it is.
    pub(in crate::alert) fn peek_identifiers(list: &'a RawValue) -> Vec<Self> {
        let identifiers = json::elements(list).found().unwrap_or_default().into_iter().filter_map(Members::read);
        let ids = identifiers.filter_map(|identifier| {
            let is_azure = identifier.peek_text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("AzureResource"));
            if is_azure { identifier.peek_text("azureResourceId") } else { None }
        });
        ids.map(|id| Self { resource_type: resource_type(&id), id: Some(id), ..Self::azure() }).collect()
    }
}

/// The type in an Azure resource ID, e.g. `Microsoft.Compute/virtualMachines`.
fn resource_type<'a>(id: &str) -> Option<Text<'a>> {
    let mut parts = id.rsplit_once("/providers/")?.1.split('/');
    Some(Text::Owned(format!("{}/{}", parts.next()?, parts.next()?)))
}

/// Malware that was found.
#[derive(Debug, Clone)]
pub struct Malware<'a> {
    pub name: Text<'a>,
    pub category: Option<Text<'a>>,
}

impl<'a> Malware<'a> {
    pub(super) fn peek(members: &Members<'a>) -> Option<Self> {
        Some(Self { name: members.peek_text("name")?, category: members.peek_text("category") })
    }
}
