//! The application signs in as itself, with what proves it in the form.

use oauth2::Scope;

use super::{Answer, EntraClient, Post, Refusal};

/// Asks for an application's token.
pub(super) async fn ask(
    client: &EntraClient,
    scope: Scope,
    fields: &[(String, String)],
    post: &Post<'_>,
) -> Result<Answer, Refusal> {
    let mut request = client.exchange_client_credentials().add_scope(scope);
    for (name, value) in fields {
        request = request.add_extra_param(name, value);
    }
    request.request_async(post).await
}
