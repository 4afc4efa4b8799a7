//! The words for faults: the table that people read, and how a fault is written.

use std::fmt;

use super::{Fault, FilterFault, Links, Order, Refusal, Skip, WrongTypes};

/// Every kind of fault: its word, its argument, what it does. The command's help and docs/simulator.md show it.
pub const ALL_FAULTS: [(&str, &str, &str); 35] = [
    ("token-error", "AADSTS", "the token endpoint refuses with this AADSTS number, e.g. 7000222 (secret expired)"),
    ("token-status", "STATUS[:RETRY-AFTER]", "the token endpoint answers with this status and a body that is no JSON"),
    ("token-html", "", "the token endpoint answers 200 with a web page"),
    ("revoke-tokens", "", "tokens given out so far end now; happens once, when it is set"),
    ("reject-tokens", "", "every token is refused with 401"),
    ("missing-roles", "", "403, the customer's administrator has not consented; tokens asked for meanwhile stay without roles"),
    ("not-provisioned", "", "403, the tenant has no Defender"),
    ("no-product", "[STATUS]", "the tenant has not bought it: refused in the API's own way, or with 403 or 404"),
    ("limits", "on", "the rates that Microsoft documents are enforced, for each API and tenant"),
    ("expand-fails", "", "500 for every request with $expand"),
    ("status", "STATUS[:RETRY-AFTER]", "this HTTP status, with Retry-After if given"),
    ("html", "403|502|…", "a gateway's web page instead of JSON"),
    ("throttle", "REQUESTS", "429 with Retry-After beyond so many requests a minute; Microsoft's own limit is 150"),
    ("slow", "DURATION", "waits so long before each answer"),
    ("hang-up", "", "closes the connection without an answer"),
    ("cut", "", "closes the connection in the middle of the body"),
    ("broken-json", "", "a complete answer whose JSON ends too early"),
    ("endless", "", "a body that never ends"),
    ("gzip-bomb", "[MIB]", "a small body that inflates to so many MiB (256)"),
    ("deep", "[DEPTH]", "one record that nests so many arrays (100000)"),
    ("wrong-types", "[members|id|record]", "wrong types in the tenant's first alert and every fiftieth after it"),
    ("foreign-record", "", "each page holds one more record, and it names another tenant"),
    ("redirect", "URL", "302 to this address"),
    (
        "links",
        "never|always|loop|STATUS|offset|URL",
        "next links: none, for ever, to themselves, failing, missing rows, to a host",
    ),
    ("short-pages", "ROWS", "pages hold at most so many rows, and there is no next link"),
    ("order", "newest|random|refused", "$orderby is ignored, or refused with 400"),
    ("skip", "ignored|MAX", "$skip is ignored, or refused above a ceiling"),
    ("rows-move", "", "a row is updated between two page requests"),
    ("filter", "ignored|outside", "$filter is ignored, or one row from outside comes with the others"),
    ("same-stamp", "ROWS", "adds so many alerts at one moment; happens once, when it is set"),
    ("no-date", "", "answers carry no Date header"),
    ("skew", "DURATION", "the server's clock is ahead by so much; a minus sets it back"),
    ("empty-page", "", "the first page is empty and has a next link"),
    ("no-count", "", "@odata.count is left out"),
    ("duplicates", "", "the first row of a page stands in it twice"),
];

impl Fault {
    /// The word for it, without its argument.
    pub fn kind(&self) -> &'static str {
        match self {
            Fault::TokenError(_) => "token-error",
            Fault::TokenStatus(_) => "token-status",
            Fault::TokenHtml => "token-html",
            Fault::RevokeTokens => "revoke-tokens",
            Fault::RejectTokens => "reject-tokens",
            Fault::MissingRoles => "missing-roles",
            Fault::NotProvisioned => "not-provisioned",
            Fault::NoProduct(_) => "no-product",
            Fault::Limits => "limits",
            Fault::ExpandFails => "expand-fails",
            Fault::Status(_) => "status",
            Fault::Html(_) => "html",
            Fault::Throttle(_) => "throttle",
            Fault::Slow(_) => "slow",
            Fault::HangUp => "hang-up",
            Fault::Cut => "cut",
            Fault::BrokenJson => "broken-json",
            Fault::Endless => "endless",
            Fault::GzipBomb(_) => "gzip-bomb",
            Fault::Deep(_) => "deep",
            Fault::WrongTypes(_) => "wrong-types",
            Fault::ForeignRecord => "foreign-record",
            Fault::Redirect(_) => "redirect",
            Fault::Links(_) => "links",
            Fault::ShortPages(_) => "short-pages",
            Fault::Order(_) => "order",
            Fault::Skip(_) => "skip",
            Fault::RowsMove => "rows-move",
            Fault::Filter(_) => "filter",
            Fault::SameStamp(_) => "same-stamp",
            Fault::NoDate => "no-date",
            Fault::Skew(_) => "skew",
            Fault::EmptyPage => "empty-page",
            Fault::NoCount => "no-count",
            Fault::Duplicates => "duplicates",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Fault::TokenError(number) => write!(f, "={number}"),
            Fault::TokenStatus(Refusal { status, retry_after }) | Fault::Status(Refusal { status, retry_after }) => {
                write!(f, "={status}")?;
                retry_after.as_ref().map_or(Ok(()), |wait| write!(f, ":{wait}"))
            }
            Fault::Html(status) => write!(f, "={status}"),
            Fault::NoProduct(status) => status.map_or(Ok(()), |status| write!(f, "={status}")),
            Fault::Limits => f.write_str("=on"),
            Fault::Throttle(requests) => write!(f, "={requests}"),
            Fault::Slow(time) => write!(f, "={}ms", time.as_millis()),
            Fault::GzipBomb(size) => write!(f, "={size}"),
            Fault::Deep(depth) => write!(f, "={depth}"),
            Fault::WrongTypes(WrongTypes::Members) => f.write_str("=members"),
            Fault::WrongTypes(WrongTypes::Id) => f.write_str("=id"),
            Fault::WrongTypes(WrongTypes::Record) => f.write_str("=record"),
            Fault::Redirect(address) => write!(f, "={address}"),
            Fault::Links(links) => match links {
                Links::Never => f.write_str("=never"),
                Links::Always => f.write_str("=always"),
                Links::Loop => f.write_str("=loop"),
                Links::Offset => f.write_str("=offset"),
                Links::Fail(status) => write!(f, "={status}"),
                Links::Foreign(address) => write!(f, "={address}"),
            },
            Fault::ShortPages(rows) | Fault::SameStamp(rows) => write!(f, "={rows}"),
            Fault::Order(Order::Newest) => f.write_str("=newest"),
            Fault::Order(Order::Random) => f.write_str("=random"),
            Fault::Order(Order::Refused) => f.write_str("=refused"),
            Fault::Skip(Skip::Ignored) | Fault::Filter(FilterFault::Ignored) => f.write_str("=ignored"),
            Fault::Skip(Skip::Max(most)) => write!(f, "={most}"),
            Fault::Filter(FilterFault::Outside) => f.write_str("=outside"),
            Fault::Skew(by) => write!(f, "={}ms", by.as_millis()),
            Fault::TokenHtml
            | Fault::RevokeTokens
            | Fault::RejectTokens
            | Fault::MissingRoles
            | Fault::NotProvisioned
            | Fault::ExpandFails
            | Fault::HangUp
            | Fault::Cut
            | Fault::BrokenJson
            | Fault::Endless
            | Fault::ForeignRecord
            | Fault::RowsMove
            | Fault::NoDate
            | Fault::EmptyPage
            | Fault::NoCount
            | Fault::Duplicates => Ok(()),
        }
    }
}
