//! MITRE ATT&CK: techniques by the IDs that the vendor sent, with the names and tactics that ATT&CK has for them, and the tactics
//! that the vendor's categories name.

use super::object::objects;
use crate::alert::Text;
use crate::format::attack;

objects! {
    /// `tactic`, `technique` and `sub_technique` look alike.
    Reference: "technique" {
        uid: Text<'a>,
        name: Option<&'static str>,
        src_url: Option<String>,
    }

    /// `attack`: at least one of its objects.
    Attack: "attack" {
        tactic: Option<Reference<'a>>,
        technique: Option<Reference<'a>>,
        sub_technique: Option<Reference<'a>>,
        version: Option<&'static str>,
    }
}

/// One entry for each technique and each tactic that it serves: OCSF gives an entry one tactic. Where the alert itself names
/// some of a technique's tactics, only these count; tactics that go with none of the techniques stand apart.
pub fn attacks<'a>(techniques: &[Text<'a>], categories: &[Text<'a>]) -> Vec<Attack<'a>> {
    let named: Vec<attack::Named> = categories.iter().filter_map(|category| attack::tactic_of_category(category)).collect();
    let mut found = Vec::with_capacity(techniques.len() + named.len());
    for id in techniques {
        let Some(known) = attack::technique(id) else {
            found.push(unknown(id));
            continue;
        };
        let served: Vec<attack::Named> = known.tactics().collect();
        let both = served.iter().filter(|(id, _)| named.iter().any(|(named, _)| named == id));
        let narrowed: Vec<attack::Named> = both.copied().collect();
        for served in if narrowed.is_empty() { served } else { narrowed } {
            found.push(Attack { tactic: Some(tactic(served)), ..of_technique(id, known) });
        }
    }
    for named in named {
        let is_told = |entry: &Attack<'_>| entry.tactic.as_ref().is_some_and(|tactic| tactic.uid == named.0);
        if !found.iter().any(is_told) {
            found.push(Attack { tactic: Some(tactic(named)), ..Attack::default() });
        }
    }
    found
}

/// The ID stays as it was sent, even where ATT&CK has replaced it since.
fn of_technique<'a>(id: &Text<'a>, known: attack::Technique) -> Attack<'a> {
    let sent = Reference { uid: id.clone(), name: Some(known.name), src_url: Some(attack::page(known.id)) };
    let version = Some(known.version);
    match known.parent {
        Some((parent, name)) => {
            let parent = Reference { uid: parent.into(), name: Some(name), src_url: Some(attack::page(parent)) };
            Attack { technique: Some(parent), sub_technique: Some(sent), version, tactic: None }
        }
        None => Attack { technique: Some(sent), version, ..Attack::default() },
    }
}

fn unknown<'a>(id: &Text<'a>) -> Attack<'a> {
    let reference = |uid: Text<'a>| Some(Reference { uid, ..Reference::default() });
    match id.split_once('.') {
        Some((parent, _)) if is_sub_technique(id) => Attack {
            technique: reference(Text::Owned(parent.to_owned())),
            sub_technique: reference(id.clone()),
            ..Attack::default()
        },
        _ => Attack { technique: reference(id.clone()), ..Attack::default() },
    }
}

/// `T1059.001`
fn is_sub_technique(id: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    id.strip_prefix(['T', 't'])
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(parent, sub)| digits(parent, 4) && digits(sub, 3))
}

fn tactic<'a>((id, name): attack::Named) -> Reference<'a> {
    Reference { uid: id.into(), name: Some(name), src_url: Some(attack::page(id)) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::attacks;

    fn found(techniques: &[&'static str], categories: &[&'static str]) -> Value {
        let texts = |words: &[&'static str]| words.iter().map(|word| (*word).into()).collect::<Vec<_>>();
        serde_json::to_value(attacks(&texts(techniques), &texts(categories))).expect("JSON")
    }

    fn page(path: &str) -> String {
        format!("https://attack.mitre.org/{path}")
    }

    #[test]
    fn sub_techniques_have_names_pages_and_tactics() {
        assert_eq!(
            found(&["T1059.001"], &[]),
            json!([{
                "tactic": {"uid": "TA0002", "name": "Execution", "src_url": page("tactics/TA0002")},
                "technique": {"uid": "T1059", "name": "Command and Scripting Interpreter", "src_url": page("techniques/T1059")},
                "sub_technique": {"uid": "T1059.001", "name": "PowerShell", "src_url": page("techniques/T1059/001")},
                "version": "18.1",
            }])
        );
    }

    /// Technique, tactic and version of each entry.
    fn in_short(techniques: &[&'static str], categories: &[&'static str]) -> Vec<[String; 3]> {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let entries = found(techniques, categories);
        let entries = entries.as_array().expect("a list").iter();
        entries
            .map(|entry| {
                let technique = if entry["sub_technique"].is_null() { &entry["technique"] } else { &entry["sub_technique"] };
                [text(&technique["uid"]), text(&entry["tactic"]["uid"]), text(&entry["version"])]
            })
            .collect()
    }

    #[test]
    fn the_alerts_own_tactics_choose_among_those_of_a_technique() {
        let all = [["T1053", "TA0002", "18.1"], ["T1053", "TA0003", "18.1"], ["T1053", "TA0004", "18.1"]];
        assert_eq!(in_short(&["T1053"], &["Malware"]), all);
        assert_eq!(in_short(&["T1053"], &["Persistence"]), [["T1053", "TA0003", "18.1"]]);
        let apart = [["T1003", "TA0006", "18.1"], ["-", "TA0008", "-"]];
        assert_eq!(in_short(&["T1003"], &["Lateral Movement", "credentialAccess", "LateralMovement"]), apart);
    }

    #[test]
    fn ids_stay_as_they_were_sent() {
        assert_eq!(in_short(&["t1003"], &[]), [["t1003", "TA0006", "18.1"]]);
        assert_eq!(in_short(&["T1562.001"], &[]), [["T1562.001", "TA0005", "18.1"]]);
        assert_eq!(in_short(&["T1685"], &[]), [["T1685", "TA0112", "19.2"]]);
        assert_eq!(
            found(&["T9999.001", "T10.1", "odd"], &[]),
            json!([
                {"technique": {"uid": "T9999"}, "sub_technique": {"uid": "T9999.001"}},
                {"technique": {"uid": "T10.1"}},
                {"technique": {"uid": "odd"}},
            ])
        );
    }
}
