//! The keys of `[[tenants]]` and of the files in `tenants.d`.

use super::{Group, OVERRIDABLE, key};

pub const TENANT: Group = Group::new(
    "`[[tenants]]`",
    &[
        &[
            key("name", "name", "required", "Our word for the tenant: used in topics, metrics and logs."),
            key("tenant_id", "GUID", "required", "The Entra directory."),
            key("customer", "text", "the name", "The customer's name for people."),
            key("app", "app", "required", "The app registration that signs in: a name from `[apps]`."),
        ],
        &[
            key("alarms", "table", "as `[alarms]`", "From when on its feeds give alarms; see Alarms of a tenant."),
            key("sentinel", "table or list of tables", "–", "Where `sentinel-incidents` reads; see Microsoft Sentinel."),
            key("defender_for_cloud", "table", "–", "Where `defender-for-cloud` reads; see Defender for Cloud."),
        ],
        OVERRIDABLE,
    ],
);

pub const SENTINEL: Group = Group::new(
    "Microsoft Sentinel: `sentinel` of a tenant",
    &[&[
        key("subscription", "GUID", "required", "The Azure subscription of the workspace."),
        key("resource_group", "text", "required", "Its resource group."),
        key("workspace", "text", "required", "The name of the Log Analytics workspace."),
    ]],
);

pub const DEFENDER_FOR_CLOUD: Group = Group::new(
    "Defender for Cloud: `defender_for_cloud` of a tenant",
    &[&[key("subscriptions", "list of GUIDs", "required", "The Azure subscriptions whose alerts are read; at least one.")]],
);

pub const TENANT_FILE: Group = Group::new(
    "`tenants.d/*.toml`",
    &[&[
        key("tenants", "list of tables", "–", "More tenants."),
        key("apps", "table of tables", "–", "More apps; a name may be used once in all files."),
        key("clouds", "table of tables", "–", "More custom clouds."),
        key("sinks", "table of tables", "–", "More sinks."),
    ]],
);
