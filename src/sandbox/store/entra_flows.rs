//! What lives during a sign-in: authorization codes, device codes, client assertions that were used.

use serde::{Deserialize, Serialize};

use super::entra_apps::RedirectKind;
use crate::base::clock::Timestamp;

/// What an application asked for when the sign-in began.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// The application.
    pub(crate) app: String,
    /// The tenant that the address named; none for `common` and its like.
    pub(crate) tenant: Option<String>,
    /// `scope` of the v2 endpoint.
    pub(crate) scope: Option<String>,
    /// `resource` of the v1 endpoint.
    pub(crate) resource: Option<String>,
}

/// Who has signed in, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Signed {
    /// Object id of the user.
    pub(crate) user: String,
    /// The user's home tenant.
    pub(crate) home: String,
    /// Authentication methods: `pwd`, `mfa`.
    pub(crate) amr: Vec<String>,
    /// The tenant that was signed in to.
    pub(crate) tenant: String,
    /// When.
    pub(crate) at: Timestamp,
}

/// An authorization code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AuthorizationCode {
    /// What was asked for.
    pub(crate) asked: Asked,
    /// Who signed in.
    pub(crate) signed: Signed,
    /// The redirect address, as it was sent.
    pub(crate) redirect: String,
    /// Its kind.
    pub(crate) kind: RedirectKind,
    /// For the id token.
    pub(crate) nonce: Option<String>,
    /// `code_challenge`, made comparable: what the verifier must turn into.
    pub(crate) challenge: Option<Challenge>,
    /// `claims` of the request.
    pub(crate) claims: Option<String>,
    /// Whether it was redeemed.
    pub(crate) redeemed: bool,
}

/// What a code's verifier must fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Challenge {
    /// The verifier itself.
    Plain(String),
    /// Base64url of the verifier's SHA-256.
    S256(String),
}

/// What became of a device code.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeviceState {
    /// Nobody has entered the code yet.
    Pending,
    /// Somebody has signed in.
    Approved(Signed),
    /// Somebody has said no.
    Declined,
    /// The tenant's policy forbids it: the code of the refusal.
    Blocked(u32),
    /// The tokens were collected.
    Redeemed,
}

/// A device code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeviceCode {
    /// What people type.
    pub(crate) user_code: String,
    /// What was asked for.
    pub(crate) asked: Asked,
    /// When it ends.
    pub(crate) ends: Timestamp,
    /// What became of it.
    pub(crate) state: DeviceState,
}

/// A client assertion that was used and cannot be used again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SpentAssertion {
    /// When it would have ended; it is forgotten then.
    pub(crate) ends: Timestamp,
}
