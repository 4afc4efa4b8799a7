//! Which pieces of evidence are kept when not all of them are.

use std::cell::OnceCell;

use serde_json::value::RawValue;

use crate::alert::Finding;
use crate::alert::evidence::Thing;

/// The pieces of a finding by how much they tell; sorted when first asked for, since it means to decode them all.
#[derive(Debug)]
pub struct Order<'f, 'a> {
    finding: &'f Finding<'a>,
    places: OnceCell<Vec<usize>>,
}

/// What is kept first. Whatever else there is comes after all of these.
const KINDS: usize = 7;

impl<'f, 'a> Order<'f, 'a> {
    pub fn new(finding: &'f Finding<'a>) -> Self {
        Self { finding, places: OnceCell::new() }
    }

    /// So many of the pieces, in the vendor's order. Those of a larger number hold those of a smaller one.
    pub fn first(&self, most: usize, pieces: &[&'a RawValue]) -> Vec<&'a RawValue> {
        if most >= pieces.len() {
            return pieces.to_vec();
        }
        let mut kept = self.places.get_or_init(|| places(self.finding))[..most].to_vec();
        kept.sort_unstable();
        kept.into_iter().map(|place| pieces[place]).collect()
    }
}

/// The first of each kind come before the second of any; alerts inside of an incident stay as they are.
fn places(finding: &Finding<'_>) -> Vec<usize> {
    let alert = match finding {
        Finding::Alert(alert) => alert,
        Finding::Incident(incident) => return (0..incident.alerts.len()).collect(),
    };
    let mut met = [0_usize; KINDS + 1];
    let mut ranked: Vec<(bool, usize, usize, usize)> = Vec::with_capacity(alert.evidence.len());
    for (place, evidence) in alert.decoded_evidence().enumerate() {
        let kind = kind(&evidence.thing);
        ranked.push((kind == KINDS, met[kind], kind, place));
        met[kind] += 1;
    }
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, _, _, place)| place).collect()
}

fn kind(thing: &Thing<'_>) -> usize {
    match thing {
        Thing::Device(_) | Thing::IotDevice(_) => 0,
        Thing::Account(_) | Thing::Session(_) => 1,
        Thing::File(_) | Thing::FileHash(_) => 2,
        Thing::Process(_) => 3,
        Thing::Address(_) | Thing::Connection(_) => 4,
        Thing::Url(_) | Thing::Dns(_) => 5,
        Thing::Message(_) => 6,
        Thing::RegistryKey(_)
        | Thing::RegistryValue(_)
        | Thing::Application(_)
        | Thing::CloudResource(_)
        | Thing::Malware(_)
        | Thing::Other => KINDS,
    }
}
