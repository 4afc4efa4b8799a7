//! `tenants add`: writes a tenant's file, once the whole configuration is right with it.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use super::invitation::{Form, Invitation, Subject};
use super::newcomer::{Newcomer, Place};
use super::{Refused, ask, place};
use crate::cli::print;
use crate::config::{self, Settings, TenantSettings};

/// Takes in a tenant: writes `tenants.d/NAME.toml` beside the configuration file.
///
/// At a terminal it asks for what is not given. The file is put in place only if the whole configuration is right with it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  alertferry tenants add --name contoso --tenant-id 11111111-1111-1111-1111-111111111111 \\
      --customer 'Contoso Ltd' --app main --feeds graph-alerts,graph-incidents --label tier=gold

Exit codes: 0 added, 64 something is missing or wrong, 1 the file cannot be written. Unless it is 0, nothing was changed.")]
pub(super) struct Args {
    /// Our word for the tenant: used in topics, metrics and logs.
    #[arg(long)]
    name: Option<String>,
    /// The Entra directory: a GUID.
    #[arg(long, value_name = "GUID")]
    tenant_id: Option<String>,
    /// The customer's name for people; the tenant's name unless given.
    #[arg(long)]
    customer: Option<String>,
    /// The app registration that signs in: a NAME of [apps.NAME].
    #[arg(long)]
    app: Option<String>,
    /// global, gcc, gcc-high, dod, china, or a NAME of [clouds.NAME]; that of [defaults] unless given.
    #[arg(long)]
    cloud: Option<String>,
    /// What is read, with commas; the feeds of [defaults] unless given.
    #[arg(long, value_delimiter = ',')]
    feeds: Vec<String>,
    /// Where it goes, with commas; the sinks of [defaults] unless given.
    #[arg(long, value_delimiter = ',')]
    sinks: Vec<String>,
    /// A word that travels with each alert; may be given several times.
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// A Sentinel workspace for sentinel-incidents; may be given several times.
    #[arg(long = "workspace", value_name = "SUBSCRIPTION/RESOURCE-GROUP/NAME", value_parser = workspace)]
    workspaces: Vec<Place>,
    /// An Azure subscription for defender-for-cloud; may be given several times.
    #[arg(long = "subscription", value_name = "GUID")]
    subscriptions: Vec<String>,
}

fn label(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(key, _)| !key.is_empty());
    pair.map(|(key, value)| (key.to_owned(), value.to_owned())).ok_or_else(|| "expected KEY=VALUE, such as tier=gold".to_owned())
}

fn workspace(text: &str) -> Result<Place, String> {
    match text.split('/').collect::<Vec<_>>()[..] {
        [subscription, resource_group, workspace] => Ok(Place {
            subscription: subscription.to_owned(),
            resource_group: resource_group.to_owned(),
            workspace: workspace.to_owned(),
        }),
        _ => Err("expected SUBSCRIPTION/RESOURCE-GROUP/NAME".to_owned()),
    }
}

pub(super) fn run(config: &Path, args: Args) -> Result<(), Refused> {
    let missing: Vec<&str> = [("--name", &args.name), ("--tenant-id", &args.tenant_id), ("--app", &args.app)]
        .into_iter()
        .filter_map(|(flag, value)| value.is_none().then_some(flag))
        .collect();
    let mut newcomer = Newcomer {
        name: args.name.unwrap_or_default(),
        tenant_id: args.tenant_id.unwrap_or_default(),
        app: args.app.unwrap_or_default(),
        customer: args.customer,
        cloud: args.cloud,
        feeds: args.feeds,
        sinks: args.sinks,
        labels: args.labels,
        workspaces: args.workspaces,
        subscriptions: args.subscriptions,
    };
    if !missing.is_empty() {
        if !io::stdin().is_terminal() {
            let missing = missing.join(", ");
            return Err(Refused::mistake(format!(
                "No tenant was added: missing {missing}. Give them, or run this at a terminal, where it asks."
            )));
        }
        let named = config::named(config)?;
        ask::fill_in(&mut newcomer, &named, &mut io::stdin().lock(), &mut io::stderr())?;
    }
    let (path, settings) = write(config, &newcomer)?;
    let added = settings.tenants.iter().find(|one| one.tenant.name.as_str() == newcomer.name);
    let added =
        added.ok_or_else(|| Refused::world("The tenant was written, but is not among those read. Please report this."))?;
    print(&next_steps(config, &path, added));
    Ok(())
}

fn write(config: &Path, newcomer: &Newcomer) -> Result<(PathBuf, Settings), Refused> {
    let file_name = format!("{}.toml", newcomer.name);
    let mut settings = None;
    let path = place::put(config, &file_name, &newcomer.toml(), |draft| {
        let checked = config::load_adding(config, draft, &file_name).map_err(|error| {
            Refused::mistake(format!("{error}\nNo tenant was added: the configuration would have been wrong with it."))
        })?;
        settings = Some(checked);
        Ok(())
    })?;
    let settings = settings.ok_or_else(|| Refused::world("The tenant was written without a check. Please report this."))?;
    Ok((path, settings))
}

fn next_steps(config: &Path, path: &Path, added: &TenantSettings) -> String {
    let name = &added.tenant.name;
    let invitation = Invitation::new(Subject::configured(added), &Form::default());
    let mut text = format!("Added {name}: {}\n\nNext:\n", path.display());
    let _ = writeln!(text, "1. {}", invitation.in_words().trim_end().replace('\n', "\n   "));
    let _ = writeln!(text, "2. See whether it works:\n   alertferry check --live --tenant {name} --config {}", config.display());
    text += "3. Restart the daemon, so that it reads the new file:\n   systemctl restart alertferry\n";
    text
}
