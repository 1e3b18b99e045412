//! The application signs in as itself, with its secret in the form.

use oauth2::{RequestTokenError, Scope};

use super::{Answer, EntraClient, Post};
use crate::error::Error;
use crate::identity::entra::EntraError;

/// Asks for an application's token.
pub(super) async fn ask(
    client: &EntraClient,
    scope: Scope,
    post: &Post<'_>,
) -> Result<Answer, RequestTokenError<Error, EntraError>> {
    client
        .exchange_client_credentials()
        .add_scope(scope)
        .request_async(post)
        .await
}
