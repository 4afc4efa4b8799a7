//! Filters and routes: what is refused, and how sink, defaults, tenant and route are joined.

use std::collections::BTreeMap;

use alertferry::alert::{Severity, Status};
use alertferry::config::RouteSettings;
use alertferry::format::shorten::Oversize;
use alertferry::pipeline::filter::Filter;
use alertferry::sink::Revisions;

use super::written::Written;

const SYSLOG: &str = "[sinks.soc]\nkind = \"syslog\"\naddress = \"h:1\"\n";

fn route(written: &Written, sink: &str) -> RouteSettings {
    written.tenant().routes.remove(&sink.into()).expect("a route for each sink")
}

fn labels(route: &RouteSettings) -> BTreeMap<&str, &str> {
    route.tenant.labels.iter().map(|(name, word)| (name.as_str(), word.as_str())).collect()
}

#[test]
fn what_no_filter_or_route_can_be_is_refused() {
    for (top, sink, tenant, expected) in [
        (
            "",
            "",
            "filter = { statuses = [\"open\"], titles = [\"fine\", \"(oops\"], categories = [] }",
            &[
                "tenants.\"contoso\".filter.statuses: found \"open\", expected one of \"new\", \"in-progress\", \"on-hold\", \"resolved\", \"redirected\"",
                "tenants.\"contoso\".filter.categories: found an empty list, expected a list of categories, such as [\"CredentialAccess\"]",
                "tenants.\"contoso\".filter.titles: found \"(oops\", expected a regular expression: unclosed group",
            ][..],
        ),
        (
            "",
            "filter = { titles = [1] }",
            "",
            &["sinks.out.filter.titles: found a list, expected a list of regular expressions, such as [\"(?i)phish\"]"],
        ),
        (
            "",
            "filter = { titles = [\"x{99999}{99999}\"], exclude = { kinds = [\"alert\"], statuses = [\"resovled\"] } }",
            "",
            &[
                "sinks.out.filter.exclude.kinds: unknown key, expected one of \"services\", \"statuses\", \"categories\", \"titles\"",
                "sinks.out.filter.titles: found \"x{99999}{99999}\", expected a regular expression: Compiled regex exceeds size limit of 10485760 bytes.",
                "sinks.out.filter.exclude.statuses: found \"resovled\", expected one of \"new\", \"in-progress\", \"on-hold\", \"resolved\", \"redirected\" — did you mean \"resolved\"?",
            ],
        ),
        (
            "",
            "",
            "routes = { oot = {} }",
            &["tenants.\"contoso\".routes.oot: found \"oot\", expected one of \"out\" — did you mean \"out\"?"],
        ),
        (
            "",
            SYSLOG,
            "routes = { soc = { send = \"new\" } }",
            &["tenants.\"contoso\".routes.soc: found \"soc\", expected one of \"out\""],
        ),
        (
            "",
            "",
            "routes = { out = { format = \"cef\", send = \"all\", oversize = \"shorten\", labels = { a = [] } } }",
            &[
                "tenants.\"contoso\".routes.out.format: unknown key, expected one of \"filter\", \"send\", \"labels\", \"oversize\"",
                "tenants.\"contoso\".routes.out.oversize: found for a file, which takes messages of any length, expected it for Kafka and syslog only",
                "tenants.\"contoso\".routes.out.send: found \"all\", expected one of \"new\", \"changes\"",
                "tenants.\"contoso\".routes.out.labels.a: found an empty list, expected text",
            ],
        ),
        (
            "[defaults]\nroutes = { nowhere = {} }",
            "",
            "",
            &["defaults.routes.nowhere: found \"nowhere\", expected one of \"out\""],
        ),
        (
            "[defaults]\nfeeds = [\"graph-incidents\"]",
            "filter = { kinds = [\"incident\"] }",
            "filter = { kinds = [\"alert\"] }",
            &[
                "tenants.\"contoso\".sinks: found \"out\", but the filters on the way there leave neither alerts nor incidents, expected kinds that all of them have",
            ],
        ),
        (
            "",
            "",
            "routes = { out = { filter = { kinds = [\"incident\"] } } }",
            &[
                "tenants.\"contoso\".sinks: found \"out\", but the filters on the way there leave neither alerts nor incidents, expected kinds that all of them have",
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
    ] {
        assert_eq!(Written::around(top, sink, tenant).mistakes(), expected, "{top}\n{sink}\n{tenant}");
    }
}

#[test]
fn the_filters_of_sink_tenant_and_route_all_hold() {
    let top = "[defaults]\nfilter = { min_severity = \"low\", titles = [\"a\"], exclude = { categories = [\"X\"] } }\n\
               routes = { out = { filter = { statuses = [\"new\"] } } }\n";
    let tenant = "filter = { titles = [\"b\", \"c\"], exclude = { titles = [\"d\"] } }\n\
                  routes = { out = { filter = { services = [\"microsoftSentinel\"] } } }\n";
    let written = Written::around(top, "filter = { min_severity = \"medium\" }", tenant);
    let route = route(&written, "out");
    let [sink, tenant, way]: [&Filter; 3] = route.filter.iter().collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(sink.min_severity, Some(Severity::Medium));
    assert_eq!(tenant.min_severity, Some(Severity::Low), "the defaults', since the tenant does not say");
    assert!(format!("{:?}", tenant.wanted.titles).contains("\"b\", \"c\""), "{tenant:?}");
    assert_eq!(tenant.excluded.categories, ["X"], "joined key by key");
    assert!(format!("{:?}", tenant.excluded.titles).contains('d'));
    assert_eq!((way.wanted.statuses.as_slice(), way.wanted.services.len()), (&[Status::New][..], 1));
}

#[test]
fn statuses_are_read_in_any_spelling_and_a_text_is_one_pattern() {
    let tenant = "filter = { statuses = \"NEW, inProgress, on_hold, Resolved\", titles = \"a{1,2}\" }";
    let route = route(&Written::around("", "", tenant), "out");
    let filter = route.filter.iter().next().unwrap();
    assert_eq!(filter.wanted.statuses, [Status::New, Status::InProgress, Status::OnHold, Status::Resolved]);
    assert!(format!("{:?}", filter.wanted.titles).contains("a{1,2}"));
}

#[test]
fn the_nearer_to_the_route_the_stronger_is_a_word() {
    let top = "[defaults]\nlabels = { a = \"defaults\", b = \"defaults\", c = \"defaults\", d = \"defaults\", e = \"defaults\" }\n\
               routes = { soc = { send = \"changes\", oversize = \"dead-letter\", labels = { d = \"default route\", e = \"default route\" } }, idle = { send = \"changes\" } }\n";
    let sinks = format!(
        "{SYSLOG}labels = {{ b = \"sink\", c = \"sink\", d = \"sink\", e = \"sink\" }}\n[sinks.idle]\nkind = \"file\"\npath = \"idle\"\n"
    );
    let tenant =
        "labels = { c = \"tenant\", d = \"tenant\", e = \"tenant\" }\nroutes = { soc = { labels = { e = \"route\" } } }\n";
    let written = Written::new(&format!(
        "{top}{}{}{sinks}{}sinks = [\"out\", \"soc\"]\n{tenant}",
        super::written::APP,
        super::written::SINK,
        super::written::TENANT
    ));
    let soc = route(&written, "soc");
    assert_eq!(
        labels(&soc),
        BTreeMap::from([("a", "defaults"), ("b", "sink"), ("c", "tenant"), ("d", "default route"), ("e", "route")])
    );
    assert_eq!((soc.send, soc.oversize), (Revisions::Changes, Oversize::DeadLetter));
    let out = route(&written, "out");
    assert_eq!((labels(&out)["d"], out.send), ("tenant", Revisions::New), "a route says nothing of the others");
    assert_eq!(written.tenant().tenant.labels["c"], "tenant");
}

#[test]
fn a_tenant_takes_back_what_the_defaults_say_of_a_route() {
    let top =
        "[defaults]\nroutes = { out = { send = \"changes\", filter = { min_severity = \"high\", statuses = [\"new\"] } } }\n";
    let tenant = "routes = { out = { send = \"new\", filter = { min_severity = \"informational\" } } }\n";
    let route = route(&Written::around(top, "", tenant), "out");
    let filter = route.filter.iter().next().unwrap();
    assert_eq!((route.send, filter.min_severity), (Revisions::New, Some(Severity::Informational)));
    assert_eq!(filter.wanted.statuses, [Status::New]);
}
