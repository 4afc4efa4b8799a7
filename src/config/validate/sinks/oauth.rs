//! `oauth` of a Kafka sink: SASL OAUTHBEARER with tokens for one of our own apps.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::Told;
use super::super::apps::{GUID, guid};
use super::super::names::{self, Names};
use crate::config::keys;
use crate::config::raw::Section;
use crate::sink::settings::KafkaOption;
use crate::source::entra::SignIn;
use crate::tenant::TenantId;

const SCOPE: &str = "a token scope, such as \"https://NAMESPACE.servicebus.windows.net/.default\"";

/// Where Event Hubs live, in Microsoft's clouds: their scope is their host.
const EVENT_HUBS: [&str; 3] = [".servicebus.windows.net", ".servicebus.usgovcloudapi.net", ".servicebus.chinacloudapi.cn"];

/// How tokens are had. What else `oauth` implies for librdkafka's options, the sink itself sees to.
pub(super) fn read(
    section: &Section<'_>,
    names: &Names,
    brokers: &[String],
    options: &BTreeMap<String, KafkaOption>,
) -> Result<Option<SignIn>, Told> {
    if !section.has("oauth") {
        return Ok(None);
    }
    let table = section.section("oauth", &keys::OAUTH).ok_or(Told)?;
    for name in options.keys().filter(|name| name.starts_with("sasl.oauthbearer.")) {
        table.refuse_here(&format!("found beside the option {name:?}, expected one of the two"));
    }
    sign_in(&table, names, brokers).map(Some).ok_or(Told)
}

fn sign_in(table: &Section<'_>, names: &Names, brokers: &[String]) -> Option<SignIn> {
    let app = names::app(table, names);
    let cloud = if table.has("cloud") { names::cloud(table, names)?.ok() } else { names.clouds.get("global").cloned().flatten() };
    let tenant = match &app {
        Some(app) if !table.has("tenant_id") && app.home_tenant.is_some() => app.home_tenant.clone(),
        _ => {
            if app.is_some() {
                table.missing("tenant_id", &format!("{GUID}, here or at the app"));
            }
            table.parsed("tenant_id", GUID, guid).map(TenantId::from)
        }
    };
    let of_broker = brokers.first().and_then(|broker| event_hub(broker));
    if of_broker.is_none() {
        table.missing("scope", SCOPE);
    }
    let scope = table.parsed("scope", SCOPE, |text| text.contains('/').then(|| text.trim().to_owned()));
    let scope = if table.has("scope") { scope } else { of_broker };
    Some(SignIn { cloud: Arc::clone(&cloud?), tenant: tenant?, app: app?, scope: scope? })
}

fn event_hub(broker: &str) -> Option<String> {
    let (host, _) = broker.rsplit_once(':')?;
    EVENT_HUBS.iter().any(|end| host.ends_with(end)).then(|| format!("https://{host}/.default"))
}
