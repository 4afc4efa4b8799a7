//! The body of a page: its envelope, and its compression for those who ask.

use std::io::Write as _;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use crate::simulator::api::Manners;

/// A page's rows and what goes around them.
#[derive(Debug)]
pub struct Page {
    pub total: Option<usize>,
    pub value: Vec<u8>,
    pub link: Option<String>,
}

/// Whether the client wants enum members beyond those that it may know.
pub fn reveals(headers: &HeaderMap) -> bool {
    let prefer = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    prefer.flat_map(|value| value.split(',')).any(|wish| wish.trim() == "include-unknown-enum-members")
}

/// The rows of a page and what goes around them, as JSON.
pub fn envelope(manners: &Manners, page: &Page) -> Vec<u8> {
    let mut body = Vec::with_capacity(page.value.len() + 512);
    body.push(b'{');
    if !manners.context.is_empty() {
        body.extend_from_slice(format!("\"@odata.context\":\"{}\",", manners.context).as_bytes());
    }
    if let Some(total) = page.total {
        body.extend_from_slice(format!("\"@odata.count\":{total},").as_bytes());
    }
    body.extend_from_slice(b"\"value\":[");
    body.extend_from_slice(&page.value);
    body.push(b']');
    if let Some(link) = &page.link {
        body.extend_from_slice(format!(",\"{}\":{}", manners.link.member, Value::from(link.as_str())).as_bytes());
    }
    body.push(b'}');
    body
}

pub fn compress(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("a vector takes all writes")
}

pub fn gzipped(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    response
}
