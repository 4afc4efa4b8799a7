//! Bodies that no client should have to read: endless, huge, deep, cut or not JSON.

use std::time::Duration;

use axum::body::{Body, Bytes};
use flate2::{Compress, Compression, Crc, FlushCompress};
use futures_util::{StreamExt as _, stream};

use serde_json::{Value, json};

use super::api::Keys;
use super::fault::WrongTypes;

/// The first half of a body, then a closed connection.
pub fn cut(body: &[u8]) -> Body {
    let half = Bytes::copy_from_slice(&body[..body.len() / 2]);
    let broken = stream::once(async {
        // Time for the half to leave: otherwise headers and body may be dropped together with the connection.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(std::io::Error::other("cut on purpose"))
    });
    Body::from_stream(stream::iter([Ok(half)]).chain(broken))
}

/// A list of alerts that never ends.
pub fn endless() -> Body {
    let row = Bytes::from_static(b"{\"id\":\"da0\",\"lastUpdateDateTime\":\"2026-03-02T07:00:00Z\"},");
    let rows = Bytes::from(row.repeat(1000));
    let start = stream::iter([Bytes::from_static(b"{\"value\":[")]);
    Body::from_stream(start.chain(stream::repeat(rows)).map(Ok::<_, std::io::Error>))
}

/// A valid gzip file of `{"value":[` and so many MiB of spaces and `]}`.
///
/// A block of a MiB of spaces compresses to the same bytes each time, so one is compressed and then repeated.
pub fn gzip_bomb(mebibytes: u16) -> Vec<u8> {
    let spaces = vec![b' '; 1024 * 1024];
    let mut deflate = Compress::new(Compression::best(), false);
    let mut crc = Crc::new();
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut compress = |input: &[u8], flush| {
        let mut out = Vec::with_capacity(64 * 1024);
        deflate.compress_vec(input, &mut out, flush).expect("memory is all that compressing needs");
        out
    };
    crc.update(b"{\"value\":[");
    file.extend(compress(b"{\"value\":[", FlushCompress::Sync));
    // The first of these still looks back at other text, the second only at spaces.
    file.extend(compress(&spaces, FlushCompress::Sync));
    let block = compress(&spaces, FlushCompress::Sync);
    let mut space_crc = Crc::new();
    space_crc.update(&spaces);
    crc.combine(&space_crc);
    for _ in 1..mebibytes.max(2) {
        file.extend(&block);
        crc.combine(&space_crc);
    }
    crc.update(b"]}");
    file.extend(compress(b"]}", FlushCompress::Finish));
    file.extend(crc.sum().to_le_bytes());
    file.extend(crc.amount().to_le_bytes());
    file
}

/// The record with a member that nests so many arrays.
pub fn deep(mut record: Value, depth: u32) -> String {
    if let Some(members) = record.as_object_mut() {
        members.remove("additionalData");
    }
    let (text, depth) = (record.to_string(), depth as usize);
    let nested = format!("\"additionalData\":{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    match text.strip_suffix('}') {
        Some("{") | None => format!("{{{nested}}}"),
        Some(open) => format!("{open},{nested}}}"),
    }
}

/// Names of members, whichever API's, and what they do not hold.
const ODD: [(&str, &str); 15] = [
    ("title", r#"["x"]"#),
    ("displayName", r#"["x"]"#),
    ("incidentName", r#"["x"]"#),
    ("alertDisplayName", r#"["x"]"#),
    ("severity", "3"),
    ("riskLevel", "3"),
    ("status", "{}"),
    ("riskState", "{}"),
    ("evidence", r#""none""#),
    ("alerts", r#""none""#),
    ("entities", r#""none""#),
    ("mitreTechniques", r#""T1003""#),
    ("techniques", r#""T1003""#),
    ("labels", r#""none""#),
    ("categories", "7"),
];

/// The record with members of wrong types.
pub fn wrong_types(mut record: Value, keys: &Keys, how: WrongTypes) -> String {
    if how == WrongTypes::Record {
        return "\"not an alert\"".to_owned();
    }
    for (name, odd) in ODD {
        for pointer in [format!("/{name}"), format!("/properties/{name}")] {
            if let Some(member) = record.pointer_mut(&pointer) {
                *member = serde_json::from_str(odd).expect("the table holds JSON");
            }
        }
    }
    if how == WrongTypes::Members {
        return record.to_string();
    }
    let id = record.pointer(keys.id).cloned().unwrap_or_default();
    let wrong = if id.is_number() { json!([17]) } else { json!(17) };
    for (pointer, odd) in [(keys.id, wrong), (keys.times[0], json!(1)), (keys.times[1], json!(2))] {
        if let Some(member) = record.pointer_mut(pointer) {
            *member = odd;
        }
    }
    // Addresses within the record must not tell its ID either.
    let text = record.to_string();
    id.as_str().map_or(text.clone(), |id| text.replace(id, ""))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::gzip_bomb;

    #[test]
    fn the_bomb_is_small_and_a_valid_gzip_file_of_json() {
        for size in [2, 5] {
            let file = gzip_bomb(size);
            assert!(file.len() < 16 * 1024, "{}", file.len());
            let mut text = String::new();
            flate2::read::GzDecoder::new(file.as_slice())
                .read_to_string(&mut text)
                .expect("a valid file with the right checksum");
            assert_eq!(text.len(), usize::from(size) * 1024 * 1024 + 12);
            assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"), serde_json::json!({"value": []}));
        }
    }
}
