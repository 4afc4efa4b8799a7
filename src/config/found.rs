//! What was found, in words: as much of it as a message may show.

use config::{Value, ValueKind};

use super::layers::BUILT_IN;

/// What stands there, as a message may say it. `hidden` keeps to the type, since the value may be a secret in the wrong place.
pub(super) fn describe(value: &Value, hidden: bool) -> String {
    match &value.kind {
        ValueKind::Nil => "nothing".to_owned(),
        ValueKind::Boolean(flag) if !hidden => flag.to_string(),
        ValueKind::Boolean(_) => "true or false".to_owned(),
        ValueKind::I64(number) if !hidden => format!("the number {number}"),
        ValueKind::Float(number) if !hidden => format!("the number {number}"),
        ValueKind::I64(_) | ValueKind::I128(_) | ValueKind::U64(_) | ValueKind::U128(_) | ValueKind::Float(_) => {
            "a number".to_owned()
        }
        ValueKind::String(text) if text.trim().is_empty() => "an empty text".to_owned(),
        ValueKind::String(text) if !hidden => quoted(text),
        ValueKind::String(_) => "text".to_owned(),
        ValueKind::Table(_) => "a table".to_owned(),
        ValueKind::Array(list) if list.is_empty() => "an empty list".to_owned(),
        ValueKind::Array(_) => "a list".to_owned(),
    }
}

/// Quotes what was written, cut short. An address with a user part is not quoted: a password may stand in it.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 80;
    if text.contains("://") && text.contains('@') {
        return "an address with a user part".to_owned();
    }
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// Where it was written.
pub(super) fn place(origin: Option<&str>) -> String {
    match origin {
        None | Some(BUILT_IN) => String::new(),
        Some(origin) => format!(" ({origin})"),
    }
}
