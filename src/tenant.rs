//! Whose alerts these are: a customer's Entra tenant and the names by which we call tenants and sinks.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A cheap, shared name that cannot be mistaken for another kind of name.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<Arc<str>>> From<T> for $name {
            fn from(text: T) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

name! {
    /// Our word for a tenant: used in topics, metrics and logs.
    TenantName
}
name! {
    /// The Entra directory's GUID, in lower case. Outlives a change of our name for it, so the ledger keys by it.
    TenantId
}
name! {
    /// The name of a sink, as in `[sinks.NAME]`.
    SinkName
}

/// Who a tenant is, as formats and sinks need to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    pub name: TenantName,
    pub id: TenantId,
    /// The customer's name for people; the tenant's name where none is configured.
    pub customer: String,
    /// Free words of ours that travel with each alert.
    pub labels: BTreeMap<String, String>,
}
