//! What a simulated cloud holds at its start and how its tenants live on.

use std::net::SocketAddr;
use std::time::Duration;

use secrecy::SecretString;
use uuid::Uuid;

use super::fault::Spec;

/// The client ID that a simulator accepts unless told otherwise. It means nothing outside of one.
pub const CLIENT_ID: &str = "00000000-0000-4000-8000-000000000001";
/// The client secret that a simulator accepts unless told otherwise. It opens nothing outside of one.
pub const CLIENT_SECRET: &str = "for-the-simulator-only";

/// How to build a simulated cloud. The defaults are quiet: one tenant, no alerts, no faults, a port of the system's choice.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Loopback, and port 0 lets the system choose.
    pub listen: SocketAddr,
    /// How many tenants there are: `tenant-01` and so on, each with a GUID that depends on `seed` and its number only.
    pub tenants: usize,
    /// Same seed, same tenants, same alert IDs and contents.
    pub seed: u64,
    /// How many alerts each tenant has at the start.
    pub history: usize,
    /// Over which past the history is spread, up to the start.
    pub history_span: Duration,
    /// New alerts of each tenant per minute, at random distances.
    pub rate: f64,
    pub burst: Option<Burst>,
    /// The share of the new alerts, 0 to 1, that become readable only after their last-update time.
    pub late_share: f64,
    /// How late the latest of those become readable.
    pub late_by: Duration,
    /// The share of all alerts, 0 to 1, that change once more: same ID, new last-update time, another status.
    pub change_share: f64,
    /// How long after their last update those change, at most.
    pub change_within: Duration,
    /// `$top` beyond this is cut without a word.
    pub page_max: usize,
    pub client_id: String,
    pub client_secret: SecretString,
    /// How long a token lasts.
    pub token_life: Duration,
    /// What goes wrong from the start.
    pub faults: Vec<Spec>,
}

/// Many alerts at once, now and then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    pub every: Duration,
    pub size: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            tenants: 1,
            seed: 1,
            history: 0,
            history_span: Duration::from_hours(24),
            rate: 0.0,
            burst: None,
            late_share: 0.0,
            late_by: Duration::from_mins(5),
            change_share: 0.0,
            change_within: Duration::from_mins(2),
            page_max: 1000,
            client_id: CLIENT_ID.to_owned(),
            client_secret: SecretString::from(CLIENT_SECRET),
            token_life: Duration::from_secs(3599),
            faults: Vec::new(),
        }
    }
}

/// A tenant of the simulated cloud.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TenantInfo {
    pub name: String,
    /// A GUID in lower case.
    pub tenant_id: String,
    /// Its Azure subscription: a GUID in lower case.
    pub subscription: String,
    /// Where its Sentinel workspace is.
    pub resource_group: String,
    /// The name of its Sentinel workspace.
    pub workspace: String,
}

impl Settings {
    /// The tenants that a simulator with these settings has, in order.
    pub fn tenant_infos(&self) -> Vec<TenantInfo> {
        let width = self.tenants.to_string().len().max(2);
        (1..=self.tenants).map(|number| self.tenant(format!("tenant-{number:0width$}"), &number.to_string())).collect()
    }

    /// The tenant of the service provider: where the app is at home. Its tokens open the Azure resources of all others, by
    /// Lighthouse; it has no alerts.
    pub fn home(&self) -> TenantInfo {
        self.tenant("home".to_owned(), "home")
    }

    fn tenant(&self, name: String, number: &str) -> TenantInfo {
        let guid = |what: &str| {
            let text = format!("alertferry simulator {}{what} {number}", self.seed);
            Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).to_string()
        };
        TenantInfo {
            tenant_id: guid(""),
            subscription: guid(" subscription"),
            resource_group: "rg-security".to_owned(),
            workspace: format!("law-{name}"),
            name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn tenants_keep_their_guid_when_others_come() {
        let few = Settings { tenants: 3, ..Settings::default() }.tenant_infos();
        let many = Settings { tenants: 1200, ..Settings::default() }.tenant_infos();
        assert_eq!(few[2].tenant_id, many[2].tenant_id);
        assert_eq!((few[2].name.as_str(), many[2].name.as_str()), ("tenant-03", "tenant-0003"));
        let others = Settings { tenants: 3, seed: 2, ..Settings::default() }.tenant_infos();
        assert_ne!(few[2].tenant_id, others[2].tenant_id);
    }
}
