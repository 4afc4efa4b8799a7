//! The keys of filters and routes: which alerts go where, and how.

use super::sinks::OVERSIZE;
use super::{Group, Key, key};

const SERVICES: &str =
    "Microsoft's `serviceSource` words, such as `microsoftDefenderForEndpoint`; for alerts only, incidents span services.";
const STATUSES: &str = "`new`, `in-progress`, `on-hold`, `resolved`, `redirected`.";
const CATEGORIES: &str = "The vendor's words, such as `CredentialAccess`; for alerts only, incidents have none.";
const TITLES: &str = "Regular expressions, one of which the title must match somewhere; `(?i)` at the start ignores case.";

pub const FILTER: Group = Group::new(
    "Filter: `filter`",
    &[&[
        key(
            "min_severity",
            "severity",
            "–",
            "`informational`, `low`, `medium`, `high` or `critical`; what cannot be judged passes.",
        ),
        key("services", "list of text", "all", SERVICES),
        key(
            "kinds",
            "list of kinds",
            "`[\"alert\", \"incident\"]`",
            "`alert`, `incident`: which of the two are forwarded; at least one that some feed of the tenant has.",
        ),
        key("statuses", "list of words", "all", STATUSES),
        key("categories", "list of text", "all", CATEGORIES),
        key("titles", "list of text", "all", TITLES),
        key("exclude", "table", "–", "What is not forwarded although all of the above holds; see Exclude."),
    ]],
);

pub const EXCLUDE: Group = Group::new(
    "Exclude: `filter.exclude`",
    &[&[
        key("services", "list of text", "none", SERVICES),
        key("statuses", "list of words", "none", STATUSES),
        key("categories", "list of text", "none", CATEGORIES),
        key("titles", "list of text", "none", TITLES),
    ]],
);

const ROUTE_KEYS: &[Key] = &[
    key("filter", "table", "–", "Which alerts go over this route, of those that the tenant's and the sink's filters let pass."),
    key("send", "word", "the sink's", "`new`: each alert once; `changes`: each revision."),
    key("labels", "table of text", "–", "Free words that travel with each alert over this route."),
    Key { default: "the sink's", ..OVERSIZE },
];

pub const ROUTE: Group = Group::new("Route: `routes.SINK`", &[ROUTE_KEYS]);
