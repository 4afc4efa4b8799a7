//! Why a receiver cannot be used any more, and what somebody can do about it.

use std::io;
use std::time::Duration;

use super::relp;
use crate::sink::settings::{self, Framing, Rfc, Transport};

/// What was not known to have arrived must be sent again.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("closed the connection")]
    Closed,
    #[error("broke the connection: {0}")]
    Io(#[from] io::Error),
    #[error("has acknowledged nothing for {} s, with {outstanding} octets outstanding", patience.as_secs_f32())]
    Stuck { patience: Duration, outstanding: u64 },
    #[error("did not take a datagram: {0}")]
    Datagram(io::Error),
    #[error(transparent)]
    Relp(#[from] relp::Broken),
}

impl Broken {
    pub fn advice(&self, settings: &settings::Syslog) -> String {
        match self {
            Self::Closed | Self::Io(_) => format!(
                "look into the receiver's log: it restarted, has a limit on connections or message size, or does not expect {}; \
                 something in between may also cut connections",
                speech(settings)
            ),
            Self::Stuck { .. } => {
                "the receiver accepts connections but does not read them: check its load, its disk and its queues".to_owned()
            }
            Self::Relp(broken) => broken.advice().to_owned(),
            Self::Datagram(_) => "check that a receiver listens there for syslog over UDP; it answered that it does not, or \
                                  something on the way did"
                .to_owned(),
        }
    }
}

/// What we speak, for somebody who compares it with what a receiver expects.
pub fn speech(settings: &settings::Syslog) -> String {
    let rfc = match settings.rfc {
        Rfc::Rfc3164 => "RFC 3164",
        Rfc::Rfc5424 => "RFC 5424",
    };
    let framing = match settings.framing {
        Framing::OctetCounting => "octet counting",
        Framing::Newline => "a newline after each message",
    };
    match settings.transport {
        Transport::Udp => format!("{rfc} over UDP"),
        Transport::Tcp => format!("{rfc} with {framing} over TCP"),
        Transport::Tls(_) => format!("{rfc} with {framing} over TLS"),
        Transport::Relp(None) => format!("{rfc} over RELP"),
        Transport::Relp(Some(_)) => format!("{rfc} over RELP and TLS"),
    }
}
