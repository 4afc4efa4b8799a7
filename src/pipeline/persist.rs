//! Making a step durable, however long that takes: what was delivered and not recorded would be sent again.

use std::time::Duration;

use tokio::time::Instant;

use super::Ports;
use crate::crash;
use crate::ledger::{LedgerError, Recorded, Step};
use crate::retry::{Pauses, Retry};
use crate::telemetry::events;
use crate::tenant::{SinkName, TenantName};

/// A full disk is looked at again this often.
const RETRY: Retry = Retry { first: Duration::from_millis(200), most: Duration::from_secs(10) };

/// Records a step, trying again until the ledger takes it or the program must end.
///
/// # Errors
/// The ledger's last word when the program had to end; then the step may be done again after the next start.
pub async fn record(step: Step, tenant: &TenantName, ports: &Ports) -> Result<(), LedgerError> {
    let mut pauses = Pauses::new(RETRY);
    loop {
        let asked = Instant::now();
        let recorded = ports.ledger.record(step.clone()).await;
        ports.note_ledger(recorded.as_ref().err());
        let error = match recorded {
            Ok(recorded) => {
                ports.metrics.ledger().committed(asked.elapsed());
                tell(&recorded, tenant, step.route.sink.as_ref(), ports);
                return Ok(());
            }
            Err(error) => error,
        };
        crash::point("persist.failed");
        events::ledger_failed(tenant, step.route.feed, &error.message, error.advice.as_deref());
        tokio::select! {
            () = ports.cut_off.cancelled() => return Err(error),
            () = tokio::time::sleep(pauses.next_pause()) => {}
        }
    }
}

/// A dead letter that had to go is told by name: nothing else remembers that it was never delivered.
fn tell(recorded: &Recorded, tenant: &TenantName, sink: Option<&SinkName>, ports: &Ports) {
    if let Some(aside) = &recorded.crowded {
        events::dead_letters_crowded(tenant, sink, aside.letters, aside.bytes);
    }
    for dropped in &recorded.dropped {
        events::dead_letter_dropped(tenant, &dropped.feed, sink, &dropped.alert_id, dropped.at);
    }
    ports.metrics.ledger().dropped(tenant, sink, recorded.dropped.len() as u64);
}
