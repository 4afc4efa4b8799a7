//! The ledger's file after somebody else has been at it: octets changed anywhere, or a text that we never wrote in a row of ours.
#![no_main]

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use alertferry::ledger::sqlite::dead_letters::Shelf;
use alertferry::ledger::{self, DeadLetter, KeptFilter, Known, Ledger, LedgerError, RouteKey, Seen, SeenKey, Step, settings};
use alertferry::source::FeedKind;
use alertferry::tenant::{SinkName, TenantId};
use alertferry_fuzz::loopback::RUNTIME;
use jiff::Timestamp;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.expect("a folder")
});

/// A ledger of ours, as it lies on the disk.
static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    RUNTIME.block_on(async {
        let ledger = open(folder.path()).expect("a new ledger");
        ledger.record(step()).await.expect("room");
        ledger.close().await.expect("it closes");
    });
    fs::read(folder.path().join("ledger.sqlite3")).expect("its file")
});

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let [how, rest @ ..] = input else { return };
    let file = FOLDER.path().join("ledger.sqlite3");
    for entry in fs::read_dir(FOLDER.path()).expect("our folder").flatten() {
        fs::remove_file(entry.path()).expect("our file");
    }
    let mut bytes = SOUND.clone();
    if how & 1 == 0 {
        for change in rest.chunks_exact(4).take(64) {
            let at = (usize::from(change[0]) << 16 | usize::from(change[1]) << 8 | usize::from(change[2])) % bytes.len();
            bytes[at] = change[3];
        }
    }
    fs::write(&file, &bytes).expect("room");
    if how & 1 == 1 && spoil(&file, &String::from_utf8_lossy(rest)).is_err() {
        return; // a text that no column of ours takes
    }
    if let Ok(shelf) = Shelf::open(FOLDER.path())
        && let Ok(entries) = shelf.list(&KeptFilter::default())
    {
        for entry in entries.iter().take(3) {
            let _ = shelf.body(entry);
        }
    }
    RUNTIME.block_on(async {
        let Ok(ledger) = open(FOLDER.path()) else { return };
        let tenant = TenantId::from("tenant");
        let _ = ledger.cursors(&tenant, FeedKind::GraphAlerts).await;
        let _ = ledger.known(&tenant, Some(&SinkName::from("siem")), vec![key()]).await;
        let _ = ledger.figures().await;
        let _ = ledger.kept(KeptFilter::default()).await;
        let _ = ledger.record(step()).await;
        let _ = ledger.forget(Timestamp::MAX).await;
        let _ = ledger.close().await;
    });
});

fn open(folder: &Path) -> Result<Arc<dyn Ledger>, LedgerError> {
    ledger::open(&settings::Settings {
        kind: settings::Kind::Embedded(folder.to_owned()),
        retention: std::time::Duration::from_hours(24),
        bounds: settings::Bounds::default(),
    })
}

fn spoil(file: &Path, text: &str) -> rusqlite::Result<()> {
    let ledger = rusqlite::Connection::open(file)?;
    for column in ["cursors SET at", "dead_letters SET at", "dead_letters SET feed", "scopes SET sink"] {
        ledger.execute(&format!("UPDATE {column} = ?1"), [text])?;
    }
    Ok(())
}

fn key() -> SeenKey {
    SeenKey { id: "da1".to_owned(), created: Some(Timestamp::UNIX_EPOCH) }
}

fn step() -> Step {
    let (tenant, feed) = (TenantId::from("tenant"), FeedKind::GraphAlerts);
    let known = Known { revision: Some(Timestamp::UNIX_EPOCH), resolved: false };
    let letter =
        DeadLetter { alert_id: "da1".to_owned(), reason: "refused".to_owned(), at: Timestamp::UNIX_EPOCH, body: "{}".to_owned() };
    Step {
        seen: vec![Seen { key: key(), known }],
        dead: vec![letter],
        cursor: Some(Timestamp::UNIX_EPOCH),
        ..Step::of(RouteKey { tenant, feed, sink: Some(SinkName::from("siem")) })
    }
}
