//! The keys of the tables that belong to one format each.

use super::{Group, key};

pub const OCSF: Group = Group::new(
    "OCSF: `ocsf` of a sink",
    &[&[
        key("version", "text", "`\"1.8.0\"`", "The version of the schema whose attributes are used; see [formats](formats.md)."),
        key("raw_data", "true or false", "`false`", "Whether the vendor's own document stands, as text, in `raw_data`."),
    ]],
);

pub const ECS: Group = Group::new(
    "ECS: `ecs` of a sink",
    &[&[key("original", "true or false", "`false`", "Whether the vendor's own document stands, as text, in `event.original`.")]],
);

pub const CEF: Group = Group::new(
    "CEF: `cef` of a sink",
    &[&[
        key("strict_lengths", "true or false", "`false`", "Keeps every field to the length that ArcSight's dictionary gives it."),
        key("ipv6", "word", "`\"c6a\"`", "Where IPv6 addresses stand: in the labelled `c6a` fields, or in `src` as IPv4 does."),
        key("high", "number", "`8`", "What stands for high severity: `8`, or `10` as Defender for Identity's own CEF has it."),
    ]],
);

pub const LEEF: Group = Group::new(
    "LEEF: `leef` of a sink",
    &[&[
        key("version", "text", "`\"2.0\"`", "`2.0` or `1.0`."),
        key(
            "delimiter",
            "text",
            "`\"^\"`",
            "What stands between the pairs: one punctuation mark, `tab`, or a code such as `x5E`; in 1.0 always a tab.",
        ),
    ]],
);
