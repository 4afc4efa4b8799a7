//! The table of mistakes: what is written, and every line that must come of it.

/// What is written around the least configuration (top, sink, tenant), and every line that must come of it.
pub const MISTAKES: &[(&str, &str, &str, &[&str])] = &[
    ("", "", "app2 = \"x\"", &["tenants.\"contoso\".app2: unknown key — did you mean \"app\"?"]),
    ("[defaults]\nintervall = \"5s\"", "", "", &["defaults.intervall: unknown key — did you mean \"interval\"?"]),
    ("tenant = 1", "", "", &["tenant: unknown key — did you mean \"tenants\"?"]),
    ("\"a[99999999999]\" = 1", "", "", &["\"a[99999999999]\": unknown key (in config.toml)"]),
    (
        "[defaults]\ninterval = 60",
        "",
        "",
        &[
            "defaults.interval: found the number 60, expected a duration with its unit, such as \"90s\", \"5m\", \"1h30m\" or \"7d\"",
        ],
    ),
    (
        "[defaults]\ninterval = \"60\"",
        "",
        "",
        &["defaults.interval: found \"60\", expected a duration with its unit, such as \"90s\", \"5m\", \"1h30m\" or \"7d\""],
    ),
    ("[defaults]\ninterval = \"0s\"", "", "", &["defaults.interval: found \"0s\", expected at least \"1s\""]),
    (
        "[defaults]\nfeeds = []",
        "",
        "",
        &["defaults.feeds: found an empty list, expected a list of feeds, such as [\"graph-alerts\"]"],
    ),
    (
        "",
        "",
        "feeds = [\"graph-alrts\"]",
        &[
            "tenants.\"contoso\".feeds: found \"graph-alrts\", expected one of \"graph-alerts\", \"graph-incidents\", \"mde-alerts\", \"xdr-incidents\", \"risk-detections\", \"sentinel-incidents\", \"defender-for-cloud\" — did you mean \"graph-alerts\"?",
        ],
    ),
    (
        "",
        "",
        "cloud = \"gloabl\"",
        &[
            "tenants.\"contoso\".cloud: found \"gloabl\", expected one of \"china\", \"dod\", \"gcc\", \"gcc-high\", \"global\" — did you mean \"global\"?",
        ],
    ),
    (
        "",
        "",
        "page_size = { graph-alerts = 1001 }",
        &["tenants.\"contoso\".page_size.graph-alerts: found the number 1001, expected a whole number from 1 to 1000"],
    ),
    (
        "",
        "",
        "budget = { graph-alerts = \"fast\" }",
        &[
            "tenants.\"contoso\".budget.graph-alerts: found \"fast\", expected requests per span, such as \"150/min\" or \"100/min,1500/h\" (spans: s, min, h, d)",
        ],
    ),
    (
        "",
        "",
        "budget = { graph = \"1/s\" }",
        &[
            "tenants.\"contoso\".budget.graph: unknown feed, expected one of \"graph-alerts\", \"graph-incidents\", \"mde-alerts\", \"xdr-incidents\", \"risk-detections\", \"sentinel-incidents\", \"defender-for-cloud\"",
        ],
    ),
    (
        "",
        "",
        "filter = { min_severity = \"hgih\" }",
        &[
            "tenants.\"contoso\".filter.min_severity: found \"hgih\", expected one of \"informational\", \"low\", \"medium\", \"high\", \"critical\" — did you mean \"high\"?",
        ],
    ),
    (
        "",
        "",
        "filter = { kinds = [\"incident\"] }",
        &[
            "tenants.\"contoso\".filter: found kinds = [\"incident\"], but none of its feeds has incidents, expected one that has, or \"alert\"",
        ],
    ),
    (
        "",
        "",
        "filter = { kinds = [] }",
        &["tenants.\"contoso\".filter.kinds: found an empty list, expected a list of kinds, such as [\"alert\", \"incident\"]"],
    ),
    (
        "[defaults]\nfilter = { kinds = [\"incdent\"] }",
        "",
        "",
        &["defaults.filter.kinds: found \"incdent\", expected one of \"alert\", \"incident\" — did you mean \"incident\"?"],
    ),
    (
        "[defaults]\nsink_retry = { first = \"31s\" }",
        "",
        "",
        &["defaults.sink_retry: found a first pause longer than the most, expected first ≤ most"],
    ),
    (
        "",
        "",
        "feed_retry = { first = \"10m\" }",
        &["tenants.\"contoso\".feed_retry: found a first pause longer than the most, expected first ≤ most"],
    ),
    (
        "[ledger]\nkind = \"kafka\"",
        "",
        "",
        &["ledger.kind: found \"kafka\", which this version does not have yet, expected one of \"embedded\", \"memory\""],
    ),
    (
        "[ledger]\nretention = \"23h\"",
        "",
        "",
        &["ledger.retention: found \"23h\", expected at least \"1d\", the sweep.reach of tenant contoso"],
    ),
    (
        "[alarms]\nsilent_after = \"soon\"",
        "",
        "alarms = { behind_after = \"0s\" }",
        &[
            "alarms.silent_after: found \"soon\", expected \"usual\", \"never\" or a duration, such as \"2d\"",
            "tenants.\"contoso\".alarms.behind_after: found \"0s\", expected at least \"1s\"",
        ],
    ),
    (
        "[admin]\nlisten = \"9464\"",
        "",
        "",
        &["admin.listen: found \"9464\", expected an IP address and a port, such as \"127.0.0.1:9464\""],
    ),
    (
        "shutdown_deadline = \"5s\"\n[defaults]\nshutdown_deadline = \"6s\"",
        "",
        "",
        &["defaults.shutdown_deadline: found at the top level as well, expected one of the two"],
    ),
    ("defaults = 5", "", "", &["defaults: found a number, expected a table"]),
    (
        "[apps.Main]\nclient_id = \"00000000-0000-0000-0000-000000000000\"\nclient_secret = { env = \"MAIN\" }",
        "",
        "",
        &[
            "apps.Main: found this name, expected a name of lower case letters, digits, \"-\", \"_\" and \".\", starting with a letter or digit",
        ],
    ),
    (
        "[apps.x]\nclient_id = \"nonsense\"",
        "",
        "",
        &[
            "apps.x: found no credential, expected one of client_secret, certificate, federated, managed_identity, refresh_token",
            "apps.x.client_id: found text, expected a GUID such as \"11111111-1111-1111-1111-111111111111\"",
        ],
    ),
    (
        "[apps.x]\nclient_id = \"00000000-0000-0000-0000-000000000000\"\ncertificate = {}",
        "",
        "",
        &["apps.x.certificate: found an empty table, expected one of file, env, credential"],
    ),
    (
        "[clouds.global]\nlogin = \"https://x\"",
        "",
        "",
        &["clouds.global: found the name of one of Microsoft's own clouds, expected another name"],
    ),
    (
        "[clouds.lab]\nlogin = \"https://x/path\"",
        "",
        "",
        &[
            "clouds.lab.login: found \"https://x/path\", expected a URL of scheme, host and port only, such as \"https://graph.microsoft.com\"",
        ],
    ),
    (
        "[clouds.lab]\nlogin = \"https://u:pass@x\"",
        "",
        "",
        &[
            "clouds.lab.login: found an address with a user part, expected a URL of scheme, host and port only, such as \"https://graph.microsoft.com\"",
        ],
    ),
    (
        "[clouds.lab]\nlogin = \"https://x\"",
        "",
        "cloud = \"lab\"",
        &["tenants.\"contoso\".feeds: found \"graph-alerts\", but cloud \"lab\" does not have it, expected a feed of that cloud"],
    ),
    (
        "",
        "brokers = [\"k:1\"]",
        "",
        &[
            "sinks.out.brokers: unknown key, expected one of \"kind\", \"format\", \"send\", \"filter\", \"labels\", \"ocsf\", \"ecs\", \"cef\", \"leef\", \"path\"",
        ],
    ),
    (
        "",
        "format = \"cfe\"",
        "",
        &[
            "sinks.out.format: found \"cfe\", expected one of \"ocsf\", \"ecs\", \"cef\", \"leef\", \"raw\" — did you mean \"cef\"?",
        ],
    ),
    ("", "send = \"all\"", "", &["sinks.out.send: found \"all\", expected one of \"new\", \"changes\""]),
    (
        "",
        "[sinks.x]\nkind = \"email\"",
        "",
        &["sinks.x.kind: found \"email\", which this version does not have yet, expected one of \"kafka\", \"syslog\", \"file\""],
    ),
    ("", "[sinks.x]", "", &["sinks.x.kind: missing, expected one of \"kafka\", \"syslog\", \"file\""]),
    (
        "",
        "[sinks.x]\nkind = \"file\"\npath = \"-\"",
        "",
        &["sinks.x.path: found \"-\", expected a path of its own, for it is the one of sink out"],
    ),
    (
        "",
        "[sinks.x]\nkind = \"syslog\"\naddress = \"h\"\ntransport = \"tsl\"\nrfc = 4000\nframing = \"lines\"",
        "",
        &[
            "sinks.x.address: found \"h\", expected host:port, such as \"siem.example.net:6514\"",
            "sinks.x.transport: found \"tsl\", expected one of \"tcp\", \"udp\", \"tls\", \"relp\", \"relp-tls\" — did you mean \"tls\"?",
            "sinks.x.rfc: found the number 4000, expected 5424 or 3164",
            "sinks.x.framing: found \"lines\", expected one of \"octet-counting\", \"newline\"",
        ],
    ),
    (
        "",
        "[sinks.x]\nkind = \"kafka\"\nbrokers = [\"h\"]\ntopic = \"a.{tenat}\"\noptions = { \"bootstrap.servers\" = \"h:1\" }",
        "",
        &[
            "sinks.x.brokers: found \"h\", expected host:port, such as \"siem.example.net:6514\"",
            "sinks.x.topic: found \"a.{tenat}\", expected a topic of letters, digits, \".\", \"_\", \"-\" and the placeholders {tenant}, {customer}, {feed}, {severity}",
            "sinks.x.options.\"bootstrap.servers\": found the brokers, expected them in the sink's own key \"brokers\"",
        ],
    ),
    (
        "",
        "",
        "[[tenants]]\nname = \"contoso\"\ntenant_id = \"11111111-1111-1111-1111-111111111111\"\napp = \"mian\"",
        &[
            "tenants.\"contoso\".name: found \"contoso\", which tenants.\"contoso\" in the main file has already, expected each once",
            "tenants.\"contoso\".tenant_id: found \"11111111-1111-1111-1111-111111111111\", which tenants.\"contoso\" in the main file has already, expected each once",
            "tenants.\"contoso\".app: found \"mian\", expected one of \"main\" — did you mean \"main\"?",
            "tenants.\"contoso\".sinks: missing, expected a list of sinks, such as [\"siem\"], here or in [defaults]",
        ],
    ),
    (
        "",
        "",
        "[[tenants]]\nsinks = [\"out\", \"out\", \"oot\"]",
        &[
            "tenants[#2].name: missing, expected a name of lower case letters, digits, \"-\", \"_\" and \".\", starting with a letter or digit",
            "tenants[#2].tenant_id: missing, expected a GUID such as \"11111111-1111-1111-1111-111111111111\"",
            "tenants[#2].app: missing, expected the name of an app from [apps.NAME]",
            "tenants[#2].sinks: found \"out\" twice, expected it once",
            "tenants[#2].sinks: found \"oot\", expected one of \"out\" — did you mean \"out\"?",
        ],
    ),
];
