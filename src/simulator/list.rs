//! Writes one page of a tenant's alerts, with whatever is wrong with it.

use std::io::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Query as Pairs;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::answer::Exchange;
use super::cloud::Cloud;
use super::directory::{Contents, Directory};
use super::fault::{Fault, FilterFault, Links, Order as OrderFault, Skip};
use super::filter::{Filter, Moment};
use super::generate;
use super::page::{self, Ask, Order};
use super::query::{Query, Token};
use super::record::Records;
use super::spoil;
use super::store::{Number, Store};

const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
const CONTEXT: &str = "https://graph.microsoft.com/v1.0/$metadata#security/alerts_v2";
/// Not documented by Microsoft; ours.
const DEFAULT_TOP: usize = 100;

/// A request for a list that may be answered.
#[derive(Debug)]
pub struct List {
    pub cloud: Arc<Cloud>,
    pub directory: Arc<Directory>,
    pub exchange: Exchange,
    pub uri: Uri,
    pub headers: HeaderMap,
}

impl List {
    fn id(&self) -> &str {
        &self.directory.info.tenant_id
    }

    fn take<T>(&self, pick: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        self.cloud.board.take(Some(self.id()), pick)
    }

    fn strikes(&self, fault: &Fault) -> bool {
        self.cloud.board.strikes(Some(self.id()), fault)
    }

    /// The whole answer. Takes a while for a large page.
    pub fn answer(&self) -> Response {
        if self.strikes(&Fault::Endless) {
            return self.exchange.answer(StatusCode::OK, JSON, spoil::endless());
        }
        if let Some(size) = self.take(|fault| if let Fault::GzipBomb(size) = fault { Some(*size) } else { None }) {
            return gzipped(self.exchange.answer(StatusCode::OK, JSON, spoil::gzip_bomb(size)));
        }
        match self.page() {
            Err(response) => *response,
            Ok(mut body) => {
                if self.strikes(&Fault::BrokenJson) {
                    body.truncate(body.len() * 2 / 3);
                }
                let accepts = self.headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
                let gzip = accepts.flat_map(|value| value.split(',')).any(|coding| ["gzip", "*"].contains(&coding.trim()));
                if gzip {
                    body = compress(&body);
                }
                let body = if self.strikes(&Fault::Cut) { spoil::cut(&body) } else { Body::from(body) };
                let response = self.exchange.answer(StatusCode::OK, JSON, body);
                if gzip { gzipped(response) } else { response }
            }
        }
    }

    fn bad_request(&self, message: &str) -> Response {
        self.exchange.error(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// The body of one page.
    fn page(&self) -> Result<Vec<u8>, Box<Response>> {
        let pairs: Pairs<Vec<(String, String)>> =
            Pairs::try_from_uri(&self.uri).map_err(|error| Box::new(self.bad_request(&error.to_string())))?;
        let query = Query::parse(&pairs).map_err(|error| Box::new(self.bad_request(&error)))?;
        if let Some(Token::Fail(status)) = query.token {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            return Err(Box::new(self.exchange.error(status, "BadRequest", "Query option 'SkipToken' is not allowed.")));
        }
        if query.token.is_none() && self.strikes(&Fault::EmptyPage) {
            return Ok(envelope(query.count.then_some(0), b"", Some(&self.link(&pairs, Token::Start))));
        }
        let skip = self.take(|fault| if let Fault::Skip(skip) = fault { Some(*skip) } else { None });
        let skip = match skip {
            Some(Skip::Ignored) => 0,
            Some(Skip::Max(most)) if query.skip > most => {
                let message = format!("The value of $skip={} cannot exceed {most}.", query.skip);
                return Err(Box::new(self.bad_request(&message)));
            }
            _ => query.skip,
        };
        let now = self.cloud.now(Some(self.id()));
        let mut contents = self.directory.open(now);
        Ok(self.write(&mut contents, &query, &pairs, skip, now))
    }

    fn write(&self, contents: &mut Contents, query: &Query, pairs: &[(String, String)], skip: usize, now: Timestamp) -> Vec<u8> {
        let filter_fault = self.take(|fault| if let Fault::Filter(how) = fault { Some(*how) } else { None });
        let filter = query.filter.as_ref().filter(|_| filter_fault != Some(FilterFault::Ignored));
        let order_fault = self.take(|fault| if let Fault::Order(how) = fault { Some(*how) } else { None });
        let order = match order_fault {
            Some(OrderFault::Random) => Order::Random(contents.generator.rng().u64(..)),
            Some(OrderFault::Newest) => Order::By(Moment::Updated, true),
            None => {
                query.order.map_or(Order::By(Moment::Created, true), |(property, descending)| Order::By(property, descending))
            }
        };
        let short = self.take(|fault| if let Fault::ShortPages(rows) = fault { Some(*rows) } else { None });
        let links = self.take(|fault| if let Fault::Links(links) = fault { Some(links.clone()) } else { None });
        let duplicates = self.strikes(&Fault::Duplicates);
        let asked = query.top.unwrap_or(DEFAULT_TOP).min(self.cloud.settings.page_max);
        let top = asked.min(short.unwrap_or(usize::MAX));
        // The one that comes twice must not make the page too long.
        let top = if duplicates && top > 1 { top - 1 } else { top };
        let (after, offset) = match query.token {
            Some(Token::After(place)) => (Some(place), 0),
            Some(Token::Offset(rows)) => (None, rows),
            Some(Token::Start | Token::Fail(_)) | None => (None, skip),
        };
        let ask = Ask { filter, order, top, skip: offset, after, count: query.count && !self.strikes(&Fault::NoCount), now };
        let found = page::find(&contents.store, &ask);
        let outside = (filter_fault == Some(FilterFault::Outside)).then(|| outside(&contents.store, filter, now)).flatten();
        let rows =
            outside.into_iter().chain(found.rows.first().copied().filter(|_| duplicates)).chain(found.rows.iter().copied());
        let records = Records {
            tenant: self.id(),
            reveal: reveals(&self.headers),
            members: &query.select,
            deep: self.take(|fault| if let Fault::Deep(depth) = fault { Some(*depth) } else { None }),
            wrong: self.take(|fault| if let Fault::WrongTypes(how) = fault { Some(*how) } else { None }),
            foreign: self.strikes(&Fault::ForeignRecord),
        };
        let value = records.write(&contents.store, rows);
        let by_place = matches!(order, Order::By(..)) && links != Some(Links::Offset);
        let next = match (order, found.rows.last()) {
            (Order::By(property, _), Some(last)) if by_place => Token::After((contents.store.row(*last).moment(property), *last)),
            (_, Some(_)) => Token::Offset(offset + found.rows.len()),
            (_, None) => query.token.unwrap_or(Token::Offset(offset)),
        };
        let link = match links {
            _ if short.is_some() => None,
            Some(Links::Never) => None,
            Some(Links::Always) => Some(self.link(pairs, next)),
            Some(Links::Loop) => Some(self.link(pairs, query.token.unwrap_or(Token::Start))),
            Some(Links::Fail(status)) => found.more.then(|| self.link(pairs, Token::Fail(status))),
            Some(Links::Foreign(address)) => Some(self.link_at(address.trim_end_matches('/'), pairs, next)),
            Some(Links::Offset) | None => found.more.then(|| self.link(pairs, next)),
        };
        if found.more
            && let Some(first) = found.rows.first()
            && self.strikes(&Fault::RowsMove)
        {
            contents.change(*first, now);
        }
        envelope(found.total, &value, link.as_deref())
    }

    /// The address of the next page: the host that the client asked, its own options, and the token.
    fn link(&self, pairs: &[(String, String)], token: Token) -> String {
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let base = host.map_or_else(|| self.cloud.base_url.clone(), |host| format!("http://{host}"));
        self.link_at(&base, pairs, token)
    }

    fn link_at(&self, base: &str, pairs: &[(String, String)], token: Token) -> String {
        let kept = pairs.iter().filter(|(name, _)| name != "$skiptoken" && name != "$skip");
        let token = ("$skiptoken".to_owned(), token.write());
        let options: Vec<String> = kept
            .chain(std::iter::once(&token))
            .map(|(name, value)| {
                let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
                // Graph leaves the dollar sign as it is.
                match name.strip_prefix('$') {
                    Some(name) => format!("${}={}", encode(name), encode(value)),
                    None => format!("{}={}", encode(name), encode(value)),
                }
            })
            .collect();
        format!("{base}{}?{}", self.uri.path(), options.join("&"))
    }
}

/// A single alert at the top level.
pub fn single(cloud: &Cloud, directory: &Directory, exchange: &Exchange, headers: &HeaderMap, id: &str) -> Response {
    let tenant = &directory.info.tenant_id;
    let now = cloud.now(Some(tenant));
    let contents = directory.open(now);
    let Some(row) = contents.store.find(id).map(|number| contents.store.row(number)).filter(|row| row.readable_at <= now) else {
        return exchange.error(StatusCode::NOT_FOUND, "ResourceNotFound", &format!("Alert {id} was not found."));
    };
    let mut body = Vec::new();
    generate::write(&mut body, row, tenant, reveals(headers));
    exchange.answer(StatusCode::OK, JSON, body)
}

/// Whether the client wants enum members beyond those that it may know.
fn reveals(headers: &HeaderMap) -> bool {
    let prefer = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    prefer.flat_map(|value| value.split(',')).any(|wish| wish.trim() == "include-unknown-enum-members")
}

/// The newest row that the filter does not ask for.
fn outside(store: &Store, filter: Option<&Filter>, now: Timestamp) -> Option<Number> {
    let filter = filter?;
    store.walk(Moment::Updated, true, super::filter::Span::ALL, None).find(|number| {
        let row = store.row(*number);
        row.readable_at <= now && !filter.matches(&row.facts())
    })
}

fn envelope(count: Option<usize>, records: &[u8], link: Option<&str>) -> Vec<u8> {
    let mut body = Vec::with_capacity(records.len() + 512);
    let mut write = |text: &str| body.extend_from_slice(text.as_bytes());
    write(&format!("{{\"@odata.context\":\"{CONTEXT}\","));
    if let Some(count) = count {
        write(&format!("\"@odata.count\":{count},"));
    }
    write("\"value\":[");
    body.extend_from_slice(records);
    body.push(b']');
    if let Some(link) = link {
        body.extend_from_slice(format!(",\"@odata.nextLink\":{}", serde_json::Value::from(link)).as_bytes());
    }
    body.push(b'}');
    body
}

fn compress(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("a vector takes all writes")
}

fn gzipped(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    response
}
