//! The sqlite ledger.
