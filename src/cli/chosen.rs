//! The tenants that somebody names on the command line.

use crate::config::{Settings, TenantSettings};

/// Those of these names, in the order of the configuration; all of them when none is named.
///
/// # Errors
/// A sentence with every name that no tenant has.
pub(super) fn tenants<'a>(settings: &'a Settings, names: &[String]) -> Result<Vec<&'a TenantSettings>, String> {
    let wanted = |one: &&TenantSettings| names.is_empty() || names.iter().any(|name| name == one.tenant.name.as_str());
    let chosen: Vec<_> = settings.tenants.iter().filter(wanted).collect();
    let known = |name: &&String| chosen.iter().any(|one| one.tenant.name.as_str() == name.as_str());
    let strangers: Vec<_> = names.iter().filter(|name| !known(name)).map(|name| format!("{name:?}")).collect();
    if strangers.is_empty() {
        return Ok(chosen);
    }
    Err(format!("No tenant has the name {}; `alertferry tenants list` shows those that are configured.", strangers.join(" or ")))
}
