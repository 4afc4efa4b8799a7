//! Sinks: formats with their options, and what may be set of Kafka and files.

use alertferry::format::shorten::Oversize;
use alertferry::format::{Encoder, cef, ecs, leef, ocsf};
use alertferry::sink::settings::{Envelope, Kind, MissingTopic};

use super::written::Written;

const KAFKA: &str = "[sinks.x]\nkind = \"kafka\"\nbrokers = [\"h:1\"]\ntopic = \"t\"\n";

/// What is written below `[sinks.out]`, a file, and every line that must come of it.
const FORMATS: &[(&str, &[&str])] = &[
    (
        "format = \"cef\"\nocsf = {}\nleef = { version = \"1.0\" }",
        &[
            "sinks.out.ocsf: found beside format \"cef\", expected it with format = \"ocsf\" only",
            "sinks.out.leef: found beside format \"cef\", expected it with format = \"leef\" only",
        ],
    ),
    ("ecs = { original = true }", &["sinks.out.ecs: found beside format \"ocsf\", expected it with format = \"ecs\" only"]),
    (
        "format = \"raw\"\nraw = {}",
        &[
            "sinks.out.raw: unknown key, expected one of \"kind\", \"format\", \"send\", \"filter\", \"labels\", \"ocsf\", \"ecs\", \"cef\", \"leef\", \"path\"",
        ],
    ),
    ("ocsf = { raw = true }", &["sinks.out.ocsf.raw: unknown key, expected one of \"version\", \"raw_data\""]),
    ("ocsf = { raw_data = 1 }", &["sinks.out.ocsf.raw_data: found the number 1, expected true or false"]),
    ("format = \"ecs\"\necs = { original = \"maybe\" }", &["sinks.out.ecs.original: found \"maybe\", expected true or false"]),
    (
        "format = \"cef\"\ncef = { strict_lengths = \"no\", ipv6 = \"dst\", high = 9 }",
        &[
            "sinks.out.cef.ipv6: found \"dst\", expected one of \"c6a\", \"src\"",
            "sinks.out.cef.high: found the number 9, expected 8 or 10",
            "sinks.out.cef.strict_lengths: found \"no\", expected true or false",
        ],
    ),
    ("format = \"cef\"\ncef = { high = 11 }", &["sinks.out.cef.high: found the number 11, expected 8 or 10"]),
    (
        "format = \"leef\"\nleef = { version = \"3.0\" }",
        &["sinks.out.leef.version: found \"3.0\", expected one of \"1.0\", \"2.0\" — did you mean \"1.0\"?"],
    ),
    (
        "format = \"leef\"\nleef = { version = \"1.0\", delimiter = \"^\" }",
        &[
            "sinks.out.leef.delimiter: found beside version \"1.0\", where it is always a tab, expected version \"2.0\" or no delimiter",
        ],
    ),
    (
        "format = \"leef\"\nleef = { delimiter = \"=\" }",
        &[
            "sinks.out.leef.delimiter: found \"=\", expected one punctuation mark other than \"= | . , : / - _\", the word \"tab\", or a code such as \"x5E\"",
        ],
    ),
    (
        "oversize = \"shorten\"",
        &[
            "sinks.out.oversize: unknown key, expected one of \"kind\", \"format\", \"send\", \"filter\", \"labels\", \"ocsf\", \"ecs\", \"cef\", \"leef\", \"path\"",
        ],
    ),
    ("labels = { a = 1 }", &["sinks.out.labels.a: found the number 1, expected text"]),
];

#[test]
fn the_options_of_a_format_are_checked_and_refused_beside_another() {
    for (sink, expected) in FORMATS {
        assert_eq!(Written::around("", sink, "").mistakes(), *expected, "{sink}");
    }
}

#[test]
fn a_format_is_read_with_its_options() {
    for (sink, encoder) in [
        ("", Encoder::Ocsf(ocsf::Options::default())),
        (
            "ocsf = { version = \"1.8.0\", raw_data = true }",
            Encoder::Ocsf(ocsf::Options { raw_data: true, ..Default::default() }),
        ),
        ("format = \"ecs\"\necs = { original = \"true\" }", Encoder::Ecs(ecs::Options { original: true })),
        ("format = \"cef\"", Encoder::Cef(cef::Options::default())),
        (
            "format = \"cef\"\ncef = { strict_lengths = true, ipv6 = \"src\", high = 10 }",
            Encoder::Cef(cef::Options { strict_lengths: true, ipv6_in_src: true, high_is_ten: true }),
        ),
        (
            "format = \"leef\"\nleef = { delimiter = \"tab\" }",
            Encoder::Leef(leef::Options { version: leef::Version::V2_0, delimiter: '\t' }),
        ),
        (
            "format = \"leef\"\nleef = { version = \"1.0\" }",
            Encoder::Leef(leef::Options { version: leef::Version::V1_0, ..leef::Options::default() }),
        ),
        (
            "format = \"leef\"\nleef = { delimiter = \"x7E\" }",
            Encoder::Leef(leef::Options { delimiter: '~', ..Default::default() }),
        ),
        ("format = \"raw\"", Encoder::Raw),
    ] {
        assert_eq!(Written::around("", sink, "").settings().sinks[&"out".into()].encoder, encoder, "{sink}");
    }
}

#[test]
fn what_cannot_be_of_a_kafka_sink_is_refused() {
    for (sink, expected) in [
        (
            "envelope = \"cloudevent\"",
            &[
                "sinks.x.envelope: found \"cloudevent\", expected one of \"none\", \"cloudevents\", \"cloudevents-structured\" — did you mean \"cloudevents\"?",
            ][..],
        ),
        ("max_bytes = 1023", &["sinks.x.max_bytes: found the number 1023, expected a whole number from 1024 to 1000000000"]),
        ("oversize = \"cut\"", &["sinks.x.oversize: found \"cut\", expected one of \"shorten\", \"dead-letter\""]),
        (
            "missing_topic = \"make\"",
            &["sinks.x.missing_topic: found \"make\", expected one of \"leave-to-brokers\", \"refuse\", \"create\""],
        ),
        (
            "partitions = 3\nreplicas = 2",
            &[
                "sinks.x.partitions: found without missing_topic = \"create\", expected it beside that only",
                "sinks.x.replicas: found without missing_topic = \"create\", expected it beside that only",
            ],
        ),
        (
            "missing_topic = \"create\"\npartitions = 0\nreplicas = 0",
            &[
                "sinks.x.partitions: found the number 0, expected a whole number from 1 to 100000",
                "sinks.x.replicas: found the number 0, expected a whole number from 1 to 1000",
            ],
        ),
        (
            "oauth = {}",
            &[
                "sinks.x.oauth.app: missing, expected the name of an app from [apps.NAME]",
                "sinks.x.oauth.scope: missing, expected a token scope, such as \"https://NAMESPACE.servicebus.windows.net/.default\"",
            ],
        ),
        (
            "oauth = { app = \"mian\", cloud = \"mars\", tenant_id = \"x\", scope = \"x\" }",
            &[
                "sinks.x.oauth.app: found \"mian\", expected one of \"main\" — did you mean \"main\"?",
                "sinks.x.oauth.cloud: found \"mars\", expected one of \"china\", \"dod\", \"gcc\", \"gcc-high\", \"global\"",
                "sinks.x.oauth.tenant_id: found \"x\", expected a GUID such as \"11111111-1111-1111-1111-111111111111\"",
                "sinks.x.oauth.scope: found \"x\", expected a token scope, such as \"https://NAMESPACE.servicebus.windows.net/.default\"",
            ],
        ),
        (
            "oauth = { app = \"main\", scope = \"a/b\" }",
            &[
                "sinks.x.oauth.tenant_id: missing, expected a GUID such as \"11111111-1111-1111-1111-111111111111\", here or at the app",
            ],
        ),
        (
            "options = { \"sasl.oauthbearer.method\" = \"oidc\" }\noauth = { app = \"main\", scope = \"a/b\", tenant_id = \"11111111-1111-1111-1111-111111111111\" }",
            &["sinks.x.oauth: found beside the option \"sasl.oauthbearer.method\", expected one of the two"],
        ),
    ] {
        assert_eq!(Written::around("", &format!("{KAFKA}{sink}"), "").mistakes(), expected, "{sink}");
    }
}

#[test]
fn everything_of_a_kafka_sink_is_read() {
    let sink = format!(
        "{KAFKA}envelope = \"cloudevents\"\noversize = \"dead-letter\"\nmax_bytes = 1024\nmissing_topic = \"create\"\npartitions = \"6\""
    );
    let written = Written::around("", &sink, "").settings();
    let sink = &written.sinks[&"x".into()];
    let Kind::Kafka(kafka) = &sink.kind else { panic!("another kind") };
    assert_eq!((kafka.envelope, kafka.max_bytes, sink.oversize), (Envelope::CloudEvents, 1024, Oversize::DeadLetter));
    assert_eq!(kafka.missing_topic, MissingTopic::Create { partitions: Some(6), replicas: None });

    let usual = Written::around("", KAFKA, "").settings();
    let Kind::Kafka(kafka) = &usual.sinks[&"x".into()].kind else { panic!("another kind") };
    assert_eq!((kafka.envelope, kafka.max_bytes), (Envelope::None, 900_000));
    assert_eq!(kafka.missing_topic, MissingTopic::LeaveToBrokers);
    assert!(usual.sign_ins.is_empty());
}

#[test]
fn tokens_for_an_event_hub_need_no_more_than_an_app_that_knows_its_directory() {
    let app = "[apps.hub]\nclient_id = \"33333333-3333-3333-3333-333333333333\"\nclient_secret = { env = \"MAIN\" }\ntenant_id = \"44444444-4444-4444-4444-444444444444\"\n";
    let sink = "[sinks.x]\nkind = \"kafka\"\nbrokers = [\"soc.servicebus.windows.net:9093\"]\ntopic = \"t\"\noauth = { app = \"hub\" }\n";
    let tenant = "routes = {}\n";
    let settings = Written::around(app, sink, tenant).settings();
    let sign_in = &settings.sign_ins[&"x".into()];
    assert_eq!((sign_in.app.name.as_str(), sign_in.cloud.name.as_str()), ("hub", "global"));
    assert_eq!(sign_in.tenant.as_str(), "44444444-4444-4444-4444-444444444444");
    assert_eq!(sign_in.scope, "https://soc.servicebus.windows.net/.default");
    assert_eq!(settings.warnings, ["sinks.x: no tenant uses this sink"], "the app is used by the sink");
}

#[test]
fn tenants_whose_names_fill_a_topic_alike_are_refused() {
    let tenant = |name: &str, customer: &str, number: u8| {
        let id = super::written::uuid(number);
        format!(
            "[[tenants]]\nname = \"{name}\"\ntenant_id = \"{id}\"\ncustomer = \"{customer}\"\napp = \"main\"\nsinks = [\"x\"]\n"
        )
    };
    let both = |topic: &str, (one, other): ((&str, &str), (&str, &str))| {
        let sink = format!("[sinks.x]\nkind = \"kafka\"\nbrokers = [\"h:1\"]\ntopic = \"{topic}\"\n");
        Written::around("", &sink, &(tenant(one.0, one.1, 8) + &tenant(other.0, other.1, 9)))
    };
    for (topic, tenants, expected) in [
        (
            "{tenant}.{customer}",
            (("a", "b.c"), ("a.b", "c")),
            "sinks.x.topic: found \"{tenant}.{customer}\", expected a topic for each: tenants \"a\" and \"a.b\" would get \"a.b.c\"",
        ),
        (
            "alerts.{tenant}",
            (("a.b", "b"), ("a_b", "c")),
            "sinks.x.topic: found \"alerts.{tenant}\", expected a topic for each: tenants \"a.b\" and \"a_b\" would get \"alerts.a.b\" and \"alerts.a_b\", which Kafka takes for the same",
        ),
        (
            "{customer}",
            (("one", "c.d"), ("two", "c_d")),
            "sinks.x.topic: found \"{customer}\", expected a topic for each: tenants \"one\" and \"two\" would get \"c.d\" and \"c_d\", which Kafka takes for the same",
        ),
    ] {
        assert_eq!(both(topic, tenants).mistakes(), [expected], "{topic}");
    }
    for (topic, tenants) in [
        ("alerts", (("a.b", "b"), ("a_b", "c"))),
        ("alerts.{severity}", (("a.b", "b"), ("a_b", "c"))),
        ("{customer}", (("one", "The Same"), ("two", "The Same"))),
        ("{tenant}", (("one", "The Same"), ("two", "The Same"))),
    ] {
        both(topic, tenants).settings();
    }
}
