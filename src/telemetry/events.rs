//! Everything worth a log line, told once: a sentence, and the fields that all lines share
//! (`tenant`, `feed`, `sink`, `alert_id`, `error`, `advice`, `elapsed_ms`, `count`).
//!
//! `error`: somebody must act. `warn`: degraded or recovered by itself. `info`: milestones. `debug`: single alerts.

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tracing::{debug, error, info, warn};

use crate::source::{FeedKind, FetchError, Trouble};
use crate::tenant::{SinkName, TenantName};

/// A next link pointed at a host that is not the API's. It was not followed, and no token went there.
pub fn foreign_next_link(tenant: &TenantName, feed: FeedKind, host: &str) {
    warn!(%tenant, %feed, host, "A next link points at another host; it is not followed and no token is sent there");
}

/// The server's time is further ahead of ours than can be believed. What is newer than our clock is not asked for.
pub fn clock_behind(tenant: &TenantName, feed: FeedKind, ahead: SignedDuration) {
    warn!(
        %tenant, %feed, ahead_s = ahead.as_secs(),
        advice = "set this machine's clock; alerts that are newer than it says wait until then",
        "The API's clock is more than a day ahead of ours, and is not followed"
    );
}

/// The server keeps failing on `$expand`: its list is read without, and each row by itself.
pub fn expand_dropped(tenant: &TenantName, feed: FeedKind, error: &str) {
    warn!(
        %tenant, %feed, error,
        advice = "nothing needs to be done; reading takes more requests until $expand is tried again, a day from now",
        "The server keeps failing on $expand; each row is read by itself"
    );
}

/// A row could not be read with all that belongs to it, and went out as the list showed it.
pub fn row_incomplete(tenant: &TenantName, feed: FeedKind, alert_id: &str, error: &str) {
    warn!(
        %tenant, %feed, alert_id, error,
        advice = "see it in the portal; the alerts of incidents also come through the feed graph-alerts, if it is turned on",
        "A record could not be read in full; it goes out without the alerts or evidence inside"
    );
}

/// A pass read its window to the end.
pub fn pass_complete(tenant: &TenantName, feed: FeedKind, count: u64, elapsed: Duration) {
    debug!(%tenant, %feed, count, elapsed_ms = millis(elapsed), "Read a window to its end");
}

/// A feed could not be read. Nothing is lost: the next pass starts from the same cursor.
pub fn feed_trouble(tenant: &TenantName, feed: FeedKind, state: &str, trouble: &FetchError, again_in: Duration) {
    let (error, advice, again_s) = (&trouble.message, trouble.advice.as_deref(), again_in.as_secs());
    match trouble.trouble {
        Trouble::Throttled(_) | Trouble::Passing => {
            warn!(%tenant, %feed, state, %error, advice, again_s, "The feed could not be read; it is tried again");
        }
        Trouble::Stalled => {
            error!(%tenant, %feed, state, %error, advice, again_s, "The feed cannot be read completely; what can be read goes on");
        }
        Trouble::NeedsConsent | Trouble::Broken => {
            error!(%tenant, %feed, state, %error, advice, again_s, "The feed cannot be read until somebody acts");
        }
    }
}

/// The same trouble again; it has been told.
pub fn feed_still_in_trouble(tenant: &TenantName, feed: FeedKind, state: &str, trouble: &FetchError, again_in: Duration) {
    let (error, advice, again_s) = (&trouble.message, trouble.advice.as_deref(), again_in.as_secs());
    debug!(%tenant, %feed, state, %error, advice, again_s, "The feed still cannot be read; it is tried again");
}

/// A feed that was in trouble works again.
pub fn feed_recovered(tenant: &TenantName, feed: FeedKind) {
    info!(%tenant, %feed, "The feed works again");
}

/// A page's alerts reached a sink and are recorded.
pub fn delivered(tenant: &TenantName, feed: FeedKind, sink: &SinkName, count: u64, elapsed: Duration) {
    info!(%tenant, %feed, %sink, count, elapsed_ms = millis(elapsed), "Forwarded alerts");
}

/// One alert of a delivered page.
pub fn forwarded(tenant: &TenantName, feed: FeedKind, sink: &SinkName, alert_id: &str) {
    debug!(%tenant, %feed, %sink, alert_id, "Forwarded an alert");
}

/// A route could not deliver. Its alerts are offered again.
pub fn delivery_failed(
    tenant: &TenantName,
    feed: FeedKind,
    sink: &SinkName,
    error: &str,
    advice: Option<&str>,
    again_in: Duration,
) {
    let again_ms = millis(again_in);
    warn!(%tenant, %feed, %sink, error, advice, again_ms, "Alerts could not be delivered; they are offered again");
}

/// A sink takes longer than the others; they go on without it, and it finishes its page in the background.
pub fn straggling(tenant: &TenantName, feed: FeedKind, sink: &SinkName) {
    info!(%tenant, %feed, %sink, "The sink is slow; the others go on and it finishes its page in the background");
}

/// An alert was kept aside.
pub fn dead_letter(tenant: &TenantName, feed: FeedKind, sink: Option<&SinkName>, alert_id: &str, reason: &str) {
    let sink = sink.map(SinkName::as_str);
    error!(
        %tenant, %feed, sink, alert_id, error = reason,
        advice = "see `alertferry dead-letters list`", "An alert was kept aside as a dead letter"
    );
}

/// A tenant's dead letters for a sink have come to 80% of what may be kept.
pub fn dead_letters_crowded(tenant: &TenantName, sink: Option<&SinkName>, letters: u64, bytes: u64) {
    let sink = sink.map(SinkName::as_str);
    warn!(
        %tenant, sink, count = letters, bytes,
        advice = "see why with `alertferry dead-letters list`, then retry or discard them, or raise max_dead_letters and \
                  max_dead_letter_bytes in [ledger]; at the bound the oldest are dropped",
        "The dead letters of a tenant and sink have come to 80% of what is kept"
    );
}

/// The oldest dead letter of a tenant and sink had to go to keep the bound.
pub fn dead_letter_dropped(tenant: &TenantName, feed: &str, sink: Option<&SinkName>, alert_id: &str, kept_at: Timestamp) {
    let sink = sink.map(SinkName::as_str);
    error!(
        %tenant, feed, sink, alert_id, %kept_at,
        advice = "it is no longer kept: once the cause is mended, read it again with `alertferry replay --send-again` over the \
                  time of the alert",
        "A dead letter was dropped: its tenant and sink have more than may be kept"
    );
}

/// A record names another tenant than the one that was asked. It is never forwarded.
pub fn foreign_record(tenant: &TenantName, feed: FeedKind, alert_id: &str, named: &str) {
    error!(
        %tenant, %feed, alert_id, named,
        advice = "report this to Microsoft with the alert ID; the record stands in the dead letters",
        "The API returned an alert of another tenant; it is kept aside and never forwarded"
    );
}

/// The ledger could not be written or read.
pub fn ledger_failed(tenant: &TenantName, feed: FeedKind, error: &str, advice: Option<&str>) {
    error!(%tenant, %feed, error, advice, "The ledger cannot be used; nothing moves until it can");
}

/// There was no ledger, and an empty one was made. `gone`: this folder has had one before.
pub fn ledger_made(folder: &Path, gone: bool) {
    let (folder, message) = (
        folder.display(),
        if gone { "The ledger was gone and had to be made anew" } else { "There was no ledger; an empty one was made" },
    );
    warn!(
        %folder,
        advice = "on a first start all is well; otherwise restore a backup before more is sent, or go on: every feed starts at its \
                  lookback, and what changed since then is sent once more (docs/ledger.md says what a lost ledger costs)",
        "{message}"
    );
}

/// A ledger of an older version was brought to this one's layout.
pub fn ledger_brought_forward(folder: &Path, from: usize, to: usize) {
    info!(folder = %folder.display(), from, to, "The ledger was brought to this version's layout; older versions cannot open it any more");
}

/// A sink stopped taking alerts.
pub fn sink_down(sink: &SinkName, error: &str, advice: Option<&str>) {
    error!(%sink, error, advice, "The sink takes no alerts; they wait at the vendor's API");
}

/// A sink takes alerts again.
pub fn sink_up(sink: &SinkName) {
    info!(%sink, "The sink takes alerts");
}

/// Work on one feed panicked; it alone starts over.
pub fn panicked(tenant: &TenantName, feed: FeedKind, error: &str, again_in: Duration) {
    error!(
        %tenant, %feed, error, again_s = again_in.as_secs(),
        advice = "this is a bug; please report it", "Work on a feed panicked; it starts over, all others are untouched"
    );
}

/// What will be polled and where it goes, said once at the start.
pub fn started(tenants: usize, feeds: usize, sinks: usize, admin: &str) {
    info!(tenants, feeds, sinks, admin, "alertferry runs");
}

/// Something worth a look was found in the configuration.
pub fn configuration_warning(warning: &str) {
    warn!("Configuration: {warning}");
}

/// An app's credential ends within weeks.
pub fn credential_expires_soon(app: &str, expires: Timestamp, days: i64) {
    warn!(
        app, %expires, days,
        advice = "make a new one at the app's registration and put it in place; it is read at the next sign-in",
        "The credential of an app expires soon"
    );
}

/// An app's credential has ended.
pub fn credential_expired(app: &str, expires: Timestamp) {
    error!(
        app, %expires,
        advice = "make a new one at the app's registration and put it in place; it is read at the next sign-in",
        "The credential of an app has expired; its tenants cannot be read once their tokens end"
    );
}

/// The admin endpoint cannot take connections for a while; everything else goes on.
pub fn admin_failed(error: &std::io::Error) {
    error!(%error, advice = "raise the limit on open files", "The admin endpoint takes no connections at present; alerts go on");
}

/// The certificate of the admin endpoint was replaced by files that cannot be used; the one before stays in use.
pub fn admin_tls_kept(error: &str) {
    warn!(error, advice = "mend the files of [admin] tls", "The admin endpoint goes on with the certificate that it had");
}

/// Old IDs could not be removed; they are looked at again later.
pub fn forgetting_failed(error: &str) {
    warn!(error, "Old IDs could not be removed from the ledger; it is tried again later");
}

/// Files were opened anew.
pub fn reopened() {
    info!("Opened log files anew; tenants, sinks and credentials of the configuration file need a restart");
}

/// Somebody asked us to stop.
pub fn stopping(deadline: Duration) {
    info!(deadline_s = deadline.as_secs(), "Stopping: no new passes, finishing what is in flight");
}

/// The end.
pub fn stopped(clean: bool, count: u64) {
    if clean {
        info!("Stopped; everything in flight was finished or is left for next time");
    } else {
        warn!(count, "Stopped at the deadline; work was cut off, its alerts are offered again next time");
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Somebody at the control socket is neither the daemon's user nor root.
pub fn control_refused(user: Option<u32>) {
    warn!(
        user,
        advice = "run the command as the daemon's user or as root",
        "Somebody else's question at the control socket was refused"
    );
}

/// Commands cannot ask the daemon for anything.
pub fn control_unavailable(error: &str) {
    warn!(error, "There is no control socket: replay and dead-letters retry have to wait until the daemon is stopped");
}

/// Something went wrong with what an operator asked for; it is tried again.
pub fn errand_trouble(error: &str, advice: Option<&str>, again_in: Duration) {
    warn!(error, advice, again_s = again_in.as_secs(), "An errand is held up; it is tried again");
}

/// An operator has the past read again.
pub fn replay_started(tenant: &TenantName, sink: &SinkName, from: Timestamp, to: Timestamp, send_again: bool) {
    info!(%tenant, %sink, %from, %to, send_again, "A replay begins");
}

/// The past was read again, or not to the end.
pub fn replay_ended(tenant: &TenantName, sink: &SinkName, count: u64, error: Option<&str>) {
    info!(%tenant, %sink, count, error, "A replay ended");
}
