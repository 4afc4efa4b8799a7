//! Why two sides did not agree on TLS, in words for whoever has to mend it.

use std::io;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription as Alert, CertificateError, Error};

use super::heard::Heard;
use crate::sink::settings::{Tls, TlsVersion};

/// One sentence about the receiver, which its reader knows by its address: what was found, and after a colon what to do.
pub fn explain(error: &io::Error, settings: &Tls, heard: &Heard) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(error)) => certificate(error, settings, heard),
        Some(Error::AlertReceived(alert)) => alerted(*alert, settings, heard),
        Some(Error::PeerIncompatible(_)) => versions(settings),
        Some(Error::InvalidMessage(_)) => {
            "it answered with something that is not TLS: check that this port expects TLS, and not plain TCP or another service"
                .to_owned()
        }
        Some(other) => format!("the TLS handshake failed: {other}"),
        None if heard.asked_for_a_certificate() => {
            judged(&format!("by closing the connection ({error})"), settings)
        }
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            "it closed the connection during the TLS handshake: check that this port expects TLS, and look into the receiver's log"
                .to_owned()
        }
        None => format!("the connection broke during the TLS handshake ({error}): look into the receiver's log"),
    }
}

fn certificate(error: &CertificateError, settings: &Tls, heard: &Heard) -> String {
    match error {
        CertificateError::NotValidForNameContext { expected, presented } if presented.is_empty() => format!(
            "its certificate has no name, so it is not known to be {0}'s: have it issued with the subjectAltName {0} (the common \
             name does not count)",
            expected.to_str()
        ),
        CertificateError::NotValidForNameContext { expected, presented } => format!(
            "its certificate is not for {0} but for {1}: if that is the receiver that you mean, set tls.server_name, else have it \
             issued for {0}",
            expected.to_str(),
            presented.iter().map(|name| bare(name)).collect::<Vec<_>>().join(", ")
        ),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("its certificate expired at {}: have the receiver's certificate renewed", date(*not_after))
        }
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "its certificate is not valid before {}: check the clocks of both machines, and when it was issued",
            date(*not_before)
        ),
        CertificateError::UnknownIssuer | CertificateError::BadSignature => match &settings.ca {
            Some(path) => format!(
                "its certificate was issued by {}, for which no certificate in {} vouches: add that authority's certificate to \
                 this file, or have the receiver send the certificates in between",
                heard.issuer(),
                path.display()
            ),
            None => format!(
                "its certificate was issued by {}, which this system does not trust: set tls.ca to a PEM file with that \
                 authority's certificate, or have the receiver send the certificates in between",
                heard.issuer()
            ),
        },
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            "its certificate is that of an authority (CA:TRUE), which may vouch for receivers but be none: have one issued for the \
             receiver itself (CA:FALSE)"
                .to_owned()
        }
        other => format!("its certificate cannot be accepted ({other}): have the receiver's certificate replaced"),
    }
}

fn alerted(alert: Alert, settings: &Tls, heard: &Heard) -> String {
    match alert {
        Alert::ProtocolVersion => versions(settings),
        Alert::UnrecognisedName => "it serves no such name: set tls.server_name to one of its names".to_owned(),
        Alert::InternalError | Alert::DecodeError | Alert::UnexpectedMessage | Alert::IllegalParameter => {
            format!("it broke the TLS handshake off with the alert {alert:?}: look into the receiver's log")
        }
        _ if heard.asked_for_a_certificate() => judged(&format!("with the alert {alert:?}"), settings),
        Alert::HandshakeFailure | Alert::InsufficientSecurity => {
            format!(
                "it knows no cipher or key exchange that we do (alert {alert:?}): allow TLS 1.2 with ECDHE and AES-GCM, or TLS 1.3"
            )
        }
        _ => format!("it broke the TLS handshake off with the alert {alert:?}: look into the receiver's log"),
    }
}

/// It asked for a certificate, got ours or none, and then refused.
fn judged(how: &str, settings: &Tls) -> String {
    match &settings.identity {
        None => format!("it wants a client certificate, and refused us without one {how}: set tls.certificate and tls.key"),
        Some(identity) => format!(
            "it refused our client certificate {} {how}: check that it is still valid, and that the receiver trusts its issuer and \
             permits its name",
            identity.certificate.display()
        ),
    }
}

fn versions(settings: &Tls) -> String {
    match settings.min_version {
        TlsVersion::V1_2 => {
            "it agrees to neither TLS 1.2 nor TLS 1.3 as we speak them: update the receiver, or look into what it permits"
                .to_owned()
        }
        TlsVersion::V1_3 => "it does not agree to TLS 1.3: update the receiver, or set tls.min_version = \"1.2\"".to_owned(),
    }
}

/// `DnsName("a.example")`, as webpki shows a name, without its wrapping.
fn bare(name: &str) -> &str {
    let inside = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
    inside.trim_matches('"')
}

fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).map_or_else(|_| format!("second {seconds}"), |time| time.to_string())
}
