//! Who may ask an API, and what goes wrong before anything is read.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::answer::{Exchange, HangUp, retry_after};
use super::api::Manners;
use super::cloud::Cloud;
use super::directory::Directory;
use super::fault::{Fault, Whom};
use super::refusal;
use super::style::Style;
use super::token::Grant;

/// A request before it is let in.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    pub cloud: &'a Cloud,
    pub exchange: &'a Exchange,
    pub manners: &'static Manners,
    pub headers: &'a HeaderMap,
    pub method: &'a Method,
    pub grant: Option<&'a Grant>,
    /// To whom the subscription in the path belongs, where there is one. Elsewhere the token's tenant is the one that is read.
    pub subscriber: Option<&'a Arc<Directory>>,
}

/// The token in the `Authorization` header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

impl Caller<'_> {
    /// The ID of the tenant that the request is about, where it can be known.
    pub fn tenant(&self) -> Option<&str> {
        let subscriber = self.subscriber.map(|directory| directory.info.tenant_id.as_str());
        subscriber.or(self.grant.map(|grant| grant.tenant.as_str()))
    }

    fn whom(&self) -> Whom<'_> {
        Whom { tenant: self.tenant(), feed: Some(self.manners.feed) }
    }

    fn take<T>(&self, pick: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        self.cloud.board.take(self.whom(), pick)
    }

    fn strikes(&self, fault: &Fault) -> bool {
        self.cloud.board.strikes(self.whom(), fault)
    }

    /// The tenant whose rows may be read, or the refusal.
    pub async fn admit(&self) -> Result<Arc<Directory>, Box<Response>> {
        if let Some(time) = self.take(|fault| if let Fault::Slow(time) = fault { Some(*time) } else { None }) {
            tokio::time::sleep(time).await;
        }
        if let Some(response) = self.broken_before_reading() {
            return Err(Box::new(response));
        }
        let directory = self.authorize()?;
        self.has_product()?;
        self.has_budget(&directory)?;
        Ok(directory)
    }

    fn authorize(&self) -> Result<Arc<Directory>, Box<Response>> {
        let (exchange, manners) = (self.exchange, self.manners);
        let refuse = |why| Err(Box::new(refusal::unauthorized(exchange, why)));
        let grant = match self.grant {
            None if !self.headers.contains_key(header::AUTHORIZATION) => return refuse(refusal::Unauthorized::NoToken),
            None => return refuse(refusal::Unauthorized::NoSuchToken),
            Some(grant) if grant.expires <= self.cloud.now(self.tenant()) => return refuse(refusal::Unauthorized::Expired),
            Some(grant) if grant.resource != manners.resource => {
                return Err(Box::new(refusal::audience(exchange, grant.resource)));
            }
            Some(grant) => grant,
        };
        if self.strikes(&Fault::RejectTokens) {
            return refuse(refusal::Unauthorized::Signature);
        }
        let home = &self.cloud.home.info.tenant_id;
        if let Some(subscriber) = self.subscriber
            && ![&subscriber.info.tenant_id, home].contains(&&grant.tenant)
        {
            return Err(Box::new(refusal::issuer(exchange, &grant.tenant, &subscriber.info.tenant_id)));
        }
        let has_role = manners.roles.is_empty() || manners.roles.iter().any(|role| grant.roles.contains(role));
        if self.strikes(&Fault::MissingRoles) {
            return Err(Box::new(refusal::roles(exchange, manners, &[])));
        }
        if !has_role {
            return Err(Box::new(refusal::roles(exchange, manners, grant.roles)));
        }
        let own = || self.cloud.tenant(&grant.tenant).expect("tokens are given out for tenants of this cloud");
        Ok(Arc::clone(self.subscriber.unwrap_or_else(own)))
    }

    fn has_product(&self) -> Result<(), Box<Response>> {
        let product = self.take(|fault| match fault {
            Fault::NotProvisioned => Some(None),
            Fault::NoProduct(status) => Some(Some(*status)),
            _ => None,
        });
        match product {
            None => Ok(()),
            Some(None) if self.manners.style != Style::Arm => Err(Box::new(refusal::not_provisioned(self.exchange))),
            Some(None) => Err(Box::new(refusal::no_product(self.exchange, self.manners.feed, None))),
            Some(Some(status)) => Err(Box::new(refusal::no_product(self.exchange, self.manners.feed, status))),
        }
    }

    fn has_budget(&self, directory: &Directory) -> Result<(), Box<Response>> {
        let now = self.cloud.now(self.tenant());
        let board = &self.cloud.board;
        let limit = board.look(self.whom(), |fault| if let Fault::Throttle(requests) = fault { Some(*requests) } else { None });
        if let Some(wait) = limit.and_then(|limit| directory.open(now).spent.window("throttle", limit, 60, now)) {
            let response = self.exchange.plain_error(StatusCode::TOO_MANY_REQUESTS);
            return Err(Box::new(retry_after(response, Some(&wait.to_string()))));
        }
        let limited = board.look(self.whom(), |fault| (*fault == Fault::Limits).then_some(())).is_some();
        match limited.then(|| directory.open(now).spent.spend(self.manners.feed, self.method, now)).flatten() {
            Some(exceeded) => Err(Box::new(refusal::exceeded(self.exchange, &exceeded))),
            None => Ok(()),
        }
    }

    fn broken_before_reading(&self) -> Option<Response> {
        let exchange = self.exchange;
        if self.strikes(&Fault::HangUp) {
            let mut response = Response::default();
            response.extensions_mut().insert(HangUp);
            return Some(response);
        }
        if let Some(address) = self.take(|fault| if let Fault::Redirect(address) = fault { Some(address.clone()) } else { None })
        {
            let mut response = exchange.answer(StatusCode::FOUND, "text/html", "");
            response.headers_mut().insert(header::LOCATION, HeaderValue::from_str(&address).ok()?);
            return Some(response);
        }
        if let Some(refusal) = self.take(|fault| if let Fault::Status(refusal) = fault { Some(refusal.clone()) } else { None }) {
            let status = StatusCode::from_u16(refusal.status).expect("faults hold HTTP statuses");
            return Some(retry_after(exchange.plain_error(status), refusal.retry_after.as_deref()));
        }
        let status = self.take(|fault| if let Fault::Html(status) = fault { Some(*status) } else { None })?;
        Some(exchange.html(StatusCode::from_u16(status).expect("faults hold HTTP statuses")))
    }
}
