//! Assertions: tokens by which an app proves itself, signed with its certificate's key or by an issuer that it trusts.

use jiff::Timestamp;

use super::jwt::{Algorithm, Jwt};
use super::key;
use super::registration::Registration;

/// How far the clocks of client and server may differ, in seconds; Microsoft's libraries say five minutes.
const LEEWAY: i64 = 300;
/// How long an app's own assertion may last, in seconds. Microsoft asks for five to ten minutes; Entra itself is more patient.
const LONGEST: i64 = 600;

/// Where and when an assertion was presented.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// The token endpoint's whole address, as it was called.
    pub endpoint: &'a str,
    pub now: Timestamp,
}

/// What a good assertion of an app's own was; each may be presented once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    pub jti: String,
    pub until: i64,
}

/// The AADSTS number of what is wrong with an assertion. One that the app signed itself comes back to be remembered.
pub fn check(app: &Registration, text: &str, presented: Presented<'_>) -> Result<Option<Once>, u32> {
    let jwt = Jwt::parse(text).ok_or(50_027_u32)?;
    if jwt.text("iss").contains("://") {
        return federated(app, &jwt, presented.now).map(|()| None);
    }
    signed_by_the_app(app, &jwt, presented).map(Some)
}

fn signed_by_the_app(app: &Registration, jwt: &Jwt<'_>, presented: Presented<'_>) -> Result<Once, u32> {
    let thumbprint = match jwt.algorithm() {
        Some(Algorithm::Ps256) => "x5t#S256",
        Some(Algorithm::Rs256) => "x5t",
        None => return Err(50_027),
    };
    if !jwt.header[thumbprint].is_string() || jwt.text("jti").is_empty() {
        return Err(50_027);
    }
    if jwt.text("iss") != jwt.text("sub") {
        return Err(50_048);
    }
    if !jwt.text("iss").eq_ignore_ascii_case(&app.client_id) || jwt.text("aud") != presented.endpoint {
        return Err(50_027);
    }
    let certificate = app.certificates.iter().find(|known| known.is_named_by(jwt)).ok_or(700_027_u32)?;
    let key = certificate.public.public_key().map_err(|_| 700_027_u32)?;
    if !certificate.lasts(presented.now) || !jwt.signed_by(&key) {
        return Err(700_027);
    }
    let (from, until) = validity(jwt, presented.now)?;
    if until - from > LONGEST {
        return Err(700_024);
    }
    Ok(Once { jti: jwt.text("jti").to_owned(), until: until + LEEWAY })
}

fn federated(app: &Registration, jwt: &Jwt<'_>, now: Timestamp) -> Result<(), u32> {
    if jwt.algorithm() != Some(Algorithm::Rs256) {
        return Err(50_027);
    }
    if app.federated.is_empty() {
        return Err(70_021);
    }
    let issuer: Vec<_> = app.federated.iter().filter(|known| known.issuer == jwt.text("iss")).collect();
    if issuer.is_empty() {
        return Err(700_211);
    }
    if !key::signed(jwt) {
        return Err(50_013);
    }
    validity(jwt, now)?;
    let subject: Vec<_> = issuer.into_iter().filter(|known| known.subject == jwt.text("sub")).collect();
    if subject.is_empty() {
        return Err(700_213);
    }
    let audiences = jwt.claims["aud"].as_array().map_or_else(|| vec![&jwt.claims["aud"]], |list| list.iter().collect());
    let meant = subject.iter().any(|known| audiences.iter().any(|audience| **audience == known.audience.as_str()));
    if meant { Ok(()) } else { Err(700_212) }
}

/// From when to when, in seconds; both must be said.
fn validity(jwt: &Jwt<'_>, now: Timestamp) -> Result<(i64, i64), u32> {
    let second = |claim: &str| jwt.claims[claim].as_i64();
    let (from, until) = second("nbf").zip(second("exp")).ok_or(50_027_u32)?;
    let now = now.as_second();
    if from > now + LEEWAY || until <= now - LEEWAY || until <= from { Err(700_024) } else { Ok((from, until)) }
}
