//! A list of rows that answers as Microsoft's incident feeds do: newest first, 50 at once, no `$orderby`, `$expand=alerts`.

use std::sync::Mutex;

use axum::body::Body;
use axum::http::Response;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::rig::at;
use crate::sign_in::vendor::{Heard, reply};

/// The rows of a feed.
pub struct Shelf(pub Mutex<Vec<Value>>);

impl Shelf {
    /// Incidents at these seconds, each with one alert inside.
    pub fn incidents(seconds: impl IntoIterator<Item = i64>) -> Self {
        Self(Mutex::new(seconds.into_iter().enumerate().map(|(number, second)| incident(number, second)).collect()))
    }

    /// Answers a list or a single row; errors for what the API does not take.
    pub fn answer(&self, heard: &Heard) -> Response<Body> {
        let query = Query::of(heard);
        if query.get("$orderby").is_some() || query.top() > 50 {
            return refused("the query is not supported");
        }
        let (from, to) = query.times();
        let mut rows: Vec<Value> =
            self.0.lock().unwrap().iter().filter(|row| (from..=to).contains(&time(row))).cloned().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(time(row)));
        let skip = query.get("$skip").map_or(0, |skip| skip.parse().unwrap());
        let expanded = query.get("$expand") == Some("alerts".to_owned());
        list(rows.into_iter().skip(skip).take(query.top()).map(|row| if expanded { row } else { bare(row) }))
    }

    /// A row by its ID, as it stands when it is read alone.
    pub fn alone(&self, heard: &Heard) -> Response<Body> {
        let path = heard.path_and_query.split('?').next().unwrap();
        let id = path.rsplit('/').next().unwrap();
        let rows = self.0.lock().unwrap();
        let Some(row) = rows.iter().find(|row| row["id"] == id) else { return reply(404, r#"{"error":{"code":"NotFound"}}"#) };
        assert_eq!(Query::of(heard).get("$expand").as_deref(), Some("alerts"));
        let row = row.to_string();
        reply(200, format!(r#"{{"@odata.context":"https://api.example/$metadata",{}"#, &row[1..]))
    }
}

/// Whether a request asks for a list, not for one row.
pub fn is_list(heard: &Heard) -> bool {
    heard.path_and_query.contains("$filter=")
}

pub fn incident(number: usize, second: i64) -> Value {
    json!({
        "id": number.to_string(), "lastUpdateDateTime": at(second).to_string(), "status": "active",
        "alerts": [{ "id": format!("a{number}"), "lastUpdateDateTime": at(second).to_string() }],
    })
}

/// A row as a list without `$expand` shows it.
fn bare(mut row: Value) -> Value {
    row.as_object_mut().unwrap().remove("alerts");
    row
}

fn time(row: &Value) -> Timestamp {
    row["lastUpdateDateTime"].as_str().unwrap().parse().unwrap()
}

pub fn list(rows: impl Iterator<Item = Value>) -> Response<Body> {
    reply(200, json!({ "value": rows.collect::<Vec<_>>() }).to_string())
}

pub fn refused(message: &str) -> Response<Body> {
    reply(400, json!({ "error": { "code": "BadRequest", "message": message } }).to_string())
}

/// The options of a request, decoded.
pub struct Query(Vec<(String, String)>);

impl Query {
    pub fn of(heard: &Heard) -> Self {
        let query = heard.path_and_query.split_once('?').map_or("", |(_, query)| query);
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Self(pairs.map(|(name, value)| (decoded(name), decoded(value))).collect())
    }

    pub fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
    }

    pub fn top(&self) -> usize {
        self.get("$top").unwrap().parse().unwrap()
    }

    /// Both ends of the window that is asked for.
    pub fn times(&self) -> (Timestamp, Timestamp) {
        let filter = self.get("$filter").unwrap();
        let end = |word: &str| filter.split(&format!(" {word} ")).nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        (end("ge"), end("le"))
    }
}
