//! The query options of a list.

use super::link::Token;
use crate::simulator::api::Manners;
use crate::simulator::filter::{Filter, Moment};

/// What a client asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub filter: Option<Filter>,
    /// The property and whether it descends.
    pub order: Option<(Moment, bool)>,
    pub top: Option<usize>,
    pub skip: usize,
    pub count: bool,
    /// Only these members, where there are any.
    pub select: Vec<String>,
    pub expand: bool,
    pub token: Option<Token>,
}

impl Query {
    /// Reads decoded names and values as this API does.
    ///
    /// # Errors
    /// A sentence for the body of a 400 answer.
    pub fn parse(pairs: &[(String, String)], manners: &Manners) -> Result<Self, String> {
        let mut query = Self::default();
        for (index, (name, value)) in pairs.iter().enumerate() {
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(format!(
                    "Query option '{name}' was specified more than once, but it must be specified at most once."
                ));
            }
            if name == manners.link.token {
                query.token = Some(Token::read(value).ok_or("Skip token is null or invalid.")?);
            } else if manners.options.contains(&name.as_str()) {
                query.read(name, value, manners)?;
            } else if let Some(option) = name.strip_prefix('$').filter(|_| !manners.ignores_others) {
                return Err(format!("Query option '{option}' is not allowed."));
            }
            // OData leaves names without a $ to the service, and these ignore them.
        }
        Ok(query)
    }

    fn read(&mut self, name: &str, value: &str, manners: &Manners) -> Result<(), String> {
        match name {
            "$filter" => self.filter = Some(Filter::parse(value, manners.filter)?),
            "$orderby" => self.order = Some(order(value, manners)?),
            "$top" => self.top = Some(top(value, manners)?),
            "$skip" => self.skip = number(name, value)?,
            "$count" => {
                self.count = match value {
                    "true" => true,
                    "false" => false,
                    _ => return Err(format!("Invalid value '{value}' for $count query option found.")),
                }
            }
            "$expand" if value == manners.expand => self.expand = true,
            "$expand" => return Err(format!("Could not find a property named '{value}' to expand.")),
            "$select" => self.select = value.split(',').map(|member| member.trim().to_owned()).collect(),
            _ => {}
        }
        Ok(())
    }
}

fn number(name: &str, value: &str) -> Result<usize, String> {
    value
        .parse()
        .map_err(|_| format!("Invalid value '{value}' for {name} query option found. A non-negative integer is required."))
}

fn top(value: &str, manners: &Manners) -> Result<usize, String> {
    let top = number("$top", value)?;
    match manners.most {
        Some((most, sentence)) if top > most => Err(sentence.replace("{}", value)),
        _ => Ok(top),
    }
}

fn order(value: &str, manners: &Manners) -> Result<(Moment, bool), String> {
    let mut words = value.split_whitespace();
    let name = words.next().unwrap_or_default();
    let found = manners.order.iter().find(|(known, _)| *known == name);
    let (_, property) = found.ok_or_else(|| format!("The property '{name}' cannot be used in the $orderby query option."))?;
    match (words.next(), words.next()) {
        (None | Some("asc"), None) => Ok((*property, false)),
        (Some("desc"), None) => Ok((*property, true)),
        _ => Err(format!("Syntax error in $orderby '{value}'.")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::api::manners;
    use super::super::super::feed::Feed;
    use super::{Moment, Query};

    fn parse(feed: Feed, pairs: &[(&str, &str)]) -> Result<Query, String> {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Query::parse(&pairs, manners(feed))
    }

    #[test]
    fn options_are_read_and_mistakes_refused() {
        let good = [("$top", "5"), ("$orderby", "lastUpdateDateTime desc"), ("$count", "true"), ("x", "y")];
        let query = parse(Feed::GraphAlerts, &good).expect("a query");
        assert_eq!((query.top, query.order, query.count), (Some(5), Some((Moment::Updated, true)), true));
        let query = parse(Feed::GraphAlerts, &[("$orderby", "createdDateTime")]).expect("a query");
        assert_eq!(query.order, Some((Moment::Created, false)));
        for (name, value, reason) in [
            ("$top", "-1", "non-negative"),
            ("$skip", "many", "non-negative"),
            ("$count", "1", "$count"),
            ("$orderby", "severity", "cannot be used"),
            ("$orderby", "createdDateTime up", "Syntax error"),
            ("$expand", "alerts", "'expand' is not allowed"),
            ("$search", "x", "not allowed"),
            ("$skiptoken", "zz", "Skip token"),
            ("$skiptoken", "", "Skip token"),
            ("$filter", "severity", "no comparison"),
        ] {
            let error = parse(Feed::GraphAlerts, &[(name, value)]).expect_err(name);
            assert!(error.contains(reason), "{name}={value}: {error}");
        }
        assert!(parse(Feed::GraphAlerts, &[("$top", "1"), ("$top", "2")]).is_err_and(|error| error.contains("more than once")));
    }

    #[test]
    fn each_api_has_its_own_options_limits_and_words() {
        for (feed, name, value, accepted) in [
            (Feed::GraphIncidents, "$top", "50", true),
            (Feed::GraphIncidents, "$top", "51", false),
            (Feed::GraphIncidents, "$expand", "alerts", true),
            (Feed::GraphIncidents, "$expand", "comments", false),
            (Feed::GraphIncidents, "$filter", "status eq 'redirected'", true),
            (Feed::GraphIncidents, "$filter", "serviceSource eq 'microsoftSentinel'", false),
            (Feed::MdeAlerts, "$top", "10000", true),
            (Feed::MdeAlerts, "$top", "10001", false),
            (Feed::MdeAlerts, "$orderby", "lastUpdateTime", false),
            (Feed::MdeAlerts, "$filter", "InvestigationId eq 7 and severity eq 'High'", true),
            (Feed::MdeAlerts, "$filter", "severity eq 'high'", false),
            (Feed::XdrIncidents, "$top", "101", false),
            (Feed::XdrIncidents, "$filter", "severity eq 'High'", false),
            (Feed::XdrIncidents, "$expand", "alerts", false),
            (Feed::RiskDetections, "$top", "501", false),
            (Feed::RiskDetections, "$skip", "1", false),
            (Feed::SentinelIncidents, "$top", "1001", false),
            (Feed::SentinelIncidents, "$skip", "many", true),
            (Feed::SentinelIncidents, "$filter", "properties/severity eq 'High'", true),
            (Feed::DefenderForCloud, "$top", "many", true),
            (Feed::DefenderForCloud, "$filter", "no such thing", true),
        ] {
            assert_eq!(parse(feed, &[(name, value)]).is_ok(), accepted, "{feed} {name}={value}");
        }
    }
}
