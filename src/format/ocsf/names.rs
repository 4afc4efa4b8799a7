//! What each feed calls the members that notes and `unmapped` name: the vendor's own names, by their path in the record.

use crate::source::FeedKind;

/// Names of members of a record. Those that a feed does not have are never asked for, since their fields are empty.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    pub created: &'static str,
    pub updated: &'static str,
    pub first_activity: &'static str,
    pub last_activity: &'static str,
    pub resolved: &'static str,
    pub classification: &'static str,
    pub determination: &'static str,
    pub investigation_state: &'static str,
    pub status: &'static str,
    pub tenant: &'static str,
    pub comments: &'static str,
    /// A list of devices that stand before the other evidence.
    pub devices: Option<&'static str>,
    pub evidence: &'static str,
    pub alerts: &'static str,
    pub number: &'static str,
    pub provider_id: &'static str,
    pub provider_name: &'static str,
    pub summary: &'static str,
    pub resolving_comment: &'static str,
    pub last_modified_by: &'static str,
    pub priority: &'static str,
    pub id: &'static str,
    pub provider_alert_id: &'static str,
    pub assigned_to: &'static str,
    pub policy: &'static str,
    pub incident_url: &'static str,
    pub actor: &'static str,
    pub tags: &'static str,
    pub tactics: &'static str,
    pub products: &'static str,
}

const GRAPH: Names = Names {
    created: "createdDateTime",
    updated: "lastUpdateDateTime",
    first_activity: "firstActivityDateTime",
    last_activity: "lastActivityDateTime",
    resolved: "resolvedDateTime",
    classification: "classification",
    determination: "determination",
    investigation_state: "investigationState",
    status: "status",
    tenant: "tenantId",
    comments: "comments",
    devices: None,
    evidence: "evidence",
    alerts: "alerts",
    number: "incidentNumber",
    provider_id: "providerIncidentId",
    provider_name: "providerName",
    summary: "summary",
    resolving_comment: "resolvingComment",
    last_modified_by: "lastModifiedBy",
    priority: "priorityScore",
    id: "id",
    provider_alert_id: "providerAlertId",
    assigned_to: "assignedTo",
    policy: "alertPolicyId",
    incident_url: "incidentWebUrl",
    actor: "actorDisplayName",
    tags: "systemTags",
    tactics: "tactics",
    products: "alertProductNames",
};

const GRAPH_INCIDENT: Names = Names { tags: "customTags", ..GRAPH };

const MDE: Names = Names {
    created: "alertCreationTime",
    updated: "lastUpdateTime",
    first_activity: "firstEventTime",
    last_activity: "lastEventTime",
    resolved: "resolvedTime",
    tenant: "aadTenantId",
    ..GRAPH
};

const XDR_ALERT: Names = Names {
    created: "creationTime",
    updated: "lastUpdatedTime",
    first_activity: "firstActivity",
    last_activity: "lastActivity",
    resolved: "resolvedTime",
    devices: Some("devices"),
    evidence: "entities",
    id: "alertId",
    incident_url: "incidentUri",
    actor: "actorName",
    ..GRAPH
};

const XDR_INCIDENT: Names = Names { created: "createdTime", updated: "lastUpdateTime", id: "incidentId", tags: "tags", ..GRAPH };

const RISK: Names = Names {
    created: "detectedDateTime",
    updated: "lastUpdatedDateTime",
    first_activity: "activityDateTime",
    last_activity: "activityDateTime",
    provider_alert_id: "id",
    ..GRAPH
};

const SENTINEL_ALERT: Names = Names {
    created: "properties.timeGenerated",
    updated: "properties.processingEndTime",
    first_activity: "properties.startTimeUtc",
    last_activity: "properties.endTimeUtc",
    evidence: "properties.entities",
    provider_alert_id: "properties.providerAlertId",
    ..GRAPH
};

const SENTINEL_INCIDENT: Names = Names {
    created: "properties.createdTimeUtc",
    updated: "properties.lastModifiedTimeUtc",
    first_activity: "properties.firstActivityTimeUtc",
    last_activity: "properties.lastActivityTimeUtc",
    classification: "properties.classification",
    status: "properties.status",
    determination: "properties.classificationReason",
    resolving_comment: "properties.classificationComment",
    number: "properties.incidentNumber",
    provider_id: "properties.providerIncidentId",
    provider_name: "properties.providerName",
    id: "name",
    tags: "properties.labels",
    tactics: "properties.additionalData.tactics",
    products: "properties.additionalData.alertProductNames",
    ..GRAPH
};

const DEFENDER_FOR_CLOUD: Names = Names {
    created: "properties.timeGeneratedUtc",
    first_activity: "properties.startTimeUtc",
    last_activity: "properties.endTimeUtc",
    evidence: "properties.entities",
    provider_alert_id: "properties.systemAlertId",
    ..GRAPH
};

pub fn of_alert(feed: FeedKind) -> &'static Names {
    match feed {
        FeedKind::GraphAlerts | FeedKind::GraphIncidents => &GRAPH,
        FeedKind::MdeAlerts => &MDE,
        FeedKind::XdrIncidents => &XDR_ALERT,
        FeedKind::RiskDetections => &RISK,
        FeedKind::SentinelIncidents => &SENTINEL_ALERT,
        FeedKind::DefenderForCloud => &DEFENDER_FOR_CLOUD,
    }
}

pub fn of_incident(feed: FeedKind) -> &'static Names {
    match feed {
        FeedKind::XdrIncidents => &XDR_INCIDENT,
        FeedKind::SentinelIncidents => &SENTINEL_INCIDENT,
        FeedKind::GraphAlerts
        | FeedKind::GraphIncidents
        | FeedKind::MdeAlerts
        | FeedKind::RiskDetections
        | FeedKind::DefenderForCloud => &GRAPH_INCIDENT,
    }
}
