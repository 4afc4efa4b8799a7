//! What stands around the records of an answer: `{"value": […], "@odata.nextLink": …}`, with Azure's name for the link too.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

/// Where the records stand in the body, and the next link if the server gave one that is text.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) records: Vec<Range<usize>>,
    pub(super) next_link: Option<String>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
    #[serde(borrow, rename = "@odata.nextLink")]
    odata_link: Option<&'a RawValue>,
    #[serde(borrow, rename = "nextLink")]
    azure_link: Option<&'a RawValue>,
}

/// Splits a body into its records without looking into them.
///
/// # Errors
/// When the body is not JSON or holds no list named `value`; says what was found instead.
pub(super) fn split(body: &str) -> Result<Envelope, String> {
    let wire: Wire<'_> = serde_json::from_str(body).map_err(|error| {
        let start: String = body.trim_start().chars().take(40).flat_map(char::escape_debug).collect();
        format!("the answer is no page of alerts ({error}); it is {} bytes long and starts with {start:?}", body.len())
    })?;
    let records = wire.value.iter().map(|record| place(body, record.get())).collect();
    let next_link = [wire.odata_link, wire.azure_link].into_iter().flatten().find_map(link);
    Ok(Envelope { records, next_link })
}

/// A link that is a text and not empty; anything else is none.
fn link(link: &RawValue) -> Option<String> {
    let link = serde_json::from_str::<Option<Cow<'_, str>>>(link.get()).ok().flatten()?;
    (!link.is_empty()).then(|| link.into_owned())
}

/// Where a part that was borrowed from `whole` stands in it.
pub(super) fn place(whole: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    start..start + part.len()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn records_are_found_byte_for_byte_wherever_they_stand() {
        let body = r#" {"@odata.context":"x","@odata.nextLink":"https:\/\/h\/n","value":[ {"id" : "1"} ,[2],"three",null]}"#;
        let envelope = split(body).unwrap();
        let records: Vec<&str> = envelope.records.iter().map(|span| &body[span.clone()]).collect();
        assert_eq!(records, [r#"{"id" : "1"}"#, "[2]", r#""three""#, "null"]);
        assert_eq!(envelope.next_link.as_deref(), Some("https://h/n"));
    }

    #[test]
    fn azures_name_for_the_next_link_is_read_too() {
        for body in [r#"{"value":[],"nextLink":"x"}"#, r#"{"value":[],"nextLink":"x","@odata.nextLink":null}"#] {
            assert_eq!(split(body).unwrap().next_link.as_deref(), Some("x"), "{body}");
        }
    }

    #[test]
    fn odd_next_links_are_no_links_and_odd_bodies_are_errors() {
        for link in ["null", "7", "\"\"", "{}"] {
            assert_eq!(split(&format!(r#"{{"value":[],"@odata.nextLink":{link}}}"#)).unwrap().next_link, None, "{link}");
        }
        for body in ["", "<html>", r#"{"value":null}"#, r#"{"error":{}}"#, r#"{"value":[{]}"#, "[]"] {
            let error = split(body).unwrap_err();
            assert!(error.contains("no page of alerts"), "{error}");
        }
    }
}
