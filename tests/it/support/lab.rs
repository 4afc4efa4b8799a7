//! A simulated cloud for tests of the built program: its own runtime, and a client secret that can be searched for.

use std::collections::BTreeSet;
use std::ops::Deref;

use alertferry::simulator::{Settings, Simulator};
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::runtime::Runtime;

/// The client secret of every lab. No output of the daemon may ever hold it.
pub const SECRET: &str = "Planted~8Q~client-secret-that-must-never-be-seen";

/// A running cloud; all that a [`Simulator`] can do, a lab can.
pub struct Lab {
    /// When it started; its history lies before.
    pub started: Timestamp,
    cloud: Option<Simulator>,
    runtime: Option<Runtime>,
}

impl Lab {
    /// Starts a cloud. The client secret of `settings` is replaced by [`SECRET`].
    pub fn start(settings: Settings) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let settings = Settings { client_secret: SecretString::from(SECRET), ..settings };
        let cloud = runtime.block_on(Simulator::start(settings)).expect("a port on the loopback address");
        Self { started: alertferry::clock::now(), cloud: Some(cloud), runtime: Some(runtime) }
    }

    /// A quiet cloud with so many tenants.
    pub fn quiet(tenants: usize) -> Self {
        Self::start(Settings { tenants, ..Settings::default() })
    }

    /// The IDs of all alerts that a tenant shows by now.
    pub fn readable(&self, tenant: &str) -> BTreeSet<String> {
        let now = self.now(tenant);
        self.truth(tenant).into_iter().filter(|truth| truth.readable_at <= now).map(|truth| truth.id).collect()
    }
}

impl Deref for Lab {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        self.cloud.as_ref().expect("a lab that has not been dropped")
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.cloud.take();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
