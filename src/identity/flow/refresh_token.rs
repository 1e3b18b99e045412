//! A signed-in user through the application: the refresh token of the partner's user, redeemed at
//! the partner's or a customer's authority (the CSP secure application model).

use oauth2::{RefreshToken, Scope};

use super::{Answer, EntraClient, Post, Refusal};
use crate::base::secret::Secret;

/// Asks for a user's token. `offline_access` asks for the refresh token that follows this one.
pub(super) async fn ask(
    client: &EntraClient,
    token: &Secret<String>,
    scope: Scope,
    fields: &[(String, String)],
    post: &Post<'_>,
) -> Result<Answer, Refusal> {
    let token = RefreshToken::new(token.expose().clone());
    let mut request = client
        .exchange_refresh_token(&token)
        .add_scope(scope)
        .add_scope(Scope::new("offline_access".to_owned()));
    for (name, value) in fields {
        request = request.add_extra_param(name, value);
    }
    request.request_async(post).await
}
