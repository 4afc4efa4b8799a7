//! One version of ATT&CK as a text of lines, each an ID, a name and tactics between tabs, in the order of their IDs.

/// A text that is searched where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    pub version: &'static str,
    text: &'static str,
}

/// One line; a tactic has no tactics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    pub id: &'static str,
    pub name: &'static str,
    /// IDs with commas between them.
    pub tactics: &'static str,
}

impl Table {
    pub const fn new(version: &'static str, text: &'static str) -> Self {
        Self { version, text }
    }

    /// Halves the text until one line is left.
    pub fn row(&self, id: &str) -> Option<Row> {
        let mut text = self.text;
        while !text.is_empty() {
            // A byte is looked at, so that a middle within a letter does no harm; a line feed is never part of one.
            let middle = text.len() / 2;
            let start = text.as_bytes()[..middle].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let end = text.as_bytes()[middle..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| middle + at + 1);
            let row = Row::read(&text[start..end]);
            match row.id.cmp(id) {
                std::cmp::Ordering::Equal => return Some(row),
                std::cmp::Ordering::Less => text = &text[end..],
                std::cmp::Ordering::Greater => text = &text[..start],
            }
        }
        None
    }

    /// They sort behind all techniques, whose IDs go on with a digit.
    pub fn tactics(&self) -> impl Iterator<Item = Row> {
        self.text.lines().rev().take_while(|line| line.starts_with("TA")).map(Row::read)
    }
}

impl Row {
    fn read(line: &'static str) -> Self {
        let mut cells = line.trim_end_matches('\n').split('\t');
        let mut cell = || cells.next().unwrap_or_default();
        Self { id: cell(), name: cell(), tactics: cell() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::TABLES;
    use super::*;

    #[test]
    fn every_line_is_found_and_every_tactic_has_a_line() {
        for table in TABLES {
            // The first line names the owner.
            let rows: Vec<Row> = table.text.lines().skip(1).map(Row::read).collect();
            assert!(rows.is_sorted_by(|one, next| one.id < next.id), "{}", table.version);
            for row in rows {
                assert_eq!(table.row(row.id), Some(row));
                assert!(!row.name.is_empty(), "{row:?}");
                let tactics: Vec<_> = row.tactics.split(',').filter(|id| !id.is_empty()).map(|id| table.row(id)).collect();
                assert!(tactics.iter().all(|tactic| tactic.is_some_and(|tactic| tactic.tactics.is_empty())), "{row:?}");
                assert_eq!(tactics.is_empty(), row.id.starts_with("TA"), "{row:?}");
            }
        }
    }

    #[test]
    fn a_tiny_text_is_searched_to_its_ends() {
        let table = Table::new("0", "# ©\nT1\tOne\tTA1\nTA1\tTactic\n");
        assert_eq!(table.row("T1"), Some(Row { id: "T1", name: "One", tactics: "TA1" }));
        assert_eq!(table.row("TA1"), Some(Row { id: "TA1", name: "Tactic", tactics: "" }));
        assert_eq!(["T", "T0", "T2", "TA2", ""].map(|id| table.row(id)), [None; 5]);
        assert_eq!(Table::new("0", "").row("T1"), None);
    }
}
