//! RELP, rsyslog's acknowledged protocol: a message counts as delivered when, and only when, the receiver answered 200 for it.

pub mod answer;
mod broken;
pub mod frame;
mod window;
mod wire;

use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use super::taken::Taken;
use crate::sink::Verdict;
use answer::Answer;
pub use broken::Broken;
use frame::{Frame, Reader};
use window::Window;
use wire::Step;
pub use wire::Wire;

/// Enough for a thousand answers.
const INBOX: usize = 16 * 1024;
/// Messages are handed to the kernel in pieces of about this many octets.
const PIECE: usize = 64 * 1024;
/// For what the kernel has already to reach us.
const AT_HAND: Duration = Duration::from_millis(100);
/// Receivers hint at most one thing between two pages; TLS says a thing or two of its own.
const MOST_BETWEEN_PAGES: usize = 16;

/// An open session with a receiver.
///
/// A page is [`Session::begin`], [`Session::send`] for each message, [`Session::settle`], and whatever came of it
/// [`Session::verdicts`]. A session that failed, or was dropped in mid-page, must not be used again.
#[derive(Debug)]
pub struct Session {
    wire: Wire,
    patience: Duration,
    window: Window,
    reader: Reader,
    inbox: Box<[u8]>,
    outbox: Vec<u8>,
    /// How much of the outbox the kernel has.
    written: usize,
    /// The receiver went away after it had answered everything.
    over: bool,
    /// Since when the receiver owes us an answer and has given none.
    silent_since: Instant,
    taken: Taken,
}

impl Session {
    /// Opens a session over a new connection.
    ///
    /// # Errors
    /// What the receiver said or did instead of accepting, and what to do about it.
    pub async fn open(wire: Wire, patience: Duration, deadline: Instant, taken: Taken) -> Result<Self, String> {
        let mut session = Self {
            wire,
            patience,
            window: Window::new(),
            reader: Reader::default(),
            inbox: vec![0; INBOX].into(),
            outbox: Vec::new(),
            written: 0,
            over: false,
            silent_since: Instant::now(),
            taken,
        };
        let offers = format!("relp_version=0\nrelp_software=alertferry,{}\ncommands=syslog", env!("CARGO_PKG_VERSION"));
        match timeout_at(deadline, session.ask("open", offers.as_bytes())).await {
            Err(_) => Err("it did not answer that it speaks RELP in time: check that this port expects RELP, and whether it \
                           expects TLS"
                .to_owned()),
            Ok(Err(Broken::Nonsense(what))) => {
                Err(format!("it does not speak RELP as we know it (it sent {what}): check that this port expects RELP"))
            }
            Ok(Err(Broken::Io(error))) => Err(format!(
                "it broke the connection instead of opening a RELP session ({error}): check that this port expects RELP, and \
                 whether it expects TLS"
            )),
            Ok(Err(_)) => Err("it closed the connection instead of opening a RELP session: check that this port expects RELP, \
                               whether it expects TLS, and the receiver's log"
                .to_owned()),
            Ok(Ok(answer)) => match answer.objection() {
                Some(objection) => Err(format!("{objection}: look into the receiver's configuration and log")),
                None => Ok(session),
            },
        }
    }

    /// Gets ready for a page: finds out whether the receiver went away meanwhile.
    pub async fn begin(&mut self) -> Result<(), Broken> {
        self.window.verdicts();
        if self.over {
            return Err(Broken::Closed);
        }
        for _ in 0..MOST_BETWEEN_PAGES {
            if !self.wire.has_something()? {
                return Ok(());
            }
            // It may be for TLS alone, and then there is nothing to hear.
            if let Ok(heard) = timeout(AT_HAND, self.step()).await {
                heard?;
            }
        }
        Ok(())
    }

    /// Adds a syslog message to the page, and waits while the receiver owes too many answers.
    pub async fn send(&mut self, message: &[u8]) -> Result<(), Broken> {
        self.pump(|session| !session.window.is_full() && session.outbox.len() < PIECE).await?;
        if self.window.unanswered() == 0 {
            self.silent_since = Instant::now();
        }
        let txnr = self.window.message();
        frame::write(txnr, "syslog", message, &mut self.outbox);
        Ok(())
    }

    /// Ends the page: answers once the receiver has answered for every message.
    pub async fn settle(&mut self) -> Result<(), Broken> {
        let pumped = self.pump(|session| session.window.unanswered() == 0).await;
        // A receiver may go right after its last answer.
        self.over = pumped.is_err();
        if self.window.unanswered() == 0 { Ok(()) } else { pumped }
    }

    /// What the receiver answered for each message since the page began, in order. After a failure too: what was answered by then
    /// stays answered, the rest is unknown.
    pub fn verdicts(&mut self) -> Vec<Verdict> {
        self.window.verdicts()
    }

    /// Says goodbye and waits until the receiver has heard it.
    pub async fn close(mut self) -> Result<(), Broken> {
        match self.ask("close", b"").await {
            // Some receivers just go.
            Ok(_) | Err(Broken::Closed | Broken::GoingAway) => {}
            Err(broken) => return Err(broken),
        }
        Ok(self.wire.shutdown().await?)
    }

    /// One command and its answer, with no message under way.
    async fn ask(&mut self, command: &str, data: &[u8]) -> Result<Answer, Broken> {
        let asked = self.window.transaction();
        frame::write(asked, command, data, &mut self.outbox);
        loop {
            self.wire_step().await?;
            while let Some(frame) = self.reader.next_frame()? {
                match read(&frame)? {
                    Some(answer) if frame.txnr == asked => return Ok(answer),
                    Some(_) => return Err(unasked(&frame)),
                    None => {}
                }
            }
        }
    }

    /// Writes and listens until there is enough room or enough was answered.
    async fn pump(&mut self, enough: impl Fn(&Self) -> bool) -> Result<(), Broken> {
        while !enough(self) {
            let patience = self.patience;
            match timeout_at(self.silent_since + patience, self.step()).await {
                Ok(stepped) => stepped?,
                Err(_) => return Err(Broken::Silent { patience, unanswered: self.window.unanswered() }),
            }
        }
        Ok(())
    }

    async fn step(&mut self) -> Result<(), Broken> {
        let stepped = self.wire_step().await;
        // What arrived before something broke counts.
        while let Some(frame) = self.reader.next_frame()? {
            if let Some(answer) = read(&frame)? {
                if !self.window.answered(frame.txnr, &answer) {
                    return Err(unasked(&frame));
                }
                self.silent_since = Instant::now();
                self.taken.more();
            }
        }
        stepped
    }

    /// Writes what there is to write, or hears what there is to hear.
    async fn wire_step(&mut self) -> Result<(), Broken> {
        match self.wire.step(&mut self.inbox, &self.outbox[self.written..]).await {
            Ok(Step::Heard(0)) => Err(Broken::Closed),
            Ok(Step::Heard(octets)) => {
                self.reader.feed(&self.inbox[..octets]);
                Ok(())
            }
            Ok(Step::Wrote(octets)) => {
                self.written += octets;
                if self.written == self.outbox.len() {
                    self.outbox.clear();
                    self.written = 0;
                }
                Ok(())
            }
            Ok(Step::CannotWrite(error)) => {
                // Answers may have come before the end, and they count.
                while let Ok(Ok(Step::Heard(octets @ 1..))) = timeout(AT_HAND, self.wire.step(&mut self.inbox, &[])).await {
                    self.reader.feed(&self.inbox[..octets]);
                }
                Err(error.into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The answer in a frame; `None` for a hint that we can do without.
fn read(frame: &Frame) -> Result<Option<Answer>, Broken> {
    match (frame.txnr, frame.command.as_str()) {
        (0, "serverclose") => Err(Broken::GoingAway),
        (0, _) => Ok(None),
        (_, "rsp") => match Answer::read(&frame.data) {
            Some(answer) => Ok(Some(answer)),
            None => Err(Broken::Nonsense(format!("an answer without a code for transaction {}", frame.txnr))),
        },
        (txnr, command) => Err(Broken::Nonsense(format!("the command {command} as transaction {txnr}"))),
    }
}

impl Drop for Session {
    /// What waits in our kernel in mid-page would only arrive twice.
    fn drop(&mut self) {
        if self.window.unanswered() > 0 {
            // Without it the kernel goes on trying for a while; that costs memory, nothing else.
            let _ = self.wire.socket().set_zero_linger();
        }
    }
}

fn unasked(frame: &Frame) -> Broken {
    Broken::Nonsense(format!("an answer for transaction {}, which nothing waits for", frame.txnr))
}
