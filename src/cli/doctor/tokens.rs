//! Whether the profile gets tokens, and how strong the user's sign-in was.

use super::mend;
use super::verdict::Verdict;
use crate::config::{Profile, Role};
use crate::error::{Code, Error};
use crate::http::{Claims, Who};

/// Judges whether a token was issued.
pub(super) fn judge_token(token: &Result<Claims, Error>) -> Verdict {
    match token {
        Ok(claims) => Verdict::pass(told(&Who::of(claims))),
        Err(error) if error.code() == Code::AuthOpaque => {
            Verdict::pass("a token was issued; what it says only its service can read")
        }
        Err(error) => Verdict::of(error),
    }
}

/// Returns who a token is, in a few words.
fn told(who: &Who) -> String {
    let id = &who.object_id;
    let name = match &who.user {
        Some(user) => user.upn.clone().unwrap_or_else(|| format!("user {id}")),
        None => format!("application {}", who.application),
    };
    let may = [("permissions", &who.scopes), ("roles", &who.roles)];
    let may = may.into_iter().filter(|(_, list)| !list.is_empty());
    let may = may.map(|(what, list)| format!("{what} {}", list.join(", ")));
    [name].into_iter().chain(may).collect::<Vec<_>>().join("; ")
}

/// Judges how the user signed in.
pub(super) fn judge_mfa(profile: &Profile, claims: &Claims) -> Verdict {
    match claims.mfa() {
        Some(true) => Verdict::pass("the sign-in had multi-factor authentication"),
        None => Verdict::skip("the token does not say how the user signed in"),
        Some(false) => {
            let mend = mend::sign_in(profile);
            let detail = "the sign-in had no multi-factor authentication";
            let verdict = match profile.role {
                // A customer's own services do not insist on it.
                Role::Customer => Verdict::warn(detail, mend),
                Role::Admin | Role::Automation => {
                    let why = "which Partner Center demands; refreshing the token does not add it";
                    Verdict::fail(format!("{detail}, {why}"), mend)
                }
            };
            verdict.code(Code::AuthMfaMissing)
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
    use serde_json::{Value, json};

    use super::super::machine::tests::profile;
    use super::super::verdict::Status;
    use super::*;

    pub(in crate::cli::doctor) fn claims(body: &Value) -> Claims {
        let body = BASE64URL.encode(body.to_string());
        Claims::of(&format!("e30.{body}.c2ln")).expect("claims")
    }

    #[test]
    fn a_token_is_told_by_who_it_is() {
        let told = |body: Value| judge_token(&Ok(claims(&body))).detail;
        let user = json!({ "upn": "kim@example", "scp": "A B", "oid": "1" });
        assert_eq!(told(user), "kim@example; permissions A, B");
        let app = json!({ "appid": "a", "roles": ["R"] });
        assert_eq!(told(app), "application a; roles R");
        let status = |code| judge_token(&Err(Error::new(code, "no"))).status;
        assert_eq!(status(Code::AuthOpaque), Status::Pass);
        assert_eq!(status(Code::AuthClient), Status::Fail);
    }

    #[test]
    fn a_partner_s_user_needs_more_factors() {
        let check = |amr: Value, role, expected| {
            let profile = Profile { role, ..profile() };
            let claims = claims(&json!({ "scp": "A", "amr": amr }));
            assert_eq!(judge_mfa(&profile, &claims).status, expected, "{amr}");
        };
        check(json!(["pwd", "mfa"]), Role::Admin, Status::Pass);
        check(json!(["pwd"]), Role::Admin, Status::Fail);
        check(json!(["pwd"]), Role::Automation, Status::Fail);
        check(json!(["pwd"]), Role::Customer, Status::Warn);
        let profile = profile();
        let silent = judge_mfa(&profile, &claims(&json!({ "scp": "A" })));
        assert_eq!(silent.status, Status::Skip);
    }
}
