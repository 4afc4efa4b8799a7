//! How messages become lines.

use crate::sink::Batch;

/// Appends each message as one line. A line break inside a payload becomes a space: in JSON it can only stand between tokens
/// (inside a string it is written `\n`), where a space means the same.
pub fn write(batch: &Batch, out: &mut Vec<u8>) {
    for message in batch.messages() {
        out.extend(message.payload.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::write;
    use crate::alert::Severity;
    use crate::format::Encoder;
    use crate::sink::{About, Batch};
    use crate::source::FeedKind;
    use crate::tenant::Tenant;

    fn lines(payloads: &[Vec<u8>]) -> Vec<u8> {
        let tenant = Tenant { name: "a".into(), id: "b".into(), customer: String::new(), labels: BTreeMap::new() };
        let mut batch = Batch::new(Arc::new(tenant), FeedKind::GraphAlerts, Encoder::Raw);
        for payload in payloads {
            let Ok(()) = batch.push(About::alert("id", Severity::Low, None), |out| {
                out.extend_from_slice(payload);
                Ok::<(), Infallible>(())
            });
        }
        let mut out = Vec::new();
        write(&batch, &mut out);
        out
    }

    #[test]
    fn pretty_printed_json_becomes_one_line_that_means_the_same() {
        let pretty = "{\r\n  \"title\": \"two\\nlines\"\n}";
        let line = lines(&[pretty.into()]);
        assert_eq!(line, b"{    \"title\": \"two\\nlines\" }\n");
        let read: serde_json::Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(read, serde_json::from_str::<serde_json::Value>(pretty).unwrap());
    }

    proptest! {
        #[test]
        fn every_message_is_one_line_of_its_own_length(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..20)) {
            let out = lines(&payloads);
            let read: Vec<&[u8]> = out.split_inclusive(|byte| *byte == b'\n').collect();
            prop_assert_eq!(read.len(), payloads.len());
            for (line, payload) in read.iter().zip(&payloads) {
                prop_assert_eq!(line.len(), payload.len() + 1);
                prop_assert!(!line.contains(&b'\r'));
            }
        }
    }
}
