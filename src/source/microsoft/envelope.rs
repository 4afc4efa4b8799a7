//! What stands around the records of an `OData` answer: `{"value": […], "@odata.nextLink": …}`.

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
    next_link: Option<&'a RawValue>,
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
    let origin = body.as_ptr() as usize;
    let records = wire
        .value
        .iter()
        .map(|record| {
            let start = record.get().as_ptr() as usize - origin;
            start..start + record.get().len()
        })
        .collect();
    let next_link = wire
        .next_link
        .and_then(|link| serde_json::from_str::<Option<Cow<'_, str>>>(link.get()).ok().flatten())
        .filter(|link| !link.is_empty())
        .map(Cow::into_owned);
    Ok(Envelope { records, next_link })
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
