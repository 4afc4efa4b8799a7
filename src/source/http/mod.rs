//! One request to a vendor API: token, budget, size caps, inflation, and errors told apart.

mod api;
mod body;
mod client;
mod document;
mod reach;
mod refusal;
mod reset;
mod room;

pub use api::{Answer, Api, ApiParts};
pub use body::Caps;
pub use client::{ClientError, client};
pub use reach::reach;

use super::FetchError;

/// Why a request gave nothing. Told apart by what the caller can do about it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ApiError {
    /// A 4xx that the request itself caused: another request may work (400, 404, 410, 414, …).
    #[error("{error}")]
    Refused { status: u16, error: FetchError },
    /// The body is above a cap: ask for less.
    #[error("{0}")]
    TooLarge(FetchError),
    /// A 5xx, a broken connection or an unreadable body: wait, and if it lasts ask for less.
    #[error("{0}")]
    Passing(FetchError),
    /// Nobody was met, or not the API: no connection, or a page for people by something on the way. Wait: what was asked for, and how
    /// much, has no part in it.
    #[error("{0}")]
    Away(FetchError),
    /// Neither another nor a smaller request would help.
    #[error("{0}")]
    Other(FetchError),
}

impl From<ApiError> for FetchError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Refused { error, .. }
            | ApiError::TooLarge(error)
            | ApiError::Passing(error)
            | ApiError::Away(error)
            | ApiError::Other(error) => error,
        }
    }
}
