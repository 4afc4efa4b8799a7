//! The token endpoint's refusals: AADSTS numbers, their OAuth words and sentences.

/// A refusal: number, HTTP status, `error`, sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    pub number: u32,
    pub status: u16,
    pub error: &'static str,
    pub text: &'static str,
}

const fn refused(number: u32, status: u16, error: &'static str, text: &'static str) -> Refused {
    Refused { number, status, error, text }
}

/// Those of Microsoft's list of AADSTS codes that client credentials can meet. Sentences shortened; only their beginning matters.
const KNOWN: &[Refused] = &[
    refused(
        7_000_215,
        401,
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
    ),
    refused(7_000_222, 401, "invalid_client", "The provided client secret keys are expired. Create new keys for your app."),
    refused(
        7_000_218,
        401,
        "invalid_client",
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    refused(
        700_016,
        400,
        "unauthorized_client",
        "Application was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant.",
    ),
    refused(7_000_229, 400, "unauthorized_client", "The client application is missing service principal in the tenant."),
    refused(65_001, 400, "invalid_grant", "The user or administrator has not consented to use the application."),
    refused(65_004, 400, "consent_required", "The resource owner or authorization server denied the request."),
    refused(90_094, 400, "consent_required", "An administrator must consent."),
    refused(7_000_112, 400, "unauthorized_client", "Application is disabled."),
    refused(70_001, 400, "unauthorized_client", "The application is disabled."),
    refused(70_003, 400, "unsupported_grant_type", "The app requested an unsupported grant type."),
    refused(
        90_002,
        400,
        "invalid_request",
        "Tenant not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
    ),
    refused(90_038, 400, "invalid_request", "The tenant is in another national cloud."),
    refused(900_382, 400, "invalid_client", "Confidential Client is not supported in Cross Cloud request."),
    refused(
        900_144,
        400,
        "invalid_request",
        "The request body must contain a parameter that is missing: 'grant_type', 'client_id' or 'scope'.",
    ),
    refused(900_561, 405, "invalid_request", "The endpoint only accepts POST requests."),
    refused(901_002, 400, "invalid_request", "The 'resource' request parameter is not supported."),
    refused(500_011, 400, "invalid_resource", "The resource principal was not found in the tenant."),
    refused(
        650_052,
        400,
        "invalid_client",
        "The app needs access to a service that your organization has not subscribed to or enabled.",
    ),
    refused(
        650_057,
        400,
        "invalid_resource",
        "Invalid resource. The client has requested access to a resource which is not listed in its permissions.",
    ),
    refused(500_212, 400, "invalid_grant", "The outbound cross-tenant access policy does not allow this access."),
    refused(500_213, 400, "invalid_grant", "The resource tenant's cross-tenant access policy does not allow this access."),
    refused(50_194, 400, "invalid_request", "Application is not configured as a multi-tenant application."),
    refused(
        700_027,
        401,
        "invalid_client",
        "The certificate with identifier used to sign the client assertion is not registered on application.",
    ),
    refused(700_024, 401, "invalid_client", "Client assertion is not within its valid time range."),
    refused(50_013, 400, "invalid_client", "Assertion failed signature validation or was presented before."),
    refused(
        50_027,
        401,
        "invalid_client",
        "Invalid JWT token. The token is malformed, or its algorithm, thumbprint, issuer or audience is wrong.",
    ),
    refused(50_048, 401, "invalid_client", "Subject must match Issuer claim in the client assertion."),
    refused(70_000, 400, "invalid_grant", "The provided refresh token is not valid for this client."),
    refused(
        50_173,
        400,
        "invalid_grant",
        "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
    ),
    refused(700_082, 400, "invalid_grant", "The refresh token has expired due to inactivity."),
    refused(70_021, 400, "invalid_request", "No matching federated identity record found for presented assertion."),
    refused(700_211, 400, "invalid_request", "No matching federated identity record found for presented assertion issuer."),
    refused(700_212, 400, "invalid_request", "No matching federated identity record found for presented assertion audience."),
    refused(700_213, 400, "invalid_request", "No matching federated identity record found for presented assertion subject."),
    refused(
        700_025,
        401,
        "invalid_client",
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    ),
    refused(
        70_011,
        400,
        "invalid_scope",
        "The provided request must include a 'scope' input parameter that is one resource with /.default.",
    ),
    refused(
        700_022,
        400,
        "invalid_request",
        "The provided value for the input parameter scope is not valid because it contains more than one resource.",
    ),
    refused(53_003, 400, "invalid_grant", "Access has been blocked by Conditional Access policies."),
    refused(530_032, 400, "invalid_grant", "Blocked by security policy."),
    refused(50_196, 400, "invalid_grant", "The server terminated an operation because it encountered a client request loop."),
    refused(90_055, 429, "invalid_request", "The request has been throttled: too many requests for this tenant."),
    refused(90_033, 503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    refused(90_006, 503, "temporarily_unavailable", "The service is temporarily unavailable. Please retry later."),
    refused(
        90_024,
        503,
        "temporarily_unavailable",
        "A transient error has occurred while budgeting the request. Please try again.",
    ),
    refused(50_033, 503, "temporarily_unavailable", "A transient error occurred."),
];

impl Refused {
    /// The refusal of that number; numbers that we do not know are refused as `invalid_request`, as new ones would be.
    pub fn of(number: u32) -> Self {
        KNOWN.iter().find(|known| known.number == number).copied().unwrap_or(refused(
            number,
            400,
            "invalid_request",
            "The request was refused for a reason that the simulator does not know.",
        ))
    }
}
