//! Microsoft Graph's `security/alerts_v2` record, read into a [`Header`](super::Header) or an [`Alert`](super::Alert).
