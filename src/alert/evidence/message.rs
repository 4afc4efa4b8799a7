//! Mail, and messages of Teams.

use std::net::IpAddr;

use crate::alert::members::{Members, is_mail_address};
use crate::alert::{Text, json};

/// A message. Only addresses of the form `local@label.rest` are here; others stay among the rest.
#[derive(Debug, Clone, Default)]
pub struct Message<'a> {
    /// Who it says it is from (the P2 sender).
    pub from: Option<Text<'a>>,
    /// Who handed it over (the P1 sender).
    pub return_path: Option<Text<'a>>,
    pub to: Vec<Text<'a>>,
    pub subject: Option<Text<'a>>,
    /// The `Message-ID` header.
    pub internet_id: Option<Text<'a>>,
    /// Exchange's own ID, or that of Teams.
    pub network_id: Option<Text<'a>>,
    pub sender_ip: Option<IpAddr>,
    pub urls: Vec<Text<'a>>,
}

impl<'a> Message<'a> {
    pub(super) fn take_analyzed(members: &mut Members<'a>) -> Self {
        let mut sender = |name| members.part(name, |sender| sender.mail_address("emailAddress")).flatten();
        Self {
            from: sender("p2Sender"),
            return_path: sender("p1Sender"),
            to: members.mail_address("recipientEmailAddress").into_iter().collect(),
            subject: members.text("subject"),
            internet_id: members.text("internetMessageId"),
            network_id: members.text("networkMessageId"),
            sender_ip: members.ip("senderIp"),
            urls: members.texts("urls"),
        }
    }

    pub(super) fn take_submission(members: &mut Members<'a>) -> Self {
        Self {
            from: members.mail_address("sender"),
            to: members.mail_address("recipient").into_iter().collect(),
            subject: members.text("subject"),
            network_id: members.text("networkMessageId"),
            sender_ip: members.ip("senderIp"),
            ..Self::default()
        }
    }

    /// From a mail message of Defender XDR or Azure.
    pub(super) fn take_entity(members: &mut Members<'a>) -> Self {
        let mut message = Self::take_submission(members);
        message.internet_id = members.text("internetMessageId");
        message.urls = members.texts("urls");
        if message.sender_ip.is_none() {
            message.sender_ip = members.ip("senderIP");
        }
        message
    }

    pub(super) fn take_teams(members: &mut Members<'a>) -> Self {
        Self {
            from: members.mail_address("senderFromAddress"),
            to: members
                .take("recipients", |value| match json::texts(value) {
                    (texts, true) if texts.iter().all(|text| is_mail_address(text)) => Some(texts),
                    _ => None,
                })
                .unwrap_or_default(),
            subject: members.text("subject"),
            network_id: members.text("messageId"),
            sender_ip: members.ip("senderIP"),
            ..Self::default()
        }
    }
}
