//! The keys of `[alarms]` and of a tenant's `alarms`.

use super::{Group, Key, key};

/// What a tenant may have otherwise.
const LIMITS: &[Key] = &[
    key("stalled_after", "duration", "`\"15m\"`", "A feed that has not come any further for this long is stalled."),
    key("behind_after", "duration", "`\"1h\"`", "A route whose cursor is this far behind the present is behind."),
    key(
        "silent_after",
        "`usual`, `never` or duration",
        "`\"usual\"`",
        "A feed that has shown nothing new for this long is silent; `usual` goes by its own rhythm.",
    ),
];

pub const ALARMS: Group = Group::new(
    "`[alarms]`",
    &[
        &[
            key("every", "duration", "`\"5s\"`", "How often everything is looked at; at least `\"100ms\"`."),
            key("clear_after", "duration", "`\"30s\"`", "An alarm is over when nothing has been wrong for this long."),
            key("sink_down_after", "duration", "`\"1m\"`", "A sink that has been down for this long."),
            key("sink_refusing_after", "duration", "`\"5m\"`", "A sink that can be reached and takes nothing for this long."),
            key("credential_before", "duration", "`\"30d\"`", "A credential that ends within this time."),
            key(
                "dead_letters",
                "number",
                "`1`",
                "So many dead letters of a tenant and sink; `0` for only when their room is nearly full.",
            ),
        ],
        LIMITS,
    ],
);

pub const TENANT_ALARMS: Group = Group::new("Alarms of a tenant: `alarms`", &[LIMITS]);
