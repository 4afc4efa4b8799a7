//! How an errand is doing: a bar in place on a terminal, now and then a line elsewhere, JSON for programs.

use std::io::{self, IsTerminal as _, Write};

use tokio::time::{Duration, Instant};

use crate::cli::dead_letters::printable;
use crate::cli::print;
use crate::control::wire::{self, Counts, End, Outcome, Progress, Tell, Trouble};

/// How wide the bar is.
const WIDTH: u8 = 30;

/// Without a terminal, this often is enough.
const EVERY: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Shown {
    json: bool,
    terminal: bool,
    said: Option<Instant>,
}

impl Shown {
    pub(super) fn new(json: bool) -> Self {
        Self { json, terminal: io::stderr().is_terminal(), said: None }
    }

    /// The last word: on standard output when all went well, else on standard error.
    pub(super) fn end(&self, end: &End) {
        if self.json {
            return print(&as_json(&Tell::End(end.clone())));
        }
        self.clear();
        let message = printable::line(&end.message);
        let advice = end.advice.as_deref().map(|advice| format!("; {}", printable::line(advice))).unwrap_or_default();
        match end.outcome {
            Outcome::Done => print(&format!("{message}{advice}")),
            Outcome::Interrupted | Outcome::Failed | Outcome::Refused => eprintln!("alertferry: {message}{advice}"),
        }
    }

    /// How it goes.
    pub(super) fn tell(&mut self, tell: &Tell) {
        if self.json {
            return print(&as_json(tell));
        }
        match tell {
            Tell::Progress(progress) => self.progress(progress),
            Tell::Trouble(trouble) => self.trouble(trouble),
            Tell::End(_) => {}
        }
    }

    fn progress(&mut self, progress: &Progress) {
        // Whoever closed our standard error needs no progress.
        let _ = if self.terminal {
            write!(io::stderr(), "\r\x1b[K{}", bar(progress))
        } else if self.said.is_none_or(|said| said.elapsed() >= EVERY) {
            self.said = Some(Instant::now());
            writeln!(io::stderr(), "{}", line(progress))
        } else {
            Ok(())
        };
    }

    fn trouble(&self, trouble: &Trouble) {
        self.clear();
        let advice = trouble.advice.as_deref().map(|advice| format!("; {}", printable::line(advice))).unwrap_or_default();
        let again = trouble.again_in.map(|seconds| format!(" (again in {seconds} s)")).unwrap_or_default();
        eprintln!("alertferry: {}{advice}{again}", printable::line(&trouble.message));
    }

    fn clear(&self) {
        if self.terminal {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn as_json(tell: &Tell) -> String {
    printable::json(String::from_utf8_lossy(&wire::line(tell)).trim_end())
}

fn bar(progress: &Progress) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the width")]
    let full = (progress.done.clamp(0.0, 1.0) * f64::from(WIDTH)) as usize;
    format!("[{}{}] {}", "#".repeat(full), "-".repeat(usize::from(WIDTH) - full), line(progress))
}

fn line(progress: &Progress) -> String {
    let Counts { read, forwarded, .. } = progress.counts;
    let percent = progress.done.clamp(0.0, 1.0) * 100.0;
    let feed = progress.feed.as_deref().map(|feed| format!(" {}", printable::line(feed))).unwrap_or_default();
    let at = progress.at.map(|at| format!(" up to {at:.0}")).unwrap_or_default();
    let read = if read > 0 { format!("{read} read, ") } else { String::new() };
    format!("{percent:3.0}%{feed}{at}: {read}{forwarded} sent")
}

#[cfg(test)]
mod tests {
    use super::{WIDTH, bar};
    use crate::control::wire::{Counts, Progress};

    #[test]
    fn a_bar_is_as_full_as_the_errand_is_done() {
        let counts = Counts { read: 7, forwarded: 5, ..Counts::default() };
        let width = usize::from(WIDTH);
        for (done, full, percent) in
            [(0.0, 0, "  0%"), (0.5, width / 2, " 50%"), (1.0, width, "100%"), (7.0, width, "100%"), (f64::NAN, 0, "NaN%")]
        {
            let progress = Progress { feed: Some("graph-alerts".to_owned()), at: None, done, counts };
            let bar = bar(&progress);
            assert_eq!(bar.matches('#').count(), full, "{bar}");
            assert_eq!(bar.matches('-').count(), width - full + 1, "{bar}");
            assert!(bar.ends_with(&format!("{percent} graph-alerts: 7 read, 5 sent")), "{bar}");
        }
    }
}
