//! The classes of OCSF that we write, and what their events can be about.

use crate::format::Activity;

/// A class of the category Findings.
pub struct Class {
    pub uid: u32,
    pub name: &'static str,
    /// Created, updated, closed.
    types: [&'static str; 3],
}

pub const DETECTION: Class = Class {
    uid: 2004,
    name: "Detection Finding",
    types: ["Detection Finding: Create", "Detection Finding: Update", "Detection Finding: Close"],
};

pub const INCIDENT: Class = Class {
    uid: 2005,
    name: "Incident Finding",
    types: ["Incident Finding: Create", "Incident Finding: Update", "Incident Finding: Close"],
};

pub const CATEGORY: (u32, &str) = (2, "Findings");

impl Class {
    pub fn type_of(&self, activity: Activity) -> (u32, &'static str) {
        let (id, _) = activity_id(activity);
        let name = match activity {
            Activity::Create => self.types[0],
            Activity::Update => self.types[1],
            Activity::Close => self.types[2],
        };
        (self.uid * 100 + id, name)
    }
}

pub fn activity_id(activity: Activity) -> (u32, &'static str) {
    match activity {
        Activity::Create => (1, "Create"),
        Activity::Update => (2, "Update"),
        Activity::Close => (3, "Close"),
    }
}
