//! Reads faults from text: `KIND[=ARGUMENT][*TIMES][@TENANT][ feed=FEED]`.

use std::str::FromStr;
use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};

use super::{ALL_FAULTS, Fault, FilterFault, Links, Order, Refusal, Scope, Skip, WrongTypes};
use crate::simulator::feed::Feed;

/// A fault, how often it happens, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    pub scope: Scope,
    /// `None` for all, and for signing in.
    pub feed: Option<Feed>,
    pub fault: Fault,
    /// `None`: until it is cleared.
    pub times: Option<u32>,
}

impl FromStr for Spec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (text, feed) = match text.rsplit_once(" feed=") {
            Some((rest, feed)) => (rest.trim_end(), Some(feed.trim().parse()?)),
            None => (text, None),
        };
        let (rest, scope) = match text.rsplit_once('@') {
            Some((_, "")) => return Err(format!("{text:?} names no tenant after its @")),
            Some((rest, tenant)) => (rest, Scope::Tenant(tenant.to_owned())),
            None => (text, Scope::All),
        };
        let (rest, times) = match rest.rsplit_once('*') {
            Some((rest, times)) => (rest, Some(number(times, "a number of times")?)),
            None => (rest, None),
        };
        Ok(Self { scope, feed, fault: rest.parse()?, times })
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, argument) = text.split_once('=').map_or((text, ""), |(kind, argument)| (kind, argument.trim()));
        let argued = |fault: Fault| {
            if argument.is_empty() { Ok(fault) } else { Err(format!("{kind} takes no argument, found {argument:?}")) }
        };
        Ok(match kind {
            "token-error" => Fault::TokenError(number(argument, "an AADSTS number")?),
            "token-status" => Fault::TokenStatus(refusal(argument)?),
            "token-html" => argued(Fault::TokenHtml)?,
            "revoke-tokens" => argued(Fault::RevokeTokens)?,
            "reject-tokens" => argued(Fault::RejectTokens)?,
            "missing-roles" => argued(Fault::MissingRoles)?,
            "not-provisioned" => argued(Fault::NotProvisioned)?,
            "no-product" if argument.is_empty() => Fault::NoProduct(None),
            "no-product" => Fault::NoProduct(Some(status(argument)?)),
            "limits" if argument == "on" => Fault::Limits,
            "limits" => return Err(unknown(kind, argument)),
            "expand-fails" => argued(Fault::ExpandFails)?,
            "status" => Fault::Status(refusal(argument)?),
            "html" => Fault::Html(status(argument)?),
            "throttle" => Fault::Throttle(number(argument, "a number of requests")?),
            "slow" => Fault::Slow(duration(argument)?),
            "hang-up" => argued(Fault::HangUp)?,
            "cut" => argued(Fault::Cut)?,
            "broken-json" => argued(Fault::BrokenJson)?,
            "endless" => argued(Fault::Endless)?,
            "gzip-bomb" if argument.is_empty() => Fault::GzipBomb(256),
            "gzip-bomb" => Fault::GzipBomb(number(argument, "a size in MiB")?),
            "deep" if argument.is_empty() => Fault::Deep(100_000),
            "deep" => Fault::Deep(number(argument, "a depth")?),
            "wrong-types" => Fault::WrongTypes(match argument {
                "" | "members" => WrongTypes::Members,
                "id" => WrongTypes::Id,
                "record" => WrongTypes::Record,
                _ => return Err(unknown(kind, argument)),
            }),
            "foreign-record" => argued(Fault::ForeignRecord)?,
            "redirect" => Fault::Redirect(address(argument)?),
            "links" => Fault::Links(match argument {
                "never" => Links::Never,
                "always" => Links::Always,
                "loop" => Links::Loop,
                "offset" => Links::Offset,
                _ if argument.contains("://") => Links::Foreign(address(argument)?),
                _ => Links::Fail(status(argument).map_err(|_| unknown(kind, argument))?),
            }),
            "short-pages" => Fault::ShortPages(number(argument, "a number of rows")?),
            "order" => Fault::Order(match argument {
                "newest" => Order::Newest,
                "random" => Order::Random,
                "refused" => Order::Refused,
                _ => return Err(unknown(kind, argument)),
            }),
            "skip" if argument == "ignored" => Fault::Skip(Skip::Ignored),
            "skip" => Fault::Skip(Skip::Max(number(argument, "\"ignored\" or a number of rows")?)),
            "rows-move" => argued(Fault::RowsMove)?,
            "filter" => Fault::Filter(match argument {
                "ignored" => FilterFault::Ignored,
                "outside" => FilterFault::Outside,
                _ => return Err(unknown(kind, argument)),
            }),
            "same-stamp" => Fault::SameStamp(number(argument, "a number of rows")?),
            "no-date" => argued(Fault::NoDate)?,
            "skew" => Fault::Skew(signed_duration(argument)?),
            "empty-page" => argued(Fault::EmptyPage)?,
            "no-count" => argued(Fault::NoCount)?,
            "duplicates" => argued(Fault::Duplicates)?,
            _ => {
                let words: Vec<&str> = ALL_FAULTS.iter().map(|(word, ..)| *word).collect();
                return Err(format!("there is no fault {kind:?}; there are {}", words.join(", ")));
            }
        })
    }
}

fn unknown(kind: &str, argument: &str) -> String {
    let accepted = ALL_FAULTS.iter().find(|(word, ..)| *word == kind).map_or("", |(_, argument, _)| argument);
    format!("{kind}={argument}: expected {accepted}")
}

fn number<N: FromStr>(text: &str, what: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("expected {what}, found {text:?}"))
}

fn status(text: &str) -> Result<u16, String> {
    number(text, "an HTTP status").and_then(|status| {
        if (200..=599).contains(&status) {
            Ok(status)
        } else {
            Err(format!("expected an HTTP status of 200 to 599, found {text:?}"))
        }
    })
}

fn refusal(text: &str) -> Result<Refusal, String> {
    let (code, retry_after) = text.split_once(':').map_or((text, None), |(code, wait)| (code, Some(wait.trim().to_owned())));
    if retry_after.as_ref().is_some_and(|wait| wait.is_empty() || !wait.bytes().all(|byte| (b' '..=b'~').contains(&byte))) {
        return Err(format!("expected STATUS or STATUS:RETRY-AFTER, found {text:?}"));
    }
    Ok(Refusal { status: status(code)?, retry_after })
}

fn address(text: &str) -> Result<String, String> {
    match reqwest::Url::parse(text) {
        Ok(url) if url.has_host() => Ok(text.to_owned()),
        _ => Err(format!("expected an address such as http://127.0.0.1:9/x, found {text:?}")),
    }
}

/// Reads a duration with its unit, days included: `90s`, `1h30m`, `7d`.
pub fn duration(text: &str) -> Result<Duration, String> {
    Duration::try_from(signed_duration(text)?).map_err(|_| format!("expected a duration that is not negative, found {text:?}"))
}

fn signed_duration(text: &str) -> Result<SignedDuration, String> {
    let (sign, unsigned) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    unsigned
        .parse::<Span>()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
        .map(|length| length * sign)
        .map_err(|_| format!("expected a duration with its unit such as \"30s\", found {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::super::{ALL_FAULTS, Fault, Scope};
    use super::{Feed, Spec};

    /// One example of each kind, in the order of the table.
    const EXAMPLES: [&str; 35] = [
        "token-error=7000222",
        "token-status=503:2",
        "token-html",
        "revoke-tokens",
        "reject-tokens",
        "missing-roles",
        "not-provisioned",
        "no-product=404",
        "limits=on",
        "expand-fails",
        "status=429:Wed, 21 Oct 2026 07:28:00 GMT",
        "html=502",
        "throttle=150",
        "slow=1500ms",
        "hang-up",
        "cut",
        "broken-json",
        "endless",
        "gzip-bomb=64",
        "deep=500",
        "wrong-types=record",
        "foreign-record",
        "redirect=http://127.0.0.1:9/x",
        "links=404",
        "short-pages=3",
        "order=random",
        "skip=500",
        "rows-move",
        "filter=outside",
        "same-stamp=20",
        "no-date",
        "skew=-90000ms",
        "empty-page",
        "no-count",
        "duplicates",
    ];

    #[test]
    fn every_fault_of_the_table_is_read_and_written_with_the_same_text() {
        for (text, (word, ..)) in EXAMPLES.iter().zip(ALL_FAULTS) {
            let fault: Fault = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(fault.to_string(), *text);
            assert_eq!(fault.kind(), word);
        }
        for text in ["links=never", "links=always", "links=loop", "links=offset", "links=http://evil.example/x", "filter=ignored"]
        {
            assert_eq!(text.parse::<Fault>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn times_and_tenant_are_told_from_the_argument() {
        let spec: Spec = "status=503:5*3@tenant-02".parse().expect("a fault");
        assert_eq!((spec.scope, spec.times), (Scope::Tenant("tenant-02".to_owned()), Some(3)));
        assert_eq!(spec.fault.to_string(), "status=503:5");
        let spec: Spec = "no-date".parse().expect("a fault");
        assert_eq!((spec.scope, spec.times, spec.feed), (Scope::All, None, None));
        let spec: Spec = "status=429:Wed, 21 Oct 2026 07:28:00 GMT*2@tenant-01 feed=mde-alerts".parse().expect("a fault");
        assert_eq!((spec.times, spec.feed), (Some(2), Some(Feed::MdeAlerts)));
        assert_eq!(spec.fault.to_string(), "status=429:Wed, 21 Oct 2026 07:28:00 GMT");
    }

    #[test]
    fn mistakes_say_what_was_found_and_what_is_accepted() {
        for (text, reason) in [
            ("explode", "no fault \"explode\"; there are token-error"),
            ("status", "an HTTP status"),
            ("status=99", "200 to 599"),
            ("status=503:", "STATUS:RETRY-AFTER"),
            ("slow=5", "with its unit"),
            ("slow=-5s", "not negative"),
            ("no-date=1", "takes no argument"),
            ("links=sometimes", "never|always"),
            ("redirect=elsewhere", "an address"),
            ("cut*often", "a number of times"),
            ("cut@", "names no tenant"),
            ("cut feed=alerts", "there is no feed \"alerts\""),
            ("limits=off", "expected on"),
        ] {
            let error = text.parse::<Spec>().expect_err(text);
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
