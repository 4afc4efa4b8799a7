//! Which one of many is picked.

use super::evidence::Picked;
use crate::alert::{Finding, Kind};
use crate::alert::{graph, mde};

/// What was picked out of the evidence, one word for each `question`.
fn picked(evidence: &str, question: fn(&Picked<'_>) -> Option<String>) -> String {
    let json = format!(r#"{{"id":"a","evidence":[{evidence}]}}"#);
    let alert = graph::parse(&json).expect("a readable alert");
    question(&Picked::read(&alert)).unwrap_or_default()
}

fn url(url: &str, more: &str) -> String {
    format!(r##"{{"@odata.type":"#x.urlEvidence","url":"{url}"{more}}}"##)
}

fn user(name: &str, more: &str) -> String {
    format!(r##"{{"@odata.type":"#x.userEvidence","userAccount":{{"accountName":"{name}"}}{more}}}"##)
}

const MAIL: &str = r##"{"@odata.type":"#x.analyzedMessageEvidence","recipientEmailAddress":"to@corp.example",
    "p2Sender":{"emailAddress":"from@evil.example"},"senderIp":"192.0.2.1"}"##;

#[test]
fn roles_come_before_verdicts_and_the_first_before_its_equals() {
    let plain = url("plain", "");
    let suspicious = url("suspicious", r#","verdict":"Suspicious""#);
    let malicious = url("malicious", r#","verdict":"malicious""#);
    let attacked = url("attacked", r#","roles":["attacked"]"#);
    for (evidence, first) in [
        (vec![&plain, &suspicious, &malicious, &attacked], "attacked"),
        (vec![&plain, &suspicious, &malicious], "malicious"),
        (vec![&plain, &suspicious], "suspicious"),
        (vec![&plain], "plain"),
    ] {
        let joined = evidence.iter().map(|url| url.as_str()).collect::<Vec<_>>().join(",");
        assert_eq!(picked(&joined, |picked| Some(picked.url.as_deref()?.to_owned())), first);
        let twice = format!("{joined},{}", joined.replace(first, "later"));
        assert_eq!(picked(&twice, |picked| Some(picked.url.as_deref()?.to_owned())), first);
    }
}

#[test]
fn those_who_did_it_stand_apart_from_those_to_whom_it_was_done() {
    let (attacker, victim) = (user("attacker", r#","roles":["attacker"]"#), user("victim", r#","roles":["compromised"]"#));
    let (somebody, process) = (
        user("somebody", ""),
        r##"{"@odata.type":"#x.processEvidence","processId":4,"userAccount":{"accountName":"SYSTEM"}}"##.to_owned(),
    );
    for (evidence, expected) in [
        (format!("{victim},{attacker}"), "attacker > victim, victim"),
        (format!("{process},{somebody}"), "somebody > nobody, somebody"),
        (process.clone(), "SYSTEM > nobody, SYSTEM"),
        (format!("{somebody},{victim}"), "somebody > victim, victim"),
        (format!("{somebody},{MAIL}"), "from@evil.example > somebody, somebody"),
        (MAIL.to_owned(), "from@evil.example > to@corp.example, to@corp.example"),
        (String::new(), "nobody > nobody, nobody"),
    ] {
        let people = picked(&evidence, |picked| {
            let [acting, target, user] = [&picked.acting, &picked.target, &picked.user]
                .map(|person| person.as_ref().and_then(|person| person.name.as_deref()).unwrap_or("nobody"));
            Some(format!("{acting} > {target}, {user}"))
        });
        assert_eq!(people, expected, "{evidence}");
    }
}

#[test]
fn addresses_go_to_the_end_that_their_role_says() {
    let ip = |ip: &str, role: &str| format!(r##"{{"@odata.type":"#x.ipEvidence","ipAddress":"{ip}","roles":["{role}"]}}"##);
    for (evidence, ends) in [
        (ip("192.0.2.7", "contextual"), "192.0.2.7 > -"),
        (ip("192.0.2.7", "commandAndControl"), "- > 192.0.2.7"),
        (format!("{},{}", ip("192.0.2.7", "destination"), ip("192.0.2.8", "source")), "192.0.2.8 > 192.0.2.7"),
        (MAIL.to_owned(), "192.0.2.1 > -"),
    ] {
        let read = picked(&evidence, |picked| {
            let [source, destination] = [picked.ends.source, picked.ends.destination]
                .map(|end| end.map_or_else(|| "-".to_owned(), |(ip, _)| ip.to_string()));
            Some(format!("{source} > {destination}"))
        });
        assert_eq!(read, ends, "{evidence}");
    }
}

#[test]
fn a_file_says_more_than_a_hash_or_an_image_and_its_hashes_come_first() {
    let evidence = r##"{"@odata.type":"#x.fileHashEvidence","algorithm":"sha256","value":"01","verdict":"malicious"},
        {"@odata.type":"#x.processEvidence","processId":4,"imageFile":{"fileName":"image.exe","sha256":"02"}},
        {"@odata.type":"#x.fileEvidence","fileDetails":{"fileName":"file.exe","sha256":"03"}},
        {"@odata.type":"#x.fileEvidence","fileDetails":{"fileName":"again.exe","sha256":"02"}}"##;
    let name = |picked: &Picked<'_>| Some(picked.file.as_ref()?.name.as_deref()?.to_owned());
    assert_eq!(picked(evidence, name), "file.exe");
    assert_eq!(picked(evidence, |picked| Some(picked.sha256.join(","))), "03,01,02");
}

#[test]
fn the_strongest_thing_done_counts_and_words_that_say_nothing_do_not() {
    for (words, done) in [
        (vec!["detected", "prevented"], "prevented"),
        (vec!["none", "Remediated"], "Remediated"),
        (vec!["unknown", "none"], ""),
        (vec!["exploded", "detected"], "detected"),
    ] {
        let evidence: Vec<String> = words.iter().map(|word| url("u", &format!(r#","detectionStatus":"{word}""#))).collect();
        assert_eq!(picked(&evidence.join(","), |picked| Some(picked.done.as_deref()?.to_owned())), done, "{words:?}");
    }
}

#[test]
fn what_the_record_itself_names_comes_before_its_evidence() {
    let json = r#"{"id":"a","machineId":"01","computerDnsName":"named.corp.example","evidence":[
        {"entityType":"Machine","deviceId":"02","deviceDnsName":"other.corp.example","verdict":"Malicious"}]}"#;
    let Ok(Finding::Alert(alert)) = mde::read(Kind::Alert, json) else { panic!("no alert") };
    let machine = Picked::read(&alert).machine.expect("a machine");
    assert_eq!((machine.name.as_deref(), machine.id.as_deref()), (Some("named.corp.example"), Some("01")));
}

#[test]
fn evidence_of_storage_groups_and_mail_is_picked_by_the_name_of_its_type() {
    let blob = r##"{"@odata.type":"#x.blobEvidence","url":"https://a.blob.example/b"}"##;
    let group = r##"{"@odata.type":"#x.securityGroupEvidence","sid":"S-1-5-32-544"}"##;
    let cluster = r##"{"@odata.type":"#x.mailClusterEvidence","emailCount":12}"##;
    let all = [blob, group, cluster].join(",");
    let words = |picked: &Picked<'_>| {
        let (url, group) = (picked.url.as_deref().unwrap_or("none"), picked.group.as_deref().unwrap_or("none"));
        Some(format!("{url} {group} {:?}", picked.messages))
    };
    assert_eq!(picked(&all, words), "https://a.blob.example/b S-1-5-32-544 Some(12)");
    let asked_for = format!("{all},{}", url("https://evil.example", ""));
    assert_eq!(picked(&asked_for, words), "https://evil.example S-1-5-32-544 Some(12)");
}

#[test]
fn what_was_done_is_told_even_in_words_that_we_do_not_know() {
    for (delivery, done) in
        [("deliveredAsSpam", "deliveredAsSpam"), ("quarantinedSomewhere", "quarantinedSomewhere"), ("unknown", "none")]
    {
        let mail =
            format!(r##"{{"@odata.type":"#x.teamsMessageEvidence","remediationStatus":"none","deliveryAction":"{delivery}"}}"##);
        let expected = if done == "none" { "" } else { done };
        assert_eq!(picked(&mail, |picked| picked.done.as_deref().map(str::to_owned)).replace("none", ""), expected);
    }
}

#[test]
fn addresses_of_network_cards_have_colons() {
    let device = r##"{"@odata.type":"#x.ioTDeviceEvidence","macAddress":"00-1B-44-11-3A-B7"}"##;
    assert_eq!(picked(device, |picked| picked.machine.as_ref()?.mac.as_deref().map(str::to_owned)), "00:1B:44:11:3A:B7");
}
