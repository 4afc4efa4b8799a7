//! Syslog sinks: transports, headers, and the files that TLS needs.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use alertferry::alert::Severity;
use alertferry::sink::settings::{Framing, Kind, Rfc, Syslog, TlsVersion, Transport};

use super::written::Written;

const SYSLOG: &str = "[sinks.x]\nkind = \"syslog\"\n";

const WORDS: &str = "one of \"kern\", \"user\", \"mail\", \"daemon\", \"auth\", \"syslog\", \"lpr\", \"news\", \"uucp\", \"cron\", \"authpriv\", \"ftp\", \"ntp\", \"audit\", \"alert\", \"clock\", \"local0\", \"local1\", \"local2\", \"local3\" and 4 more";

fn written(keys: &str) -> Written {
    let address = if keys.contains("address") { "" } else { "address = \"h:1\"\n" };
    Written::around("", &format!("{SYSLOG}{address}{keys}"), "")
}

fn syslog(keys: &str) -> Syslog {
    let settings = written(keys).settings();
    let Kind::Syslog(syslog) = &settings.sinks[&"x".into()].kind else { panic!("another kind") };
    syslog.clone()
}

/// What is written of a sink, and every line that must come of it.
const MISTAKES: &[(&str, &[&str])] = &[
    ("address = []", &["sinks.x.address: found an empty list, expected at least one host:port"]),
    (
        "address = [\"a:1\", \"2001:db8::1:514\", \"[::1]\", \"a:1\"]",
        &[
            "sinks.x.address: found \"a:1\" twice, expected it once",
            "sinks.x.address: found \"2001:db8::1:514\", expected host:port, such as \"siem.example.net:6514\"",
            "sinks.x.address: found \"[::1]\", expected host:port, such as \"siem.example.net:6514\"",
        ],
    ),
    (
        "transport = \"udp\"\nframing = \"newline\"\npatience = \"5s\"\nkeepalive = \"5s\"\ntls = {}",
        &[
            "sinks.x.framing: found where a datagram is one message, expected it with \"tcp\" or \"tls\" only",
            "sinks.x.patience: found with transport \"udp\", which has no connection, expected another transport",
            "sinks.x.keepalive: found with transport \"udp\", which has no connection, expected another transport",
            "sinks.x.tls: found without TLS, expected it with transport = \"tls\" or \"relp-tls\" only",
        ],
    ),
    (
        "transport = \"relp\"\nframing = \"octet-counting\"",
        &["sinks.x.framing: found where RELP has its own, expected it with \"tcp\" or \"tls\" only"],
    ),
    (
        "transport = \"relp-tls\"\nframing = \"octet-counting\"",
        &["sinks.x.framing: found where RELP has its own, expected it with \"tcp\" or \"tls\" only"],
    ),
    (
        "transport = \"udp\"\nmax_bytes = 65508",
        &["sinks.x.max_bytes: found the number 65508, expected a whole number from 480 to 65507"],
    ),
    ("max_bytes = 1000", &["sinks.x.max_bytes: found the number 1000, expected a whole number from 1024 to 16777216"]),
    (
        "rfc = 3164\nstructured_data = \"a@1\"\nbyte_order_mark = true\napp_name = \"a:b\"",
        &[
            "sinks.x.app_name: found \"a:b\", expected with rfc = 3164 up to 32 letters, digits, \"-\", \"_\", \".\" and \"/\"",
            "sinks.x.structured_data: found \"a@1\" beside rfc = 3164, which has none, expected false or rfc = 5424",
            "sinks.x.byte_order_mark: found true beside rfc = 3164, which has none, expected false or rfc = 5424",
        ],
    ),
    (
        "structured_data = \"meta\"",
        &[
            "sinks.x.structured_data: found \"meta\", expected false, or a name with an enterprise number, such as \"alertferry@32473\": up to 32 printable characters without space, \"=\", \"]\" and quotes",
        ],
    ),
    (
        "structured_data = true",
        &[
            "sinks.x.structured_data: found true, expected false, or a name with an enterprise number, such as \"alertferry@32473\": up to 32 printable characters without space, \"=\", \"]\" and quotes",
        ],
    ),
    (
        "hostname = \"a b\"\napp_name = \"ä\"",
        &[
            "sinks.x.hostname: found \"a b\", expected up to 255 printable ASCII characters without a space",
            "sinks.x.app_name: found \"ä\", expected up to 48 printable ASCII characters without a space",
        ],
    ),
    (
        "severities = { hihg = 3, low = \"loud\", high = 8 }",
        &[
            "sinks.x.severities.hihg: unknown key — did you mean \"high\"?",
            "sinks.x.severities.low: found \"loud\", expected a number from 0 to 7 or one of \"emergency\", \"alert\", \"critical\", \"error\", \"warning\", \"notice\", \"informational\", \"debug\"",
            "sinks.x.severities.high: found the number 8, expected a number from 0 to 7 or one of \"emergency\", \"alert\", \"critical\", \"error\", \"warning\", \"notice\", \"informational\", \"debug\"",
        ],
    ),
    ("patience = \"0s\"", &["sinks.x.patience: found \"0s\", expected at least \"1s\""]),
    ("keepalive = \"0s\"", &["sinks.x.keepalive: found \"0s\", expected at least \"1s\""]),
    (
        "transport = \"tls\"\ntls = { ca = \"/nowhere/ca.pem\", server_name = \"a b\", min_version = \"1.1\", key = { env = \"MAIN\" } }",
        &[
            "sinks.x.tls.ca: /nowhere/ca.pem cannot be read: No such file or directory (os error 2), expected a PEM file with at least one certificate",
            "sinks.x.tls.server_name: found text, expected a host name or an IP address, such as \"siem.example.net\"",
            "sinks.x.tls.key: found without certificate, expected it beside one only",
            "sinks.x.tls.min_version: found text, expected one of \"1.2\", \"1.3\" — did you mean \"1.2\"?",
        ],
    ),
];

#[test]
fn what_cannot_be_of_a_syslog_sink_is_refused() {
    for (keys, expected) in MISTAKES {
        assert_eq!(written(keys).mistakes(), *expected, "{keys}");
    }
    let expected =
        |found: &str, hint: &str| [format!("sinks.x.facility: found {found}, expected a number from 0 to 23 or {WORDS}{hint}")];
    assert_eq!(written("facility = 24").mistakes(), expected("the number 24", ""));
    assert_eq!(written("facility = \"local8\"").mistakes(), expected("\"local8\"", " — did you mean \"local0\"?"));
}

#[test]
fn without_more_than_an_address_everything_has_its_default() {
    let usual = syslog("");
    assert!(matches!(usual.transport, Transport::Tcp));
    assert_eq!((usual.rfc, usual.framing, usual.facility), (Rfc::Rfc5424, Framing::OctetCounting, 16));
    assert_eq!((usual.app_name.as_str(), usual.hostname), ("alertferry", None));
    assert_eq!(usual.structured_data.as_deref(), Some("alertferry@32473"));
    assert_eq!((usual.byte_order_mark, usual.max_bytes), (false, 8000));
    assert_eq!((usual.patience, usual.keepalive), (Duration::from_secs(30), Duration::from_secs(30)));
    assert_eq!(usual.severities, BTreeMap::new());
    assert_eq!(syslog("transport = \"udp\"").max_bytes, 8000);
    assert_eq!(syslog("transport = \"udp\"\nformat = \"cef\"").max_bytes, 2048);
    assert_eq!(syslog("transport = \"udp\"\nformat = \"raw\"").max_bytes, 65_507);
    assert_eq!(syslog("format = \"raw\"").max_bytes, 200_000);
    assert_eq!(syslog("rfc = 3164").structured_data, None);
}

#[test]
fn everything_of_a_syslog_sink_is_read() {
    let all = syslog(
        "address = [\"a:1\", \"[2001:db8::1]:514\"]\ntransport = \"tls\"\nrfc = \"5424\"\nframing = \"newline\"\nfacility = \"LOCAL4\"\n\
         severities = { high = \"alert\", low = 6, other = \"7\" }\nhostname = \"ferry\"\napp_name = \"af\"\nstructured_data = false\n\
         byte_order_mark = true\nmax_bytes = 1024\npatience = \"2s\"\nkeepalive = \"3s\"\ntls = { min_version = \"1.3\", server_name = \"siem\" }",
    );
    assert_eq!(all.addresses, ["a:1", "[2001:db8::1]:514"]);
    assert_eq!((all.framing, all.facility, all.hostname.as_deref()), (Framing::Newline, 20, Some("ferry")));
    assert_eq!(all.severities, BTreeMap::from([(Severity::Low, 6), (Severity::High, 1), (Severity::Other, 7)]));
    assert_eq!((all.app_name.as_str(), all.structured_data, all.byte_order_mark), ("af", None, true));
    assert_eq!((all.max_bytes, all.patience.as_secs(), all.keepalive.as_secs()), (1024, 2, 3));
    let Transport::Tls(tls) = all.transport else { panic!("another transport") };
    assert_eq!((tls.min_version, tls.server_name.as_deref()), (TlsVersion::V1_3, Some("siem")));
    assert_eq!(
        (syslog("facility = 4").facility, syslog("structured_data = \"own@1\"").structured_data.as_deref()),
        (4, Some("own@1"))
    );
    assert!(matches!(syslog("transport = \"relp\"").transport, Transport::Relp(None)));
    assert!(matches!(syslog("transport = \"relp-tls\"").transport, Transport::Relp(Some(_))));
}

#[test]
fn the_files_of_tls_are_opened_at_load() {
    let rcgen::CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(["ferry".to_owned()]).unwrap();
    let files = [
        ("cert.pem", cert.pem()),
        ("key.pem", signing_key.serialize_pem()),
        ("both.pem", cert.pem() + &signing_key.serialize_pem()),
        ("none.pem", "nothing\n".to_owned()),
        ("broken.pem", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n".to_owned()),
    ];
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().display().to_string();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let table = |tls: &str| written(&format!("transport = \"tls\"\ntls = {{ {} }}", tls.replace('@', &format!("{place}/"))));
    for tls in [
        "ca = \"@cert.pem\"",
        "certificate = \"@cert.pem\", key = { file = \"@key.pem\" }",
        "certificate = \"@both.pem\"",
        "ca = \"@both.pem\", certificate = \"@cert.pem\", key = { file = \"@both.pem\" }",
    ] {
        table(tls).settings();
    }
    for (tls, expected) in [
        (
            "ca = \"@none.pem\"",
            "sinks.x.tls.ca: @none.pem holds no certificate, expected a PEM file with at least one certificate",
        ),
        ("ca = \"@broken.pem\"", "sinks.x.tls.ca: @broken.pem is not PEM, expected a PEM file with at least one certificate"),
        (
            "certificate = \"@key.pem\"",
            "sinks.x.tls.certificate: @key.pem holds no certificate, expected a PEM file with at least one certificate",
        ),
        (
            "certificate = \"@cert.pem\"",
            "sinks.x.tls.key: missing, expected the private key, for the certificate's file holds none that can be read",
        ),
        (
            "certificate = \"@cert.pem\", key = { file = \"@none.pem\" }",
            "sinks.x.tls.key: secret file @none.pem holds no private key that can be read, expected PEM that is not encrypted",
        ),
        (
            "certificate = \"@cert.pem\", key = { file = \"@away.pem\" }",
            "sinks.x.tls.key: secret file @away.pem: No such file or directory (os error 2), expected a secret there",
        ),
        (
            "certificate = \"@cert.pem\", key = { env = \"MAIN\" }",
            "sinks.x.tls.key: environment variable MAIN holds no private key that can be read, expected PEM that is not encrypted",
        ),
    ] {
        let mistakes: Vec<_> = table(tls).mistakes().iter().map(|line| line.replace(&format!("{place}/"), "@")).collect();
        assert_eq!(mistakes, [expected], "{tls}");
    }
}

#[test]
fn a_limit_that_the_shortest_message_does_not_fit_into_is_warned_of() {
    let warned = |keys: &str| {
        let mut warnings = written(keys).settings().warnings;
        warnings.retain(|warning| warning.starts_with("sinks.x.max_bytes"));
        warnings
    };
    for keys in [
        "format = \"ocsf\"\ntransport = \"udp\"\nmax_bytes = 2048",
        "format = \"ecs\"\nmax_bytes = 1999",
        "format = \"cef\"\nmax_bytes = 1024",
    ] {
        let warnings = warned(keys);
        assert!(warnings.len() == 1 && warnings[0].contains("becomes a dead letter"), "{keys}: {warnings:?}");
    }
    assert!(warned("format = \"ocsf\"\nmax_bytes = 2048")[0].contains("2048 octets are too few"));
    for keys in [
        "format = \"ocsf\"",
        "format = \"ocsf\"\ntransport = \"udp\"",
        "format = \"ecs\"\ntransport = \"udp\"",
        "format = \"leef\"\nmax_bytes = 1500",
        "format = \"raw\"\nmax_bytes = 1024",
    ] {
        assert_eq!(warned(keys), Vec::<String>::new(), "{keys}");
    }
}
