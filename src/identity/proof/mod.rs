//! How the application proves that it is itself: a secret, an assertion that it signs with its
//! certificate, or one that another issuer gives about it. A public client proves nothing.

mod certificate;
mod federated;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::sync::OnceCell;

pub(crate) use self::certificate::Certificate;
use self::federated::Federated;
use super::desk::Desk;
use crate::base::secret::Secret;
use crate::config::{AppCredential, Profile, SecretName};
use crate::error::{Code, Error};
use crate::http::TokenWire;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The proof of one request.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    /// A public client, which has none.
    None,
    /// The client secret.
    Secret(Secret<String>),
    /// A signed statement. It is worth something for minutes only.
    Assertion(Secret<String>),
}

impl Proof {
    /// Returns the form fields of an assertion; a secret is the `oauth2` crate's own matter.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        match self {
            Self::None | Self::Secret(_) => Vec::new(),
            Self::Assertion(text) => vec![
                (
                    "client_assertion_type".to_owned(),
                    ASSERTION_TYPE.to_owned(),
                ),
                ("client_assertion".to_owned(), text.expose().clone()),
            ],
        }
    }
}

/// Makes the proofs of one profile. What they are made from is read once, but for a federated
/// assertion, whose issuer renews it.
#[derive(Debug, Default)]
pub(crate) struct Prover {
    certificate: OnceCell<Arc<Certificate>>,
    federated: Federated,
}

impl Prover {
    /// Returns the proof for a request to `audience`, the address of a token endpoint.
    pub(crate) async fn proof(
        &self,
        desk: &Desk,
        wire: &TokenWire,
        audience: &str,
    ) -> Result<Proof, Error> {
        match &desk.profile.app {
            None | Some(AppCredential::ManagedIdentity(_)) => Ok(Proof::None),
            Some(AppCredential::Secret) => match desk.safe.get(SecretName::ClientSecret).await? {
                Some(secret) => Ok(Proof::Secret(secret)),
                None => Err(no_secret(&desk.profile)),
            },
            Some(AppCredential::Certificate(path)) => {
                let read = || async {
                    let password = desk.safe.get(SecretName::CertificatePassword).await?;
                    let path = path.clone();
                    let read = move || Certificate::read(&path, password.as_ref());
                    super::safe::off_thread(read).await.map(Arc::new)
                };
                let certificate = self.certificate.get_or_try_init(read).await?;
                let now = desk.time.now();
                let client = &desk.profile.client_id;
                let assertion = certificate.assertion(client, audience, now)?;
                Ok(Proof::Assertion(assertion))
            }
            Some(AppCredential::Federated(source)) => {
                let assertion = self.federated.assertion(source, desk, wire).await?;
                Ok(Proof::Assertion(assertion))
            }
        }
    }
}

fn no_secret(profile: &Profile) -> Error {
    Error::new(
        Code::AuthClient,
        format!(
            "the profile `{}` has no client secret: its store of secrets holds none",
            profile.name
        ),
    )
    .help(super::remedy::client_secret(profile))
}
