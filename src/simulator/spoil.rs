//! Bodies that no client should have to read: endless, huge, deep, cut or not JSON.

use std::time::Duration;

use axum::body::{Body, Bytes};
use flate2::{Compress, Compression, Crc, FlushCompress};
use futures_util::{StreamExt as _, stream};

use super::fault::WrongTypes;
use super::store::Row;

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

/// An alert that nests so many arrays.
pub fn deep(row: &Row, tenant: &str, depth: u32) -> String {
    let depth = depth as usize;
    format!(
        "{{\"id\":\"{}\",\"tenantId\":\"{tenant}\",\"createdDateTime\":\"{}\",\"lastUpdateDateTime\":\"{}\",\
         \"title\":\"deep\",\"additionalData\":{{\"a\":{}{}}}}}",
        row.id,
        row.created,
        row.updated,
        "[".repeat(depth),
        "]".repeat(depth)
    )
}

/// An alert whose members have the wrong types.
pub fn wrong_types(row: &Row, tenant: &str, how: WrongTypes) -> String {
    let odd =
        r#""title":["x"],"severity":3,"status":{},"evidence":"none","mitreTechniques":"T1003","incidentId":88,"categories":7"#;
    match how {
        WrongTypes::Members => format!(
            "{{\"id\":\"{}\",\"tenantId\":\"{tenant}\",\"createdDateTime\":\"{}\",\"lastUpdateDateTime\":\"{}\",{odd}}}",
            row.id, row.created, row.updated
        ),
        WrongTypes::Id => format!("{{\"id\":17,\"tenantId\":\"{tenant}\",\"createdDateTime\":1,\"lastUpdateDateTime\":2,{odd}}}"),
        WrongTypes::Record => "\"not an alert\"".to_owned(),
    }
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
