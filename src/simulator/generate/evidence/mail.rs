//! Evidence of mail: messages, mailboxes and clusters of messages.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::user_account;
use crate::simulator::generate::object::Object;
use crate::simulator::generate::{alert::guid, people, shorten};

pub(super) fn message(o: &mut Object<'_>, rng: &mut Rng, created: Timestamp) {
    let network_message = guid(rng);
    o.text("networkMessageId", &network_message);
    o.text("internetMessageId", &format!("<{}@mail.example>", people::hex(rng, 12)));
    o.text("subject", ["Rechnung überfällig!", "您的包裹", "RE: FW: payroll | urgent = yes", "🎁 gift card"][rng.usize(..4)]);
    o.text("language", "en");
    o.text("senderIp", &people::outside_address(rng));
    o.text("recipientEmailAddress", &people::user(rng).upn);
    o.text("antiSpamDirection", "inbound");
    o.text("deliveryAction", "delivered");
    o.text("deliveryLocation", "inbox");
    o.text("urn", &format!("urn:MailEntity:{network_message}"));
    o.texts("threats", &["Phish", "Malware"]);
    o.texts("threatDetectionMethods", &["URL detonation"]);
    o.texts("urls", &[format!("https://phish-{}.example/a?b=c&d=é", rng.u8(..))]);
    o.plain("urlCount", 1);
    o.plain("attachmentsCount", rng.u8(..3));
    o.stamp("receivedDateTime", shorten(created - SignedDuration::from_mins(rng.i64(1..60)), rng));
    for key in ["p1Sender", "p2Sender"] {
        o.object(key, |o| {
            o.text("emailAddress", "billing@sender.example");
            o.text("displayName", "Billing \"Dept\"");
            o.text("domainName", "sender.example");
        });
    }
}

pub(super) fn mailbox(o: &mut Object<'_>, rng: &mut Rng) {
    let user = people::user(rng);
    o.text("primaryAddress", &user.upn);
    o.text("upn", &user.upn);
    o.text("displayName", user.display);
    user_account(o, rng);
}

pub(super) fn cluster(o: &mut Object<'_>, rng: &mut Rng) {
    o.text("clusterBy", "Subject;P2SenderDomain;ContentType");
    o.text("clusterByValue", "gift card;sender.example;1");
    o.plain("emailCount", rng.u16(1..900));
    o.text("query", "( (( (Subject:\"gift card\") ) AND ( (P2SenderDomain:\"sender.example\") )) )");
    o.text("urn", &format!("urn:MailClusterEntity:{}", people::hex(rng, 16)));
    let messages: Vec<String> = (0..rng.usize(1..6)).map(|_| guid(rng)).collect();
    o.texts("networkMessageIds", &messages);
}
