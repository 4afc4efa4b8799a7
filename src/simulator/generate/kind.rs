//! The kinds of alerts that the simulator makes up: one per workload of the Defender family and per sensor.

use super::evidence::Thing;

/// An index into [`KINDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind(pub usize);

/// What alerts of one kind have in common.
#[derive(Debug)]
pub struct Pattern {
    /// Of the alert's ID.
    pub prefix: &'static str,
    pub service: &'static str,
    pub detection: &'static str,
    pub product: &'static str,
    pub category: &'static str,
    pub titles: &'static [&'static str],
    pub techniques: &'static [&'static str],
    /// What its evidence is made of; the first is always there.
    pub things: &'static [Thing],
}

impl Kind {
    /// A kind of this service and its prefix, or the first kind of all.
    pub fn of(service: &str) -> (Kind, &'static str) {
        let index = KINDS.iter().position(|pattern| pattern.service == service).unwrap_or_default();
        (Kind(index), KINDS[index].prefix)
    }

    pub fn pattern(self) -> &'static Pattern {
        &KINDS[self.0]
    }
}

/// Prefixes and words are those of Microsoft Graph's `alert`, its `serviceSource` and `detectionSource`. Titles are ours, in the manner of the products.
pub const KINDS: &[Pattern] = &[
    Pattern {
        prefix: "da",
        service: "microsoftDefenderForEndpoint",
        detection: "microsoftDefenderForEndpoint",
        product: "Microsoft Defender for Endpoint",
        category: "CredentialAccess",
        titles: &["Suspicious access to LSASS service", "Credential dumping tool was blocked", "Ungewöhnlicher Anmeldeprozess"],
        techniques: &["T1003.001", "T1059.001", "T1555"],
        things: &[Thing::Device, Thing::Process, Thing::User, Thing::File, Thing::Process],
    },
    Pattern {
        prefix: "da",
        service: "microsoftDefenderForEndpoint",
        detection: "antivirus",
        product: "Microsoft Defender for Endpoint",
        category: "Malware",
        titles: &[
            "'Kekeo' malware was prevented",
            "Ransomware-linked file behaviour 🔒",
            "Un logiciel malveillant a été détecté",
        ],
        techniques: &["T1486", "T1204.002"],
        things: &[Thing::Device, Thing::File, Thing::RegistryValue, Thing::Url],
    },
    Pattern {
        prefix: "ed",
        service: "microsoftDefenderForEndpoint",
        detection: "customDetection",
        product: "Microsoft Defender for Endpoint",
        category: "Execution",
        titles: &["Custom rule: encoded PowerShell", "不審なスクリプトの実行"],
        techniques: &["T1059.001", "T1027"],
        things: &[Thing::Device, Thing::Process, Thing::Ip],
    },
    Pattern {
        prefix: "fa",
        service: "microsoftDefenderForOffice365",
        detection: "microsoftDefenderForOffice365",
        product: "Microsoft Defender for Office 365",
        category: "InitialAccess",
        titles: &["Email messages containing malicious URL removed after delivery", "User clicked a \"safe\" link\\that was not"],
        techniques: &["T1566.002", "T1566"],
        things: &[Thing::Message, Thing::Mailbox, Thing::MailCluster, Thing::Url, Thing::Message],
    },
    Pattern {
        prefix: "aa",
        service: "microsoftDefenderForIdentity",
        detection: "microsoftDefenderForIdentity",
        product: "Microsoft Defender for Identity",
        category: "LateralMovement",
        titles: &["Suspected overpass-the-hash attack (Kerberos)", "Reconnaissance using SMB session enumeration"],
        techniques: &["T1550.002", "T1049"],
        things: &[Thing::User, Thing::Device, Thing::Ip],
    },
    Pattern {
        prefix: "ca",
        service: "microsoftDefenderForCloudApps",
        detection: "cloudAppSecurity",
        product: "Microsoft Defender for Cloud Apps",
        category: "Exfiltration",
        titles: &["Mass download by a single user", "Activity from an anonymous proxy"],
        techniques: &["T1567.002"],
        things: &[Thing::CloudApplication, Thing::User, Thing::Ip],
    },
    Pattern {
        prefix: "ma",
        service: "microsoftAppGovernance",
        detection: "appGovernancePolicy",
        product: "App Governance",
        category: "Persistence",
        titles: &["Unused app with high privilege"],
        techniques: &["T1098"],
        things: &[Thing::OauthApplication],
    },
    Pattern {
        prefix: "ad",
        service: "azureAdIdentityProtection",
        detection: "azureAdIdentityProtection",
        product: "AAD Identity Protection",
        category: "InitialAccess",
        titles: &["Unfamiliar sign-in properties", "Anonymous IP address", "Atypical travel: Ürümqi → São Paulo"],
        techniques: &["T1078", "T1078.004"],
        things: &[Thing::User, Thing::LogonSession, Thing::Ip],
    },
    Pattern {
        prefix: "dl",
        service: "dataLossPrevention",
        detection: "microsoftDataLossPrevention",
        product: "Microsoft Data Loss Prevention",
        category: "Exfiltration",
        titles: &["DLP policy (Kreditkarten) matched for a document"],
        techniques: &[],
        things: &[Thing::User, Thing::File],
    },
    Pattern {
        prefix: "ra",
        service: "microsoft365Defender",
        detection: "microsoft365Defender",
        product: "Microsoft Defender XDR",
        category: "SuspiciousActivity",
        titles: &["Possible attack disruption: account contained"],
        techniques: &["T1021.002", "T1110.003"],
        things: &[Thing::User, Thing::Device, Thing::NetworkConnection],
    },
    Pattern {
        prefix: "dc",
        service: "microsoftDefenderForCloud",
        detection: "microsoftDefenderForContainers",
        product: "Microsoft Defender for Cloud",
        category: "PrivilegeEscalation",
        titles: &["Privileged container detected", "Access from a suspicious IP to a storage account"],
        techniques: &["T1610", "T1611"],
        things: &[Thing::AzureResource, Thing::Pod, Thing::Ip],
    },
    Pattern {
        prefix: "sn",
        service: "microsoftSentinel",
        detection: "scheduledAlerts",
        product: "Microsoft Sentinel",
        category: "DefenseEvasion",
        titles: &["Rare audit log cleared | rule 7 = true"],
        techniques: &["T1070.001"],
        things: &[Thing::Ip, Thing::User, Thing::AzureResource],
    },
    Pattern {
        prefix: "ir",
        service: "microsoftInsiderRiskManagement",
        detection: "microsoftInsiderRiskManagement",
        product: "Microsoft Purview Insider Risk Management",
        category: "Exfiltration",
        titles: &["Departing user copied files to a USB device"],
        techniques: &[],
        things: &[Thing::User],
    },
    Pattern {
        // Newer than anybody's schema, as happens without notice.
        prefix: "zz",
        service: "microsoftDefenderForSatellites",
        detection: "microsoftDefenderForSatellites",
        product: "Microsoft Defender for Satellites",
        category: "OrbitalDecay",
        titles: &["Unexpected telemetry uplink 🛰️"],
        techniques: &["T9999.123"],
        things: &[Thing::Unknown, Thing::Device],
    },
];
