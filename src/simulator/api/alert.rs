//! Reads an alert as Graph shows it, for the APIs that tell of the same alert in other words.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::simulator::generate;
use crate::simulator::settings::TenantInfo;
use crate::simulator::store::Row;

/// An alert of the store, as Graph's record.
#[derive(Debug)]
pub struct Alert(Value);

impl Alert {
    pub fn read(row: &Row, info: &TenantInfo) -> Self {
        let mut text = Vec::new();
        generate::write(&mut text, row, &info.tenant_id, true);
        Self(serde_json::from_slice(&text).unwrap_or_default())
    }

    /// A member as it is, null where there is none.
    pub fn value(&self, key: &str) -> Value {
        self.0.get(key).cloned().unwrap_or_default()
    }

    /// A member that is a text, or the empty text.
    pub fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// A word of an enum as the Defender APIs spell it, null where there is none.
    pub fn pascal(&self, key: &str) -> Value {
        self.0.get(key).and_then(Value::as_str).map_or(Value::Null, |word| pascal(word).into())
    }

    pub fn evidence(&self) -> impl Iterator<Item = &Value> {
        self.0.get("evidence").and_then(Value::as_array).into_iter().flatten()
    }

    /// Evidence of one type, by its word before `Evidence`.
    pub fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.evidence().filter(move |piece| type_of(piece) == kind)
    }

    /// The first account in its evidence.
    pub fn account(&self) -> Value {
        self.evidence().map(|piece| &piece["userAccount"]).find(|account| account.is_object()).cloned().unwrap_or_default()
    }
}

/// The word before `Evidence` in the evidence's type.
pub fn type_of(piece: &Value) -> &str {
    let name = piece["@odata.type"].as_str().unwrap_or_default();
    name.trim_start_matches("#microsoft.graph.security.").trim_end_matches("Evidence")
}

/// `inProgress` as `InProgress`.
pub fn pascal(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Graph's severity in the words of the Defender APIs, whose word for none is spelled with a capital S.
pub fn severity(word: &str) -> String {
    if word == "unknown" { "UnSpecified".to_owned() } else { pascal(word) }
}

/// With seven digits, as the Defender APIs and Resource Manager write times.
pub fn ticks(at: Timestamp) -> String {
    format!("{at:.7}")
}

/// A GUID that belongs to this text and to no other.
pub fn guid(of: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, of.as_bytes()).to_string()
}
