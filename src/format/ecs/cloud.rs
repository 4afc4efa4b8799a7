//! `cloud.*`: the tenant as an account of Microsoft's cloud, and in `cloud.target.*` the resource that the alert points at, which
//! may be in a cloud of others.

use super::field::groups;
use crate::alert::Text;
use crate::alert::evidence as vendor;
use crate::alert::json;
use crate::alert::members::Members;
use crate::format::Context;

groups! {
    Account {
        id: Option<Text<'a>>,
        name: Option<Text<'a>>,
    }

    Project {
        id: Option<Text<'a>>,
    }

    Instance {
        id: Option<Text<'a>>,
        name: Option<Text<'a>>,
    }

    Service {
        name: Option<Text<'a>>,
    }

    Target {
        provider: Option<Text<'a>>,
        account: Account<'a>,
        project: Project<'a>,
        region: Option<Text<'a>>,
        instance: Instance<'a>,
        service: Service<'a>,
    }

    Cloud {
        provider: Option<&'static str>,
        account: Account<'a>,
        service: Service<'a>,
        target: Target<'a>,
    }
}

/// Whose finding it is, whatever its evidence is about.
pub fn cloud<'a>(context: &Context<'a>, service: Service<'a>, target: Target<'a>) -> Cloud<'a> {
    let tenant = context.tenant;
    let account = Account { id: Some(tenant.id.as_str().into()), name: Some(tenant.name.as_str().into()) };
    Cloud { provider: Some("azure"), account, service, target }
}

/// The application in or through which it happened.
pub fn service(application: vendor::Application<'_>) -> Service<'_> {
    Service { name: application.name.or(application.id) }
}

/// The virtual machine that a device is.
pub fn machine<'a>(device: &vendor::Device<'a>) -> Target<'a> {
    let Some(id) = device.vm_resource_id.clone() else { return Target::default() };
    Target {
        provider: device.vm_provider.as_ref().map(provider),
        account: Account { id: subscription(&id), name: None },
        instance: Instance { id: Some(id), name: device.host_name.clone() },
        ..Target::default()
    }
}

/// `rest` are the members of the evidence that the model does not hold.
pub fn resource<'a>(resource: vendor::CloudResource<'a>, rest: &Members<'a>) -> Target<'a> {
    let account = rest.peek_text("amazonAccountId").or_else(|| resource.id.as_deref().and_then(subscription));
    let number = || rest.peek("projectNumber").and_then(|number| json::text_or_number(number).found());
    Target {
        provider: Some(provider(&resource.provider.into())),
        account: Account { id: account, name: None },
        project: Project { id: rest.peek_text("projectId").or_else(number) },
        region: resource.region,
        service: Service { name: resource.resource_type },
        instance: Instance { id: resource.id, name: resource.name },
    }
}

/// ECS's words are in lower case.
fn provider<'a>(word: &Text<'a>) -> Text<'a> {
    Text::Owned(word.to_ascii_lowercase())
}

/// The subscription in the ID of an Azure resource.
fn subscription<'a>(id: &str) -> Option<Text<'a>> {
    let mut parts = id.split('/').skip_while(|part| !part.eq_ignore_ascii_case("subscriptions")).skip(1);
    parts.next().filter(|id| !id.is_empty()).map(|id| Text::Owned(id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::subscription;

    #[test]
    fn a_resource_of_azure_names_its_subscription() {
        for (id, expected) in [
            ("/subscriptions/0000/resourceGroups/x", Some("0000")),
            ("/Subscriptions/0000", Some("0000")),
            ("/subscriptions/", None),
            ("arn:aws:ec2:eu-west-1:1:instance/i", None),
        ] {
            assert_eq!(subscription(id).as_deref(), expected, "{id}");
        }
    }
}
