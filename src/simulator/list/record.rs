//! Writes the records of a page, and what can be wrong with one.

use uuid::Uuid;

use super::view::{Item, View};
use crate::simulator::api::Scene;
use crate::simulator::fault::WrongTypes;
use crate::simulator::feed::Feed;
use crate::simulator::generate::Kind;
use crate::simulator::incidents::Incident;
use crate::simulator::index::Number;
use crate::simulator::settings::TenantInfo;
use crate::simulator::spoil;
use crate::simulator::store::{Body, Row};

/// Faults that concern a record strike the tenant's first row and every fiftieth after it, wherever they are read.
const STRUCK: Number = 50;

/// How the records of a page are to be written.
#[derive(Debug)]
pub struct Records<'a> {
    pub view: View<'a>,
    /// Only these members, where there are any.
    pub members: &'a [String],
    pub deep: Option<u32>,
    pub wrong: Option<WrongTypes>,
    pub foreign: bool,
}

impl Records<'_> {
    /// The records, without the brackets around them.
    pub fn write(&self, rows: impl Iterator<Item = Number>) -> Vec<u8> {
        let (mut out, mut last) = (Vec::new(), None);
        for number in rows {
            if last.is_some() {
                out.push(b',');
            }
            match (self.deep, self.wrong) {
                (Some(depth), _) if number.is_multiple_of(STRUCK) => {
                    out.extend(spoil::deep(self.view.record(number), depth).into_bytes());
                }
                (_, Some(how)) if number.is_multiple_of(STRUCK) => {
                    out.extend(spoil::wrong_types(self.view.record(number), &self.view.manners.keys, how).into_bytes());
                }
                _ => self.one(&mut out, number),
            }
            last = Some(number);
        }
        if let Some(number) = last.filter(|_| self.foreign && self.view.manners.keys.names_tenant) {
            out.push(b',');
            self.foreign(&mut out, number);
        }
        out
    }

    fn one(&self, out: &mut Vec<u8>, number: Number) {
        if self.members.is_empty() {
            return self.view.write(out, self.view.item(number), &self.view.scene);
        }
        let mut record = self.view.record(number);
        if let Some(members) = record.as_object_mut() {
            members.retain(|key, _| self.members.contains(key));
        }
        serde_json::to_writer(out, &record).expect("a vector takes all writes");
    }

    /// Another tenant's record that looks like one of this page's: always the same ID for one tenant.
    fn foreign(&self, out: &mut Vec<u8>, number: Number) {
        let tenant = &self.view.scene.info.tenant_id;
        let other = |what: &str| Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{what} beside {tenant}").as_bytes()).to_string();
        let info = TenantInfo {
            tenant_id: other("another tenant"),
            subscription: other("another subscription"),
            ..self.view.scene.info.clone()
        };
        let scene = Scene { info: &info, ..self.view.scene };
        match self.view.item(number) {
            Item::Alert(row) => {
                // One kind for all pages, so that the ID stays, and one that the list shows.
                let cloud = self.view.manners.feed == Feed::DefenderForCloud;
                let service = if cloud { "microsoftDefenderForCloud" } else { "microsoftDefenderForEndpoint" };
                let (kind, prefix) = Kind::of(service);
                let id = format!("{prefix}{}", other("alert of another tenant"));
                let row = Row { id: id.into(), body: Body::Generated { seed: 0, kind }, ..row.clone() };
                self.view.write(out, Item::Alert(&row), &scene);
            }
            Item::Incident(incident) => {
                let incident = Incident { id: 1_000_000_007, ..incident.clone() };
                self.view.write(out, Item::Incident(&incident), &scene);
            }
        }
    }
}
