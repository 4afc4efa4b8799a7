//! Which alerts a route takes.

use crate::alert::{Header, Severity};

/// Which alerts a tenant's routes take.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    pub min_severity: Option<Severity>,
    /// Empty: all.
    pub services: Vec<String>,
}

impl Filter {
    /// Whether an alert passes. A severity that we cannot judge always does: dropping it would be a silent loss.
    #[must_use]
    pub fn passes(&self, header: &Header) -> bool {
        let grave_enough = match (self.min_severity, header.severity) {
            (None, _) | (_, Severity::Unknown | Severity::Other) => true,
            (Some(least), severity) => severity >= least,
        };
        let service_wanted = self.services.is_empty()
            || header
                .service
                .as_ref()
                .is_none_or(|service| self.services.iter().any(|wanted| wanted.eq_ignore_ascii_case(service)));
        grave_enough && service_wanted
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
        let filter = Filter { min_severity: Some(Severity::Medium), services: vec!["microsoftDefenderForEndpoint".into()] };
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
}
