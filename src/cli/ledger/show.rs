//! `ledger show`: what it holds, or what it knows of one alert.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::size;
use crate::cli::dead_letters::{Place, printable};
use crate::cli::table::table;
use crate::cli::trouble::{Trouble, say};
use crate::ledger::sqlite::inspect::{Look, Memory, Overview, RouteProgress};
use crate::tenant::{SinkName, TenantId};

/// Shows how far each route has come, how large the ledger is and who uses it; or what is known of one alert.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry ledger show --json | jq '.routes[] | select(.cursor < \"2026-03-01\")'
  alertferry ledger show --alert da637578995287051192_756343937    # which sinks have had it?
  alertferry ledger show --ledger /backup/ledger-20260302T080000Z.sqlite3

Exit codes: 0 shown, 1 the ledger could not be read or no sink has had the alert, 64 the configuration is wrong.")]
pub(super) struct Args {
    /// Only this tenant: our name for it, or its Entra tenant ID.
    #[arg(long, value_name = "NAME|ID")]
    tenant: Option<String>,
    /// What is remembered of the alert with this ID.
    #[arg(long, value_name = "ID")]
    alert: Option<String>,
    /// Writes one JSON document to standard output.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(place: &Place, args: &Args) -> Result<(), Trouble> {
    let tenant = args.tenant.as_deref().map(|word| place.tenant(word)).transpose().map_err(Trouble::Question)?;
    let mut look = Look::open(&place.folder)?;
    if let Some(id) = &args.alert {
        return alert(place, &look, id, tenant.as_ref(), args.json);
    }
    let overview = look.overview(tenant.as_ref())?;
    say(&if args.json { printable::json(&document(place, &overview).to_string()) } else { text(place, &overview) })
}

fn alert(place: &Place, look: &Look, id: &str, tenant: Option<&TenantId>, json: bool) -> Result<(), Trouble> {
    let memories = look.alert(id, tenant)?;
    if json {
        let all: Vec<Value> = memories.iter().map(|memory| as_json(place, memory)).collect();
        say(&printable::json(&json!({ "alert_id": id, "known": all }).to_string()))?;
    } else if !memories.is_empty() {
        let rows = memories.iter().map(|memory| {
            let state = if memory.known.resolved { "resolved" } else { "-" };
            let revision = memory.known.revision.map_or_else(|| "-".to_owned(), |at| at.to_string());
            [name(place, &memory.tenant), sink(memory.sink.as_ref()), revision, state.to_owned()]
        });
        say(table(["TENANT", "SINK", "REVISION", "STATUS"], rows).trim_start())?;
    }
    if memories.is_empty() {
        return Err(Trouble::Found(format!(
            "nothing is remembered of the alert {id:?}: no sink has had it, or it was forgotten"
        )));
    }
    Ok(())
}

fn text(place: &Place, overview: &Overview) -> String {
    let figures = &overview.figures;
    let file = figures.file.unwrap_or_default();
    let moment = |at: Option<Timestamp>, none: &str| at.map_or_else(|| none.to_owned(), |at| format!("{at:.0}"));
    let days = overview.days.map_or_else(String::new, |(first, last)| {
        format!(", of alerts created {} to {}", first.strftime("%Y-%m-%d"), last.strftime("%Y-%m-%d"))
    });
    let lines = [
        ("file", overview.file.display().to_string()),
        ("layout", overview.layout.to_string()),
        ("in use", overview.holder.clone().unwrap_or_else(|| "by nobody".to_owned())),
        ("made", moment(overview.made, "by an older version")),
        ("size", format!("{}, {} of it free; log {}", size::bytes(file.bytes), size::bytes(file.free), size::bytes(file.log))),
        ("disk", file.room.map_or_else(|| "unknown".to_owned(), |room| format!("{} left", size::bytes(room)))),
        ("IDs", format!("{}{days}", figures.ids)),
        (
            "forgot",
            overview.remembers_since.map_or_else(|| "nothing yet".to_owned(), |at| format!("what changed last before {at:.0}")),
        ),
    ];
    let mut text = String::new();
    for (name, value) in lines {
        let _ = writeln!(text, "{name:<8}{}", printable::line(&value));
    }
    let rows = overview.routes.iter().map(|route| {
        [name(place, &route.tenant), printable::line(&route.feed), sink(route.sink.as_ref()), route.cursor.to_string()]
    });
    text += &table(["TENANT", "FEED", "SINK", "COMPLETE TO"], rows);
    if !figures.dead_letters.is_empty() {
        let rows = figures.dead_letters.iter().map(|aside| {
            [name(place, &aside.tenant), sink(aside.sink.as_ref()), aside.letters.to_string(), size::bytes(aside.bytes)]
        });
        text += &table(["TENANT", "SINK", "DEAD LETTERS", "SIZE"], rows);
    }
    if !overview.replays.is_empty() {
        let rows = overview.replays.iter().map(|replay| {
            let RouteProgress { tenant, feed, sink: to, cursor } = &replay.route;
            let again = if replay.send_again { "everything" } else { "what was not sent" };
            let span = format!("{} to {}", replay.from, replay.to);
            [name(place, tenant), printable::line(feed), sink(to.as_ref()), span, again.to_owned(), cursor.to_string()]
        });
        text += &table(["TENANT", "FEED", "SINK", "REPLAY OF", "SENDS", "COMPLETE TO"], rows);
    }
    text
}

fn document(place: &Place, overview: &Overview) -> Value {
    let figures = &overview.figures;
    let file = figures.file.unwrap_or_default();
    let route = |route: &RouteProgress| {
        json!({
            "tenant": place.name(&route.tenant),
            "tenant_id": route.tenant.as_str(),
            "feed": route.feed,
            "sink": route.sink.as_ref().map(SinkName::as_str),
            "cursor": route.cursor.to_string(),
        })
    };
    let replays = overview.replays.iter().map(|replay| {
        let mut document = route(&replay.route);
        document["from"] = replay.from.to_string().into();
        document["to"] = replay.to.to_string().into();
        document["send_again"] = replay.send_again.into();
        document
    });
    let dead_letters = figures.dead_letters.iter().map(|aside| {
        json!({
            "tenant": place.name(&aside.tenant),
            "tenant_id": aside.tenant.as_str(),
            "sink": aside.sink.as_ref().map(SinkName::as_str),
            "count": aside.letters,
            "bytes": aside.bytes,
        })
    });
    json!({
        "file": overview.file.to_string_lossy(),
        "layout": overview.layout,
        "in_use_by": overview.holder,
        "made": overview.made.map(|at| at.to_string()),
        "remembers_since": overview.remembers_since.map(|at| at.to_string()),
        "bytes": file.bytes,
        "free_bytes": file.free,
        "wal_bytes": file.log,
        "disk_free_bytes": file.room,
        "ids": figures.ids,
        "first_day": overview.days.map(|(first, _)| first.strftime("%Y-%m-%d").to_string()),
        "last_day": overview.days.map(|(_, last)| last.strftime("%Y-%m-%d").to_string()),
        "routes": overview.routes.iter().map(route).collect::<Vec<_>>(),
        "replays": replays.collect::<Vec<_>>(),
        "dead_letters": dead_letters.collect::<Vec<_>>(),
    })
}

fn as_json(place: &Place, memory: &Memory) -> Value {
    json!({
        "tenant": place.name(&memory.tenant),
        "tenant_id": memory.tenant.as_str(),
        "sink": memory.sink.as_ref().map(SinkName::as_str),
        "revision": memory.known.revision.map(|at| at.to_string()),
        "resolved": memory.known.resolved,
        "recorded": memory.recorded.map(|at| at.to_string()),
    })
}

fn name(place: &Place, tenant: &TenantId) -> String {
    printable::line(place.name(tenant))
}

fn sink(sink: Option<&SinkName>) -> String {
    printable::line(sink.map_or("-", SinkName::as_str))
}
