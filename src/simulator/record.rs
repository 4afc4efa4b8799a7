//! Writes the records of a page, and what can be wrong with one.

use uuid::Uuid;

use super::fault::WrongTypes;
use super::generate::{self, Kind};
use super::spoil;
use super::store::{Body, Number, Row, Store};

/// Faults that concern a record strike the tenant's first alert and every fiftieth after it, wherever they are read.
const STRUCK: Number = 50;

/// How the records of a page are to be written.
#[derive(Debug)]
pub struct Records<'a> {
    pub tenant: &'a str,
    /// Whether enum members beyond those that a client may know are shown.
    pub reveal: bool,
    /// Only these members, where there are any.
    pub members: &'a [String],
    pub deep: Option<u32>,
    pub wrong: Option<WrongTypes>,
    pub foreign: bool,
}

impl Records<'_> {
    /// The records, without the brackets around them.
    pub fn write(&self, store: &Store, rows: impl Iterator<Item = Number>) -> Vec<u8> {
        let mut out = Vec::new();
        let mut last = None;
        for number in rows {
            if last.is_some() {
                out.push(b',');
            }
            let row = store.row(number);
            match (self.deep, self.wrong) {
                (Some(depth), _) if number.is_multiple_of(STRUCK) => {
                    out.extend(spoil::deep(row, self.tenant, depth).into_bytes());
                }
                (_, Some(how)) if number.is_multiple_of(STRUCK) => {
                    out.extend(spoil::wrong_types(row, self.tenant, how).into_bytes());
                }
                _ => self.one(&mut out, row),
            }
            last = Some(row);
        }
        if let Some(row) = last.filter(|_| self.foreign) {
            out.push(b',');
            let (row, tenant) = foreign(row, self.tenant);
            generate::write(&mut out, &row, &tenant, self.reveal);
        }
        out
    }

    fn one(&self, out: &mut Vec<u8>, row: &Row) {
        if self.members.is_empty() {
            return generate::write(out, row, self.tenant, self.reveal);
        }
        let mut whole = Vec::new();
        generate::write(&mut whole, row, self.tenant, self.reveal);
        let mut alert: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&whole).unwrap_or_default();
        alert.retain(|key, _| self.members.contains(key));
        serde_json::to_writer(out, &alert).expect("a vector takes all writes");
    }
}

/// Another tenant's alert that looks like one of this page's: always the same ID for one tenant.
fn foreign(row: &Row, tenant: &str) -> (Row, String) {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("alert of another tenant beside {tenant}").as_bytes());
    let other = Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("another tenant beside {tenant}").as_bytes());
    let body = Body::Generated { seed: 0, kind: Kind(0) };
    (Row { id: format!("da{id}_1").into(), body, ..row.clone() }, other.to_string())
}
