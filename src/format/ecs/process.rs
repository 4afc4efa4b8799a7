//! `process.*`: a running program and the one that started it.

use super::field::groups;
use super::file::{self, Hashes};
use super::moment::Moment;
use super::related::Related;
use super::user::{self, Owner};
use crate::alert::Text;
use crate::alert::evidence as vendor;

groups! {
    Parent {
        pid: Option<i64>,
        start: Option<Moment>,
        name: Option<Text<'a>>,
        executable: Option<Text<'a>>,
        hash: Hashes<'a>,
    }

    Process {
        pid: Option<i64>,
        /// Made of its start and its image, where the vendor gives no process ID.
        entity_id: Option<Text<'a>>,
        start: Option<Moment>,
        name: Option<Text<'a>>,
        executable: Option<Text<'a>>,
        command_line: Option<Text<'a>>,
        hash: Hashes<'a>,
        user: Owner<'a>,
        parent: Parent<'a>,
    }
}

pub fn process<'a>(process: vendor::Process<'a>, related: &mut Related<'a>) -> Process<'a> {
    let made_up = if process.pid.is_none() { process.made_up_id() } else { None };
    let image = process.image.map(|image| file::file(image, related)).unwrap_or_default();
    let parent = process.parent.map(|parent| {
        let image = parent.image.map(|image| file::file(image, related)).unwrap_or_default();
        let start = Moment::of(parent.created.as_ref());
        Parent { pid: Some(parent.pid), start, name: image.name, executable: image.path, hash: image.hash }
    });
    Process {
        pid: process.pid,
        entity_id: made_up.map(Text::Owned),
        start: Moment::of(process.created.as_ref()),
        name: image.name,
        executable: image.path,
        command_line: process.command_line,
        hash: image.hash,
        user: process.account.map(|account| user::owner(account, related)).unwrap_or_default(),
        parent: parent.unwrap_or_default(),
    }
}
