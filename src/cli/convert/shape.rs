//! Tells by a record's own members which feed it is from, and as what it is read.

use std::collections::HashSet;

use crate::alert::header::ReadHeader;
use crate::alert::{Kind, json, sentinel, xdr};
use crate::source::FeedKind;

/// One kind of record of a feed.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    pub feed: FeedKind,
    pub kind: Kind,
    /// Members that only such records have, or that set them apart from the others together. Those of Azure's `properties` are
    /// written `properties/name`.
    members: &'static [&'static str],
    /// Where a record is marked as one of these: the member, and what it says there.
    mark: Option<(&'static str, &'static str)>,
}

static SHAPES: [Shape; 9] = [
    Shape {
        feed: FeedKind::GraphAlerts,
        kind: Kind::Alert,
        members: &[
            "providerAlertId",
            "alertWebUrl",
            "incidentWebUrl",
            "createdDateTime",
            "lastUpdateDateTime",
            "firstActivityDateTime",
            "lastActivityDateTime",
            "serviceSource",
            "detectionSource",
            "evidence",
            "customDetails",
            "title",
            "severity",
        ],
        mark: Some(("@odata.type", "#microsoft.graph.security.alert")),
    },
    Shape {
        feed: FeedKind::GraphIncidents,
        kind: Kind::Incident,
        members: &[
            "displayName",
            "redirectIncidentId",
            "incidentWebUrl",
            "createdDateTime",
            "lastUpdateDateTime",
            "lastModifiedBy",
            "resolvingComment",
            "priorityScore",
            "customTags",
            "alerts",
        ],
        mark: Some(("@odata.type", "#microsoft.graph.security.incident")),
    },
    Shape {
        feed: FeedKind::MdeAlerts,
        kind: Kind::Alert,
        members: &[
            "alertCreationTime",
            "lastEventTime",
            "firstEventTime",
            "lastUpdateTime",
            "machineId",
            "computerDnsName",
            "rbacGroupName",
            "aadTenantId",
            "relatedUser",
            "evidence",
            "detectionSource",
            "title",
            "severity",
        ],
        mark: None,
    },
    Shape {
        feed: FeedKind::XdrIncidents,
        kind: Kind::Incident,
        members: &["incidentId", "incidentName", "redirectIncidentId", "incidentUri", "createdTime", "lastUpdateTime", "alerts"],
        mark: None,
    },
    Shape {
        feed: FeedKind::XdrIncidents,
        kind: Kind::Alert,
        members: &[
            "alertId",
            "incidentId",
            "creationTime",
            "lastUpdatedTime",
            "firstActivity",
            "lastActivity",
            "devices",
            "entities",
        ],
        mark: None,
    },
    Shape {
        feed: FeedKind::RiskDetections,
        kind: Kind::Alert,
        members: &[
            "riskEventType",
            "riskLevel",
            "riskState",
            "riskDetail",
            "detectedDateTime",
            "activityDateTime",
            "lastUpdatedDateTime",
            "detectionTimingType",
            "userPrincipalName",
        ],
        mark: None,
    },
    Shape {
        feed: FeedKind::SentinelIncidents,
        kind: Kind::Incident,
        members: &[
            "properties/incidentNumber",
            "properties/incidentUrl",
            "properties/title",
            "properties/createdTimeUtc",
            "properties/lastModifiedTimeUtc",
            "properties/owner",
            "properties/labels",
        ],
        mark: Some(("type", "Microsoft.SecurityInsights/Incidents")),
    },
    Shape {
        feed: FeedKind::SentinelIncidents,
        kind: Kind::Alert,
        members: &[
            "kind",
            "properties/systemAlertId",
            "properties/providerAlertId",
            "properties/alertDisplayName",
            "properties/timeGenerated",
            "properties/processingEndTime",
            "properties/friendlyName",
            "properties/tactics",
        ],
        mark: Some(("kind", "SecurityAlert")),
    },
    Shape {
        feed: FeedKind::DefenderForCloud,
        kind: Kind::Alert,
        members: &[
            "properties/systemAlertId",
            "properties/alertDisplayName",
            "properties/alertUri",
            "properties/timeGeneratedUtc",
            "properties/processingEndTimeUtc",
            "properties/compromisedEntity",
            "properties/intent",
            "properties/resourceIdentifiers",
        ],
        mark: Some(("type", "Microsoft.Security/Locations/alerts")),
    },
];

impl Shape {
    /// Reads the header of such a record.
    pub fn header(&self) -> ReadHeader {
        match (self.feed, self.kind) {
            (FeedKind::XdrIncidents, Kind::Alert) => xdr::alert_header,
            (FeedKind::SentinelIncidents, Kind::Alert) => sentinel::alert_header,
            (feed, _) => feed.dialect().row,
        }
    }

    fn fits(&self, record: &Record) -> usize {
        const MARKED: usize = 100;
        let marked = self.mark.is_some_and(|(name, said)| {
            record.marks.iter().any(|(known, mark)| *known == name && mark.eq_ignore_ascii_case(said))
        });
        self.members.iter().filter(|name| record.members.contains(**name)).count() + if marked { MARKED } else { 0 }
    }
}

/// The names of a record's members, and what it says of its own kind.
#[derive(Debug, Default)]
struct Record {
    members: HashSet<String>,
    marks: Vec<(String, String)>,
}

impl Record {
    fn read(json: &str) -> Option<Self> {
        let mut record = Self::default();
        json::members(json, |name, value| {
            if name == "properties" {
                // Whatever else stands there has no members.
                let _ = json::members(value.get(), |name, _| {
                    record.members.insert(format!("properties/{name}"));
                });
            } else if let Some(mark) = json::text(value).found().filter(|_| ["type", "kind", "@odata.type"].contains(&&*name)) {
                record.marks.push((name.clone().into_owned(), mark.into_owned()));
            }
            record.members.insert(name.into_owned());
        })
        .ok()?;
        Some(record)
    }
}

/// The shape that fits best among those of `feed`, or of all feeds.
///
/// # Errors
/// When it is no JSON object, or no feed has such records.
pub fn recognise(json: &str, feed: Option<FeedKind>) -> Result<&'static Shape, String> {
    let record = Record::read(json).ok_or("it is not a JSON object")?;
    let candidates = SHAPES.iter().filter(|shape| feed.is_none_or(|feed| shape.feed == feed));
    // Of shapes that fit alike the first one counts, and a feed that somebody named is believed.
    let best = candidates.rev().max_by_key(|shape| shape.fits(&record));
    best.filter(|shape| feed.is_some() || shape.fits(&record) > 0).ok_or_else(|| {
        let feeds: Vec<&str> = FeedKind::ALL.iter().map(|(_, name)| *name).collect();
        format!("none of its members tells which feed it is from; say which with --feed: {}", feeds.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(json: &str, feed: Option<FeedKind>) -> Result<(FeedKind, Kind), String> {
        recognise(json, feed).map(|shape| (shape.feed, shape.kind))
    }

    #[test]
    fn a_few_members_tell_which_feed_a_record_is_from() {
        for (json, feed, kind) in [
            (r#"{"id":"a","createdDateTime":"x"}"#, FeedKind::GraphAlerts, Kind::Alert),
            (r#"{"id":"7","displayName":"x","createdDateTime":"x"}"#, FeedKind::GraphIncidents, Kind::Incident),
            (r#"{"id":"a","title":"x","machineId":"01"}"#, FeedKind::MdeAlerts, Kind::Alert),
            (r#"{"incidentId":7,"incidentName":"x"}"#, FeedKind::XdrIncidents, Kind::Incident),
            (r#"{"incidentId":7,"alertId":"x"}"#, FeedKind::XdrIncidents, Kind::Alert),
            (r#"{"id":"a","riskState":null}"#, FeedKind::RiskDetections, Kind::Alert),
            (r#"{"type":"microsoft.securityinsights/incidents"}"#, FeedKind::SentinelIncidents, Kind::Incident),
            (r#"{"name":"a","kind":"SecurityAlert","properties":{}}"#, FeedKind::SentinelIncidents, Kind::Alert),
            (r#"{"name":"a","properties":{"systemAlertId":"a","alertUri":"x"}}"#, FeedKind::DefenderForCloud, Kind::Alert),
        ] {
            assert_eq!(recognised(json, None), Ok((feed, kind)), "{json}");
        }
    }

    #[test]
    fn a_feed_that_was_named_is_believed_and_tells_its_alerts_from_its_incidents() {
        let bare = r#"{"id":"a"}"#;
        assert!(recognised(bare, None).is_err_and(|reason| reason.contains("graph-alerts, graph-incidents, mde-alerts")));
        assert_eq!(recognised(bare, Some(FeedKind::MdeAlerts)), Ok((FeedKind::MdeAlerts, Kind::Alert)));
        assert_eq!(recognised(bare, Some(FeedKind::XdrIncidents)), Ok((FeedKind::XdrIncidents, Kind::Incident)));
        assert_eq!(
            recognised(r#"{"alertId":"a","title":"x"}"#, Some(FeedKind::XdrIncidents)),
            Ok((FeedKind::XdrIncidents, Kind::Alert))
        );
        assert!(recognised("[]", Some(FeedKind::MdeAlerts)).is_err());
    }
}
