//! What a simulated cloud can be made to do wrong, and the words for it.

mod board;
mod parse;
mod words;

use std::time::Duration;

use jiff::SignedDuration;

pub use board::{Active, Board, Whom};
pub use parse::{Spec, duration};
pub use words::ALL_FAULTS;

/// Whom a fault strikes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    All,
    /// The name or the ID of a tenant.
    Tenant(String),
}

/// Something that goes wrong. Its text form (see [`ALL_FAULTS`]) is the same on the command line, in files and over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The token endpoint refuses with this AADSTS number.
    TokenError(u32),
    /// The token endpoint answers with this status and a body that is no JSON.
    TokenStatus(Refusal),
    /// The token endpoint answers 200 with a web page.
    TokenHtml,
    /// All tokens given out so far end at once; new ones work. Happens when it is set and is not kept.
    RevokeTokens,
    /// Every token is refused with 401.
    RejectTokens,
    /// 403: the customer's administrator has not consented.
    MissingRoles,
    /// 403: the tenant has no Defender.
    NotProvisioned,
    /// The tenant has not bought what the feed is about: refused in the API's own way, or with this status.
    NoProduct(Option<u16>),
    /// The documented rates are enforced, for each API and tenant.
    Limits,
    /// 500 for every request with `$expand`.
    ExpandFails,
    /// Any HTTP status, with a body as Graph writes it.
    Status(Refusal),
    /// A gateway's web page instead of JSON.
    Html(u16),
    /// At most so many requests a minute, then 429 with `Retry-After` until the minute is over.
    Throttle(u32),
    /// Waits before it answers.
    Slow(Duration),
    /// Closes the connection without an answer.
    HangUp,
    /// Closes the connection in the middle of the body.
    Cut,
    /// A complete answer whose JSON ends too early.
    BrokenJson,
    /// A body that never ends.
    Endless,
    /// A small body that inflates to so many MiB.
    GzipBomb(u16),
    /// One record that nests so many arrays.
    Deep(u32),
    WrongTypes(WrongTypes),
    /// Each page holds one more record, and it names another tenant.
    ForeignRecord,
    /// 302 to this address.
    Redirect(String),
    Links(Links),
    /// Pages hold at most so many rows, and there is no next link.
    ShortPages(usize),
    Order(Order),
    Skip(Skip),
    /// After a page, one of its rows is updated, so that all rows behind it change their places.
    RowsMove,
    Filter(FilterFault),
    /// So many alerts at one and the same moment. Happens when it is set and is not kept.
    SameStamp(usize),
    /// Answers carry no `Date`.
    NoDate,
    /// The server's clock is ahead by this much.
    Skew(SignedDuration),
    /// The first page is empty and has a next link, and only that leads to rows.
    EmptyPage,
    /// `@odata.count` is left out although it was asked for.
    NoCount,
    /// The first row of a page stands in it twice.
    Duplicates,
}

/// A refusing status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// The text of `Retry-After`, seconds or a date.
    pub retry_after: Option<String>,
}

/// What has the wrong type in the tenant's first alert and every fiftieth after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongTypes {
    /// Several members, but the alert can still be told from others.
    Members,
    /// The ID and the times as well.
    Id,
    /// The record is a text, not an object.
    Record,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Links {
    /// Full pages, no link.
    Never,
    /// Behind the last page there is always another, empty one.
    Always,
    /// A page's link leads to the page itself.
    Loop,
    /// The link is answered with this status.
    Fail(u16),
    /// The link counts rows instead of remembering a place, so that moving rows make it miss some.
    Offset,
    /// The link points at this other host.
    Foreign(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `$orderby` is ignored: newest first.
    Newest,
    /// `$orderby` is ignored: another order each time.
    Random,
    /// 400 for `$orderby`.
    Refused,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    Ignored,
    /// 400 above this.
    Max(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterFault {
    /// All rows, as if nothing had been asked.
    Ignored,
    /// One row too many, from outside of what was asked.
    Outside,
}
