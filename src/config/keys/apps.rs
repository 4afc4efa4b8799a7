//! The keys of `[apps.NAME]` and of the tables below it, and those of secrets: everything that may stand near one.

use super::{Group, Key, key};

pub const APP: Group = Group {
    title: "`[apps.NAME]`",
    keys: &[&[
        key("client_id", "GUID", "required", "The application (client) ID of the registration."),
        key("client_secret", "secret", "one of the five", "Its client secret."),
        key("certificate", "table", "one of the five", "Its certificate with the private key; see Certificate."),
        key("federated", "table", "one of the five", "A token of another issuer that it trusts; see Federated token."),
        key("managed_identity", "table", "one of the five", "A managed identity that it trusts; see Managed identity."),
        key(
            "refresh_token",
            "secret",
            "one of the five",
            "A person's delegated sign-in; a `client_secret` or `certificate` may stand beside it.",
        ),
        key("client_secret_expires", "date", "–", "When the secret expires, such as `\"2027-01-31\"`; warned of 30 days ahead."),
        key(
            "state",
            "path",
            "the ledger's folder",
            "The folder for the tokens that Entra gives in exchange for `refresh_token`; required with the ledger in memory.",
        ),
        key(
            "tenant_id",
            "GUID",
            "–",
            "Our own directory, which signs us in where a customer delegated Azure to us (Lighthouse).",
        ),
    ]],
    later: &[],
    hidden: true,
};

const SECRET_PLACE: &[Key] = &[
    key("file", "path", "–", "What this file holds, as text without its trailing line break."),
    key("env", "name", "–", "The value of this environment variable."),
    key("credential", "name", "–", "The systemd credential of this name (`LoadCredential=`)."),
];

pub const SECRET: Group = Group { title: "Secrets: exactly one of", keys: &[SECRET_PLACE], later: &[], hidden: true };

pub const CERTIFICATE: Group = Group {
    title: "Certificate: `certificate`, exactly one of `file`, `env` and `credential`",
    keys: &[
        SECRET_PLACE,
        &[
            key("passphrase", "secret", "–", "What opens the private key."),
            key("key", "secret", "–", "The private key as PEM, where it does not stand beside the certificate."),
            key("algorithm", "word", "`\"PS256\"`", "How sign-ins are signed: `PS256` (`x5t#S256`) or `RS256` (`x5t`)."),
        ],
    ],
    later: &[],
    hidden: true,
};

pub const FEDERATED: Group = Group {
    title: "Federated token: `federated`",
    keys: &[&[key(
        "file",
        "path",
        "`$AZURE_FEDERATED_TOKEN_FILE`",
        "The other issuer's token; read for each sign-in, since it is replaced often.",
    )]],
    later: &[],
    hidden: true,
};

pub const MANAGED_IDENTITY: Group = Group {
    title: "Managed identity: `managed_identity`",
    keys: &[&[
        key("client_id", "GUID", "required", "The client ID of the user-assigned identity, not of the app."),
        key("endpoint", "URL", "`\"http://169.254.169.254\"`", "The metadata service of the machine."),
    ]],
    later: &[],
    hidden: true,
};
