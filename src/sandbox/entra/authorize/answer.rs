//! The answer to an application whose user has signed in: a code.

use std::time::Duration;

use super::ask::Ask;
use crate::base::clock::later;
use crate::sandbox::entra::claims::client_info;
use crate::sandbox::entra::grant::opaque;
use crate::sandbox::entra::seed::digest_of;
use crate::sandbox::reply::Reply;
use crate::sandbox::store::{AuthorizationCode, Signed, Staff, Tx};

/// How long a code is known, spent or expired as it may be.
const KEPT: Duration = Duration::from_secs(3600);

/// Issues a code and sends it.
pub(super) fn code(tx: &mut Tx<'_>, ask: &Ask, user: &Staff, signed: Signed) -> Reply {
    let code = opaque(tx, "1.");
    let row = AuthorizationCode {
        asked: ask.asked.clone(),
        signed,
        redirect: ask.back.uri.clone(),
        kind: ask.kind,
        nonce: ask.nonce.clone(),
        challenge: ask.challenge.clone(),
        claims: ask.claims.clone(),
        redeemed: false,
    };
    let now = tx.now();
    tx.entra
        .codes
        .forget(|row| later(row.signed.at, KEPT) <= now);
    tx.entra.codes.put(&digest_of(&code), row);
    let mut fields = vec![("code", code)];
    if ask.client_info {
        fields.push(("client_info", client_info(user)));
    }
    fields.push(("session_state", tx.guid()));
    ask.back.go(fields)
}
