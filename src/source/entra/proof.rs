//! What an app shows beside its client ID to prove itself, as fields of the form that goes to the token endpoint.

use std::fmt::Display;

use secrecy::{ExposeSecret, SecretString};
use tokio::task::spawn_blocking;

use super::managed_identity::Identities;
use super::{Beside, Certificate, Credential, SignIn, SignInError};
use crate::clock;
use crate::secret::Secret;

/// A part of an assertion that is at least this long is blotted out where it stands alone.
const TELLING: usize = 16;

/// The fields of a proof; several where a person's sign-in is shown as well.
#[derive(Default)]
pub(super) struct Proof {
    fields: Vec<(&'static str, SecretString)>,
}

impl Proof {
    pub(super) fn of_secret(secret: SecretString) -> Self {
        Self::default().with("client_secret", secret)
    }

    /// A JWT, ours or another issuer's.
    pub(super) fn of_assertion(assertion: SecretString) -> Self {
        let kind = SecretString::from("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        Self::default().with("client_assertion_type", kind).with("client_assertion", assertion)
    }

    pub(super) fn with(mut self, name: &'static str, value: SecretString) -> Self {
        self.fields.push((name, value));
        self
    }

    /// As [`Proof::with`], leaving this one as it is.
    pub(super) fn and(&self, name: &'static str, value: &SecretString) -> Self {
        Self { fields: self.fields.clone() }.with(name, value.clone())
    }

    /// For the form.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.fields.iter().map(|(name, value)| (*name, value.expose_secret()))
    }

    /// What no message may show: the fields, and what an assertion is made of.
    pub(super) fn secrets(&self) -> Vec<&str> {
        let secret = self.fields().filter(|(name, _)| *name != "client_assertion_type");
        secret.flat_map(|(_, text)| std::iter::once(text).chain(text.split('.').filter(|part| part.len() >= TELLING))).collect()
    }
}

/// The proof that a sign-in's app shows at present. Reading and signing block for some milliseconds, so others do it.
pub(super) async fn of(sign_in: &SignIn, identities: &Identities) -> Result<Proof, SignInError> {
    if let Credential::ManagedIdentity(identity) = &sign_in.app.credential {
        return identities.token(identity, sign_in).await.map(Proof::of_assertion);
    }
    blocking(sign_in, |sign_in| match &sign_in.app.credential {
        Credential::Secret(secret) => of_secret(sign_in, secret),
        Credential::Certificate(certificate) => of_certificate(sign_in, certificate),
        Credential::Federated(federated) => {
            let advice = "see that the other issuer's token is put there (in Kubernetes: that the pod has the label \
                          azure.workload.identity/use: \"true\"); it is read anew at each sign-in";
            federated.read().map(Proof::of_assertion).map_err(|error| refuse(sign_in, &error, advice))
        }
        Credential::RefreshToken(delegated) => match &delegated.beside {
            Some(Beside::Secret(secret)) => of_secret(sign_in, secret),
            Some(Beside::Certificate(certificate)) => of_certificate(sign_in, certificate),
            None => Ok(Proof::default()),
        },
        Credential::ManagedIdentity(_) => Ok(Proof::default()),
    })
    .await
}

/// Does what reads files or computes away from the threads that serve all tenants.
pub(super) async fn blocking<T: Send + 'static>(
    sign_in: &SignIn,
    work: impl FnOnce(&SignIn) -> Result<T, SignInError> + Send + 'static,
) -> Result<T, SignInError> {
    let owned = sign_in.clone();
    let done = spawn_blocking(move || work(&owned)).await;
    done.unwrap_or_else(|_| Err(refuse(sign_in, &"reading the credential was cut off", "this is a bug; please report it")))
}

fn of_secret(sign_in: &SignIn, secret: &Secret) -> Result<Proof, SignInError> {
    let advice = "put the client secret back in its place; it is read anew at each sign-in";
    secret.read().map(Proof::of_secret).map_err(|error| refuse(sign_in, &error, advice))
}

fn of_certificate(sign_in: &SignIn, certificate: &Certificate) -> Result<Proof, SignInError> {
    let advice = "put a certificate that can be used, with its key, in its place; it is read anew at each sign-in";
    let signed =
        certificate.open().and_then(|opened| opened.assertion(&sign_in.app.client_id, sign_in.endpoint().as_str(), clock::now()));
    signed.map(Proof::of_assertion).map_err(|error| refuse(sign_in, &error, advice))
}

pub(super) fn refuse(sign_in: &SignIn, problem: &dyn Display, advice: &str) -> SignInError {
    SignInError::credential(sign_in, problem, advice)
}
