//! A running simulator, as tests and commands hold it.

use std::sync::{Arc, MutexGuard};

use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::cloud::Cloud;
use super::configuration;
use super::directory::{Contents, Directory};
use super::fault::{Fault, Scope, Spec, Whom};
use super::identity::Identity;
use super::journal::Requests;
use super::server;
use super::settings::{Settings, TenantInfo};
use super::truth::{IncidentTruth, Truth, incidents_of, truth_of};

/// A simulated cloud that listens on a port of this machine. Dropping it ends it.
///
/// Wherever a method takes a tenant, it is the tenant's ID or name; one that the cloud does not have is a mistake of the
/// caller's, and the method panics.
#[derive(Debug)]
pub struct Simulator {
    cloud: Arc<Cloud>,
    stop: CancellationToken,
    server: JoinHandle<()>,
}

impl Simulator {
    /// Listens and serves.
    ///
    /// # Errors
    /// When the address cannot be listened on, or a fault of the settings names no tenant of theirs.
    pub async fn start(settings: Settings) -> std::io::Result<Self> {
        let listener = TcpListener::bind(settings.listen).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let faults = settings.faults.clone();
        // Making up a long history takes a while.
        let cloud = tokio::task::spawn_blocking(move || Cloud::new(settings, base_url)).await?;
        for spec in faults {
            cloud.set_fault(spec).map_err(std::io::Error::other)?;
        }
        let (cloud, stop) = (Arc::new(cloud), CancellationToken::new());
        let server = tokio::spawn(server::serve(listener, Arc::clone(&cloud), stop.clone()));
        Ok(Self { cloud, stop, server })
    }

    /// `http://ADDRESS:PORT`, for sign-in and for Graph alike.
    pub fn base_url(&self) -> &str {
        &self.cloud.base_url
    }

    /// In the order of their names.
    pub fn tenants(&self) -> Vec<TenantInfo> {
        self.cloud.directories.iter().map(|directory| directory.info.clone()).collect()
    }

    /// The service provider's own tenant: where the app is at home. It has no alerts; its tokens open all Azure resources.
    pub fn home(&self) -> TenantInfo {
        self.cloud.home.info.clone()
    }

    /// The parts of an alertferry configuration that read from this simulator: cloud, app, tenants.
    pub fn configuration(&self) -> String {
        configuration::configuration(&self.cloud.settings, &self.cloud.base_url)
    }

    fn directory(&self, tenant: &str) -> &Arc<Directory> {
        self.cloud.tenant(tenant).unwrap_or_else(|| panic!("the simulator has no tenant {tenant:?}"))
    }

    fn open(&self, tenant: &str) -> (MutexGuard<'_, Contents>, &str, Timestamp) {
        let directory = self.directory(tenant);
        let now = self.cloud.now(Some(&directory.info.tenant_id));
        (directory.open(now), &directory.info.tenant_id, now)
    }

    /// Adds an alert, or replaces the one with the same ID, and gives its ID. Members that are not given are made up, so `{}` is
    /// an alert and `{"id": "da1", "lastUpdateDateTime": "…", "evidence": []}` is one with those three as given. It is readable
    /// at once, or from its `lastUpdateDateTime` on where that lies ahead.
    ///
    /// # Panics
    /// When `alert` is no JSON object, or its `id` or `lastUpdateDateTime` cannot be read.
    pub fn add(&self, tenant: &str, alert: &Value) -> String {
        let (mut contents, tenant, now) = self.open(tenant);
        contents.add(alert, tenant, now).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Adds an alert that is served byte for byte, with nothing made up. Give it all members that matter, `tenantId` too.
    ///
    /// # Panics
    /// When it is not JSON, or has no `id` or no `lastUpdateDateTime` that is a date.
    pub fn add_text(&self, tenant: &str, alert: &str) -> String {
        let (mut contents, _, now) = self.open(tenant);
        contents.add_text(alert, now).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Adds made-up alerts, last updated now. Gives their IDs.
    pub fn generate(&self, tenant: &str, count: usize) -> Vec<String> {
        let (mut contents, _, now) = self.open(tenant);
        contents.generate(count, None, now)
    }

    /// Adds made-up alerts, all last updated at exactly `at`. They are readable at once, or from `at` on where that lies ahead;
    /// an `at` in the past makes late arrivals.
    pub fn generate_at(&self, tenant: &str, count: usize, at: Timestamp) -> Vec<String> {
        let (mut contents, _, now) = self.open(tenant);
        contents.generate(count, Some(at), now)
    }

    /// Gives an alert its next status and a new last-update time. `false` when there is no such alert.
    pub fn change(&self, tenant: &str, id: &str) -> bool {
        let (mut contents, _, now) = self.open(tenant);
        let number = contents.store.find(id);
        if let Some(number) = number {
            contents.change(number, now);
        }
        number.is_some()
    }

    /// What the tenant really holds.
    pub fn truth(&self, tenant: &str) -> Vec<Truth> {
        truth_of(&self.cloud, self.directory(tenant))
    }

    /// The incidents that the tenant really holds.
    pub fn incidents(&self, tenant: &str) -> Vec<IncidentTruth> {
        incidents_of(&self.cloud, self.directory(tenant))
    }

    /// Merges an incident into another, by Graph's IDs: it stays behind as `redirected`, and its alerts come again under the
    /// other, with a new last update.
    ///
    /// # Panics
    /// When the tenant has no such incidents, or one of them was merged already.
    pub fn merge(&self, tenant: &str, from: &str, into: &str) {
        let (mut contents, _, now) = self.open(tenant);
        let number = |id: &str| id.parse().unwrap_or_else(|_| panic!("{id:?} is no incident's number"));
        contents.merge(number(from), number(into), now).unwrap_or_else(|error| panic!("{error}"));
    }

    /// The present moment as the tenant's servers see it: this machine's, plus the skew if that fault is on.
    pub fn now(&self, tenant: &str) -> Timestamp {
        self.cloud.now(Some(&self.directory(tenant).info.tenant_id))
    }

    /// Switches a fault on until it is cleared. It replaces one of the same kind and scope.
    ///
    /// # Panics
    /// When the scope names no tenant of this cloud.
    pub fn set_fault(&self, scope: &Scope, fault: Fault) {
        self.set(Spec { scope: scope.clone(), feed: None, fault, times: None });
    }

    /// Switches a fault on for the next `times` requests that it concerns.
    ///
    /// # Panics
    /// When the scope names no tenant of this cloud.
    pub fn set_fault_times(&self, scope: &Scope, fault: Fault, times: u32) {
        self.set(Spec { scope: scope.clone(), feed: None, fault, times: Some(times) });
    }

    /// Switches a fault on as its text says: `status=503*2@tenant-01 feed=mde-alerts`, once parsed.
    ///
    /// # Panics
    /// When the scope names no tenant of this cloud.
    pub fn set(&self, spec: Spec) {
        self.cloud.set_fault(spec).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Switches all faults off.
    pub fn clear_faults(&self) {
        self.cloud.board.clear(Whom::default(), None);
    }

    /// Who may sign in, and how: apps, certificates, federated credentials, managed identities, refresh tokens.
    pub fn identity(&self) -> &Identity {
        &self.cloud.identity
    }

    /// What was asked of it, without the requests to `/simulator/…`.
    pub fn requests(&self) -> Requests {
        self.cloud.journal.read()
    }

    /// Forgets what was asked of it.
    pub fn clear_requests(&self) {
        self.cloud.journal.clear();
    }

    /// Stops listening and cuts open connections. The port is free when this returns.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let _ = (&mut self.server).await;
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
