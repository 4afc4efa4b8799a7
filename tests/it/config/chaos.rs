//! Whatever is written, loading answers.

use proptest::prelude::*;

use super::written::Written;

/// Lines of a sound configuration, with some of their values exchanged for others, in any order.
fn mangled() -> impl Strategy<Value = String> {
    let lines: Vec<String> = include_str!("../../../config/example.toml").lines().map(str::to_owned).collect();
    let value = prop_oneof![
        Just("5".to_owned()),
        Just("-1".to_owned()),
        Just("1e400".to_owned()),
        Just("\"\"".to_owned()),
        Just("[]".to_owned()),
        Just("[[]]".to_owned()),
        Just("{}".to_owned()),
        Just("{ a.b.c = [{}] }".to_owned()),
        Just("true".to_owned()),
        Just("2027-01-31".to_owned()),
        Just("\"{\"".to_owned()),
        Just("\"}{tenant\"".to_owned()),
        Just("\"ä:99999\"".to_owned()),
        Just("\"99999999999999d\"".to_owned()),
        "\"[^\"\\\\\\n]{0,12}\"",
        ".{0,12}",
    ];
    prop::collection::vec((prop::sample::select(lines), prop::option::of(value)), 0..30).prop_map(|lines| {
        let line = |(line, value): (String, Option<String>)| match (line.split_once('='), value) {
            (Some((key, _)), Some(value)) => format!("{key}= {value}\n"),
            _ => line + "\n",
        };
        lines.into_iter().map(line).collect()
    })
}

proptest! {
    #[test]
    fn no_file_makes_loading_panic(text in prop_oneof![mangled(), ".*"], more in mangled()) {
        let _ = Written::new(&text).with("tenants.d/more.toml", &more).load();
    }

    #[test]
    fn no_environment_makes_loading_panic(names in prop::collection::vec("(DEFAULTS|SINKS|OUT|APPS|MAIN|OPTIONS|LEDGER|KIND|__|_|[a-z0-9\\[\\].-]){1,8}", 1..4), value in ".*") {
        let mut written = Written::around("", "", "");
        for name in names {
            written = written.env(&format!("ALERTFERRY__{name}"), &value);
        }
        let _ = written.load();
    }
}
