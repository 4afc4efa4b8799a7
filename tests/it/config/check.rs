//! `alertferry check` as an operator runs it.

use std::fs;
use std::process::Command;

use super::written::Written;

#[test]
fn check_says_what_would_run_and_exits_with_0() {
    let written = Written::around("[ledger]\npath = \"state\"\n", "[sinks.idle]\nkind = \"file\"\npath = \"idle.jsonl\"", "");
    let output = written.check(&[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    for words in [
        "1 tenant, 2 sinks, 1 warning.",
        "contoso  11111111-",
        "standard output",
        "warning: sinks.idle: no tenant uses this sink",
    ] {
        assert!(text.contains(words), "{words:?} in\n{text}");
    }
    let left: Vec<_> = fs::read_dir(written.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["config.toml"], "check creates nothing");
    let json: serde_json::Value = serde_json::from_slice(&written.check(&["--json"]).stdout).unwrap();
    assert_eq!((&json["ok"], &json["tenants"][0]["name"]), (&true.into(), &"contoso".into()));
}

#[test]
fn check_says_how_and_where_to_sinks_write_and_what_goes_over_which_route() {
    let sinks = "filter = { min_severity = \"low\" }\n\
                 [sinks.siem]\nkind = \"kafka\"\nbrokers = [\"k:9092\"]\ntopic = \"alerts\"\nenvelope = \"cloudevents\"\nocsf = { raw_data = true }\n\
                 [sinks.soc]\nkind = \"syslog\"\naddress = [\"a:6514\", \"b:6514\"]\ntransport = \"tls\"\nframing = \"newline\"\nrfc = 3164\n\
                 format = \"cef\"\ncef = { strict_lengths = true }\n";
    let tenant = "sinks = [\"out\", \"siem\", \"soc\"]\nfilter = { exclude = { titles = [\"^a\", \"b\", \"c\", \"d\"] } }\n\
                  labels = { tier = \"gold\" }\nroutes.soc = { send = \"changes\", oversize = \"dead-letter\", filter = { statuses = [\"new\"] } }\n";
    let text = format!("{}{}{sinks}{}{tenant}", super::written::APP, super::written::SINK, super::written::TENANT);
    let written = Written::new(&text);
    let text = String::from_utf8(written.check(&[]).stdout).unwrap();
    for words in [
        "ocsf/1.8.0, raw_data",
        "cef/0, strict_lengths",
        "alerts at k:9092 in cloudevents",
        "a:6514, b:6514 over tls, rfc 3164, a line each",
        "low and above; and not titles ^a, b, c and 1 more",
        "not titles ^a, b, c and 1 more; and statuses new",
    ] {
        assert!(text.contains(words), "{words:?} in\n{text}");
    }
    let json: serde_json::Value = serde_json::from_slice(&written.check(&["--json"]).stdout).unwrap();
    let soc = &json["sinks"].as_array().unwrap().iter().find(|sink| sink["name"] == "soc").unwrap();
    assert_eq!(
        (soc["transport"].as_str(), soc["max_bytes"].as_u64(), soc["rfc"].as_u64()),
        (Some("tls"), Some(8000), Some(3164))
    );
    let route = &json["tenants"][0]["routes"][2];
    assert_eq!((route["send"].as_str(), route["oversize"].as_str()), (Some("changes"), Some("dead-letter")));
    assert_eq!(route["labels"]["tier"], "gold");
}

#[test]
fn a_command_line_that_cannot_be_understood_exits_with_64_and_help_with_0() {
    for (words, code) in [(&["frobnicate"][..], 64), (&["run", "--nope"], 64), (&["convert"], 64), (&[], 64), (&["--help"], 0)] {
        let output = Command::new(env!("CARGO_BIN_EXE_alertferry")).args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}");
    }
}

#[test]
fn check_tells_every_mistake_and_exits_with_64() {
    let written = Written::around("[defaults]\ninterval = 5\n", "", "app2 = 1").env("ALERTFERRY__LEDGER__KIND", "papyrus");
    let output = written.check(&[]);
    assert_eq!(output.status.code(), Some(64));
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(output.stdout.is_empty());
    let json: serde_json::Value = serde_json::from_slice(&written.check(&["--json"]).stdout).unwrap();
    assert_eq!(json["mistakes"].as_array().map(Vec::len), Some(3));
}
