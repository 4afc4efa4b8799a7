//! Why a session ended before everything was answered, and what somebody can do about it.

use std::io;
use std::time::Duration;

use super::frame::Malformed;

/// What was not answered by then is not known to have arrived.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("closed the connection")]
    Closed,
    #[error("said that it is going away")]
    GoingAway,
    #[error("broke the connection: {0}")]
    Io(io::Error),
    #[error("has answered nothing for {} s, with {unanswered} messages unanswered", patience.as_secs_f32())]
    Silent { patience: Duration, unanswered: usize },
    #[error("takes nothing just now ({0})")]
    Refusing(String),
    #[error("does not speak RELP as we know it: it sent {0}")]
    Nonsense(String),
}

impl Broken {
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Closed | Self::GoingAway | Self::Io(_) => {
                "look into the receiver's log: it restarted, or has a limit on connections, idle time or message size; something \
                 in between may also cut connections"
            }
            Self::Silent { .. } => {
                "the receiver takes messages and does not answer for them: check its load, its disk and its queues"
            }
            Self::Refusing(_) => "the receiver answers with errors: look into its log, its disk and its queues",
            Self::Nonsense(_) => "check that the receiver speaks RELP there (rsyslog's imrelp), and that nothing in between does",
        }
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        // Under TLS: without the goodbye that TLS has of its own.
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Closed } else { Self::Io(error) }
    }
}

impl From<Malformed> for Broken {
    fn from(malformed: Malformed) -> Self {
        Self::Nonsense(malformed.to_string())
    }
}
