//! From the rows of an answer to the records of a page: the alerts inside a row come before the row itself.

use std::borrow::Cow;
use std::ops::Range;

use jiff::Timestamp;

use super::envelope::place;
use super::{Dialect, Inside};
use crate::alert::header::{ReadHeader, fingerprint};
use crate::alert::json::{self, Read};
use crate::alert::{Header, Unreadable};
use crate::source::Page;

/// Where the records of a page stand, with their headers.
pub(super) type Records = Vec<(Range<usize>, Result<Header, Unreadable>)>;

/// One row of an answer: where it stands in the body, and its header.
#[derive(Debug)]
pub(super) struct RowAt {
    pub(super) span: Range<usize>,
    pub(super) header: Result<Header, Unreadable>,
}

impl RowAt {
    pub(super) fn read(body: &str, span: Range<usize>, read: ReadHeader) -> Self {
        let header = read(&body[span.clone()]);
        Self { span, header }
    }

    /// What tells it from other rows.
    pub(super) fn key(&self, body: &str) -> Cow<'_, str> {
        match &self.header {
            Ok(header) => Cow::Borrowed(&header.id),
            Err(_) => Cow::Owned(fingerprint(&body[self.span.clone()])),
        }
    }

    /// Its last update, where it says one.
    pub(super) fn at(&self) -> Option<Timestamp> {
        self.header.as_ref().ok().and_then(|header| header.updated)
    }
}

/// Rows of one answer that have not been met before.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) body: String,
    pub(super) rows: Vec<RowAt>,
    /// As in [`Page`].
    pub(super) complete_to: Option<Timestamp>,
}

impl Batch {
    /// A page of the rows as they stand in the answer.
    pub(super) fn page(self, dialect: &Dialect) -> Page {
        let mut records = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            unfold(&self.body, row, dialect.inside, &mut records);
        }
        Page::new(self.body, records, self.complete_to)
    }
}

/// A page made of several documents.
#[derive(Debug, Default)]
pub(super) struct Draft {
    body: String,
    records: Records,
}

impl Draft {
    /// Adds a row, and the alerts inside.
    pub(super) fn row(&mut self, document: &str, dialect: &Dialect) {
        let span = self.add(document);
        let row = RowAt::read(&self.body, span, dialect.row);
        unfold(&self.body, row, dialect.inside, &mut self.records);
    }

    /// Adds an alert that came by itself.
    pub(super) fn alert(&mut self, document: &str, read: ReadHeader) {
        let span = self.add(document);
        self.records.push((span.clone(), read(&self.body[span])));
    }

    pub(super) fn len(&self) -> usize {
        self.body.len()
    }

    pub(super) fn page(self, complete_to: Option<Timestamp>) -> Page {
        Page::new(self.body, self.records, complete_to)
    }

    fn add(&mut self, document: &str) -> Range<usize> {
        let start = self.body.len();
        self.body.push_str(document);
        start..self.body.len()
    }
}

fn unfold(body: &str, row: RowAt, inside: Inside, records: &mut Records) {
    if let Inside::Member(name, read) = inside {
        for alert in elements_of(&body[row.span.clone()], name) {
            let span = row.span.start + alert.start..row.span.start + alert.end;
            records.push((span.clone(), read(&body[span])));
        }
    }
    records.push((row.span, row.header));
}

/// Where the elements of a list stand that is a member of the row; none when there is no such list. Where the member stands
/// twice, the first one counts, as everywhere.
fn elements_of(raw: &str, member: &str) -> Vec<Range<usize>> {
    let mut list = None;
    let read = json::members(raw, |name, value| {
        if name == member && list.is_none() {
            list = Some(value);
        }
    });
    match (read, list.map(json::elements)) {
        (Ok(()), Some(Read::Found(elements))) => elements.into_iter().map(|element| place(raw, element.get())).collect(),
        _ => Vec::new(),
    }
}

/// A member of the row as text, be it a text or a number.
pub(super) fn word(raw: &str, member: &str) -> Option<String> {
    let mut word = None;
    let read = json::members(raw, |name, value| {
        if name == member && word.is_none() {
            word = Some(json::text_or_number(value));
        }
    });
    read.ok().and(word)?.found().map(Cow::into_owned)
}

/// A row that was answered by itself, as it would stand in a list: without the note that tells what kind of answer it is.
pub(super) fn without_context(document: &str) -> Cow<'_, str> {
    let document = document.trim();
    let mut first = None;
    let read = json::members(document, |name, value| {
        first.get_or_insert_with(|| (name == "@odata.context").then(|| place(document, value.get()).end));
    });
    match (read, first.flatten()) {
        (Ok(()), Some(end)) => Cow::Owned(format!("{{{}", document[end..].trim_start().trim_start_matches(',').trim_start())),
        _ => Cow::Borrowed(document),
    }
}

#[cfg(test)]
mod tests {
    use super::{Batch, Draft, RowAt, without_context, word};
    use crate::alert::graph;
    use crate::source::Page;
    use crate::source::microsoft::{Dialect, Inside, graph_alerts};

    const DIALECT: Dialect = Dialect { inside: Inside::Member("alerts", graph::header), ..graph_alerts::DIALECT };

    fn shown(page: &Page) -> Vec<(&str, Option<&str>)> {
        let id = |record: &'_ crate::source::Record| record.header.as_ref().ok().map(|header| header.id.clone());
        page.records().iter().map(|record| (page.raw(record), id(record).map(|id| &*id.leak()))).collect()
    }

    fn batch(row: &str) -> Page {
        let body = format!(r#"{{"value":[ {row} ]}}"#);
        let span = 11..11 + row.len();
        Batch { rows: vec![RowAt::read(&body, span, DIALECT.row)], body, complete_to: None }.page(&DIALECT)
    }

    #[test]
    fn the_alerts_inside_come_first_in_their_order_each_byte_for_byte_and_an_unreadable_one_harms_no_other() {
        let row = r#"{"id":"i1","alerts":[ {"id" : "a1"} ,7,{"id":"a2"}],"alerts":[{"id":"x"}]}"#;
        let page = batch(row);
        let expected = [(r#"{"id" : "a1"}"#, Some("a1")), ("7", None), (r#"{"id":"a2"}"#, Some("a2")), (row, Some("i1"))];
        assert_eq!(shown(&page), expected);
    }

    #[test]
    fn an_odd_list_of_alerts_is_no_failure() {
        for alerts in ["", r#","alerts":null"#, r#","alerts":{}"#, r#","alerts":"none""#, r#","alerts":[]"#] {
            let row = format!(r#"{{"id":"i1"{alerts}}}"#);
            assert_eq!(shown(&batch(&row)), [(&*row, Some("i1"))]);
        }
        assert_eq!(shown(&batch("17")), [("17", None)], "a row that is no object is one unreadable record");
    }

    #[test]
    fn documents_that_came_separately_stand_in_one_page() {
        let mut draft = Draft::default();
        draft.alert(r#"{"id":"a1"}"#, graph::header);
        draft.row(r#"{"id":"i1","alerts":[{"id":"a2"}]}"#, &DIALECT);
        draft.alert(r#"{"id":"é"}"#, graph::header);
        let page = draft.page(None);
        let ids: Vec<_> = shown(&page).into_iter().map(|(_, id)| id.unwrap()).collect();
        assert_eq!(ids, ["a1", "a2", "i1", "é"]);
    }

    #[test]
    fn a_row_by_itself_looks_as_it_does_in_a_list() {
        for (document, row) in [
            (r#" {"@odata.context":"x","id":"1"} "#, r#"{"id":"1"}"#),
            (r#"{"@odata.context" : null , "id":"1"}"#, r#"{"id":"1"}"#),
            (r#"{"@odata.context":"x"}"#, "{}"),
            (r#"{"id":"1","@odata.context":"x"}"#, r#"{"id":"1","@odata.context":"x"}"#),
            ("{}", "{}"),
            ("[1]", "[1]"),
            (r#"{"@odata.context":"x","id""#, r#"{"@odata.context":"x","id""#),
        ] {
            assert_eq!(without_context(document), row, "{document}");
        }
    }

    #[test]
    fn an_id_is_read_as_text_or_number() {
        for (raw, id) in
            [(r#"{"id":"a"}"#, Some("a")), (r#"{"id":7}"#, Some("7")), (r#"{"id":{}}"#, None), ("{", None), ("[]", None)]
        {
            assert_eq!(word(raw, "id").as_deref(), id, "{raw}");
        }
    }
}
