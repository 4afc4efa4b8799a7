//! TOML text into a tree, with syntax errors that name the place and never quote the line: it may hold a secret.

use config::{ConfigError as CrateError, File, FileFormat, Map, Source as _, Value};

use super::report::Report;

/// The tree of one file. `name` is how messages call it.
pub(super) fn parse(text: &str, name: &str, report: &Report) -> Option<Map<String, Value>> {
    let error = match File::from_str(text, FileFormat::Toml).collect() {
        Ok(map) => return Some(map),
        Err(error) => error,
    };
    let CrateError::FileParse { cause, .. } = &error else {
        report.mistake(format!("{name}: cannot be read as TOML"));
        return None;
    };
    let syntax = cause.downcast_ref::<toml::de::Error>();
    let place = syntax.and_then(toml::de::Error::span).map(|span| position(text, span.start)).unwrap_or_default();
    // the parser's own sentence names tokens, not content; its Display would print the line
    let problem = syntax.map_or("a number is out of range", toml::de::Error::message).replace('\n', ", ");
    report.mistake(format!("{name}{place}: not TOML: {problem}"));
    None
}

fn position(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!(", line {line}, column {column}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::parse;
    use crate::config::report::Report;

    fn mistake(text: &str) -> String {
        let report = Report::default();
        assert!(parse(text, "x.toml", &report).is_none(), "{text:?} was read");
        report.finish().unwrap_err().to_string()
    }

    #[test]
    fn a_syntax_error_names_line_and_column() {
        let text = mistake("[apps.main]\nclient_secret = \"s3cret\n");
        assert!(text.starts_with("x.toml, line 2, column "), "{text}");
        assert_eq!(mistake("a = 99999999999999999999"), "x.toml: not TOML: a number is out of range");
    }

    proptest! {
        #[test]
        fn a_broken_line_is_never_quoted(before in "[\\[\\]{}=\"'.,a0#\\\\ -]{0,8}", after in "[\\[\\]{}=\"'.,a0#\\\\ -]{0,8}") {
            let report = Report::default();
            let text = format!("[apps.main]\nclient_secret = {before}pl4nted{after}\n");
            if parse(&text, "x.toml", &report).is_none() {
                let error = report.finish().unwrap_err().to_string();
                prop_assert!(!error.contains("pl4nted"), "{}", error);
            }
        }
    }
}
