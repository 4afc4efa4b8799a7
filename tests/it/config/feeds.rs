//! Places, geos, clouds and limits of the feeds: what is accepted, and what is told where it cannot work.

use alertferry::alert::Kind;
use alertferry::config::duration;
use alertferry::source::FeedKind;
use alertferry::source::cloud::{Cloud, Resource};
use alertferry::source::throttle::Rate;

use super::written::{Written, uuid};

const ALL_FEEDS: &str = "feeds = [\"graph-alerts\", \"graph-incidents\", \"mde-alerts\", \"xdr-incidents\", \"risk-detections\", \
                         \"sentinel-incidents\", \"defender-for-cloud\"]\n";
const SENTINEL: &str =
    "sentinel = { subscription = \"22222222-2222-2222-2222-222222222222\", resource_group = \"soc\", workspace = \"soc-1\" }\n";
const DEFENDER: &str = "defender_for_cloud = { subscriptions = [\"22222222-2222-2222-2222-222222222222\"] }\n";

/// What is written at the tenant (after `top`), and every mistake that must come of it.
const MISTAKES: &[(&str, &str, &[&str])] = &[
    (
        "",
        "feeds = [\"sentinel-incidents\"]",
        &[
            "tenants.\"contoso\".sentinel: missing, expected { subscription = \"GUID\", resource_group = \"…\", workspace = \"…\" } or a list of such: sentinel-incidents among its feeds reads there",
        ],
    ),
    (
        "",
        "feeds = [\"defender-for-cloud\"]",
        &[
            "tenants.\"contoso\".defender_for_cloud: missing, expected { subscriptions = [\"GUID\"] }: defender-for-cloud among its feeds reads there",
        ],
    ),
    (
        "",
        "feeds = [\"sentinel-incidents\"]\nsentinel = [{ subscription = \"x\", resource_group = \"../..\", workspace = \"a\" }, { }]",
        &[
            "tenants.\"contoso\".sentinel[#1].subscription: found \"x\", expected a GUID such as \"11111111-1111-1111-1111-111111111111\"",
            "tenants.\"contoso\".sentinel[#1].resource_group: found \"../..\", expected a resource group: up to 90 letters, digits, \"-\", \"_\", \".\", \"(\" and \")\", not ending with \".\"",
            "tenants.\"contoso\".sentinel[#1].workspace: found \"a\", expected a workspace: 4 to 63 letters, digits and \"-\", starting and ending with a letter or digit",
            "tenants.\"contoso\".sentinel[#2].subscription: missing, expected a GUID such as \"11111111-1111-1111-1111-111111111111\"",
            "tenants.\"contoso\".sentinel[#2].resource_group: missing, expected a resource group: up to 90 letters, digits, \"-\", \"_\", \".\", \"(\" and \")\", not ending with \".\"",
            "tenants.\"contoso\".sentinel[#2].workspace: missing, expected a workspace: 4 to 63 letters, digits and \"-\", starting and ending with a letter or digit",
        ],
    ),
    (
        "",
        "feeds = [\"sentinel-incidents\"]\nsentinel = []",
        &[
            "tenants.\"contoso\".sentinel: found an empty list, expected { subscription = \"GUID\", resource_group = \"…\", workspace = \"…\" } or a list of such",
        ],
    ),
    (
        "",
        "feeds = [\"sentinel-incidents\"]\nsentinel = [\"soc\"]",
        &[
            "tenants.\"contoso\".sentinel: found \"soc\" in the list, expected { subscription = \"GUID\", resource_group = \"…\", workspace = \"…\" } or a list of such",
        ],
    ),
    (
        "",
        "feeds = [\"sentinel-incidents\"]\nsentinel = \"soc\"",
        &[
            "tenants.\"contoso\".sentinel: found \"soc\", expected { subscription = \"GUID\", resource_group = \"…\", workspace = \"…\" } or a list of such",
        ],
    ),
    (
        "",
        "feeds = [\"sentinel-incidents\"]\n[[tenants.sentinel]]\nsubscription = \"22222222-2222-2222-2222-222222222222\"\nresource_group = \"soc\"\nworkspace = \"soc-1\"\nregion = \"eu\"\n[[tenants.sentinel]]\nsubscription = \"22222222-2222-2222-2222-222222222222\"\nresource_group = \"soc\"\nworkspace = \"soc-1\"",
        &[
            "tenants.\"contoso\".sentinel[#1].region: unknown key, expected one of \"subscription\", \"resource_group\", \"workspace\"",
            "tenants.\"contoso\".sentinel[#2]: found a workspace that stands before it already, expected each once",
        ],
    ),
    (
        "",
        "feeds = [\"defender-for-cloud\"]\ndefender_for_cloud = { subscription = \"x\" }",
        &[
            "tenants.\"contoso\".defender_for_cloud.subscription: unknown key — did you mean \"subscriptions\"?",
            "tenants.\"contoso\".defender_for_cloud.subscriptions: missing, expected a list of subscription GUIDs",
        ],
    ),
    (
        "",
        "feeds = [\"defender-for-cloud\"]\ndefender_for_cloud = { subscriptions = [] }",
        &["tenants.\"contoso\".defender_for_cloud.subscriptions: found an empty list, expected a list of subscription GUIDs"],
    ),
    (
        "",
        "feeds = [\"defender-for-cloud\"]\ndefender_for_cloud = { subscriptions = [\"a/b\"] }",
        &[
            "tenants.\"contoso\".defender_for_cloud.subscriptions: found \"a/b\", expected a GUID such as \"11111111-1111-1111-1111-111111111111\"",
        ],
    ),
    (
        "",
        "feeds = [\"mde-alerts\", \"xdr-incidents\"]\ngeo = \"au\"",
        &[
            "tenants.\"contoso\".geo: found \"au\", which has no host for xdr-incidents, expected \"any\" or one of \"us\", \"eu\", \"uk\"",
        ],
    ),
    (
        "[defaults]\ngeo = \"aea\"",
        "feeds = [\"xdr-incidents\"]",
        &[
            "tenants.\"contoso\".geo: found \"aea\", which has no host for xdr-incidents, expected \"any\" or one of \"us\", \"eu\", \"uk\"",
        ],
    ),
    (
        "",
        "geo = \"EU\"",
        &[
            "tenants.\"contoso\".geo: found \"EU\", expected one of \"any\", \"us\", \"eu\", \"uk\", \"au\", \"swa\", \"ina\", \"aea\" — did you mean \"eu\"?",
        ],
    ),
    (
        "",
        "cloud = \"gcc\"\ngeo = \"eu\"",
        &[
            "tenants.\"contoso\".geo: found \"eu\", but cloud \"gcc\" has no hosts by geo, expected \"any\": only \"global\" has them",
        ],
    ),
    (
        "",
        "cloud = \"china\"\nfeeds = [\"graph-alerts\", \"mde-alerts\", \"risk-detections\"]",
        &[
            "tenants.\"contoso\".feeds: found \"graph-alerts\", but cloud \"china\" does not have it, expected a feed of that cloud",
            "tenants.\"contoso\".feeds: found \"mde-alerts\", but cloud \"china\" does not have it, expected a feed of that cloud",
            "tenants.\"contoso\".feeds: found \"risk-detections\", but cloud \"china\" does not have it, expected a feed of that cloud",
        ],
    ),
    (
        "",
        "page_size = { graph-incidents = 51, mde-alerts = 10001, risk-detections = 0, defender-for-cloud = 10 }",
        &[
            "tenants.\"contoso\".page_size.defender-for-cloud: found a page size, expected none: this API cannot be asked for a number of rows",
            "tenants.\"contoso\".page_size.graph-incidents: found the number 51, expected a whole number from 1 to 50",
            "tenants.\"contoso\".page_size.mde-alerts: found the number 10001, expected a whole number from 1 to 10000",
            "tenants.\"contoso\".page_size.risk-detections: found the number 0, expected a whole number from 1 to 500",
        ],
    ),
    (
        "[limits]\nrequests = \"fast\"",
        "",
        &[
            "limits.requests: found \"fast\", expected requests per span, such as \"150/min\" or \"100/min,1500/h\" (spans: s, min, h, d)",
        ],
    ),
    ("[limits]\nrequest = \"1/s\"", "", &["limits.request: unknown key — did you mean \"requests\"?"]),
];

#[test]
fn each_mistake_names_the_tenant_the_key_and_the_reason() {
    for (top, tenant, expected) in MISTAKES {
        assert_eq!(Written::around(top, "", tenant).mistakes(), *expected, "{top}\n{tenant}");
    }
}

/// Azure's records name no tenant: read twice, one customer's would reach the other's topic.
#[test]
fn a_place_of_azure_belongs_to_one_tenant() {
    let other = SENTINEL.replace("\"soc\"", "\"SOC\"");
    let of_both = |more: &str| {
        let feeds = "feeds = [\"sentinel-incidents\", \"defender-for-cloud\"]\n";
        let tailspin = format!("[[tenants]]\nname = \"tailspin\"\ntenant_id = \"{}\"\napp = \"main\"\n{feeds}{more}", uuid(7));
        Written::around("[defaults]\nsinks = [\"out\"]", "", &format!("{feeds}{SENTINEL}{DEFENDER}{tailspin}"))
    };
    let mistakes = of_both(&format!("{other}{DEFENDER}")).mistakes();
    for (key, found) in [
        ("sentinel", "22222222-2222-2222-2222-222222222222/soc/soc-1"),
        ("defender_for_cloud", "22222222-2222-2222-2222-222222222222"),
    ] {
        let start = format!("tenants.\"tailspin\".{key}: found \"{found}\", which tenants.\"contoso\"");
        assert!(mistakes.iter().any(|mistake| mistake.starts_with(&start)), "{start} in {mistakes:#?}");
    }
    assert_eq!(mistakes.len(), 2, "{mistakes:#?}");
    let own = format!("{}{}", SENTINEL.replace("soc-1", "soc-2"), DEFENDER.replace('2', "3"));
    assert_eq!(of_both(&own).settings().tenants.len(), 2, "one subscription may hold the workspaces of several customers");
}

#[test]
fn all_feeds_are_accepted_with_the_limits_that_their_apis_document() {
    let settings = Written::around("", "", &format!("{ALL_FEEDS}{SENTINEL}{DEFENDER}")).settings();
    assert_eq!(settings.warnings, Vec::<String>::new());
    assert_eq!(settings.cap, Rate::parse_list("13000/s").unwrap());
    let tenant = &settings.tenants[0];
    for (feed, word) in FeedKind::ALL {
        let dialect = feed.dialect();
        assert!(tenant.feeds.contains(&feed), "{word}");
        assert_eq!(tenant.budget.get(&feed), Rate::parse_list(dialect.budget).as_ref(), "{word}");
        assert_eq!(tenant.page_size.get(&feed).copied(), dialect.page_size().map(|(usual, _)| usual), "{word}");
    }
    let workspace = &tenant.workspaces[0];
    assert_eq!((workspace.resource_group.as_str(), workspace.name.as_str()), ("soc", "soc-1"));
    assert_eq!(tenant.subscriptions, ["22222222-2222-2222-2222-222222222222"]);
}

#[test]
fn several_workspaces_and_subscriptions_are_kept_in_lower_case_and_in_order() {
    let (one, two) = (uuid(1), "ABCDEF00-0000-0000-0000-000000000000");
    let tenant = format!(
        "feeds = [\"sentinel-incidents\", \"defender-for-cloud\"]\n\
         sentinel = [{{ subscription = \"{one}\", resource_group = \"a\", workspace = \"soc-1\" }}, \
                     {{ subscription = \"{two}\", resource_group = \"b\", workspace = \"soc-1\" }}]\n\
         defender_for_cloud = {{ subscriptions = [\"{two}\", \"{one}\"] }}"
    );
    let tenant = Written::around("", "", &tenant).tenant();
    let subscriptions: Vec<_> = tenant.workspaces.iter().map(|workspace| workspace.subscription.as_str()).collect();
    assert_eq!(subscriptions, [one.as_str(), &two.to_lowercase()]);
    assert_eq!(tenant.subscriptions, [two.to_lowercase(), one]);
}

#[test]
fn a_geo_moves_the_defender_hosts_of_the_global_cloud_and_leaves_other_clouds_alone() {
    let host = |tenant: &alertferry::config::TenantSettings, feed| {
        tenant.cloud.endpoint(feed).unwrap().host.host_str().unwrap().to_owned()
    };
    let feeds = "feeds = [\"mde-alerts\", \"xdr-incidents\"]\n";
    let near = Written::around("[defaults]\ngeo = \"eu\"", "", feeds).tenant();
    assert_eq!(host(&near, FeedKind::MdeAlerts), "eu.api.security.microsoft.com");
    assert_eq!(host(&near, FeedKind::XdrIncidents), "api-eu.security.microsoft.com");
    let own = Written::around("[defaults]\ngeo = \"eu\"", "", &format!("{feeds}geo = \"any\"")).tenant();
    assert_eq!(host(&own, FeedKind::MdeAlerts), "api.security.microsoft.com");
    let other = Written::around("[defaults]\ngeo = \"eu\"", "", &format!("{feeds}cloud = \"gcc\"")).tenant();
    assert_eq!(host(&other, FeedKind::MdeAlerts), "api-gcc.securitycenter.microsoft.us");
}

#[test]
fn a_filter_may_hold_incidents_only_where_some_feed_has_them() {
    let tenant = "feeds = [\"graph-alerts\", \"xdr-incidents\"]\nfilter = { kinds = [\"incident\"] }";
    let written = Written::around("", "", tenant).tenant();
    let filter = &written.routes[&"out".into()].filter;
    assert!(filter.take(Kind::Incident) && !filter.take(Kind::Alert));
}

#[test]
fn what_will_bring_nothing_is_warned_of() {
    let top = "[ledger]\nretention = \"1y\"\n[defaults]\nlookback = \"200d\"\nsinks = [\"out\"]";
    let more = format!(
        "[[tenants]]\nname = \"tailspin\"\ntenant_id = \"{}\"\napp = \"main\"\n{SENTINEL}{DEFENDER}sweep = {{ reach = \"181d\" }}",
        uuid(7)
    );
    let top = top.replace("1y", "365d");
    assert_eq!(
        Written::around(&top, "", &more).settings().warnings,
        [
            "tenants.\"tailspin\".sentinel: nothing is read there, for sentinel-incidents is not among its feeds",
            "tenants.\"tailspin\".defender_for_cloud: nothing is read there, for defender-for-cloud is not among its feeds",
            "tenants.\"contoso\".lookback (and 1 more): graph-alerts goes back \"180d\" at most, so nothing older will come, though \"200d\" is asked for",
            "tenants.\"tailspin\".sweep.reach: graph-alerts goes back \"180d\" at most, so nothing older will come, though \"181d\" is asked for",
        ]
    );
}

fn manual() -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_manual_has_the_facts_of_every_feed() {
    let manual = manual();
    for (feed, word) in FeedKind::ALL {
        let dialect = feed.dialect();
        let host = match dialect.resource {
            Resource::Graph => "graph",
            Resource::Mde => "mde",
            Resource::Xdr => "xdr",
            Resource::Arm => "arm",
        };
        let rows = dialect.page_size().map_or("no choice".to_owned(), |(usual, most)| format!("{usual}, at most {most}"));
        let back = dialect.retention.map_or("–".to_owned(), |retention| format!("`{}`", duration::show(retention)));
        let least = dialect.roles.first().map_or(String::new(), |role| format!("`{role}` |"));
        let line = format!("| `{word}` | `{host}` | `{}` | {rows} | {back} | {least}", dialect.budget);
        assert!(manual.lines().any(|written| written.starts_with(&line)), "{line}");
    }
}

#[test]
fn the_manual_has_the_hosts_of_every_cloud() {
    let manual = manual();
    for name in Cloud::built_in_names() {
        let cloud = Cloud::built_in(name).unwrap();
        let endpoints = [&cloud.graph, &cloud.mde, &cloud.xdr, &cloud.arm];
        let hosts = endpoints.map(|endpoint| endpoint.as_ref().and_then(|endpoint| endpoint.host.host_str()));
        let mut line = format!("| `{name}` | `{}` |", cloud.login.host_str().unwrap());
        for host in hosts {
            line += &host.map_or(" – |".to_owned(), |host| format!(" `{host}` |"));
        }
        assert!(manual.lines().any(|written| written == line), "{line}");
    }
}
