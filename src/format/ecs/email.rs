//! `email.*`: a message.

use super::field::groups;
use super::moment::Moment;
use super::related::Related;
use crate::alert::Text;
use crate::alert::evidence as vendor;
use crate::alert::members::Members;

groups! {
    Addresses {
        address: Vec<Text<'a>>,
    }

    Sender {
        address: Option<Text<'a>>,
    }

    Email {
        from: Addresses<'a>,
        /// Who handed it over (SMTP's sender).
        sender: Sender<'a>,
        to: Addresses<'a>,
        subject: Option<Text<'a>>,
        message_id: Option<Text<'a>>,
        local_id: Option<Text<'a>>,
        delivery_timestamp: Option<Moment>,
        direction: Option<&'static str>,
    }
}

/// `rest` are the members of the evidence that the model does not hold.
pub fn email<'a>(message: vendor::Message<'a>, rest: &Members<'a>, related: &mut Related<'a>) -> Email<'a> {
    related.add_users([&message.from, &message.return_path]);
    related.user.add_all(&message.to);
    let received = rest.peek("receivedDateTime").and_then(|value| crate::alert::json::stamp(value).found());
    Email {
        from: Addresses { address: message.from.into_iter().collect() },
        sender: Sender { address: message.return_path },
        to: Addresses { address: message.to },
        subject: message.subject,
        message_id: message.internet_id,
        local_id: message.network_id,
        delivery_timestamp: Moment::of(received.as_ref()),
        direction: rest.peek_text("antiSpamDirection").and_then(|word| direction(&word)),
    }
}

/// ECS's words; others stay with the evidence alone.
fn direction(word: &str) -> Option<&'static str> {
    match word.to_ascii_lowercase().as_str() {
        "inbound" => Some("inbound"),
        "outbound" => Some("outbound"),
        "intraorg" | "internal" => Some("internal"),
        "unknown" => Some("unknown"),
        _ => None,
    }
}
