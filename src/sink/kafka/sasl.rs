//! How a sink signs in: what goes together, told before any broker is asked, since librdkafka's own words come late or not at all.

use rdkafka::config::ClientConfig;

const MECHANISM: [&str; 2] = ["sasl.mechanism", "sasl.mechanisms"];
const PROTOCOL: &str = "security.protocol";
const OAUTHBEARER: &str = "OAUTHBEARER";
const MECHANISMS: &str = "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or GSSAPI";

/// Fills in what `oauth` implies and finds what cannot work.
pub(super) fn settle(config: &mut ClientConfig, bearer: bool) -> Vec<String> {
    let get = |name: &str| config.get(name).map(str::to_ascii_uppercase);
    let mechanism = MECHANISM.iter().find_map(|name| get(name));
    let protocol = get(PROTOCOL);
    let mut problems = Vec::new();
    if mechanism.as_deref() == Some("GSSAPI") && !cfg!(feature = "kafka-gssapi") {
        let why = "GSSAPI (Kerberos) is not part of this program: build it with `--features kafka-gssapi`, which needs libsasl2";
        problems.push(format!("options.\"sasl.mechanism\": {why}"));
    }
    if bearer {
        if mechanism.as_deref().is_some_and(|mechanism| mechanism != OAUTHBEARER) {
            problems.push(format!("options.\"sasl.mechanism\" must be {OAUTHBEARER} or left out: the sink has `oauth`"));
        }
        if protocol.as_deref().is_some_and(|protocol| !protocol.starts_with("SASL")) {
            problems.push("options.\"security.protocol\" must be SASL_SSL or left out: the sink has `oauth`".to_owned());
        }
        if mechanism.is_none() {
            config.set(MECHANISM[0], OAUTHBEARER);
        }
        if protocol.is_none() {
            config.set(PROTOCOL, "SASL_SSL");
        }
    } else if mechanism.as_deref() == Some(OAUTHBEARER) {
        problems.push(format!(
            "options.\"sasl.mechanism\" is {OAUTHBEARER}, which needs `oauth`: name the app whose tokens are used"
        ));
    } else if mechanism.is_none() && protocol.is_some_and(|protocol| protocol.starts_with("SASL")) {
        problems.push(format!("options.\"security.protocol\" asks for SASL, so set options.\"sasl.mechanism\" to {MECHANISMS}"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use rdkafka::config::ClientConfig;

    use super::settle;

    fn settled(options: &[(&str, &str)], bearer: bool) -> (ClientConfig, Vec<String>) {
        let mut config: ClientConfig = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let problems = settle(&mut config, bearer);
        (config, problems)
    }

    #[test]
    fn tokens_of_ours_are_used_over_tls_unless_an_operator_says_otherwise() {
        let (config, problems) = settled(&[], true);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(config.get("security.protocol"), Some("SASL_SSL"));
        assert_eq!(config.get("sasl.mechanism"), Some("OAUTHBEARER"));
        let (config, problems) = settled(&[("security.protocol", "sasl_plaintext"), ("sasl.mechanisms", "OAUTHBEARER")], true);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(config.get("security.protocol"), Some("sasl_plaintext"));
        assert_eq!(config.get("sasl.mechanism"), None, "librdkafka would take whichever comes last");
    }

    #[test]
    fn ways_to_sign_in_that_cannot_work_are_told() {
        for (options, bearer, words) in [
            (&[("sasl.mechanism", "PLAIN")][..], true, "must be OAUTHBEARER"),
            (&[("security.protocol", "SSL")], true, "must be SASL_SSL"),
            (&[("sasl.mechanism", "OAUTHBEARER"), ("security.protocol", "SASL_SSL")], false, "needs `oauth`"),
            (&[("security.protocol", "SASL_SSL")], false, "set options.\"sasl.mechanism\""),
        ] {
            let (_, problems) = settled(options, bearer);
            assert!(problems.len() == 1 && problems[0].contains(words), "{options:?}: {problems:?}");
        }
        for options in
            [&[("sasl.mechanism", "PLAIN"), ("security.protocol", "SASL_SSL")][..], &[("security.protocol", "SSL")], &[]]
        {
            let (_, problems) = settled(options, false);
            assert!(problems.is_empty(), "{options:?}: {problems:?}");
        }
    }

    #[test]
    fn kerberos_is_refused_by_a_build_without_it() {
        let (_, problems) = settled(&[("sasl.mechanism", "GSSAPI")], false);
        let told = problems.iter().any(|problem| problem.contains("--features kafka-gssapi"));
        assert_eq!(told, !cfg!(feature = "kafka-gssapi"), "{problems:?}");
    }
}
