//! The APIs that serve alerts and incidents, and the words for them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of Microsoft's APIs. Faults, limits and the journal tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feed {
    /// Graph `/v1.0/security/alerts_v2`.
    GraphAlerts,
    /// Graph `/v1.0/security/incidents`.
    GraphIncidents,
    /// Defender for Endpoint `/api/alerts`.
    MdeAlerts,
    /// Defender XDR `/api/incidents`.
    XdrIncidents,
    /// Graph `/v1.0/identityProtection/riskDetections`.
    RiskDetections,
    /// Resource Manager, `Microsoft.SecurityInsights/incidents` of a workspace.
    SentinelIncidents,
    /// Resource Manager, `Microsoft.Security/alerts` of a subscription.
    DefenderForCloud,
}

impl Feed {
    pub const ALL: [Feed; 7] = [
        Feed::GraphAlerts,
        Feed::GraphIncidents,
        Feed::MdeAlerts,
        Feed::XdrIncidents,
        Feed::RiskDetections,
        Feed::SentinelIncidents,
        Feed::DefenderForCloud,
    ];

    /// The word for it in faults, in the journal and in a configuration.
    pub fn word(self) -> &'static str {
        match self {
            Feed::GraphAlerts => "graph-alerts",
            Feed::GraphIncidents => "graph-incidents",
            Feed::MdeAlerts => "mde-alerts",
            Feed::XdrIncidents => "xdr-incidents",
            Feed::RiskDetections => "risk-detections",
            Feed::SentinelIncidents => "sentinel-incidents",
            Feed::DefenderForCloud => "defender-for-cloud",
        }
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Feed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Feed::ALL.into_iter().find(|feed| feed.word() == text).ok_or_else(|| {
            let words: Vec<&str> = Feed::ALL.iter().map(|feed| feed.word()).collect();
            format!("there is no feed {text:?}; there are {}", words.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Feed;

    #[test]
    fn a_feed_has_the_same_word_in_text_and_in_json() {
        for feed in Feed::ALL {
            assert_eq!(feed.word().parse(), Ok(feed));
            assert_eq!(serde_json::to_value(feed).expect("JSON"), feed.word());
        }
        assert!("alerts".parse::<Feed>().is_err_and(|error| error.contains("there are graph-alerts, ")));
    }
}
