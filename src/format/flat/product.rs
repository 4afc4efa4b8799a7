//! What the vendor's services are called by people.

use crate::alert::{Alert, Incident, Text};
use crate::source::FeedKind;

/// The product that raised an alert.
pub fn of_alert<'a>(alert: &Alert<'a>) -> Text<'a> {
    let name = || alert.service_source.as_ref().map_or("Microsoft Defender XDR".into(), name);
    alert.product_name.clone().unwrap_or_else(name)
}

/// The service that shows an incident: Sentinel shows incidents of its own, and those of Defender XDR.
pub fn of_incident(incident: &Incident<'_>, feed: FeedKind) -> &'static str {
    let of_sentinel = feed == FeedKind::SentinelIncidents && incident.known_as().strip_prefix("incident:") == Some(&incident.id);
    if of_sentinel { "microsoftSentinel" } else { "microsoft365Defender" }
}

/// An unknown word stands for itself.
pub fn name<'a>(service: &Text<'a>) -> Text<'a> {
    Text::Borrowed(match &**service {
        "microsoftDefenderForEndpoint" => "Microsoft Defender for Endpoint",
        "microsoftDefenderForIdentity" => "Microsoft Defender for Identity",
        "microsoftDefenderForCloudApps" => "Microsoft Defender for Cloud Apps",
        "microsoftDefenderForOffice365" => "Microsoft Defender for Office 365",
        "microsoft365Defender" => "Microsoft Defender XDR",
        "azureAdIdentityProtection" => "Microsoft Entra ID Protection",
        "microsoftAppGovernance" => "Microsoft App Governance",
        "dataLossPrevention" => "Microsoft Purview Data Loss Prevention",
        "microsoftDefenderForCloud" => "Microsoft Defender for Cloud",
        "microsoftSentinel" => "Microsoft Sentinel",
        "microsoftInsiderRiskManagement" => "Microsoft Purview Insider Risk Management",
        "microsoftThreatIntelligence" => "Microsoft Threat Intelligence",
        "microsoftSecurityForAI" => "Microsoft Security for AI",
        _ => return service.clone(),
    })
}
