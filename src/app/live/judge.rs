//! What claims of a token and a server's clock mean; pure.

use jiff::SignedDuration;

use super::finding::{Check, Finding, Outcome};
use crate::source::FeedKind;
use crate::source::cloud::Resource;
use crate::source::entra::Claims;
use crate::tenant::TenantId;

/// Clocks may differ by so much without notice, and by so much before sign-ins and windows go wrong.
const NOTICEABLE: SignedDuration = SignedDuration::from_mins(1);
const HARMFUL: SignedDuration = SignedDuration::from_mins(5);

/// Other names of a resource in `aud`, beside the scope that was asked for: its application ID and older addresses.
fn aliases(resource: Resource) -> &'static [&'static str] {
    match resource {
        Resource::Graph => &["00000003-0000-0000-c000-000000000000"],
        Resource::Mde => &["fc780465-2017-40d4-a0c5-307022471b92", "https://securitycenter.onmicrosoft.com/windowsatpservice"],
        Resource::Xdr => &["8ee8fdad-f234-4243-8f3b-15c294843740"],
        Resource::Arm => &["797f4846-ba00-4fd7-ba43-dac1f8f63013", "https://management.core.windows.net"],
    }
}

/// Whether the token is of the directory and for the resource that were meant.
pub(super) fn token(claims: Option<&Claims>, directory: &TenantId, scope: &str, resource: Resource) -> Finding {
    let Some(claims) = claims else {
        let words = "the token is not one that can be read, so its tenant and permissions cannot be told";
        return Finding::new(Check::Token, Outcome::Unknown, words);
    };
    match claims.tid.as_deref() {
        Some(tid) if tid != directory.as_str() => {
            let words = format!("the token is of directory {tid}, not of {directory}");
            return Finding::new(Check::Token, Outcome::Failed, words).advised(
                "check tenant_id, and any proxy before the sign-in: alerts read with this token would be somebody else's",
            );
        }
        Some(_) => {}
        None => return Finding::new(Check::Token, Outcome::Unknown, "the token does not say of which directory it is"),
    }
    let expected = scope.trim_end_matches("/.default").trim_end_matches('/');
    match claims.aud.as_deref().map(|aud| aud.trim_end_matches('/')) {
        Some(aud) if aud != expected && !aliases(resource).contains(&aud) => {
            let words = format!("the token is for {aud}, but was asked for {expected}");
            Finding::new(Check::Token, Outcome::Warning, words)
                .advised("where the feed can be read nevertheless, nothing has to be done")
        }
        _ => Finding::new(Check::Token, Outcome::Ok, format!("of directory {directory}, for {expected}")),
    }
}

/// Whether the token holds a permission that opens the feed; `None` where permissions do not decide or cannot be told.
pub(super) fn permission(claims: Option<&Claims>, feed: FeedKind, consent: &str) -> Option<Finding> {
    let (claims, roles) = (claims?, feed.dialect().roles);
    if roles.is_empty() {
        return None;
    }
    if let Some(role) = roles.iter().find(|role| claims.roles.iter().any(|held| held == *role)) {
        return Some(Finding::new(Check::Permission, Outcome::Ok, format!("the token holds {role}")).of(&[feed]));
    }
    if claims.delegated {
        let words = "the sign-in is a person's: what the person may read decides";
        return Some(Finding::new(Check::Permission, Outcome::Unknown, words).of(&[feed]));
    }
    let held =
        if claims.roles.is_empty() { "no permission at all".to_owned() } else { format!("only {}", claims.roles.join(", ")) };
    let missing = Finding::new(Check::Permission, Outcome::Failed, format!("{} is missing; the token holds {held}", roles[0]));
    let advice = format!(
        "the application permission {} must stand in the app's registration, and then an administrator of the customer must open {consent}",
        roles[0]
    );
    Some(missing.of(&[feed]).advised(advice))
}

/// How far the server's clock is ahead of ours.
pub(super) fn clock(ahead: SignedDuration) -> Finding {
    let outcome = match ahead.abs() {
        off if off > HARMFUL => Outcome::Failed,
        off if off > NOTICEABLE => Outcome::Warning,
        _ => return Finding::new(Check::Clock, Outcome::Ok, "the server's clock and this machine's agree"),
    };
    let direction = if ahead.is_negative() { "behind" } else { "ahead of" };
    let words = format!("the server's clock is {} s {direction} this machine's", ahead.abs().as_secs());
    Finding::new(Check::Clock, outcome, words).advised("put this machine's clock right (NTP): sign-ins and windows depend on it")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::{Outcome, clock, permission, token};
    use crate::source::FeedKind;
    use crate::source::cloud::Resource;
    use crate::source::entra::Claims;

    fn claims(tid: &str, aud: &str, roles: &[&str]) -> Claims {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        Claims { tid: Some(tid.to_owned()), aud: Some(aud.to_owned()), roles, delegated: false }
    }

    #[test]
    fn a_token_of_another_directory_fails_and_a_strange_audience_warns() {
        let scope = "https://api.securitycenter.microsoft.com/.default";
        for (tid, aud, expected) in [
            ("t", "https://api.securitycenter.microsoft.com", Outcome::Ok),
            ("t", "https://api.securitycenter.microsoft.com/", Outcome::Ok),
            ("t", "fc780465-2017-40d4-a0c5-307022471b92", Outcome::Ok),
            ("t", "https://api.security.microsoft.com", Outcome::Warning),
            ("u", "https://api.securitycenter.microsoft.com", Outcome::Failed),
        ] {
            let finding = token(Some(&claims(tid, aud, &[])), &"t".into(), scope, Resource::Mde);
            assert_eq!(finding.outcome, expected, "{tid} {aud}: {}", finding.message);
        }
        for unreadable in [None, Some(&Claims::default())] {
            assert_eq!(token(unreadable, &"t".into(), scope, Resource::Mde).outcome, Outcome::Unknown);
        }
    }

    #[test]
    fn any_permission_that_opens_the_feed_will_do() {
        let of = |roles: &[&str], feed| permission(Some(&claims("t", "a", roles)), feed, "LINK").map(|finding| finding.outcome);
        assert_eq!(of(&["SecurityAlert.Read.All"], FeedKind::GraphAlerts), Some(Outcome::Ok));
        assert_eq!(of(&["SecurityIncident.ReadWrite.All"], FeedKind::GraphAlerts), Some(Outcome::Ok));
        assert_eq!(of(&["Alert.Read.All"], FeedKind::GraphAlerts), Some(Outcome::Failed));
        assert_eq!(of(&[], FeedKind::SentinelIncidents), None, "roles in Azure decide");
        assert_eq!(permission(None, FeedKind::GraphAlerts, "LINK"), None);
        let delegated = Claims { delegated: true, ..Claims::default() };
        assert_eq!(permission(Some(&delegated), FeedKind::MdeAlerts, "LINK").unwrap().outcome, Outcome::Unknown);
        let missing = permission(Some(&claims("t", "a", &[])), FeedKind::MdeAlerts, "LINK").unwrap();
        assert!(missing.advice.unwrap().ends_with("must open LINK") && missing.message.starts_with("Alert.Read.All is missing"));
    }

    #[test]
    fn clocks_may_differ_by_a_minute_unnoticed_and_by_five_without_harm() {
        for (seconds, expected) in
            [(0, Outcome::Ok), (60, Outcome::Ok), (-61, Outcome::Warning), (300, Outcome::Warning), (-301, Outcome::Failed)]
        {
            assert_eq!(clock(SignedDuration::from_secs(seconds)).outcome, expected, "{seconds}");
        }
        assert!(clock(SignedDuration::from_secs(-301)).message.contains("301 s behind this machine's"));
    }
}
