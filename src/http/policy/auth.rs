//! Puts a token on each attempt, and asks once for a fresh one when the service does not accept it:
//! for the same tenant and principal, never for another; with the claims that the service demands.

use std::sync::Arc;

use http::StatusCode;
use http::header::AUTHORIZATION;

use crate::base::clock::BoxFuture;
use crate::error::Error;
use crate::http::challenge::{demanded_claims, other_tenant};
use crate::http::pipeline::{Next, Policy, Wire};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::http::tokens::{TokenSource, TokenWire};

/// Puts tokens on requests.
#[derive(Debug)]
pub(crate) struct Auth {
    tokens: Arc<dyn TokenSource>,
    wire: Arc<Wire>,
}

impl Auth {
    /// Takes the source of tokens and the way of its requests.
    pub(crate) fn new(tokens: &Arc<dyn TokenSource>, wire: &Arc<Wire>) -> Self {
        Self {
            tokens: Arc::clone(tokens),
            wire: Arc::clone(wire),
        }
    }

    async fn send(&self, request: &mut Request, next: Next<'_>) -> Result<Response, Error> {
        let Some(ask) = request.ask.clone() else {
            return next.send(request).await;
        };
        let wire = TokenWire {
            wire: Arc::clone(&self.wire),
            cancel: request.cancel.clone(),
        };
        let token = self.tokens.token(&ask, &wire).await?;
        request.headers.insert(AUTHORIZATION, token.header());
        let response = next.send(request).await?;
        if response.status != StatusCode::UNAUTHORIZED || other_tenant(&ask, &response).is_some() {
            return Ok(response);
        }
        let claims = demanded_claims(&response.headers);
        self.tokens.refused(&ask, &token, claims);
        let fresh = self.tokens.token(&ask, &wire).await?;
        request.headers.insert(AUTHORIZATION, fresh.header());
        next.send(request).await
    }
}

impl Policy for Auth {
    fn send<'a>(
        &'a self,
        request: &'a mut Request,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, Error>> {
        Box::pin(self.send(request, next))
    }
}
