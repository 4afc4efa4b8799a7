//! Each alert stands in its own tenant's topic and in no other.

use std::time::Duration;

use alertferry::simulator::Settings;

use super::{id, once, parsed};
use crate::support::daemon::Setup;
use crate::support::kafka;
use crate::support::lab::Lab;
use crate::support::ocsf;

#[test]
fn tenants_never_mix() {
    let history_span = Duration::from_mins(10);
    let lab = Lab::start(Settings { tenants: 5, history: 12, history_span, ..Settings::default() });
    // The same alert ID in two tenants is two alerts.
    for tenant in ["tenant-01", "tenant-02"] {
        lab.add(tenant, &serde_json::json!({"id": "da-the-same-in-two"}));
    }
    let broker = kafka::shared();
    let keys = format!("kind = \"kafka\"\nbrokers = [\"{}\"]\ntopic = \"mix.alerts.{{tenant}}\"", broker.address());
    let mut daemon = Setup::new(&lab).sink("siem", &keys).start();
    daemon.wait_for_metrics("62 alerts", |metrics| metrics.sum("alertferry_alerts_total", &[("outcome", "forwarded")]) >= 62);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    for tenant in lab.tenants() {
        let records = broker.read(&format!("mix.alerts.{}", tenant.name));
        let events = parsed(records.iter().map(|record| record.value.as_slice()));
        assert_eq!(once(&events), lab.readable(&tenant.name), "{}", tenant.name);
        for (record, event) in records.iter().zip(&events) {
            assert_eq!(record.key, format!("{}:{}", tenant.tenant_id, id(event)));
            assert!(record.headers.contains(&("tenant".to_owned(), tenant.name.clone())), "{:?}", record.headers);
            assert_eq!(event["metadata"]["tenant_uid"], *tenant.tenant_id);
            ocsf::assert_valid(&record.value);
        }
    }
}
