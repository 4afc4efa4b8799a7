//! The admin endpoint as a test asks it: plain HTTP, and metrics as numbers.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer of the admin endpoint.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// Asks for a path. `None` when nobody answers.
pub fn get(address: SocketAddr, path: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(10)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

/// All series of one answer of `/metrics`.
#[derive(Debug, Default)]
pub struct Metrics {
    pub text: String,
    series: Vec<Series>,
}

/// One line of it.
#[derive(Debug)]
pub struct Series {
    pub name: String,
    pub labels: Vec<(String, String)>,
    pub value: f64,
}

impl Metrics {
    pub fn parse(text: &str) -> Self {
        Self { text: text.to_owned(), series: text.lines().filter(|line| !line.starts_with('#')).map(series).collect() }
    }

    /// The series of this name that have all these labels.
    pub fn all<'a>(&'a self, name: &'a str, labels: &'a [(&str, &str)]) -> impl Iterator<Item = &'a Series> {
        let has = |series: &Series, (key, value): &(&str, &str)| series.labels.iter().any(|(k, v)| k == key && v == value);
        self.series.iter().filter(move |series| series.name == name && labels.iter().all(|label| has(series, label)))
    }

    /// Their sum; 0 where there is none.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.all(name, labels).map(|series| series.value).sum()
    }

    /// How many alerts of a tenant ended like this, over all routes.
    pub fn outcome(&self, tenant: &str, outcome: &str) -> f64 {
        self.sum("alertferry_alerts_total", &[("tenant", tenant), ("outcome", outcome)])
    }
}

fn series(line: &str) -> Series {
    let (head, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no series: {line:?}"));
    let (name, labels) = head.split_once('{').map_or((head, ""), |(name, rest)| (name, rest.trim_end_matches('}')));
    // Our label values are bounded words without commas or quotes.
    let labels = labels.split(',').filter_map(|label| label.split_once('=')).map(|(k, v)| (k.into(), v.trim_matches('"').into()));
    let value = value.parse().unwrap_or_else(|_| panic!("no number: {line:?}"));
    Series { name: name.into(), labels: labels.collect(), value }
}
