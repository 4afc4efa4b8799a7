//! `threat.*`: the techniques of MITRE ATT&CK, the malware and the group behind it.

use super::field::groups;
use super::unique::Unique;
use crate::alert::Text;
use crate::format::attack::{self, Named};

groups! {
    Tactic {
        id: Unique<Text<'a>>,
        name: Unique<Text<'a>>,
        reference: Unique<Text<'a>>,
    }

    Subtechnique {
        id: Unique<Text<'a>>,
        name: Unique<Text<'a>>,
        reference: Unique<Text<'a>>,
    }

    Technique {
        id: Unique<Text<'a>>,
        name: Unique<Text<'a>>,
        reference: Unique<Text<'a>>,
        subtechnique: Subtechnique<'a>,
    }

    Software {
        name: Option<Text<'a>>,
        alias: Vec<Text<'a>>,
    }

    ThreatGroup {
        name: Option<Text<'a>>,
    }

    Threat {
        framework: Option<&'static str>,
        tactic: Tactic<'a>,
        technique: Technique<'a>,
        software: Software<'a>,
        group: ThreatGroup<'a>,
    }
}

impl<'a> Threat<'a> {
    /// The vendor's tactics are those that it names, and those that a technique cannot be without: many techniques serve several,
    /// and the vendor does not say which one was meant.
    pub fn of<'v>(techniques: impl IntoIterator<Item = &'v Text<'a>>, categories: impl IntoIterator<Item = &'v Text<'a>>) -> Self
    where
        'a: 'v,
    {
        let mut threat = Self::default();
        for tactic in categories.into_iter().filter_map(|category| attack::tactic_of_category(category)) {
            threat.add_tactic(tactic);
        }
        for id in techniques {
            threat.add_technique(id);
        }
        threat
    }

    fn add_tactic(&mut self, (id, name): Named) {
        self.framework = Some(FRAMEWORK);
        if self.tactic.id.add(id.into()) {
            self.tactic.name.add(name.into());
            self.tactic.reference.add(attack::page(id).into());
        }
    }

    fn add_technique(&mut self, id: &Text<'a>) {
        self.framework = Some(FRAMEWORK);
        let Some(found) = attack::technique(id) else { return self.add_unknown(id) };
        let (id, name) = found.parent.unwrap_or((found.id, found.name));
        if self.technique.id.add(id.into()) {
            self.technique.name.add(name.into());
            self.technique.reference.add(attack::page(id).into());
        }
        if found.parent.is_some() && self.technique.subtechnique.id.add(found.id.into()) {
            self.technique.subtechnique.name.add(found.name.into());
            self.technique.subtechnique.reference.add(attack::page(found.id).into());
        }
        let mut tactics = found.tactics();
        if let (Some(only), None) = (tactics.next(), tactics.next()) {
            self.add_tactic(only);
        }
    }

    /// An ID that our tables do not know, most likely a newer one, stands without a name.
    fn add_unknown(&mut self, id: &Text<'a>) {
        match id.split_once('.').filter(|_| is_sub_technique(id)) {
            Some((parent, _)) => {
                match attack::technique(parent) {
                    Some(_) => self.add_technique(&Text::Owned(parent.to_owned())),
                    None => drop(self.technique.id.add(Text::Owned(parent.to_owned()))),
                }
                self.technique.subtechnique.id.add(id.clone());
            }
            None => drop(self.technique.id.add(id.clone())),
        }
    }
}

/// `T1059.001`
fn is_sub_technique(id: &str) -> bool {
    let shape = id.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    shape.eq(*b"T0000.000")
}

const FRAMEWORK: &str = "MITRE ATT&CK";

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Threat;
    use crate::alert::Text;

    fn threat(techniques: &[&'static str], categories: &[&'static str]) -> Value {
        let texts = |words: &[&'static str]| words.iter().map(|word| Text::Borrowed(*word)).collect::<Vec<_>>();
        serde_json::to_value(Threat::of(&texts(techniques), &texts(categories))).expect("JSON")
    }

    #[test]
    fn sub_techniques_stand_below_their_techniques_each_once() {
        let found = threat(&["T1059.001", "T1059.003", "t1059", "T1003"], &[]);
        assert_eq!(found["technique"]["id"], json!(["T1059", "T1003"]));
        assert_eq!(found["technique"]["name"], json!(["Command and Scripting Interpreter", "OS Credential Dumping"]));
        assert_eq!(found["technique"]["subtechnique"]["id"], json!(["T1059.001", "T1059.003"]));
        assert_eq!(found["technique"]["subtechnique"]["reference"][0], "https://attack.mitre.org/techniques/T1059/001");
        assert_eq!(found["tactic"]["name"], json!(["Execution", "Credential Access"]));
    }

    #[test]
    fn a_technique_of_many_tactics_names_none() {
        let found = threat(&["T1078"], &["InitialAccess", "Malware"]);
        assert_eq!(
            found["tactic"],
            json!({
                "id": ["TA0001"], "name": ["Initial Access"], "reference": ["https://attack.mitre.org/tactics/TA0001"]
            })
        );
    }

    #[test]
    fn unknown_ids_pass_and_nothing_is_nothing() {
        assert_eq!(threat(&["T9999", "odd.1"], &[])["technique"], json!({ "id": ["T9999", "odd.1"] }));
        let found = threat(&["T1059.999", "T9999.001"], &[]);
        assert_eq!(found["technique"]["id"], json!(["T1059", "T9999"]));
        assert_eq!(found["technique"]["subtechnique"], json!({ "id": ["T1059.999", "T9999.001"] }));
        assert_eq!(threat(&[], &["Malware"]), json!({}));
    }
}
