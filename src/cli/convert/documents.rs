//! Finds the single records in what somebody pipes in.

use serde_json::value::RawValue;

use crate::alert::json::{self, Read};

/// The JSON of one record.
pub type Document<'a> = &'a str;

/// Each record in turn, or why there is none at that place.
pub fn documents(input: &[u8]) -> impl Iterator<Item = Result<Document<'_>, String>> {
    // Some shells of Windows put a byte order mark in front.
    let input = input.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(input);
    let whole = str::from_utf8(input).ok().and_then(|text| serde_json::from_str::<&RawValue>(text).ok());
    let texts: Vec<&[u8]> = match whole {
        Some(whole) => vec![whole.get().as_bytes()],
        None if is_spread_out(input) => vec![input],
        None => input.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect(),
    };
    texts.into_iter().flat_map(|text| match read(text) {
        Ok(value) => split(value).into_iter().map(Ok).collect(),
        Err(reason) => vec![Err(reason)],
    })
}

/// Whether this is one broken document over several lines, rather than a document on each line: no line is one by itself.
fn is_spread_out(input: &[u8]) -> bool {
    !input.split(|byte| *byte == b'\n').any(|line| read(line).is_ok_and(|value| value.get().starts_with(['{', '['])))
}

fn read(text: &[u8]) -> Result<&RawValue, String> {
    let text = str::from_utf8(text).map_err(|error| format!("it is not UTF-8 from byte {} on", error.valid_up_to()))?;
    serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))
}

/// An array's elements, a page's elements, or the value itself.
fn split(value: &RawValue) -> Vec<Document<'_>> {
    let alerts = match value.get().as_bytes().first() {
        Some(b'[') => json::elements(value).found(),
        Some(b'{') => page(value),
        _ => None,
    };
    alerts.map_or_else(|| vec![value.get()], |alerts| alerts.into_iter().map(RawValue::get).collect())
}

/// A record has an ID and no `value`; a page has it the other way round.
fn page(value: &RawValue) -> Option<Vec<&RawValue>> {
    let (mut id, mut alerts) = (false, None);
    json::members(value.get(), |name, value| match &*name {
        "id" => id = true,
        "value" => alerts = Some(value),
        _ => {}
    })
    .ok()?;
    match json::elements(alerts.filter(|_| !id)?) {
        Read::Found(alerts) => Some(alerts),
        Read::Absent | Read::Odd => None,
    }
}

#[cfg(test)]
mod tests {
    use super::documents;

    fn read(input: &str) -> Vec<Result<&str, String>> {
        documents(input.as_bytes()).collect()
    }

    #[test]
    fn all_four_shapes_give_single_alerts() {
        for input in [
            r#"[{"id":"a"},{"id":"b"}]"#,
            "{\"@odata.context\":\"x\",\n\"value\":[{\"id\":\"a\"}, {\"id\":\"b\"}]}",
            "{\"id\":\"a\"}\r\n\n{\"id\":\"b\"}\n",
            "\u{feff}{\"value\":[{\"id\":\"a\"}]}\n[{\"id\":\"b\"}]",
        ] {
            assert_eq!(read(input), [Ok(r#"{"id":"a"}"#), Ok(r#"{"id":"b"}"#)], "{input}");
        }
        assert_eq!(read("{\n\"id\": \"a\"\n}"), [Ok("{\n\"id\": \"a\"\n}")]);
        assert_eq!(read(r#"{"id":"a","value":[]}"#), [Ok(r#"{"id":"a","value":[]}"#)]);
        assert_eq!(read(r#"{"value":[]}"#), [] as [Result<&str, String>; 0]);
    }

    #[test]
    fn a_bad_line_leaves_the_others_alone() {
        let found = documents(b"{\"id\":\"a\"}\n{\"id\":\n\xff{}\n{\"id\":\"b\"}").collect::<Vec<_>>();
        assert_eq!(found.len(), 4);
        assert_eq!((&found[0], &found[3]), (&Ok(r#"{"id":"a"}"#), &Ok(r#"{"id":"b"}"#)));
        assert!(found[1].as_ref().is_err_and(|reason| reason.contains("not JSON")));
        assert!(found[2].as_ref().is_err_and(|reason| reason.contains("not UTF-8")));
    }

    #[test]
    fn one_broken_document_over_several_lines_is_one_mistake() {
        assert_eq!(read("{\n\"id\": \"a\",\n").len(), 1);
        assert_eq!(read("").len(), 1);
    }
}
