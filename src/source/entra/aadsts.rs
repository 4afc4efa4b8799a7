//! Entra's error numbers (`AADSTS…`): what each means for a feed, and what the operator can do about it.
//!
//! Microsoft asks programs to go by the `error` word, since numbers may change; but only the number tells an expired secret from a wrong
//! one. So the table comes first, and a number that it does not have falls back on the word.

use crate::source::Trouble;

/// What a refused sign-in means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) trouble: Trouble,
    /// All tenants of the app have this trouble.
    pub(super) whole_app: bool,
    /// May contain `{app}`, `{tenant}`, `{cloud}`, `{scope}` and `{consent_url}`; empty where there is nothing to do but wait.
    pub(super) advice: &'static str,
}

struct Row {
    numbers: &'static [u32],
    meaning: &'static str,
    verdict: Verdict,
}

const fn passing(numbers: &'static [u32], meaning: &'static str, advice: &'static str) -> Row {
    Row { numbers, meaning, verdict: Verdict { trouble: Trouble::Passing, whole_app: false, advice } }
}

/// Our credential or registration: every tenant of the app.
const fn app(numbers: &'static [u32], meaning: &'static str, advice: &'static str) -> Row {
    Row { numbers, meaning, verdict: Verdict { trouble: Trouble::Broken, whole_app: true, advice } }
}

/// Our configuration of this tenant.
const fn tenant(numbers: &'static [u32], meaning: &'static str, advice: &'static str) -> Row {
    Row { numbers, meaning, verdict: Verdict { trouble: Trouble::Broken, whole_app: false, advice } }
}

/// Somebody at the customer's.
const fn customer(numbers: &'static [u32], meaning: &'static str, advice: &'static str) -> Row {
    Row { numbers, meaning, verdict: Verdict { trouble: Trouble::NeedsConsent, whole_app: false, advice } }
}

const CONSENT: &str = "an administrator of the customer must open {consent_url}";
const ENABLE: &str =
    "the customer must switch the enterprise application of app {app} on again (Entra, Enterprise applications, Properties)";
const POLICY: &str = "the customer's access policies block app {app}; its administrator must exempt the application";
const PRODUCT: &str = "tenant {tenant} has not got the service behind {scope}: the customer must license and open it once, or drop the \
                       feed from this tenant; then an administrator must open {consent_url}";
const FEDERATION: &str = "compare the federated credential of app {app} with the token that is presented: issuer, audience and subject, letter case included";
const HUMAN: &str =
    "this sign-in belongs to a person; give app {app} an application credential and application permissions instead";
const SIGN_IN: &str = "somebody must sign in anew for app {app} and put the new refresh token in its place; an application credential with \
                       application permissions would need nobody";
const ASSERTION: &str = "compare what app {app} shows, its certificate or federated token, with its registration in Entra (App registrations), and \
                         put this machine's clock right";
const REPORT: &str =
    "alertferry asked wrongly or with a scope that Entra does not take: check the scopes of cloud {cloud}, and report this";

/// After Microsoft's list of AADSTS codes, and what connectors met.
const TABLE: &[Row] = &[
    app(&[7_000_215], "wrong client secret", "give app {app} the secret's value; its ID is often copied by mistake"),
    app(
        &[7_000_222],
        "the client secret has expired",
        "make a new client secret for app {app} and put it in place; it is read at the next sign-in",
    ),
    app(
        &[7_000_218],
        "no credential was sent",
        "put the client_secret or certificate of app {app} beside its refresh_token, or allow public client flows in its registration",
    ),
    app(
        &[700_025],
        "the registration is a public client",
        "switch public client flows off in the registration of app {app}; if it has to be one, only a refresh_token alone can sign it in",
    ),
    app(
        &[50_194],
        "the app is registered for one tenant only",
        "set the supported account types of app {app} to accounts in any directory",
    ),
    app(
        &[650_056, 650_057],
        "the registration does not ask for this resource",
        "add the application permissions behind {scope} to the registration of app {app}, then have each customer consent anew",
    ),
    app(
        &[700_027, 700_030],
        "the certificate is unknown, expired or not allowed",
        "upload the certificate that is in place (without its key) to the registration of app {app}, or put in place the one that is there",
    ),
    app(
        &[700_024],
        "outside the validity of the assertion",
        "put this machine's clock right; where app {app} shows a federated token, see that its file is still renewed",
    ),
    app(&[50_012, 50_013, 500_133, 50_027, 50_048], "the assertion is not valid", ASSERTION),
    app(&[700_211], "no federated credential has this issuer", FEDERATION),
    app(&[700_212, 7_002_121], "no federated credential has this audience", FEDERATION),
    app(&[700_213, 7_002_131], "no federated credential has this subject", FEDERATION),
    app(&[700_222, 700_226, 700_227, 700_229], "a token of Entra's is not allowed as this assertion", FEDERATION),
    passing(
        &[70_021],
        "no matching federated credential, or not yet",
        "a federated credential that was just added to app {app} takes some minutes; if this lasts, compare its issuer, audience and \
         subject with the token that is presented, letter case included",
    ),
    customer(
        &[700_016],
        "the app is not known in this tenant",
        "an administrator of the customer must open {consent_url}; if one has, check tenant_id {tenant}, cloud {cloud} and the client_id of \
         app {app}",
    ),
    customer(&[7_000_229], "the app has no service principal in this tenant", CONSENT),
    customer(&[65_001, 90_094], "an administrator has not consented", CONSENT),
    customer(&[65_004], "consent was declined", "talk to the customer, then have an administrator open {consent_url}"),
    customer(&[90_099], "the partner application is not authorised in this tenant", CONSENT),
    customer(&[500_011], "the resource is not known in this tenant", PRODUCT),
    customer(&[650_052], "the organisation has no subscription to the service", PRODUCT),
    customer(&[7_000_112, 70_001], "the application is disabled", ENABLE),
    customer(&[1_000_031], "the application cannot be used at present", ENABLE),
    customer(&[53_003, 530_032, 530_034], "blocked by conditional access or a security policy", POLICY),
    customer(&[500_212, 500_213], "blocked by a cross-tenant access policy", POLICY),
    tenant(&[90_002], "there is no such tenant in this cloud", "check tenant_id {tenant} and cloud {cloud}"),
    tenant(&[90_038], "the tenant lives in another national cloud", "set the cloud of this tenant; {cloud} is not it"),
    tenant(
        &[900_382, 900_432],
        "the app belongs to another national cloud",
        "register an app in the customer's cloud and name it in this tenant",
    ),
    tenant(&[70_011, 700_022, 901_002], "the scope is not valid", REPORT),
    tenant(
        &[50_196],
        "too many identical sign-ins: a loop",
        "see whether another program signs in with app {app}; if none does, report this",
    ),
    tenant(&[50_020, 50_034], "the user account is not in this tenant", HUMAN),
    tenant(&[50_076, 50_079], "a second factor is asked for", SIGN_IN),
    tenant(&[700_082, 70_008, 70_043, 50_173], "the sign-in has expired or was revoked", SIGN_IN),
    passing(&[90_033, 90_006, 90_024, 50_033], "passing trouble at Entra", ""),
    Row {
        numbers: &[90_055],
        meaning: "too many requests to this tenant",
        verdict: Verdict { trouble: Trouble::Throttled(None), whole_app: false, advice: "" },
    },
];

fn row(number: u32) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.numbers.contains(&number))
}

/// What a number means, where it is known.
pub(super) fn meaning(number: u32) -> Option<&'static str> {
    row(number).map(|row| row.meaning)
}

/// What to make of a refusal with this number and this `error` word.
pub(super) fn verdict(number: Option<u32>, error: &str) -> Verdict {
    if let Some(row) = number.and_then(row) {
        return row.verdict;
    }
    let (trouble, advice) = match error {
        "temporarily_unavailable" | "server_error" => (Trouble::Passing, ""),
        "unauthorized_client" | "consent_required" | "interaction_required" => (Trouble::NeedsConsent, CONSENT),
        "invalid_resource" => (Trouble::NeedsConsent, PRODUCT),
        "invalid_client" => (Trouble::Broken, "check client ID and credential of app {app}"),
        _ => (
            Trouble::Broken,
            "look the number up in Microsoft's reference of AADSTS errors, and check app {app} and tenant {tenant}",
        ),
    };
    Verdict { trouble, whole_app: false, advice }
}

#[cfg(test)]
mod tests {
    use super::{TABLE, Trouble, verdict};

    #[test]
    fn each_number_stands_once() {
        let mut numbers: Vec<u32> = TABLE.iter().flat_map(|row| row.numbers).copied().collect();
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
    }

    #[test]
    fn whatever_does_not_pass_by_itself_says_what_to_do() {
        for row in TABLE.iter().filter(|row| matches!(row.verdict.trouble, Trouble::Broken | Trouble::NeedsConsent)) {
            assert!(!row.verdict.advice.is_empty(), "{:?}", row.numbers);
        }
    }

    #[test]
    fn numbers_lead_to_the_trouble_of_the_error_table() {
        for (number, trouble, whole_app) in [
            (7_000_222, Trouble::Broken, true),
            (7_000_215, Trouble::Broken, true),
            (700_016, Trouble::NeedsConsent, false),
            (7_000_112, Trouble::NeedsConsent, false),
            (53_003, Trouble::NeedsConsent, false),
            (90_002, Trouble::Broken, false),
            (90_033, Trouble::Passing, false),
            (70_021, Trouble::Passing, false),
            (700_027, Trouble::Broken, true),
            (700_024, Trouble::Broken, true),
            (700_213, Trouble::Broken, true),
            (700_082, Trouble::Broken, false),
            (90_055, Trouble::Throttled(None), false),
        ] {
            let verdict = verdict(Some(number), "invalid_request");
            assert_eq!((verdict.trouble, verdict.whole_app), (trouble, whole_app), "{number}");
        }
    }

    #[test]
    fn an_unknown_number_falls_back_on_the_error_word() {
        for (error, trouble) in [
            ("temporarily_unavailable", Trouble::Passing),
            ("consent_required", Trouble::NeedsConsent),
            ("unauthorized_client", Trouble::NeedsConsent),
            ("invalid_client", Trouble::Broken),
            ("something_new", Trouble::Broken),
        ] {
            assert_eq!(verdict(Some(123_456_789), error).trouble, trouble, "{error}");
            assert_eq!(verdict(None, error).trouble, trouble, "{error}");
        }
    }
}
