//! Text that an attacker chose, in every place where the program shows it: the page, JSON, log lines, the terminal.

use serde_json::{Value, json};

use crate::support::daemon::{Daemon, Setup, alertferry};
use crate::support::lab::Lab;

/// An end of a line and a line of its own, a screen that is cleared, a C1 control, text turned around, and markup.
const HOSTILE: &str = "x\r\n{\"level\":\"ERROR\"}\u{1b}[2J\u{9b}31m\u{202e}<script>alert('1')</script>\"&\u{2028}";

/// What a terminal would act upon, or a reader would take for another line.
fn acts(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}')
}

/// Two alerts whose every text is hostile: one is forwarded, and one names another tenant and is kept aside.
fn plant(lab: &Lab) {
    let tenant = lab.tenants()[0].clone();
    let at = lab.now(&tenant.name).to_string();
    for (id, tenant_id) in [("da1", tenant.tenant_id.as_str()), ("da2", HOSTILE)] {
        let alert = json!({
            "id": format!("{id}{HOSTILE}"), "tenantId": tenant_id, "createdDateTime": at, "lastUpdateDateTime": at,
            "title": HOSTILE, "description": HOSTILE, "category": HOSTILE, "severity": HOSTILE, "status": HOSTILE,
            "serviceSource": HOSTILE, "alertWebUrl": format!("javascript:{HOSTILE}"), "actorDisplayName": HOSTILE,
            "evidence": [{ "@odata.type": "#microsoft.graph.security.fileEvidence", "fileDetails": { "fileName": HOSTILE } }],
        });
        lab.add_text(&tenant.name, &alert.to_string());
    }
}

fn list(daemon: &Daemon, words: &[&str]) -> String {
    let config = daemon.config();
    let output = alertferry(&[words, &["--config", &config]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn assert_harmless(place: &str, text: &str) {
    if let Some(at) = text.find(acts) {
        let from = text[..at].rfind('\n').map_or(0, |line| line + 1);
        panic!("{place} holds {:?}: {:?}", text[at..].chars().next().unwrap(), text[from..].lines().next());
    }
    assert!(!text.lines().any(|line| line.starts_with("{\"level\":\"ERROR\"}")), "{place} holds a line of the attacker's");
}

#[test]
fn text_that_an_attacker_chose_stays_text_wherever_it_is_shown() {
    for format in ["json", "text"] {
        let lab = Lab::quiet(1);
        plant(&lab);
        let mut daemon = Setup::new(&lab)
            .argument("--log-format")
            .argument(format)
            .env("ALERTFERRY_LOG", "debug")
            .sink("out", "kind = \"file\"\nformat = \"ecs\"\npath = \"{folder}/out.jsonl\"")
            .sink("lines", "kind = \"file\"\nformat = \"cef\"\npath = \"{folder}/lines.jsonl\"")
            .start();
        daemon.wait_for_metrics("one forwarded and one kept aside, for each sink", |metrics| {
            metrics.outcome("tenant-01", "forwarded") == 2 && metrics.outcome("tenant-01", "dead_lettered") == 2
        });
        assert_harmless("the log", &daemon.log());

        let page = daemon.get("/").body;
        assert_harmless("the page", &page);
        assert!(!page.contains("<script"), "{page}");
        let metrics = daemon.metrics().text;
        assert_harmless("the metrics", &metrics);
        assert!(!metrics.contains("script"), "no label is what an attacker chose");
        let answer = daemon.get("/api/v1/dead-letters");
        assert!(answer.head.contains("application/json") && answer.head.contains("nosniff"), "{}", answer.head);
        let letters: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(letters[0]["alert_id"], format!("da2{HOSTILE}"), "it means what it meant");

        let listed = list(&daemon, &["dead-letters", "list"]);
        assert_harmless("the list on the terminal", &listed);
        assert_eq!(listed.lines().count(), 1, "one line for one dead letter: {listed}");
        for sink in ["out", "lines"] {
            let lines = std::fs::read_to_string(daemon.folder().join(format!("{sink}.jsonl"))).unwrap();
            assert_eq!(lines.lines().count(), 1, "one line for one alert: {lines}");
        }
    }
}
