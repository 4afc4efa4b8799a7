//! Graph `/v1.0/security/alerts_v2`.

use super::{Keys, Link, Manners, Rows};
use crate::simulator::enums;
use crate::simulator::feed::Feed;
use crate::simulator::filter::{Field, Kind, Moment, Word};
use crate::simulator::generate;
use crate::simulator::resource::Resource;
use crate::simulator::style::Style;

/// What the filters of alerts and of incidents have in common; `status` has other words in each.
pub(super) const CLASSIFICATIONS: &[&str] =
    &["unknown", "falsePositive", "truePositive", "informationalExpectedActivity", "unknownFutureValue"];

pub(super) const DETERMINATIONS: &[&str] = &[
    "unknown",
    "apt",
    "malware",
    "securityPersonnel",
    "securityTesting",
    "unwantedSoftware",
    "other",
    "multiStagedAttack",
    "compromisedAccount",
    "phishing",
    "maliciousUserActivity",
    "notMalicious",
    "notEnoughDataToValidate",
    "confirmedActivity",
    "lineOfBusinessApplication",
    "unknownFutureValue",
];

const FILTER: &[Field] = &[
    ("createdDateTime", Kind::Moment(Moment::Created)),
    ("lastUpdateDateTime", Kind::Moment(Moment::Updated)),
    ("severity", Kind::Word(Word::Severity, enums::SEVERITIES)),
    ("status", Kind::Word(Word::Status, enums::STATUSES)),
    ("serviceSource", Kind::Word(Word::Service, enums::SERVICE_SOURCES)),
    ("assignedTo", Kind::Text),
    ("classification", Kind::Enum(CLASSIFICATIONS)),
    ("determination", Kind::Enum(DETERMINATIONS)),
];

/// Not documented: the page without `$top`, what happens to a large one (it is cut, as connectors measured), `$orderby` and
/// `$select` (they work).
pub(super) const MANNERS: Manners = Manners {
    feed: Feed::GraphAlerts,
    style: Style::Graph,
    resource: Resource::Graph,
    roles: &[
        "SecurityAlert.Read.All",
        "SecurityAlert.ReadWrite.All",
        "SecurityIncident.Read.All",
        "SecurityIncident.ReadWrite.All",
    ],
    rows: Rows::Alerts {
        shows: |_| true,
        write: |out, row, scene| generate::write(out, row, &scene.info.tenant_id, scene.reveal),
    },
    context: "https://graph.microsoft.com/v1.0/$metadata#security/alerts_v2",
    options: &["$filter", "$orderby", "$top", "$skip", "$count", "$select"],
    ignores_others: false,
    usual: 100,
    most: None,
    filter: FILTER,
    order: &[("createdDateTime", Moment::Created), ("lastUpdateDateTime", Moment::Updated)],
    expand: "",
    link: Link { member: "@odata.nextLink", token: "$skiptoken", with_top: true },
    keys: Keys { id: "/id", times: ["/createdDateTime", "/lastUpdateDateTime"], names_tenant: true },
};
