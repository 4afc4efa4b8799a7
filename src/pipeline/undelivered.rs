//! A page that did not get through, or not wholly. What is not known to have arrived is offered again.

use super::route::Route;
use crate::ledger::LedgerError;
use crate::sink::DeliverError;

#[derive(Debug)]
pub struct Undelivered {
    pub message: String,
    pub advice: Option<String>,
    /// The records of the page that are still to be offered, where all others are recorded; `None` where nothing is.
    pub open: Option<Vec<usize>>,
}

impl From<DeliverError> for Undelivered {
    fn from(error: DeliverError) -> Self {
        Self { message: error.message, advice: error.advice, open: None }
    }
}

impl From<LedgerError> for Undelivered {
    fn from(error: LedgerError) -> Self {
        Self { message: error.message, advice: error.advice, open: None }
    }
}

impl Undelivered {
    pub(super) fn left_for_next_time(route: &Route) -> Self {
        let message = format!("stopping: sink {} has not answered, so its page is left for next time", route.outlet.name);
        Self { message, advice: None, open: None }
    }

    /// A sink has to say what went wrong; where it does not, nothing may be taken for delivered.
    pub(super) fn unanswered(route: &Route, open: usize) -> Self {
        let message = format!("sink {} did not say what became of {open} alert(s)", route.outlet.name);
        Self::bug(message)
    }

    pub(super) fn panicked(route: &Route, panic: &str) -> Self {
        Self::bug(format!("bringing a page to sink {} panicked: {panic}", route.outlet.name))
    }

    fn bug(message: String) -> Self {
        Self { message, advice: Some("this is a bug; please report it".to_owned()), open: None }
    }
}
