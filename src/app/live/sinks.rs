//! The sinks: whether each can be reached and lets us in, and whether its topics exist. Nothing is written to any of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::finding::{Check, Finding, Outcome};
use crate::config::TenantSettings;
use crate::sink::bearer::BearerTokens;
use crate::sink::settings::{Kind, Settings};
use crate::sink::{DeliverError, Sink};

/// How long letting go may take; nothing is under way.
const FAREWELL: Duration = Duration::from_secs(1);

/// Looks at one sink on behalf of the tenants that use it.
pub(super) async fn check(
    settings: &Settings,
    tenants: &[&TenantSettings],
    bearer: Option<Arc<dyn BearerTokens>>,
    limit: Duration,
) -> Vec<Finding> {
    let users: Vec<&TenantSettings> = tenants.iter().copied().filter(|one| one.sinks.contains(&settings.name)).collect();
    match &settings.kind {
        Kind::File(file) if file.path == Path::new("-") => vec![Finding::new(Check::Sink, Outcome::Ok, "standard output")],
        Kind::File(file) => {
            let path = file.path.clone();
            let looked = tokio::task::spawn_blocking(move || folder(&path)).await;
            vec![looked.unwrap_or_else(|panic| Finding::new(Check::Sink, Outcome::Failed, panic.to_string()))]
        }
        #[cfg(feature = "kafka")]
        Kind::Kafka(kafka) => cluster(&settings.name, kafka, bearer, &users, limit).await,
        #[cfg(not(feature = "kafka"))]
        Kind::Kafka(_) => {
            let _ = (users, bearer);
            vec![Finding::new(Check::Sink, Outcome::Failed, "this program was built without Kafka")]
        }
        Kind::Syslog(syslog) => {
            let sink = crate::sink::syslog::Syslog::new(settings.name.clone(), syslog);
            vec![probe(&sink, limit).await]
        }
    }
}

async fn probe(sink: &dyn Sink, limit: Duration) -> Finding {
    let finding = match timeout(limit, sink.probe()).await {
        Ok(Ok(())) => Finding::new(Check::Sink, Outcome::Ok, "it can be reached"),
        Ok(Err(error)) => failed(Check::Sink, error),
        Err(_) => silent(limit),
    };
    let _ = sink.close(Instant::now() + FAREWELL).await; // nothing was sent that could be lost
    finding
}

fn silent(limit: Duration) -> Finding {
    Finding::new(Check::Sink, Outcome::Failed, format!("no answer within {} s", limit.as_secs_f32()))
}

fn failed(check: Check, error: DeliverError) -> Finding {
    Finding { advice: error.advice, ..Finding::new(check, Outcome::Failed, error.message) }
}

/// The file itself is left alone: opening it would create it, or cut a line that the daemon is just writing.
fn folder(path: &Path) -> Finding {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let shown = path.display();
    let wrong = |words: String| Finding::new(Check::Sink, Outcome::Failed, words);
    match std::fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => return wrong(format!("{shown} is not a regular file")).advised("name a file"),
        Ok(metadata) if metadata.permissions().readonly() => {
            return wrong(format!("{shown} cannot be written to")).advised("check its owner and its permissions");
        }
        Ok(_) | Err(_) => {}
    }
    // It never has a name, so no reader of the folder sees it.
    match tempfile::tempfile_in(folder) {
        Ok(_) => Finding::new(Check::Sink, Outcome::Ok, format!("{} can be written to", folder.display())),
        Err(error) => wrong(format!("the folder {} cannot be written to: {error}", folder.display()))
            .advised("create it, and let the user that alertferry runs as write there"),
    }
}

#[cfg(feature = "kafka")]
async fn cluster(
    name: &crate::tenant::SinkName,
    settings: &crate::sink::settings::Kafka,
    bearer: Option<Arc<dyn BearerTokens>>,
    users: &[&TenantSettings],
    limit: Duration,
) -> Vec<Finding> {
    use crate::sink::kafka::Kafka;

    let (wanted, name, settings) = (topics(settings, users), name.clone(), settings.clone());
    let made = tokio::task::spawn_blocking(move || Kafka::connect(name, &settings, bearer, &Arc::default())).await; // reads key files
    let sink = match made {
        Ok(Ok(sink)) => sink,
        Ok(Err(error)) => return vec![Finding::new(Check::Sink, Outcome::Failed, error.to_string())],
        Err(panic) => return vec![Finding::new(Check::Sink, Outcome::Failed, panic.to_string())],
    };
    let findings = match timeout(limit, sink.missing(wanted)).await {
        Ok(Ok(missing)) => vec![Finding::new(Check::Sink, Outcome::Ok, "the brokers let us in"), topic_finding(&missing)],
        Ok(Err(error)) => vec![failed(Check::Sink, error)],
        Err(_) => vec![silent(limit)],
    };
    let _ = sink.close(Instant::now() + FAREWELL).await; // nothing was sent that could be lost
    findings
}

#[cfg(feature = "kafka")]
fn topics(settings: &crate::sink::settings::Kafka, users: &[&TenantSettings]) -> std::collections::BTreeSet<String> {
    use crate::alert::Severity;
    use crate::sink::topic::TopicTemplate;

    // The configuration has read the template already.
    let template = TopicTemplate::parse(&settings.topic).ok();
    let of = |one: &TenantSettings| {
        let feeds = one.feeds.clone();
        feeds.into_iter().flat_map(move |feed| Severity::ALL.map(|grade| (feed, grade)))
    };
    let names = |template: TopicTemplate| {
        users.iter().flat_map(move |one| {
            let template = template.clone();
            of(one).map(move |(feed, grade)| template.name(&one.tenant, feed, grade))
        })
    };
    template.map(names).into_iter().flatten().collect()
}

#[cfg(feature = "kafka")]
fn topic_finding(missing: &crate::sink::kafka::Missing) -> Finding {
    const SHOWN: usize = 20;
    let count = missing.topics.len();
    if count == 0 {
        return Finding::new(Check::Topic, Outcome::Ok, "every topic exists");
    }
    let names = missing.topics.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let rest = if count > SHOWN { format!(" and {} more", count - SHOWN) } else { String::new() };
    let words = format!("{count} of the topics do not exist, or may not be seen by this sink's user: {names}{rest}");
    match missing.created_when_written_to {
        Some(true) => Finding::new(Check::Topic, Outcome::Warning, words)
            .advised("the brokers create them when the first alert comes, with their default partitions and replicas"),
        Some(false) => Finding::new(Check::Topic, Outcome::Failed, words)
            .advised("create them: the brokers do not (auto.create.topics.enable = false)"),
        None => Finding::new(Check::Topic, Outcome::Warning, words).advised(
            "whether the brokers create them cannot be told: create them, or let this sink's user describe the brokers' configuration",
        ),
    }
}
