//! The seven fields before the extension.

use super::Options;
use crate::alert::Severity;
use crate::format::flat::{MAPPING, Report, VENDOR, cut, one_line};

/// Writes everything up to the pipe before the extension. The lengths are those of the standard, for every receiver.
pub fn write(report: &Report<'_>, options: Options, out: &mut Vec<u8>) {
    out.extend_from_slice(b"CEF:0|");
    for (text, longest) in [(VENDOR, 63), (&report.product, 63), (MAPPING, 31), (&report.class(), 1023), (&report.name(), 512)] {
        field(text, longest, out);
    }
    out.extend_from_slice(severity(report.severity, options).as_bytes());
    out.push(b'|');
}

/// A field that says nothing would make readers refuse the line.
fn field(text: &str, longest: usize, out: &mut Vec<u8>) {
    let line = one_line(text, |_| false);
    let text = cut(&line, longest);
    for c in if text.is_empty() { "-" } else { text }.chars() {
        if matches!(c, '\\' | '|') {
            out.push(b'\\');
        }
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
    out.push(b'|');
}

/// On the scale of the Common Event Format: 0 to 3 is low, 4 to 6 medium, 7 and 8 high, 9 and 10 very high.
fn severity(severity: Severity, options: Options) -> &'static str {
    match severity {
        Severity::Unknown | Severity::Other => "0",
        Severity::Informational => "1",
        Severity::Low => "3",
        Severity::Medium => "5",
        Severity::High if options.high_is_ten => "10",
        Severity::High => "8",
        Severity::Critical => "10",
    }
}

#[cfg(test)]
mod tests {
    use super::{Options, field, severity};
    use crate::alert::Severity;

    #[test]
    fn fields_are_escaped_and_kept_short() {
        for (text, longest, written) in [
            ("Suspicious \"a=b\"", 63, "Suspicious \"a=b\"|"),
            ("a|b\\c", 63, "a\\|b\\\\c|"),
            (" a\r\nb\t", 63, "a  b|"),
            ("ab|cd", 3, "ab\\||"),
            ("ab\\|", 3, "ab\\\\|"),
            ("ü😀x", 3, "ü😀|"),
            ("\u{0}\n", 63, "-|"),
        ] {
            let mut out = Vec::new();
            field(text, longest, &mut out);
            assert_eq!(String::from_utf8(out).expect("UTF-8"), written);
        }
    }

    #[test]
    fn severities_grow_with_what_they_mean() {
        let (plain, ten) = (Options::default(), Options { high_is_ten: true, ..Options::default() });
        for (word, number) in [
            (Severity::Unknown, "0"),
            (Severity::Other, "0"),
            (Severity::Informational, "1"),
            (Severity::Low, "3"),
            (Severity::Medium, "5"),
            (Severity::High, "8"),
            (Severity::Critical, "10"),
        ] {
            assert_eq!(severity(word, plain), number);
            assert_eq!(severity(word, ten), if number == "8" { "10" } else { number });
        }
    }
}
