//! MITRE ATT&CK Enterprise: the names and tactics behind the techniques that alerts mention.
//!
//! ATT&CK 18.1 answers first, since Microsoft's alerts speak its language and it still knows every technique that was ever
//! withdrawn; 19.2, which renamed the tactic Defense Evasion and split it, answers for what came later. The tables are texts, written
//! by `scripts/attack.sh`, and searched where they lie.

mod table;

use table::Table;

/// An ID and the name that goes with it.
pub type Named = (&'static str, &'static str);

const TABLES: [Table; 2] =
    [Table::new("18.1", include_str!("attack-18.1.tsv")), Table::new("19.2", include_str!("attack-19.2.tsv"))];

/// A technique or sub-technique, by the table of one version of ATT&CK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Technique {
    /// As ATT&CK writes it: `T1059` or `T1059.001`.
    pub id: &'static str,
    pub name: &'static str,
    /// The technique that a sub-technique belongs to.
    pub parent: Option<Named>,
    /// The version of ATT&CK that says so.
    pub version: &'static str,
    table: Table,
    tactics: &'static str,
}

impl Technique {
    /// Those that the technique serves, in ATT&CK's order; at least one.
    pub fn tactics(self) -> impl Iterator<Item = Named> {
        self.tactics.split(',').filter_map(move |id| self.table.row(id)).map(|row| (row.id, row.name))
    }
}

/// Looks an ID up, in whatever case it comes and with or without space around it. `None` for what no table knows.
#[must_use]
pub fn technique(id: &str) -> Option<Technique> {
    let mut upper = [0; "T1059.001".len()];
    let id = id.trim();
    let upper = upper.get_mut(..id.len())?;
    upper.copy_from_slice(id.as_bytes());
    upper.make_ascii_uppercase();
    let id = str::from_utf8(upper).ok()?;
    let (table, row) = TABLES.into_iter().find_map(|table| Some((table, table.row(id)?)))?;
    if row.tactics.is_empty() {
        return None;
    }
    let parent = id.split_once('.').and_then(|(parent, _)| TABLES.iter().find_map(|table| table.row(parent)));
    let parent = parent.map(|row| (row.id, row.name));
    Some(Technique { id: row.id, name: row.name, parent, version: table.version, table, tactics: row.tactics })
}

/// The tactic that a vendor's category names, e.g. `CredentialAccess` or `Lateral Movement`, in any case. `None` for categories
/// that are no tactics, such as `Malware`.
#[must_use]
pub fn tactic_of_category(word: &str) -> Option<Named> {
    TABLES.iter().flat_map(Table::tactics).find(|row| same(row.name, word)).map(|row| (row.id, row.name))
}

/// The page of ATT&CK about a technique, a sub-technique or a tactic.
#[must_use]
pub fn page(id: &str) -> String {
    let folder = if id.starts_with("TA") { "tactics" } else { "techniques" };
    format!("https://attack.mitre.org/{folder}/{}", id.replace('.', "/"))
}

/// Whether two words differ in case and spaces only.
fn same(one: &str, other: &str) -> bool {
    fn letters(word: &str) -> impl Iterator<Item = u8> {
        word.bytes().filter(|byte| *byte != b' ').map(|byte| byte.to_ascii_lowercase())
    }
    letters(one).eq(letters(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(id: &str) -> Technique {
        technique(id).unwrap_or_else(|| panic!("{id} is in no table"))
    }

    #[test]
    fn a_sub_technique_has_a_parent_and_tactics() {
        let found = known("T1059.001");
        assert_eq!((found.id, found.name, found.version), ("T1059.001", "PowerShell", "18.1"));
        assert_eq!(found.parent, Some(("T1059", "Command and Scripting Interpreter")));
        assert_eq!(found.tactics().collect::<Vec<_>>(), [("TA0002", "Execution")]);
        assert_eq!(known(" t1059.001\n"), found);
    }

    #[test]
    fn withdrawn_techniques_keep_their_names() {
        for (id, name) in [("T1064", "Scripting"), ("T1085", "Rundll32"), ("T1562.001", "Disable or Modify Tools")] {
            assert_eq!((known(id).name, known(id).version), (name, "18.1"), "{id}");
        }
    }

    #[test]
    fn what_came_later_is_told_by_the_later_version() {
        let found = known("T1685.001");
        assert_eq!((found.name, found.version), ("Disable or Modify Windows Event Log", "19.2"));
        assert_eq!(found.parent, Some(("T1685", "Disable or Modify Tools")));
        assert_eq!(found.tactics().collect::<Vec<_>>(), [("TA0112", "Defense Impairment")]);
        // Its parent is older than itself, and its tactic has the new name.
        let found = known("T1027.018");
        assert_eq!(found.parent, Some(("T1027", "Obfuscated Files or Information")));
        assert_eq!(found.tactics().collect::<Vec<_>>(), [("TA0005", "Stealth")]);
    }

    #[test]
    fn what_is_no_technique_is_not_found() {
        for id in ["", "T", "T9999", "T1059.", "T1059.999", "TA0002", "#", "T1059.001.1", "T1059\tX", "Ť1059", "\u{fb01}1059"] {
            assert_eq!(technique(id), None, "{id}");
        }
    }

    #[test]
    fn category_words_are_tactics_in_any_spelling() {
        for (word, tactic) in [
            ("CredentialAccess", Some(("TA0006", "Credential Access"))),
            ("command and control", Some(("TA0011", "Command and Control"))),
            ("DefenseEvasion", Some(("TA0005", "Defense Evasion"))),
            ("Stealth", Some(("TA0005", "Stealth"))),
            ("defenseImpairment", Some(("TA0112", "Defense Impairment"))),
            ("Malware", None),
            ("PowerShell", None),
            ("", None),
        ] {
            assert_eq!(tactic_of_category(word), tactic, "{word}");
        }
    }

    #[test]
    fn pages_are_where_attack_has_them() {
        assert_eq!(page("T1059"), "https://attack.mitre.org/techniques/T1059");
        assert_eq!(page("T1059.001"), "https://attack.mitre.org/techniques/T1059/001");
        assert_eq!(page("TA0002"), "https://attack.mitre.org/tactics/TA0002");
    }
}
