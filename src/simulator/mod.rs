//! A simulated Microsoft cloud: token endpoint, alert and incident feeds and faults on request, for demos, tests and benches.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use alertferry::simulator::{Fault, Scope, Settings, Simulator};
//!
//! let cloud = Simulator::start(Settings { tenants: 2, history: 500, ..Settings::default() }).await?;
//! let tenant = cloud.tenants()[0].tenant_id.clone();
//! cloud.add(&tenant, &serde_json::json!({"id": "da1", "severity": "high"}));
//! cloud.set_fault(&Scope::Tenant(tenant.clone()), Fault::NoDate);
//! // … point a client at cloud.base_url(), then compare with cloud.truth(&tenant) …
//! cloud.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! docs/simulator.md tells what it does as Microsoft does, and what it leaves out.

mod aadsts;
mod admin;
mod admit;
mod answer;
mod api;
mod arm;
mod ask;
mod cloud;
mod configuration;
mod directory;
mod enums;
mod fault;
mod feed;
mod filter;
mod generate;
mod given;
mod handle;
mod identity;
mod incidents;
mod index;
mod journal;
mod life;
mod limits;
mod list;
mod refusal;
mod resource;
mod server;
mod settings;
mod spoil;
mod store;
mod style;
mod token;
mod truth;

pub use admin::Entry as FaultEntry;
pub use configuration::configuration;
pub use fault::{ALL_FAULTS, Fault, FilterFault, Links, Order, Refusal, Scope, Skip, Spec, WrongTypes, duration};
pub use feed::Feed;
pub use handle::Simulator;
pub use identity::{FederatedCredential, Identity, ManagedIdentity};
pub use journal::{Count, Request, Requests};
pub use settings::{Burst, CLIENT_ID, CLIENT_SECRET, Settings, TenantInfo};
pub use truth::{IncidentTruth, Truth};
