//! Where the ledger is, and our names for the tenants in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::{self, Settings};
use crate::ledger::settings::Kind;
use crate::tenant::{TenantId, TenantName};

/// `--ledger`.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// The ledger's folder, or a file such as a backup, instead of what the configuration names; the configuration is not read then.
    #[arg(long, global = true, value_name = "DIR|FILE")]
    pub ledger: Option<PathBuf>,
}

/// A ledger's folder, or its file where that was named. The ledger knows tenants by ID only; the names are the configuration's.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    pub folder: PathBuf,
    names: BTreeMap<TenantId, TenantName>,
}

impl Place {
    /// The place that was named on the command line, or else the one that the configuration names.
    ///
    /// # Errors
    /// The configuration's mistakes, or a sentence where its ledger keeps nothing that could be shown.
    pub fn find(config: &Path, named: &Named) -> Result<Self, String> {
        match &named.ledger {
            Some(folder) => Ok(Self::bare(folder.clone())),
            None => config::load(config).map_err(|error| error.to_string()).and_then(|settings| Self::configured(&settings)),
        }
    }

    /// A folder that was named on the command line.
    #[must_use]
    pub fn bare(folder: PathBuf) -> Self {
        Self { folder, names: BTreeMap::new() }
    }

    /// What the configuration says.
    ///
    /// # Errors
    /// A sentence, where the configured ledger keeps nothing that could be shown.
    pub fn configured(settings: &Settings) -> Result<Self, String> {
        let names = settings.tenants.iter().map(|tenant| (tenant.tenant.id.clone(), tenant.tenant.name.clone())).collect();
        match &settings.ledger.kind {
            Kind::Embedded(folder) => Ok(Self { folder: folder.clone(), names }),
            Kind::Memory => {
                Err("The ledger is configured to live in memory ([ledger] kind = \"memory\"): its dead letters end with the \
                                 process and cannot be shown. Use kind = \"embedded\" to keep them."
                    .to_owned())
            }
        }
    }

    /// Our name for a tenant, or its ID where it is not configured (any more).
    #[must_use]
    pub fn name<'a>(&'a self, tenant: &'a TenantId) -> &'a str {
        self.names.get(tenant).map_or(tenant.as_str(), TenantName::as_str)
    }

    /// The tenant that somebody means by a name of ours or an ID.
    ///
    /// # Errors
    /// A sentence that says what could be meant.
    pub fn tenant(&self, word: &str) -> Result<TenantId, String> {
        if let Some((id, _)) = self.names.iter().find(|(_, name)| name.as_str() == word) {
            return Ok(id.clone());
        }
        if let Ok(id) = uuid::Uuid::parse_str(word) {
            return Ok(TenantId::from(id.to_string()));
        }
        if self.names.is_empty() {
            return Err(format!(
                "{word:?} is no tenant ID, and without the configuration names are not known: give the Entra tenant ID."
            ));
        }
        let names: Vec<&str> = self.names.values().map(TenantName::as_str).collect();
        Err(format!("{word:?} is neither a configured tenant ({}) nor an Entra tenant ID.", names.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;
    use std::time::Duration;

    use super::Place;
    use crate::config::Settings;
    use crate::ledger::settings::{Bounds, Kind, Settings as Ledger};
    use crate::tenant::{TenantId, TenantName};

    const ID: &str = "11111111-aaaa-1111-1111-111111111111";

    fn place() -> Place {
        let names = BTreeMap::from([(TenantId::from(ID), TenantName::from("contoso"))]);
        Place { names, ..Place::bare(PathBuf::from("/ledger")) }
    }

    #[test]
    fn a_tenant_is_found_by_name_and_by_id_however_it_is_written() {
        for word in ["contoso", ID, "11111111-AAAA-1111-1111-111111111111"] {
            assert_eq!(place().tenant(word), Ok(TenantId::from(ID)), "{word}");
        }
        assert_eq!(place().name(&TenantId::from(ID)), "contoso");
        assert_eq!(place().name(&TenantId::from("gone")), "gone");
    }

    #[test]
    fn an_unknown_name_is_told_what_is_known() {
        assert!(place().tenant("fabrikam").unwrap_err().contains("(contoso)"));
        assert!(Place::bare(PathBuf::from("/ledger")).tenant("contoso").unwrap_err().contains("give the Entra tenant ID"));
    }

    #[test]
    fn the_configuration_says_where_unless_the_ledger_lives_in_memory() {
        let settings = |kind| Settings {
            cap: Vec::new(),
            credential_expiries: BTreeMap::new(),
            ledger: Ledger { kind, retention: Duration::from_hours(720), bounds: Bounds::default() },
            alarms: crate::alarm::settings::Settings::default(),
            admin: crate::admin::settings::Settings::plain(([127, 0, 0, 1], 9464).into()),
            socket: None,
            shutdown_deadline: Duration::from_secs(10),
            sinks: BTreeMap::new(),
            sign_ins: BTreeMap::new(),
            tenants: Vec::new(),
            warnings: Vec::new(),
        };
        let folder = PathBuf::from("/var/lib/alertferry");
        assert_eq!(Place::configured(&settings(Kind::Embedded(folder.clone()))), Ok(Place::bare(folder)));
        assert!(Place::configured(&settings(Kind::Memory)).unwrap_err().contains("kind = \"memory\""));
    }
}
