//! What all requests share: tenants, tokens, faults, the journal.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::directory::Directory;
use super::fault::{Active, Board, Fault, Scope, Spec};
use super::identity::{Identity, Tokens};
use super::journal::Journal;
use super::settings::Settings;
use crate::clock;

#[derive(Debug)]
pub struct Cloud {
    pub settings: Arc<Settings>,
    /// Without a slash at its end.
    pub base_url: String,
    pub directories: Vec<Arc<Directory>>,
    /// The service provider's own tenant, which has no alerts.
    pub home: Arc<Directory>,
    by_subscription: HashMap<String, usize>,
    /// By ID, by name, and by the domain `NAME.example`.
    by_key: HashMap<String, usize>,
    pub board: Board,
    pub identity: Identity,
    pub tokens: Tokens,
    pub journal: Journal,
}

impl Cloud {
    pub fn new(settings: Settings, base_url: String) -> Self {
        let settings = Arc::new(settings);
        let now = clock::now();
        let directories: Vec<_> =
            settings.tenant_infos().into_iter().map(|info| Arc::new(Directory::new(info, &settings, now))).collect();
        let mut by_key = HashMap::new();
        for (index, directory) in directories.iter().enumerate() {
            let info = &directory.info;
            by_key.extend([info.tenant_id.clone(), info.name.clone(), format!("{}.example", info.name)].map(|key| (key, index)));
        }
        let by_subscription =
            directories.iter().enumerate().map(|(index, directory)| (directory.info.subscription.clone(), index)).collect();
        let quiet = Arc::new(Settings { history: 0, rate: 0.0, burst: None, ..Settings::default() });
        let home = Arc::new(Directory::new(settings.home(), &quiet, now));
        let (board, tokens, journal) = (Board::default(), Tokens::default(), Journal::default());
        let identity = Identity::new(&settings, &base_url);
        Self { settings, base_url, directories, home, by_subscription, by_key, board, identity, tokens, journal }
    }

    /// A tenant by its ID, name or domain, in any case; the provider's own too.
    pub fn tenant(&self, key: &str) -> Option<&Arc<Directory>> {
        let key = key.to_ascii_lowercase();
        let home = || [self.home.info.tenant_id.as_str(), "home", "home.example"].contains(&key.as_str()).then_some(&self.home);
        self.by_key.get(&key).map(|index| &self.directories[*index]).or_else(home)
    }

    /// The tenant to whom an Azure subscription belongs.
    pub fn subscriber(&self, subscription: &str) -> Option<&Arc<Directory>> {
        self.by_subscription.get(&subscription.to_ascii_lowercase()).map(|index| &self.directories[*index])
    }

    /// The present moment as this tenant's servers see it.
    pub fn now(&self, tenant: Option<&str>) -> Timestamp {
        clock::now() + self.board.look(tenant, skew).unwrap_or_default()
    }

    /// Switches a fault on, or does it at once where it is one that happens once.
    ///
    /// # Errors
    /// When the scope names no tenant of this cloud.
    pub fn set_fault(&self, Spec { scope, feed, fault, times }: Spec) -> Result<(), String> {
        let tenant = match &scope {
            Scope::All => None,
            Scope::Tenant(key) => Some(self.tenant(key).ok_or_else(|| format!("the simulator has no tenant {key:?}"))?),
        };
        let id = tenant.map(|directory| directory.info.tenant_id.clone());
        match fault {
            Fault::RevokeTokens => self.tokens.revoke(id.as_deref()),
            Fault::SameStamp(rows) => {
                for directory in tenant.map_or(self.directories.as_slice(), std::slice::from_ref) {
                    let now = self.now(Some(&directory.info.tenant_id));
                    directory.open(now).generate(rows, Some(now), now);
                }
            }
            fault => self.board.set(Active { tenant: id, feed, fault, left: times }),
        }
        Ok(())
    }
}

fn skew(fault: &Fault) -> Option<SignedDuration> {
    if let Fault::Skew(by) = fault { Some(*by) } else { None }
}
