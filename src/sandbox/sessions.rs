//! Continuous access evaluation: once a user's sessions are revoked, Microsoft Graph and Azure
//! Resource Manager refuse the access tokens of before. A client that has declared `cp1` is told
//! which claims to ask for; its next token, asked for with them, passes.
//! Source: identity reference §15.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::entra::gdap;
use super::gate;
use super::reply::Refusal;
use super::route::{Caller, Principal, Service};
use super::store::{Session, Tx, World};

/// The key that means everybody.
const EVERYBODY: &str = "*";

/// Revokes the sessions of one user, by its object id at home, or everybody's.
pub(crate) fn revoke(tx: &mut Tx<'_>, user: Option<&str>) -> usize {
    let revoked = tx.now();
    let user = user.unwrap_or(EVERYBODY);
    tx.directory.sessions.put(user, Session { revoked });
    1
}

/// Returns since when tokens of the caller's kind are refused, if its own is one of before. One of
/// the same second is: only asking for a later one shows that it is new.
pub(crate) fn refused_since(world: &World, caller: &Caller) -> Option<i64> {
    if caller.principal == Principal::App || world.directory.sessions.len() == 0 {
        return None;
    }
    let staff = gdap::partner_user(world, &caller.tenant, &caller.object);
    let user = staff.map_or_else(|| caller.object.clone(), |staff| staff.id);
    let since = [user.as_str(), EVERYBODY]
        .into_iter()
        .filter_map(|key| world.directory.sessions.get(key))
        .map(|session| session.revoked.as_second())
        .max()?;
    let later = caller.issued > since || caller.asked_since.is_some_and(|asked| asked >= since);
    (!later).then_some(since)
}

/// Refuses the token: with the claims to ask for, if the client can; plainly otherwise.
pub(crate) fn refuse(service: Service, caller: &Caller, since: i64) -> Refusal {
    let text = "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp";
    let refusal = Refusal::new(401, "InvalidAuthenticationToken", text);
    if !caller.capable {
        return refusal.header("www-authenticate", gate::scheme(service));
    }
    let claims = json!({
        "access_token": { "nbf": { "essential": true, "value": since.to_string() } },
    });
    let challenge = format!(
        "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", error=\"insufficient_claims\", claims=\"{}\"",
        BASE64_STANDARD.encode(claims.to_string())
    );
    refusal.header("www-authenticate", &challenge)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::sandbox::entra::seed::{CLIENT, HOME, REFRESH, SECRET};
    use crate::sandbox::testing::{Bench, Seen};

    /// Gets a token of Microsoft Graph with `claims`.
    fn token(bench: &Bench, claims: &str) -> String {
        let form = format!(
            "grant_type=refresh_token&client_id={CLIENT}&client_secret={SECRET}&refresh_token={REFRESH}&scope=https://graph.microsoft.com/.default&claims={claims}"
        );
        let seen = bench.token(HOME, &form);
        let token = seen.json["access_token"].as_str();
        token.expect("a token").to_owned()
    }

    fn me(bench: &Bench, token: &str) -> Seen {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        bench.send("GET", "/graph/v1.0/me", &headers, "".into())
    }

    #[test]
    fn a_client_that_can_is_told_which_claims_to_ask_for() {
        let bench = Bench::new();
        let capable = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;
        let (old, plain) = (token(&bench, capable), token(&bench, ""));
        assert_eq!(me(&bench, &old).status, 200);
        bench.change(|tx| revoke(tx, None));

        let seen = me(&bench, &plain);
        assert_eq!(seen.status, 401);
        assert!(!seen.header("www-authenticate").contains("claims"));

        let seen = me(&bench, &old);
        let challenge = seen.header("www-authenticate");
        assert!(challenge.contains("error=\"insufficient_claims\""));
        let (_, claims) = challenge.split_once("claims=\"").expect("claims");
        let claims = BASE64_STANDARD.decode(claims.trim_end_matches('"'));
        let mut claims: Value = serde_json::from_slice(&claims.expect("base64")).expect("JSON");
        assert_eq!(me(&bench, &token(&bench, capable)).status, 401);
        claims["access_token"]["xms_cc"]["values"] = json!(["cp1"]);
        assert_eq!(me(&bench, &token(&bench, &claims.to_string())).status, 200);

        bench.advance(std::time::Duration::from_secs(1));
        assert_eq!(me(&bench, &token(&bench, "")).status, 200);
    }
}
