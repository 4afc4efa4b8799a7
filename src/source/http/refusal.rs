//! What an answer other than 200 means: its status and error document turned into an [`ApiError`].

use std::time::Duration;

use reqwest::StatusCode;

use super::ApiError;
use super::document::Document;
use super::reset::until_reset;
use crate::source::foreign::{excerpt, unexpected};
use crate::source::{FetchError, Trouble};

/// An answer other than 200, as it came.
pub(super) struct Refusal<'a> {
    /// Method and URL, for the message.
    pub(super) asked: &'a str,
    pub(super) status: StatusCode,
    /// `Retry-After`, clamped.
    pub(super) pause: Option<Duration>,
    /// `request-id`, or what stands in its place.
    pub(super) request_id: &'a str,
    /// The beginning of the body.
    pub(super) body: &'a [u8],
    /// Blotted out of what the server says.
    pub(super) token: &'a str,
    /// The token's scope.
    pub(super) scope: &'a str,
    /// The link by which the customer lets our app in.
    pub(super) consent_url: &'a str,
    /// The role that opens this feed, where it is Azure that decides.
    pub(super) azure_role: Option<&'static str>,
}

impl Refusal<'_> {
    /// What to make of it.
    pub(super) fn judge(&self) -> ApiError {
        let document = Document::read(self.body);
        let error = |trouble, advice: Option<String>| FetchError { trouble, message: self.message(document.as_ref()), advice };
        match (self.status.as_u16(), &document) {
            (401, _) => ApiError::Other(error(Trouble::Broken, Some(self.unauthorized()))),
            (403, None) => ApiError::Away(error(Trouble::Passing, None)),
            (408, _) => ApiError::Passing(error(Trouble::Passing, None)),
            (403, Some(document)) => match self.forbidden(document) {
                Some(advice) => ApiError::Other(error(Trouble::NeedsConsent, Some(advice))),
                None => ApiError::Passing(error(Trouble::Passing, None)),
            },
            (429, document) => {
                let said = || document.as_ref().and_then(|document| until_reset(&document.message));
                ApiError::Other(error(Trouble::Throttled(self.pause.or_else(said)), None))
            }
            (503, _) if self.pause.is_some() => ApiError::Other(error(Trouble::Throttled(self.pause), None)),
            (status @ 400..500, None) => ApiError::Refused { status, error: error(Trouble::Passing, None) },
            (404, Some(_)) if self.azure_role.is_some() => {
                let advice = "check subscription, resource group and workspace as they are configured: Azure knows no such place";
                ApiError::Refused { status: 404, error: error(Trouble::NeedsConsent, Some(advice.to_owned())) }
            }
            (404, Some(_)) => {
                let advice =
                    "the tenant has not got the product behind this feed, or not yet: license and open it once, or drop the feed";
                ApiError::Refused { status: 404, error: error(Trouble::NeedsConsent, Some(advice.to_owned())) }
            }
            (status @ 400..500, Some(_)) => {
                let advice = "asking again in the same way changes nothing; if it lasts, report this with the request ID";
                ApiError::Refused { status, error: error(Trouble::Broken, Some(advice.to_owned())) }
            }
            _ => ApiError::Passing(error(Trouble::Passing, None)),
        }
    }

    fn unauthorized(&self) -> String {
        format!(
            "a fresh token was refused too: check that scope {} belongs to this host (Defender for Endpoint wants its older audience), that \
             the tenant's cloud is right, and this machine's clock",
            self.scope
        )
    }

    /// Whom to ask for what; `None` where the verdict is not the API's own but something on the way wrapped up.
    fn forbidden(&self, document: &Document) -> Option<String> {
        let consent = self.consent_url;
        let has = |words: &str| document.message.to_ascii_lowercase().contains(words);
        if has("missing application roles") {
            let roles = self.required_roles(&document.message);
            return Some(format!(
                "the token lacks the application permission: one of {roles} must stand in the app's registration, and then an administrator \
                 of the customer must open {consent}"
            ));
        }
        if document.code == "DisabledFeature" || document.code == "DisallowedOperation" || has("not provisioned") {
            let advice = "the customer's licence does not cover this feed or the feature is switched off: license and enable it, or drop the \
                          feed from this tenant";
            return Some(advice.to_owned());
        }
        if document.code == "UnknownError" || has("<html") {
            return None;
        }
        if let Some(role) = self.azure_role {
            return Some(format!(
                "the app has no role there: have it assigned {role} on the subscription, its resource group or workspace (or delegated by \
                 Azure Lighthouse), or take the place out of this tenant's configuration"
            ));
        }
        Some(format!(
            "the app may not read this: an administrator of the customer must open {consent}; check also that scope {} belongs to this host",
            self.scope
        ))
    }

    /// `…API required roles: A, B, application roles: C.` → `A, B`.
    fn required_roles(&self, message: &str) -> String {
        let lower = message.to_ascii_lowercase();
        let Some((_, from)) = lower.split_once("required roles:").map(|(before, after)| (before, message.len() - after.len()))
        else {
            return format!("those behind {}", self.scope);
        };
        let to = lower[from..].find("application roles:").map_or(message.len(), |length| from + length);
        let roles = message[from..to].trim().trim_end_matches([',', '.', ' ']);
        excerpt(roles, &[self.token])
    }

    fn message(&self, document: Option<&Document>) -> String {
        let said = match document {
            Some(document) => {
                let (code, message) = (self.foreign(&document.code), self.foreign(&document.message));
                [code, message].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(": ")
            }
            None => unexpected(self.body, &[self.token]),
        };
        let id = document.and_then(|document| document.request_id.as_deref()).unwrap_or(self.request_id);
        format!("{} answered {}: {said} [request-id {}]", self.asked, self.status.as_u16(), self.foreign(id))
    }

    fn foreign(&self, text: &str) -> String {
        excerpt(text, &[self.token])
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::StatusCode;

    use super::{ApiError, Refusal};
    use crate::source::{FetchError, Trouble};

    fn judged(azure_role: Option<&'static str>, status: u16, pause: Option<Duration>, body: &str) -> ApiError {
        Refusal {
            asked: "GET https://graph.example/v1.0/security/alerts_v2",
            status: StatusCode::from_u16(status).unwrap(),
            pause,
            request_id: "from-header",
            body: body.as_bytes(),
            token: "secret-token",
            scope: "https://graph.example/.default",
            consent_url: "https://login.example/t/adminconsent?client_id=c",
            azure_role,
        }
        .judge()
    }

    fn judge(status: u16, pause: Option<Duration>, body: &str) -> ApiError {
        judged(None, status, pause, body)
    }

    fn json(code: &str, message: &str) -> String {
        format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#)
    }

    #[test]
    fn statuses_and_codes_lead_to_what_the_caller_can_do() {
        let pause = Some(Duration::from_secs(7));
        let html = "<!DOCTYPE html><title>Blocked</title>".to_owned();
        for (status, header, body, variant, trouble) in [
            (400, None, json("BadRequest", "bad filter"), "Refused", Trouble::Broken),
            (404, None, json("NotFound", ""), "Refused", Trouble::NeedsConsent),
            (404, None, html.clone(), "Refused", Trouble::Passing),
            (410, None, json("Gone", ""), "Refused", Trouble::Broken),
            (414, None, String::new(), "Refused", Trouble::Passing),
            (401, None, json("InvalidAuthenticationToken", ""), "Other", Trouble::Broken),
            (403, None, json("Forbidden", "Missing application roles."), "Other", Trouble::NeedsConsent),
            (403, None, json("DisabledFeature", ""), "Other", Trouble::NeedsConsent),
            (403, None, json("Authorization_RequestDenied", ""), "Other", Trouble::NeedsConsent),
            (403, None, json("UnknownError", ""), "Passing", Trouble::Passing),
            (403, None, json("Forbidden", "<html>gateway</html>"), "Passing", Trouble::Passing),
            (403, None, html.clone(), "Away", Trouble::Passing),
            (429, pause, json("TooManyRequests", ""), "Other", Trouble::Throttled(pause)),
            (429, None, html.clone(), "Other", Trouble::Throttled(None)),
            (
                429,
                None,
                json("TooManyRequests", "Retry in 40 seconds."),
                "Other",
                Trouble::Throttled(Some(Duration::from_secs(40))),
            ),
            (429, pause, json("TooManyRequests", "Retry in 40 seconds."), "Other", Trouble::Throttled(pause)),
            (503, pause, html.clone(), "Other", Trouble::Throttled(pause)),
            (503, None, html.clone(), "Passing", Trouble::Passing),
            (500, pause, json("InternalServerError", ""), "Passing", Trouble::Passing),
            (408, None, String::new(), "Passing", Trouble::Passing),
            (204, None, String::new(), "Passing", Trouble::Passing),
        ] {
            let error = judge(status, header, &body);
            assert!(format!("{error:?}").starts_with(variant), "{status} {body}: {error:?}");
            assert_eq!(FetchError::from(error).trouble, trouble, "{status} {body}");
        }
    }

    #[test]
    fn missing_roles_are_named_with_the_link_that_grants_them() {
        let message = "Missing application roles. API required roles: SecurityAlert.Read.All, SecurityAlert.ReadWrite.All, application roles: User.Read.All.";
        let error = FetchError::from(judge(403, None, &json("Forbidden", message)));
        let advice = error.advice.unwrap();
        assert!(advice.contains("one of SecurityAlert.Read.All, SecurityAlert.ReadWrite.All must"), "{advice}");
        assert!(advice.ends_with("https://login.example/t/adminconsent?client_id=c"), "{advice}");
        assert!(error.message.contains("User.Read.All"), "{}", error.message);
    }

    #[test]
    fn a_tenant_without_the_product_is_told_about_licences_not_about_consent() {
        for body in [json("DisabledFeature", ""), json("Forbidden", "Unauthorized request - Account is not provisioned.")] {
            let advice = FetchError::from(judge(403, None, &body)).advice.unwrap();
            assert!(advice.contains("licence") && !advice.contains("adminconsent"), "{advice}");
        }
    }

    #[test]
    fn azure_is_told_about_roles_and_places_and_not_about_consent() {
        let role = Some("Security Reader");
        for (status, code, words) in
            [(403, "AuthorizationFailed", "Security Reader"), (404, "SubscriptionNotFound", "no such place")]
        {
            let error = FetchError::from(judged(role, status, None, &json(code, "no")));
            let advice = error.advice.unwrap();
            assert!(advice.contains(words) && !advice.contains("consent"), "{advice}");
            assert_eq!(error.trouble, Trouble::NeedsConsent);
        }
    }

    #[test]
    fn the_request_id_is_found_wherever_it_stands() {
        for (body, id) in [
            (r#"{"error":{"code":"x","innerError":{"request-id":"r1"}}}"#, "r1"),
            (r#"{"error":{"code":"x","innererror":{"request-id":"r2"}}}"#, "r2"),
            (r#"{"error":{"code":"x","message":null,"target":"r3"}}"#, "r3"),
            (r#"{"error":{"code":"x","innerError":null}}"#, "from-header"),
            ("", "from-header"),
        ] {
            let message = judge(500, None, body).to_string();
            assert!(message.ends_with(&format!("[request-id {id}]")), "{message}");
        }
    }

    #[test]
    fn a_hostile_error_document_makes_a_short_printable_message_without_our_token() {
        let long = "x".repeat(100_000);
        for body in [
            json("secret-token", &format!("secret-token\\u001b[2J{long}")),
            format!("secret-token {long}"),
            json("Forbidden", &format!("Missing application roles. API required roles: secret-token\\u0007{long}")),
        ] {
            let error = FetchError::from(judge(403, None, &body));
            let shown = format!("{error:?} {error}");
            assert!(!shown.contains("secret-token") && shown.len() < 5_000, "{shown}");
            assert!(!error.message.contains(char::is_control) && !error.advice.unwrap_or_default().contains(char::is_control));
        }
    }
}
