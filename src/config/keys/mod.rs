//! Every key that a configuration may hold, with what it means: the one table behind unknown-key errors and
//! `docs/configuration.md`.

mod admin;
mod alarms;
mod apps;
mod formats;
mod routes;
mod sinks;
mod syslog;
mod tenants;

pub use self::admin::{ADMIN, ADMIN_TLS};
pub use self::alarms::{ALARMS, TENANT_ALARMS};
pub use self::apps::{APP, CERTIFICATE, FEDERATED, MANAGED_IDENTITY, SECRET};
pub use self::formats::{CEF, ECS, LEEF, OCSF};
pub use self::routes::{EXCLUDE, FILTER, ROUTE};
pub use self::sinks::{FILE, KAFKA, OAUTH, SINK};
pub(super) use self::sinks::{FILE_SINK, KAFKA_OPTIONS, KAFKA_SINK, SYSLOG_SINK};
pub use self::syslog::{SEVERITIES, SYSLOG, TLS};
pub use self::tenants::{DEFENDER_FOR_CLOUD, SENTINEL, TENANT, TENANT_FILE};

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    /// What stands there, in words.
    pub kind: &'static str,
    /// What holds when it is left out; `required`, or `–` for nothing.
    pub default: &'static str,
    pub meaning: &'static str,
}

/// The keys of one table.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    pub title: &'static str,
    pub keys: &'static [&'static [Key]],
    /// Keys that are spoken for, which this version does not have yet.
    pub later: &'static [&'static str],
    /// Values may be secrets written in the wrong place: no message quotes them.
    pub hidden: bool,
}

impl Group {
    const fn new(title: &'static str, keys: &'static [&'static [Key]]) -> Self {
        Self { title, keys, later: &[], hidden: false }
    }

    /// The keys in the order in which they are documented.
    pub fn all(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.keys.iter().flat_map(|part| part.iter())
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        self.all().any(|key| key.name == name)
    }
}

/// Every group, in the order in which they are documented.
pub const ALL: [&Group; 34] = [
    &TOP,
    &DEFAULTS,
    &RETRY,
    &SWEEP,
    &FILTER,
    &EXCLUDE,
    &ROUTE,
    &LIMITS,
    &LEDGER,
    &ADMIN,
    &ADMIN_TLS,
    &ALARMS,
    &APP,
    &SECRET,
    &CERTIFICATE,
    &FEDERATED,
    &MANAGED_IDENTITY,
    &CLOUD,
    &SINK,
    &OCSF,
    &ECS,
    &CEF,
    &LEEF,
    &KAFKA,
    &OAUTH,
    &SYSLOG,
    &SEVERITIES,
    &TLS,
    &FILE,
    &TENANT,
    &TENANT_ALARMS,
    &SENTINEL,
    &DEFENDER_FOR_CLOUD,
    &TENANT_FILE,
];

pub(super) const fn key(name: &'static str, kind: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key { name, kind, default, meaning }
}

const SHUTDOWN: Key =
    key("shutdown_deadline", "duration", "`\"10s\"`", "How long stopping may take before work in flight is cut off.");

pub const TOP: Group = Group::new(
    "Top level",
    &[&[
        SHUTDOWN,
        key("defaults", "table", "–", "What holds for every tenant that does not say otherwise."),
        key("limits", "table", "–", "What all feeds of all tenants together may ask."),
        key("ledger", "table", "–", "Where the memory of what was delivered is kept."),
        key("admin", "table", "–", "The HTTP endpoint for metrics, health and status."),
        key("alarms", "table", "–", "From when on something is an alarm."),
        key("apps", "table of tables", "–", "App registrations of ours, by name."),
        key("clouds", "table of tables", "–", "Custom clouds, by name; Microsoft's own need no entry."),
        key("sinks", "table of tables", "–", "Destinations, by name."),
        key("tenants", "list of tables", "required", "Whose alerts are carried; at least one, here or in `tenants.d`."),
    ]],
);

/// What `[defaults]` gives and any tenant may override.
const OVERRIDABLE: &[Key] = &[
    key("interval", "duration", "`\"60s\"`", "How often each feed is looked at; at least `\"1s\"`."),
    key("delay", "duration", "`\"30s\"`", "A window ends this long before the server's now."),
    key("overlap", "duration", "`\"10m\"`", "A window starts this long before the cursor, to catch late arrivals."),
    key("lookback", "duration", "`\"7d\"`", "How far back the first pass of a new tenant looks."),
    key("feeds", "list of feeds", "`[\"graph-alerts\"]`", "Which APIs are read; see The feeds."),
    key("sinks", "list of sinks", "required", "Where alerts go: names from `[sinks]`; here or at each tenant."),
    key("cloud", "cloud", "`\"global\"`", "`global`, `gcc`, `gcc-high`, `dod`, `china`, or a name from `[clouds]`."),
    key(
        "geo",
        "word",
        "`\"any\"`",
        "Whose Defender hosts of the global cloud are asked: `any`, `us`, `eu`, `uk`, `au`, `swa`, `ina`, `aea`; see Microsoft's clouds.",
    ),
    key("sweep", "table", "see Sweep", "Re-reading of the recent past for what arrived later than the overlap reaches."),
    key(
        "recheck",
        "duration",
        "`\"5m\"`",
        "How often trouble that only a person can mend is looked at again; at least `\"1s\"`.",
    ),
    key("feed_retry", "table", "`{ first = \"5s\", most = \"5m\" }`", "Growing pauses after a feed failed."),
    key("sink_retry", "table", "`{ first = \"1s\", most = \"30s\" }`", "Growing pauses after a sink failed."),
    key("budget", "table", "see The feeds", "Requests per span, by feed: `\"100/min\"`, `\"100/min,1500/h\"`."),
    key("page_size", "table", "see The feeds", "How many rows one request asks for, by feed; from 1 to the feed's most."),
    key("filter", "table", "–", "Which alerts are forwarded; see Filter."),
    key("labels", "table of text", "–", "Free words that travel with each alert; a tenant's are added to those of `[defaults]`."),
    key("routes", "table of tables", "–", "What holds on the way to one sink, by its name; see Routes."),
];

pub const DEFAULTS: Group = Group::new("`[defaults]`", &[OVERRIDABLE, &[SHUTDOWN]]);

pub const RETRY: Group = Group::new(
    "Retry: `feed_retry`, `sink_retry`",
    &[&[
        key("first", "duration", "see above", "The first pause; more than nothing."),
        key("most", "duration", "see above", "The longest pause; not shorter than the first."),
    ]],
);

pub const SWEEP: Group = Group::new(
    "Sweep: `sweep`",
    &[&[
        key("every", "duration", "`\"1h\"`", "How often; `\"0s\"` turns it off."),
        key("reach", "duration", "`\"24h\"`", "How far back."),
    ]],
);

pub const LIMITS: Group = Group::new(
    "`[limits]`",
    &[&[key(
        "requests",
        "rate",
        "`\"13000/s\"`",
        "Requests of all feeds of all tenants together; Microsoft Graph allows an app 130,000 in 10 seconds.",
    )]],
);

pub const LEDGER: Group = Group::new(
    "`[ledger]`",
    &[&[
        key("kind", "kind", "`\"embedded\"`", "`embedded` (a folder) or `memory` (forgets at the end of the process)."),
        key("path", "path", "`\"/var/lib/alertferry\"`", "The folder of the embedded ledger."),
        key(
            "retention",
            "duration",
            "`\"30d\"`",
            "How long an alert ID is remembered; not shorter than any overlap or sweep reach.",
        ),
        key(
            "max_dead_letters",
            "number",
            "`10000`",
            "How many dead letters each tenant and sink may have; beyond it the oldest go.",
        ),
        key(
            "max_dead_letter_bytes",
            "number",
            "`67108864`",
            "How many bytes they may have, of bodies, reasons and alert IDs; at least `1048576`.",
        ),
    ]],
);

pub const CLOUD: Group = Group::new(
    "`[clouds.NAME]`",
    &[&[
        key("login", "URL", "required", "Entra sign-in."),
        key("graph", "URL", "–", "Microsoft Graph. A feed whose host is missing is refused; see The feeds."),
        key("mde", "URL", "–", "Defender for Endpoint."),
        key("xdr", "URL", "–", "Defender XDR."),
        key("arm", "URL", "–", "Azure Resource Manager."),
        key("graph_scope", "text", "that of `global`", "The scope of tokens for `graph`."),
        key("mde_scope", "text", "that of `global`", "The scope of tokens for `mde`."),
        key("xdr_scope", "text", "that of `global`", "The scope of tokens for `xdr`."),
        key("arm_scope", "text", "that of `global`", "The scope of tokens for `arm`."),
        key(
            "exchange_audience",
            "text",
            "that of `global`",
            "What a managed identity's token must be for, to be exchanged here.",
        ),
    ]],
);

/// Tables whose keys are feeds, or the operator's own words.
pub(super) const FREE: Group = Group::new("free", &[]);
