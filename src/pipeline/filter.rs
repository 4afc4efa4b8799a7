//! Which alerts a route takes.

use crate::alert::{Header, Kind, Severity};

/// Which alerts a tenant's routes take.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    pub min_severity: Option<Severity>,
    /// Empty: all.
    pub services: Vec<String>,
    /// Empty: all.
    pub kinds: Vec<Kind>,
}

impl Filter {
    /// Whether an alert or incident passes. A severity that we cannot judge always does: dropping it would be a silent loss. An
    /// incident is of no one service.
    #[must_use]
    pub fn passes(&self, header: &Header) -> bool {
        let grave_enough = match (self.min_severity, header.severity) {
            (None, _) | (_, Severity::Unknown | Severity::Other) => true,
            (Some(least), severity) => severity >= least,
        };
        let kind_wanted = self.kinds.is_empty() || self.kinds.contains(&header.kind);
        let service_wanted = self.services.is_empty()
            || header.kind == Kind::Incident
            || header
                .service
                .as_ref()
                .is_none_or(|service| self.services.iter().any(|wanted| wanted.eq_ignore_ascii_case(service)));
        kind_wanted && grave_enough && service_wanted
    }
}

#[cfg(test)]
mod tests {
    use super::Filter;
    use crate::alert::{Header, Kind, Severity, Status};

    fn header(severity: Severity, service: Option<&str>) -> Header {
        Header {
            kind: Kind::Alert,
            id: "a".into(),
            tenant_id: None,
            created: None,
            updated: None,
            severity,
            status: Status::New,
            service: service.map(str::to_owned),
        }
    }

    #[test]
    fn severity_and_service_decide_and_what_cannot_be_judged_passes() {
        let services = vec!["microsoftDefenderForEndpoint".into()];
        let filter = Filter { min_severity: Some(Severity::Medium), services, kinds: Vec::new() };
        for (severity, service, passes) in [
            (Severity::High, Some("microsoftDefenderForEndpoint"), true),
            (Severity::Medium, Some("MicrosoftDefenderForEndpoint"), true),
            (Severity::Low, Some("microsoftDefenderForEndpoint"), false),
            (Severity::High, Some("microsoftDefenderForIdentity"), false),
            (Severity::Unknown, Some("microsoftDefenderForEndpoint"), true),
            (Severity::Other, None, true),
        ] {
            assert_eq!(filter.passes(&header(severity, service)), passes, "{severity:?} {service:?}");
        }
        assert!(Filter::default().passes(&header(Severity::Informational, Some("x"))));
    }

    #[test]
    fn kinds_pick_and_incidents_are_judged_by_severity_but_not_by_service() {
        let incident = |severity, service| Header { kind: Kind::Incident, ..header(severity, service) };
        let services = vec!["microsoftDefenderForEndpoint".into()];
        let filter = Filter { min_severity: Some(Severity::Medium), services, kinds: vec![Kind::Incident] };
        assert!(!filter.passes(&header(Severity::High, Some("microsoftDefenderForEndpoint"))));
        assert!(filter.passes(&incident(Severity::High, None)));
        assert!(filter.passes(&incident(Severity::High, Some("microsoftSentinel"))));
        assert!(!filter.passes(&incident(Severity::Low, None)));
        let alerts = Filter { kinds: vec![Kind::Alert], ..Filter::default() };
        assert!(!alerts.passes(&incident(Severity::High, None)));
        assert!(alerts.passes(&header(Severity::Low, None)));
    }
}
