//! From how the parts are doing to the alarms: causes are told, what follows from them is not.
//!
//! A ledger that cannot be used, a sink that is down and a feed that cannot be read each explain why cursors stand still. Were that told
//! as well, one dead sink would be a thousand alarms.

mod feeds;
mod sinks;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::settings::Settings;
use super::snapshot::{Cause, Credential, DeadLetters, Snapshot};
use super::{Alarm, Kind, Subject};

/// Every alarm that the moment gives reason for, each subject once.
#[must_use]
pub fn judge(snapshot: &Snapshot, settings: &Settings) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    alarms.extend(snapshot.ledger.as_ref().map(|cause| ledger(cause, snapshot.now)));
    let ways = sinks::judge(snapshot, settings, &mut alarms);
    feeds::judge(snapshot, &ways, &mut alarms);
    alarms.extend(snapshot.credentials.iter().filter_map(|credential| credential_ending(credential, snapshot.now, settings)));
    alarms.extend(snapshot.dead_letters.iter().filter_map(|letters| dead_letters(letters, snapshot.now, settings)));
    alarms
}

fn ledger(cause: &Cause, now: Timestamp) -> Alarm {
    Alarm {
        subject: Subject::of(Kind::Ledger),
        since: now,
        message: format!("the ledger cannot be used, so nothing moves: {}", cause.message),
        advice: advice(cause, "make room on the disk of the ledger and see that it can be written"),
    }
}

fn credential_ending(credential: &Credential, now: Timestamp, settings: &Settings) -> Option<Alarm> {
    let left = credential.expires.duration_since(now);
    let before = signed(settings.credential_before);
    if left > before {
        return None;
    }
    let app = &credential.app;
    let message = if left.is_positive() {
        format!("the credential of app {app} ends in {}, at {}", words(left), credential.expires)
    } else {
        format!(
            "the credential of app {app} has ended at {}; its tenants cannot be read once their tokens end",
            credential.expires
        )
    };
    Some(Alarm {
        subject: Subject { app: Some(app.clone()), ..Subject::of(Kind::CredentialEnding) },
        since: credential.expires.checked_sub(before).unwrap_or(Timestamp::MIN),
        message,
        advice: "make a new one at the app's registration and put it in place; it is read at the next sign-in".to_owned(),
    })
}

fn dead_letters(letters: &DeadLetters, now: Timestamp, settings: &Settings) -> Option<Alarm> {
    let (count, tenant) = (letters.count, &letters.tenant);
    let too_many = settings.dead_letters > 0 && count >= settings.dead_letters;
    if !letters.crowded && !too_many {
        return None;
    }
    let towards = letters.sink.as_ref().map_or_else(|| "no route could take".to_owned(), |sink| format!("did not reach {sink}"));
    let room = if letters.crowded { "; their room is nearly full, then the oldest are dropped" } else { "" };
    Some(Alarm {
        subject: Subject { tenant: Some(tenant.clone()), sink: letters.sink.clone(), ..Subject::of(Kind::DeadLetters) },
        since: now,
        message: format!("{count} alert(s) of {tenant} were kept aside that {towards}{room}"),
        advice: "see the reasons with `alertferry dead-letters list`, mend the cause, then use `dead-letters retry` or `discard`"
            .to_owned(),
    })
}

fn advice(cause: &Cause, otherwise: &str) -> String {
    cause.advice.clone().unwrap_or_else(|| otherwise.to_owned())
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

fn ago(now: Timestamp, duration: Duration) -> Timestamp {
    now.checked_sub(signed(duration)).unwrap_or(Timestamp::MIN)
}

/// A duration as people say it: its two largest units.
fn words(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().unsigned_abs();
    let (days, hours, minutes, rest) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let units = [(days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")];
    let from = units.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    let shown = units[from..].iter().take(2).filter(|(count, _)| *count > 0);
    let shown: Vec<String> = shown.map(|(count, unit)| format!("{count}{unit}")).collect();
    if shown.is_empty() { "0s".to_owned() } else { shown.join(" ") }
}

#[cfg(test)]
mod tests;
