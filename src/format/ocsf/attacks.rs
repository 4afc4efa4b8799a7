//! MITRE ATT&CK: techniques and tactics as the vendor names them.

use super::object::objects;
use crate::alert::Text;

objects! {
    /// `tactic`, `technique` and `sub_technique` look alike.
    Reference {
        uid: Text<'a>,
        name: Option<Text<'a>>,
    }

    /// `attack`: at least one of its attributes.
    Attack {
        tactic: Option<Reference<'a>>,
        technique: Option<Reference<'a>>,
        sub_technique: Option<Reference<'a>>,
    }
}

/// Category words of Microsoft that are tactics, with the number and the name that the word stands for.
const TACTICS: [(&str, &str, &str); 14] = [
    ("InitialAccess", "TA0001", "Initial Access"),
    ("Execution", "TA0002", "Execution"),
    ("Persistence", "TA0003", "Persistence"),
    ("PrivilegeEscalation", "TA0004", "Privilege Escalation"),
    ("DefenseEvasion", "TA0005", "Defense Evasion"),
    ("CredentialAccess", "TA0006", "Credential Access"),
    ("Discovery", "TA0007", "Discovery"),
    ("LateralMovement", "TA0008", "Lateral Movement"),
    ("Collection", "TA0009", "Collection"),
    ("Exfiltration", "TA0010", "Exfiltration"),
    ("CommandAndControl", "TA0011", "Command and Control"),
    ("Impact", "TA0040", "Impact"),
    ("ResourceDevelopment", "TA0042", "Resource Development"),
    ("Reconnaissance", "TA0043", "Reconnaissance"),
];

/// One entry for each technique and each tactic. They stand apart, since a category does not say which technique it is
/// about (in the field the two disagree).
pub fn attacks<'a>(techniques: &[Text<'a>], categories: &[Text<'a>]) -> Vec<Attack<'a>> {
    let techniques = techniques.iter().map(technique);
    techniques.chain(categories.iter().filter_map(|category| tactic(category))).collect()
}

fn technique<'a>(id: &Text<'a>) -> Attack<'a> {
    let reference = |uid: &str| Some(Reference { uid: Text::Owned(uid.to_owned()), name: None });
    match id.split_once('.') {
        Some((parent, _)) if is_sub_technique(id) => {
            Attack { technique: reference(parent), sub_technique: reference(id), tactic: None }
        }
        _ => Attack { technique: Some(Reference { uid: id.clone(), name: None }), ..Attack::default() },
    }
}

/// `T1059.001`
fn is_sub_technique(id: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    id.strip_prefix(['T', 't'])
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(parent, sub)| digits(parent, 4) && digits(sub, 3))
}

fn tactic<'a>(category: &str) -> Option<Attack<'a>> {
    let same =
        |word: &str| category.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_lowercase()).eq(word.to_ascii_lowercase().chars());
    let (_, uid, name) = TACTICS.into_iter().find(|(word, _, _)| same(word))?;
    Some(Attack { tactic: Some(Reference { uid: uid.into(), name: Some(name.into()) }), ..Attack::default() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::attacks;

    #[test]
    fn techniques_are_split_and_tactics_stand_apart() {
        let found = attacks(
            &["T1059.001".into(), "T1003".into(), "T10.1".into(), "odd".into()],
            &["Lateral Movement".into(), "execution".into(), "Malware".into()],
        );
        assert_eq!(
            serde_json::to_value(found).expect("JSON"),
            json!([
                {"technique": {"uid": "T1059"}, "sub_technique": {"uid": "T1059.001"}},
                {"technique": {"uid": "T1003"}},
                {"technique": {"uid": "T10.1"}},
                {"technique": {"uid": "odd"}},
                {"tactic": {"uid": "TA0008", "name": "Lateral Movement"}},
                {"tactic": {"uid": "TA0002", "name": "Execution"}},
            ])
        );
    }
}
