//! What the operator wrote, checked: a file, then `tenants.d/*.toml`, then the environment.

pub mod duration;
mod env;
mod found;
pub mod keys;
mod layers;
mod raw;
mod report;
mod secrets;
mod suggest;
mod syntax;
mod tenant_files;
mod validate;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

pub use self::env::Environment;
use self::layers::Added;
pub use self::report::ConfigError;
use self::report::Report;
use crate::format::shorten::Oversize;
use crate::pipeline::filter::Filters;
use crate::pipeline::schedule::Sweep;
use crate::retry::Retry;
use crate::sink::Revisions;
use crate::source::FeedKind;
use crate::source::azure::Workspace;
use crate::source::cloud::Cloud;
use crate::source::entra::{App, SignIn};
use crate::source::throttle::Rate;
use crate::tenant::{SinkName, Tenant};
use crate::{admin, alarm, control, ledger, sink};

/// Everything that the program needs to know. Each value has been checked, each name resolves.
#[derive(Debug, Clone)]
pub struct Settings {
    pub ledger: ledger::settings::Settings,
    pub admin: admin::settings::Settings,
    /// Where the control socket is to be; else in the ledger's folder.
    pub socket: Option<PathBuf>,
    /// From when on something is an alarm.
    pub alarms: alarm::settings::Settings,
    pub shutdown_deadline: Duration,
    pub sinks: BTreeMap<SinkName, sink::settings::Settings>,
    /// How sinks that ask for tokens get them.
    pub sign_ins: BTreeMap<SinkName, SignIn>,
    /// At least one.
    pub tenants: Vec<TenantSettings>,
    /// What all feeds of all tenants together may ask.
    pub cap: Vec<Rate>,
    /// When the credential of an app expires, by the app's name, where the operator wrote it down.
    pub credential_expiries: BTreeMap<String, Timestamp>,
    /// Worth a look, but no reason to refuse.
    pub warnings: Vec<String>,
}

impl Settings {
    /// Where the daemon can be asked for errands; a ledger in memory has no folder for it.
    #[must_use]
    pub fn control_socket(&self) -> Option<PathBuf> {
        let folder = match &self.ledger.kind {
            ledger::settings::Kind::Embedded(folder) => Some(folder.as_path()),
            ledger::settings::Kind::Memory => None,
        };
        control::place(self.socket.as_deref(), folder)
    }
}

/// One tenant with everything that `[defaults]` gave it.
#[derive(Debug, Clone)]
pub struct TenantSettings {
    pub tenant: Arc<Tenant>,
    pub app: Arc<App>,
    pub cloud: Arc<Cloud>,
    pub feeds: Vec<FeedKind>,
    pub sinks: Vec<SinkName>,
    /// What holds on the way to each of `sinks`.
    pub routes: BTreeMap<SinkName, RouteSettings>,
    pub interval: Duration,
    pub delay: Duration,
    pub overlap: Duration,
    pub lookback: Duration,
    pub sweep: Sweep,
    /// How often trouble that only a person can mend is looked at again.
    pub recheck: Duration,
    pub feed_retry: Retry,
    pub sink_retry: Retry,
    pub budget: BTreeMap<FeedKind, Vec<Rate>>,
    pub page_size: BTreeMap<FeedKind, u32>,
    /// From when on its feeds give alarms.
    pub alarms: alarm::settings::Limits,
    /// Where `sentinel-incidents` reads; at least one where it is among the feeds.
    pub workspaces: Vec<Workspace>,
    /// Azure subscriptions that `defender-for-cloud` reads; at least one where it is among the feeds.
    pub subscriptions: Vec<String>,
}

/// A tenant's alerts on their way to one sink, with everything that the sink, `[defaults]` and the tenant say of it.
#[derive(Debug, Clone)]
pub struct RouteSettings {
    /// With the labels of this route.
    pub tenant: Arc<Tenant>,
    pub filter: Filters,
    pub send: Revisions,
    pub oversize: Oversize,
}

/// What a tenant can refer to by name.
#[derive(Debug, Clone)]
pub struct Named {
    pub apps: BTreeMap<String, Arc<App>>,
    /// Microsoft's and custom ones.
    pub clouds: BTreeMap<String, Arc<Cloud>>,
    pub sinks: Vec<SinkName>,
}

/// Reads `file`, `tenants.d/*.toml` beside it and this process's environment. Creates nothing and touches no network.
///
/// # Errors
/// Every mistake at once; a bad file anywhere refuses the whole configuration.
pub fn load(file: &Path) -> Result<Settings, ConfigError> {
    let report = Report::default();
    let environment = env::of_process(&report);
    read(file, None, &environment, report)
}

/// Like [`load`], with the environment handed in: `ALERTFERRY__SECTION__KEY` and whatever `{ env = … }` names.
///
/// # Errors
/// As [`load`].
pub fn load_with(file: &Path, environment: &Environment) -> Result<Settings, ConfigError> {
    read(file, None, environment, Report::default())
}

/// Like [`load`], as if the file at `added` stood in `tenants.d` under `name`.
///
/// # Errors
/// As [`load`].
pub fn load_adding(file: &Path, added: &Path, name: &str) -> Result<Settings, ConfigError> {
    let report = Report::default();
    let environment = env::of_process(&report);
    read(file, Some(Added { path: added, name }), &environment, report)
}

/// The names that a tenant can refer to, whether there are tenants yet or not.
///
/// # Errors
/// Every mistake of the apps, clouds and sinks.
pub fn named(file: &Path) -> Result<Named, ConfigError> {
    let report = Report::default();
    let environment = env::of_process(&report);
    let named = layers::read(file, None, &environment, &report).map(|tree| validate::named(&tree, &environment, &report));
    finished(file, named, report).map(|(named, _)| named)
}

fn read(file: &Path, added: Option<Added<'_>>, environment: &Environment, report: Report) -> Result<Settings, ConfigError> {
    let settings =
        layers::read(file, added, environment, &report).and_then(|tree| validate::settings(&tree, environment, &report));
    finished(file, settings, report).map(|(settings, warnings)| Settings { warnings, ..settings })
}

/// What was read and the warnings, or the mistakes.
fn finished<T>(file: &Path, read: Option<T>, report: Report) -> Result<(T, Vec<String>), ConfigError> {
    if read.is_none() && report.is_clean() {
        report.mistake(format!("{}: cannot be used, for a reason that was not told; please report this", file.display()));
    }
    let warnings = report.finish()?;
    Ok((read.expect("where nothing was read there is at least one mistake"), warnings))
}
