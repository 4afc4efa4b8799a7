//! Writes one page of a tenant's rows, whichever API asks, with whatever is wrong with it.

mod body;
mod link;
mod page;
mod query;
mod record;
mod view;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Query as Pairs;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use jiff::Timestamp;

use self::body::{Page, compress, envelope, gzipped, reveals};
use self::link::Token;
use self::page::{Ask, Order, Table as _};
use self::query::Query;
use self::record::Records;
use super::answer::Exchange;
use super::api::{Manners, Scene};
use super::cloud::Cloud;
use super::directory::{Contents, Directory};
use super::fault::{Fault, FilterFault, Links, Order as OrderFault, Skip, Whom};
use super::filter::{Filter, Moment, Span};
use super::index::Number;
use super::spoil;

pub use self::view::View;

/// A request for rows that may be answered.
#[derive(Debug)]
pub struct List {
    pub cloud: Arc<Cloud>,
    pub directory: Arc<Directory>,
    pub exchange: Exchange,
    pub manners: &'static Manners,
    pub uri: Uri,
    pub headers: HeaderMap,
}

/// Names and values of an address, decoded.
type Options = Vec<(String, String)>;

/// An answer instead of rows. In a box, as it is large and rare.
#[derive(Debug)]
pub struct Refusal(pub Box<Response>);

impl From<Response> for Refusal {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl List {
    fn whom(&self) -> Whom<'_> {
        Whom { tenant: Some(&self.directory.info.tenant_id), feed: Some(self.manners.feed) }
    }

    fn take<T>(&self, pick: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        self.cloud.board.take(self.whom(), pick)
    }

    fn strikes(&self, fault: &Fault) -> bool {
        self.cloud.board.strikes(self.whom(), fault)
    }

    /// The present moment of the tenant's servers.
    pub fn now(&self) -> Timestamp {
        self.cloud.now(Some(&self.directory.info.tenant_id))
    }

    /// The rows as this client sees them.
    pub fn view<'a>(&'a self, contents: &'a Contents, expand: bool, now: Timestamp) -> View<'a> {
        let scene = Scene { info: &self.directory.info, reveal: reveals(&self.headers), expand };
        View { contents, manners: self.manners, scene, now }
    }

    /// The whole answer. Takes a while for a large page.
    pub fn answer(&self) -> Response {
        if self.strikes(&Fault::Endless) {
            return self.exchange.json(spoil::endless());
        }
        if let Some(size) = self.take(|fault| if let Fault::GzipBomb(size) = fault { Some(*size) } else { None }) {
            return gzipped(self.exchange.json(spoil::gzip_bomb(size)));
        }
        match self.page() {
            Err(Refusal(response)) => *response,
            Ok(page) => self.send(envelope(self.manners, &page)),
        }
    }

    /// A body that was read without fault, as it goes out.
    pub fn send(&self, mut body: Vec<u8>) -> Response {
        if self.strikes(&Fault::BrokenJson) {
            body.truncate(body.len() * 2 / 3);
        }
        let accepts = self.headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let gzip = accepts.flat_map(|value| value.split(',')).any(|coding| ["gzip", "*"].contains(&coding.trim()));
        if gzip {
            body = compress(&body);
        }
        let body = if self.strikes(&Fault::Cut) { spoil::cut(&body) } else { Body::from(body) };
        let response = self.exchange.json(body);
        if gzip { gzipped(response) } else { response }
    }

    fn bad_query(&self, message: &str) -> Refusal {
        self.exchange.error(StatusCode::BAD_REQUEST, self.manners.style.bad_query(), message).into()
    }

    /// The client's options, and what they mean here.
    fn query(&self) -> Result<(Options, Query), Refusal> {
        let pairs: Pairs<Options> = Pairs::try_from_uri(&self.uri).map_err(|error| self.bad_query(&error.to_string()))?;
        let query = Query::parse(&pairs, self.manners).map_err(|error| self.bad_query(&error))?;
        if query.order.is_some() && self.strikes(&Fault::Order(OrderFault::Refused)) {
            return Err(self.bad_query("Query option 'orderby' is not allowed."));
        }
        if query.expand && self.strikes(&Fault::ExpandFails) {
            return Err(self.exchange.plain_error(StatusCode::INTERNAL_SERVER_ERROR).into());
        }
        Ok((pairs.0, query))
    }

    /// Whether `$expand` was asked for, in a request for a single record.
    ///
    /// # Errors
    /// The refusal of the options.
    pub fn expands(&self) -> Result<bool, Refusal> {
        self.query().map(|(_, query)| query.expand)
    }

    fn page(&self) -> Result<Page, Refusal> {
        let (pairs, query) = self.query()?;
        if let Some(Token::Fail(status)) = query.token {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            return Err(self.exchange.error(status, "BadRequest", "Query option 'SkipToken' is not allowed.").into());
        }
        if query.token.is_none() && self.strikes(&Fault::EmptyPage) {
            let link = Some(self.link(&pairs, Token::Start));
            return Ok(Page { total: query.count.then_some(0), value: Vec::new(), link });
        }
        let skip = match self.take(|fault| if let Fault::Skip(skip) = fault { Some(*skip) } else { None }) {
            Some(Skip::Ignored) => 0,
            Some(Skip::Max(most)) if query.skip > most => {
                return Err(self.bad_query(&format!("The value of $skip={} cannot exceed {most}.", query.skip)));
            }
            _ => query.skip,
        };
        let now = self.now();
        let mut contents = self.directory.open(now);
        let (page, moving) = self.read(&mut contents, &query, &pairs, skip, now);
        if let Some(alert) = moving {
            contents.change(alert, now);
        }
        Ok(page)
    }

    /// The page, and the alert that changes after it.
    fn read(
        &self,
        contents: &mut Contents,
        query: &Query,
        pairs: &[(String, String)],
        skip: usize,
        now: Timestamp,
    ) -> (Page, Option<Number>) {
        let filter_fault = self.take(|fault| if let Fault::Filter(how) = fault { Some(*how) } else { None });
        let filter = query.filter.as_ref().filter(|_| filter_fault != Some(FilterFault::Ignored));
        let order = self.order(contents, query);
        let contents = &*contents;
        let view = self.view(contents, query.expand, now);
        let short = self.take(|fault| if let Fault::ShortPages(rows) = fault { Some(*rows) } else { None });
        let duplicates = self.strikes(&Fault::Duplicates);
        let top = self.rows_wanted(query).min(short.unwrap_or(usize::MAX));
        // The one that comes twice must not make the page too long.
        let top = if duplicates && top > 1 { top - 1 } else { top };
        let (after, offset) = match query.token {
            Some(Token::After(place)) => (Some(place), 0),
            Some(Token::Offset(rows)) => (None, rows),
            Some(Token::Start | Token::Fail(_)) | None => (None, skip),
        };
        let ask = Ask { filter, order, top, skip: offset, after, count: query.count && !self.strikes(&Fault::NoCount) };
        let found = page::find(&view, &ask);
        let outside = (filter_fault == Some(FilterFault::Outside)).then(|| outside(&view, filter)).flatten();
        let rows =
            outside.into_iter().chain(found.rows.first().copied().filter(|_| duplicates)).chain(found.rows.iter().copied());
        let records = Records {
            view,
            members: &query.select,
            deep: self.take(|fault| if let Fault::Deep(depth) = fault { Some(*depth) } else { None }),
            wrong: self.take(|fault| if let Fault::WrongTypes(how) = fault { Some(*how) } else { None }),
            foreign: self.strikes(&Fault::ForeignRecord),
        };
        let value = records.write(rows);
        let links = self.take(|fault| if let Fault::Links(links) = fault { Some(links.clone()) } else { None });
        let by_place = matches!(order, Order::By(..)) && links != Some(Links::Offset);
        let next = match (order, found.rows.last()) {
            (Order::By(property, _), Some(last)) if by_place => Token::After((view.moment(*last, property), *last)),
            (_, Some(_)) => Token::Offset(offset + found.rows.len()),
            (_, None) => query.token.unwrap_or(Token::Offset(offset)),
        };
        let plain = found.more && (self.manners.link.with_top || query.top.is_none());
        let link = match links {
            _ if short.is_some() => None,
            Some(Links::Never) => None,
            Some(Links::Always) => Some(self.link(pairs, next)),
            Some(Links::Loop) => Some(self.link(pairs, query.token.unwrap_or(Token::Start))),
            Some(Links::Fail(status)) => plain.then(|| self.link(pairs, Token::Fail(status))),
            Some(Links::Foreign(address)) => Some(self.link_at(address.trim_end_matches('/'), pairs, next)),
            Some(Links::Offset) | None => plain.then(|| self.link(pairs, next)),
        };
        let moves = |first: &&Number| found.more && view.alert(**first).is_some() && self.strikes(&Fault::RowsMove);
        let moving = found.rows.first().filter(moves).and_then(|first| view.alert(*first));
        (Page { total: found.total, value, link }, moving)
    }

    fn order(&self, contents: &mut Contents, query: &Query) -> Order {
        match self.take(|fault| if let Fault::Order(how) = fault { Some(*how) } else { None }) {
            Some(OrderFault::Random) => Order::Random(contents.generator.rng().u64(..)),
            Some(OrderFault::Newest) => Order::By(Moment::Updated, true),
            Some(OrderFault::Refused) | None => {
                query.order.map_or(Order::By(Moment::Created, true), |(property, descending)| Order::By(property, descending))
            }
        }
    }

    /// The settings' largest page is that of alert lists, and makes the pages of the others shorter that nobody asked to be longer.
    fn rows_wanted(&self, query: &Query) -> usize {
        let largest = self.cloud.settings.page_max;
        match (query.top, self.manners.most) {
            (None, _) => self.manners.usual.min(largest),
            (Some(top), None) => top.min(largest),
            (Some(top), Some(_)) => top,
        }
    }

    /// The address of the next page, at the host that the client asked.
    fn link(&self, pairs: &[(String, String)], token: Token) -> String {
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let base = host.map_or_else(|| self.cloud.base_url.clone(), |host| format!("http://{host}"));
        self.link_at(&base, pairs, token)
    }

    fn link_at(&self, base: &str, pairs: &[(String, String)], token: Token) -> String {
        link::address(base, self.uri.path(), pairs, self.manners.link.token, token)
    }
}

/// The newest row that the filter does not ask for.
fn outside(view: &View<'_>, filter: Option<&Filter>) -> Option<Number> {
    let filter = filter?;
    let mut newest = view.index().walk(Moment::Updated, true, Span::ALL, None);
    newest.find(|number| view.shows(*number) && !view.matches(*number, filter))
}
