//! `tenants list`: who is configured, and what is read of them into which sinks.

use std::path::Path;

use serde_json::json;

use super::Refused;
use crate::cli::print;
use crate::cli::table::table;
use crate::config::{self, TenantSettings};

/// Lists the configured tenants.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  alertferry tenants list --json | jq -r '.tenants[].name'

Exit codes: 0 listed, 64 the configuration is wrong.")]
pub(super) struct Args {
    /// Writes one JSON document to standard output.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Path, args: &Args) -> Result<(), Refused> {
    let settings = config::load(config)?;
    if args.json {
        let tenants: Vec<_> = settings.tenants.iter().map(as_json).collect();
        print(&format!("{:#}", json!({ "tenants": tenants })));
        return Ok(());
    }
    let rows = settings.tenants.iter().map(|one| {
        let tenant = &one.tenant;
        let (name, directory, customer) = (tenant.name.to_string(), tenant.id.to_string(), tenant.customer.clone());
        [name, directory, customer, one.app.name.clone(), one.cloud.name.clone(), words(&one.feeds), words(&one.sinks)]
    });
    print(table(["TENANT", "DIRECTORY", "CUSTOMER", "APP", "CLOUD", "FEEDS", "SINKS"], rows).trim_start());
    Ok(())
}

fn as_json(one: &TenantSettings) -> serde_json::Value {
    json!({
        "name": one.tenant.name.as_str(),
        "tenant_id": one.tenant.id.as_str(),
        "customer": one.tenant.customer,
        "app": one.app.name,
        "cloud": one.cloud.name,
        "feeds": one.feeds.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "sinks": one.sinks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "labels": one.tenant.labels,
    })
}

fn words(list: &[impl ToString]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
