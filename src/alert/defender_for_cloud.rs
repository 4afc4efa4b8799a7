//! Alerts of Microsoft Defender for Cloud, as Azure Resource Manager lists them.
//!
//! There is no last-update time. What comes nearest is the time at which the product was done with an alert: it is later than the
//! creation, so that an alert that was long in the making is not looked for in the past. Without it the creation counts.

use super::evidence::{CloudResource, Shape, Thing};
use super::members::Members;
use super::wording::{self, Field, Service, Wording};
use super::{Finding, Header, Kind, Status, Unreadable};

const ALERT: Wording = Wording {
    kind: Kind::Alert,
    field: |name| (name == "name").then_some(Field::Name),
    property: Some(property),
    identity: |ids| ids.prefixed("dc"),
    id_name: "properties.systemAlertId",
    status: Status::from_word_where_active_is_new,
    service: Service::Always("microsoftDefenderForCloud"),
    evidence: Shape::Azure,
    things,
};

fn property(name: &str) -> Option<Field> {
    Some(match name {
        "systemAlertId" => Field::Id,
        "alertDisplayName" => Field::Title,
        "description" => Field::Description,
        "remediationSteps" => Field::AdviceSteps,
        "severity" => Field::Severity,
        "status" => Field::Status,
        "productName" => Field::Provider,
        "productComponentName" => Field::DetectionSource,
        "alertType" => Field::DetectorId,
        "intent" => Field::Intent,
        "techniques" => Field::Techniques,
        "subTechniques" => Field::SubTechniques,
        "alertUri" => Field::Url,
        "timeGeneratedUtc" => Field::Created,
        "processingEndTimeUtc" => Field::Updated,
        "startTimeUtc" => Field::FirstActivity,
        "endTimeUtc" => Field::LastActivity,
        "entities" => Field::Evidence,
        _ => return None,
    })
}

/// The resources of Azure that the alert is about. Machines elsewhere are resources of Azure too, by way of a connector.
fn things<'a>(members: &mut Members<'a>) -> Vec<Thing<'a>> {
    let identifiers = members.peek("properties.resourceIdentifiers");
    let mut resources = identifiers.map(CloudResource::peek_identifiers).unwrap_or_default();
    if let Some(name) = members.text("properties.compromisedEntity") {
        let same = |resource: &&mut CloudResource<'_>| {
            let id = resource.id.as_deref().unwrap_or_default();
            id.rsplit('/').next().is_some_and(|leaf| leaf.eq_ignore_ascii_case(&name))
        };
        match resources.iter_mut().find(same) {
            Some(resource) => resource.name = Some(name),
            None => resources.push(CloudResource { name: Some(name), ..CloudResource::azure() }),
        }
    }
    resources.into_iter().map(Thing::CloudResource).collect()
}

/// # Errors
/// When the record is no JSON object, or has no ID.
pub fn header(raw: &str) -> Result<Header, Unreadable> {
    wording::header(raw, &ALERT)
}

/// Reads a record; there are only alerts among them, even where one says that it is an incident.
///
/// # Errors
/// As [`header`].
pub fn read(_: Kind, raw: &str) -> Result<Finding<'_>, Unreadable> {
    wording::alert(raw, &ALERT).map(|alert| Finding::Alert(Box::new(alert)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VM: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm-1";

    #[test]
    fn the_end_of_processing_is_the_revision_and_active_is_new() {
        let json = r#"{"name":"n","properties":{"systemAlertId":"251_f1","status":"Active","timeGeneratedUtc":"2026-03-02T07:41:10.5284915Z",
            "processingEndTimeUtc":"2026-03-02T09:00:00Z","techniques":["T1059"],"subTechniques":["T1059.001"],"intent":"Execution, Impact",
            "remediationSteps":["Look.","Act."]}}"#;
        let header = header(json).expect("a header");
        assert_eq!((&*header.id, header.service.as_deref()), ("dc251_f1", Some("microsoftDefenderForCloud")));
        assert_eq!((header.created, header.status), (Some("2026-03-02T07:41:10.5284915Z".parse().expect("a date")), Status::New));
        assert_eq!(header.updated, Some("2026-03-02T09:00:00Z".parse().expect("a date")));
        let Ok(Finding::Alert(alert)) = read(Kind::Alert, json) else { panic!("no alert") };
        assert_eq!(alert.provider_id.as_deref(), Some("251_f1"));
        assert_eq!(alert.mitre_techniques, ["T1059", "T1059.001"]);
        assert_eq!(alert.categories, ["Execution", "Impact"]);
        assert_eq!(alert.recommended_actions.as_deref(), Some("Look.\nAct."));
    }

    #[test]
    fn the_name_stands_in_for_a_missing_id() {
        assert_eq!(header(r#"{"name":"251_f1","properties":{"systemAlertId":null}}"#).expect("a header").id, "dc251_f1");
        assert!(header(r#"{"name":7,"properties":{}}"#).is_err());
    }

    #[test]
    fn the_resources_that_an_alert_is_about_are_named() {
        let json = format!(
            r#"{{"name":"n","properties":{{"compromisedEntity":"VM-1","resourceIdentifiers":
                [{{"type":"LogAnalytics","agentId":"a"}},{{"type":"AzureResource","azureResourceId":"{VM}"}}]}}}}"#
        );
        let Ok(Finding::Alert(alert)) = read(Kind::Alert, &json) else { panic!("no alert") };
        let [Thing::CloudResource(vm)] = alert.things.as_slice() else { panic!("{:?}", alert.things) };
        assert_eq!((vm.id.as_deref(), vm.name.as_deref()), (Some(VM), Some("VM-1")));
        assert_eq!(vm.resource_type.as_deref(), Some("Microsoft.Compute/virtualMachines"));
        let extra: Vec<_> = alert.extra.iter().map(|(name, _)| &**name).collect();
        assert_eq!(extra, ["name", "properties.resourceIdentifiers"]);

        let Ok(Finding::Alert(alert)) = read(Kind::Alert, r#"{"name":"n","properties":{"compromisedEntity":"box"}}"#) else {
            panic!("no alert")
        };
        assert!(
            matches!(alert.things.as_slice(), [Thing::CloudResource(only)] if only.name.as_deref() == Some("box") && only.id.is_none())
        );
    }

    #[test]
    fn properties_that_are_no_object_are_kept() {
        let Ok(Finding::Alert(alert)) = read(Kind::Alert, r#"{"name":"n","properties":[1]}"#) else { panic!("no alert") };
        assert_eq!(alert.extra.last().map(|(name, value)| (&**name, value.get())), Some(("properties", "[1]")));
    }
}
