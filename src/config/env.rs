//! The environment as a layer: `ALERTFERRY__SECTION__KEY` overrides `section.key`.

use std::collections::BTreeMap;

use config::{Map, Source as _, Value};

use super::layers::stamped;
use super::report::Report;

/// Environment variables by name.
pub type Environment = BTreeMap<String, String>;

/// What our variables start with. Other names, `ALERTFERRY_CONFIG` and Kubernetes' `ALERTFERRY_PORT` included, are no keys.
const PREFIX: &str = "ALERTFERRY__";

/// No key stands deeper than `sinks.NAME.options.OPTION.file`; librdkafka's dotted option names add a few.
const DEEPEST: usize = 10;

/// The variables of this process. Those that are not UTF-8 cannot be keys or secrets: ours are mistakes, others are left out.
pub(super) fn of_process(report: &Report) -> Environment {
    let mut variables = Environment::new();
    for (name, value) in std::env::vars_os() {
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => {
                variables.insert(name, value);
            }
            (Ok(name), Err(_)) if name.starts_with(PREFIX) => {
                report.mistake(format!("environment variable {name}: found bytes that are not UTF-8, expected text"));
            }
            _ => {}
        }
    }
    variables
}

/// One layer for each variable of ours, in the order of their names.
pub(super) fn layers(environment: &Environment, report: &Report) -> Vec<Map<String, Value>> {
    let mut layers = Vec::new();
    for (name, value) in environment.range(PREFIX.to_owned()..).take_while(|(name, _)| name.starts_with(PREFIX)) {
        if !is_key(name) {
            report.mistake(format!(
                "environment variable {name:?}: found a name that cannot be a key, expected ALERTFERRY__SECTION__KEY"
            ));
            continue;
        }
        if name[PREFIX.len()..].split("__").next().is_some_and(|section| section.eq_ignore_ascii_case("tenants")) {
            report.mistake(format!(
                "environment variable {name}: tenants cannot be set from the environment, expected [[tenants]] in a file"
            ));
            continue;
        }
        let mut tables = name.match_indices("__").map(|(end, _)| &name[..end]);
        if let Some(shorter) = tables.find(|table| environment.contains_key(*table) && table.starts_with(PREFIX)) {
            report.mistake(format!("environment variables {shorter} and {name}: found both, expected one of them"));
            continue;
        }
        let variable = Map::from_iter([(name.clone(), value.clone())]);
        let source = config::Environment::with_prefix("ALERTFERRY").prefix_separator("__").separator("__").source(Some(variable));
        match source.collect() {
            Ok(layer) => layers.push(stamped(layer, &format!("from environment variable {name}"))),
            // the crate's words may quote the value
            Err(_) => report.mistake(format!("environment variable {name}: cannot be read as a key")),
        }
    }
    layers
}

/// Whether the crate's path parser will take it apart as we mean it, at `__` only (it also knows `.` and `[0]`).
fn is_key(name: &str) -> bool {
    let parts: Vec<&str> = name[PREFIX.len()..].split("__").collect();
    let plain = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    parts.len() <= DEEPEST && parts.iter().all(plain)
}

#[cfg(test)]
mod tests {
    use super::{Environment, layers};
    use crate::config::report::Report;

    fn read(variables: &[(&str, &str)]) -> Result<usize, String> {
        let environment: Environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let report = Report::default();
        let layers = layers(&environment, &report);
        report.finish().map(|_| layers.len()).map_err(|error| error.to_string())
    }

    #[test]
    fn only_names_with_a_double_underscore_are_keys() {
        let kubernetes =
            [("ALERTFERRY_PORT", "tcp://10.0.0.1:9464"), ("ALERTFERRY_SERVICE_HOST", "10.0.0.1"), ("ALERTFERRY_CONFIG", "/x")];
        assert_eq!(read(&kubernetes), Ok(0));
        assert_eq!(read(&[("ALERTFERRY__LEDGER__KIND", "memory"), ("PATH", "/bin")]), Ok(1));
    }

    #[test]
    fn names_that_the_crate_would_take_apart_otherwise_are_refused() {
        for name in ["ALERTFERRY__", "ALERTFERRY__A__", "ALERTFERRY__A____B", "ALERTFERRY__A[99999999999]__B", "ALERTFERRY__A.B"]
        {
            assert!(read(&[(name, "x")]).unwrap_err().contains("cannot be a key"), "{name}");
        }
    }

    #[test]
    fn a_table_and_a_key_in_it_exclude_each_other() {
        let both = [
            ("ALERTFERRY__APPS__MAIN__CLIENT_SECRET", "s3cret"),
            ("ALERTFERRY__APPS__MAIN__CLIENT_SECRET_EXPIRES", "2027-01-31"), // sorts between the two
            ("ALERTFERRY__APPS__MAIN__CLIENT_SECRET__FILE", "/x"),
        ];
        let error = read(&both).unwrap_err();
        assert!(error.contains("found both") && !error.contains("s3cret"), "{error}");
    }
}
