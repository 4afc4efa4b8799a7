//! What is said over the control socket: lines of JSON. Pure.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// No question is longer.
pub const LONGEST_ASK: usize = 64 * 1024;

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Ask {
    Replay(Replay),
    Retry(Which),
    Discard(Which),
}

impl Ask {
    /// How to go on where this one was interrupted. The span is what a replay is known by, and `36h` is another one a moment later.
    #[must_use]
    pub fn again(&self) -> String {
        match self {
            Ask::Replay(Replay { from, to, .. }) => format!("give the command again with --from {from} --to {to}"),
            Ask::Retry(_) | Ask::Discard(_) => "give the same command again".to_owned(),
        }
    }
}

/// Read a span of the past again and send what a sink misses of it, or all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// Our name for it, or its Entra tenant ID.
    pub tenant: String,
    pub sink: String,
    /// All feeds of the tenant where none is given.
    #[serde(default)]
    pub feed: Option<String>,
    pub from: Timestamp,
    pub to: Timestamp,
    #[serde(default)]
    pub send_again: bool,
}

/// Which dead letters: those that meet every condition given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Which {
    /// As in [`Replay`].
    pub tenant: Option<String>,
    pub sink: Option<String>,
    pub feed: Option<String>,
    pub alert_id: Option<String>,
    /// A part of the reason.
    pub reason: Option<String>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Those of these numbers.
    pub numbers: Option<Vec<i64>>,
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tell {
    Progress(Progress),
    Trouble(Trouble),
    End(End),
}

/// How far an errand has come.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// What is being read.
    pub feed: Option<String>,
    /// Everything up to here is done.
    pub at: Option<Timestamp>,
    /// Of the whole errand, from 0 to 1.
    pub done: f64,
    pub counts: Counts,
}

/// Something that is tried again, or that nobody can help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub message: String,
    pub advice: Option<String>,
    /// In seconds, where it is tried again.
    pub again_in: Option<u64>,
}

/// What became of alerts so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub read: u64,
    pub forwarded: u64,
    pub duplicate: u64,
    pub filtered: u64,
    pub dead_lettered: u64,
    /// Dead letters that stay because no route can take them.
    pub stayed: u64,
    pub discarded: u64,
}

/// The last word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub outcome: Outcome,
    pub message: String,
    pub advice: Option<String>,
    pub counts: Counts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Done,
    /// It was told to stop, and can go on later.
    Interrupted,
    /// The world is not as it has to be.
    Failed,
    /// What was asked for makes no sense.
    Refused,
}

impl End {
    #[must_use]
    pub fn refused(message: impl Into<String>) -> Self {
        Self { outcome: Outcome::Refused, message: message.into(), advice: None, counts: Counts::default() }
    }

    #[must_use]
    pub fn failed(message: impl Into<String>, advice: Option<String>) -> Self {
        Self { outcome: Outcome::Failed, message: message.into(), advice, counts: Counts::default() }
    }
}

/// Reads a question.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn read_ask(line: &[u8]) -> Result<Ask, String> {
    serde_json::from_slice(line).map_err(|error| {
        format!(
            "the control socket was asked something that this version does not understand ({error}); use the same version of \
                 alertferry for the daemon and the command"
        )
    })
}

/// Reads what the daemon tells.
///
/// # Errors
/// The same.
pub fn read_tell(line: &[u8]) -> Result<Tell, String> {
    serde_json::from_slice(line).map_err(|error| {
        format!("the daemon said something that this version does not understand ({error}); use the same version of alertferry for both")
    })
}

/// A line with its end.
pub fn line<T: Serialize>(said: &T) -> Vec<u8> {
    // Texts, numbers and dates are always JSON; an empty line is answered with a refusal.
    let mut line = serde_json::to_vec(said).unwrap_or_default();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn everything_that_can_be_said_comes_back_as_it_was() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let replay = Replay {
            tenant: "con\"to\nso".to_owned(),
            sink: "siem".to_owned(),
            feed: Some("graph-alerts".to_owned()),
            from: at("2026-03-02T07:44:02.1466667Z"),
            to: at("2026-03-02T08:00:00Z"),
            send_again: true,
        };
        let which = Which { reason: Some("too long".to_owned()), since: Some(at("2026-03-02T08:00:00Z")), ..Which::default() };
        for ask in [Ask::Replay(replay), Ask::Retry(which.clone()), Ask::Discard(which)] {
            let line = line(&ask);
            assert_eq!(line.iter().position(|octet| *octet == b'\n'), Some(line.len() - 1));
            assert_eq!(read_ask(&line), Ok(ask));
        }
        let trouble = Trouble { message: "gone".to_owned(), advice: None, again_in: Some(5) };
        for tell in [Tell::Progress(Progress::default()), Tell::Trouble(trouble), Tell::End(End::failed("no", None))] {
            assert_eq!(read_tell(&line(&tell)), Ok(tell));
        }
    }

    #[test]
    fn a_question_that_is_not_understood_is_answered_with_what_to_do() {
        for line in ["", "{}", "[]", "{\"rep", r#"{"fly":{}}"#, r#"{"retry":{"colour":"red"}}"#, r#"{"replay":{"tenant":"a"}}"#] {
            let refusal = read_ask(line.as_bytes()).unwrap_err();
            assert!(refusal.contains("same version"), "{refusal}");
        }
    }

    proptest! {
        #[test]
        fn no_line_breaks_the_reader(line in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read_ask(&line);
            let _ = read_tell(&line);
        }
    }
}
