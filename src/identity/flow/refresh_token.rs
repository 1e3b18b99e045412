//! A signed-in user through the application: the refresh token of the partner's user, redeemed at
//! the partner's or a customer's authority (the CSP secure application model).

use oauth2::{RefreshToken, RequestTokenError, Scope};

use super::{Answer, EntraClient, Post};
use crate::error::Error;
use crate::identity::entra::EntraError;

/// Asks for a user's token. `offline_access` asks for the refresh token that follows this one.
pub(super) async fn ask(
    client: &EntraClient,
    token: &RefreshToken,
    scope: Scope,
    post: &Post<'_>,
) -> Result<Answer, RequestTokenError<Error, EntraError>> {
    client
        .exchange_refresh_token(token)
        .add_scope(scope)
        .add_scope(Scope::new("offline_access".to_owned()))
        .request_async(post)
        .await
}
