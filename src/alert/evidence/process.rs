//! Running programs.

use serde_json::value::RawValue;

use super::{Account, File};
use crate::alert::members::Members;
use crate::alert::{Stamp, Text, json};

/// A process and the one that started it.
#[derive(Debug, Clone, Default)]
pub struct Process<'a> {
    pub pid: Option<i64>,
    pub command_line: Option<Text<'a>>,
    pub created: Option<Stamp<'a>>,
    pub image: Option<File<'a>>,
    pub account: Option<Account<'a>>,
    /// Present only with a process ID: without one, its image and start stay among the rest.
    pub parent: Option<Parent<'a>>,
    /// Stays among the rest as well.
    pub mde_device_id: Option<Text<'a>>,
}

#[derive(Debug, Clone)]
pub struct Parent<'a> {
    pub pid: i64,
    pub created: Option<Stamp<'a>>,
    pub image: Option<File<'a>>,
}

impl<'a> Process<'a> {
    pub(super) fn take(members: &mut Members<'a>) -> Self {
        Self {
            pid: members.integer("processId"),
            command_line: members.text("processCommandLine"),
            created: members.stamp("processCreationDateTime"),
            image: File::take(members, "imageFile"),
            account: take_account(members),
            parent: members.integer("parentProcessId").map(|pid| Parent {
                pid,
                created: members.stamp("parentProcessCreationDateTime"),
                image: File::take(members, "parentProcessImageFile"),
            }),
            mde_device_id: members.peek_text("mdeDeviceId"),
        }
    }

    /// From members of a flat shape, those of its image and its account among them.
    pub(super) fn take_flat(members: &mut Members<'a>) -> Self {
        Self {
            pid: members.integer("processId"),
            command_line: members.text("processCommandLine"),
            created: members.stamp("processCreationTime"),
            image: File::take_here(members),
            account: Account::take_here(members),
            parent: members.integer("parentProcessId").map(|pid| Parent {
                pid,
                created: members.stamp("parentProcessCreationTime"),
                image: File::take_parent(members),
            }),
            mde_device_id: members.peek_text("deviceId"),
        }
    }

    /// From a `process` of Azure, whose IDs are texts, decimal or hexadecimal.
    pub(super) fn take_azure(members: &mut Members<'a>) -> Self {
        let account = members.peek("account").and_then(Members::read).map(|mut account| Account::take_azure(&mut account));
        let account = account.filter(Account::is_somebody).and_then(|_| members.part("account", Account::take_azure));
        Self {
            pid: members.take("processId", process_id),
            command_line: members.text("commandLine"),
            created: members.stamp("creationTimeUtc"),
            image: members.part("imageFile", File::take_azure).flatten(),
            account,
            parent: members
                .part("parentProcess", |parent| {
                    Some(Parent {
                        pid: parent.take("processId", process_id)?,
                        created: parent.stamp("creationTimeUtc"),
                        image: parent.part("imageFile", File::take_azure).flatten(),
                    })
                })
                .flatten(),
            mde_device_id: None,
        }
    }

    /// A name for a process without an ID, where its start and at least its image or device tell it from others.
    #[must_use]
    pub fn made_up_id(&self) -> Option<String> {
        let created = self.created.as_ref()?;
        let image = self.image.as_ref().and_then(File::path);
        let parts: Vec<&str> =
            [self.mde_device_id.as_deref(), Some(&*created.text), image.as_deref()].into_iter().flatten().collect();
        (parts.len() > 1).then(|| parts.join("|"))
    }
}

fn process_id(value: &RawValue) -> Option<i64> {
    let text = json::text_or_number(value).found()?;
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn take_account<'a>(members: &mut Members<'a>) -> Option<Account<'a>> {
    Members::read(members.peek("userAccount")?).filter(|account| Account::take(&mut account.clone()).is_somebody())?;
    members.part("userAccount", Account::take)
}
