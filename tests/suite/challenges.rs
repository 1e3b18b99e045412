//! Tokens that the services no longer take in the middle of a run: expired, or challenged for newer
//! claims once the user's sessions were revoked.

use tenantry::error::Code;
use tenantry::sandbox::{Fault, Rule};

use crate::stage::Stage;

const ME: &str = "graph::get(partner::home(), \"/v1.0/me\", #{ principal: \"user\" }).displayName";
const AZURE: &str = "arm::get(partner::home(), \"/subscriptions?api-version=2022-12-01\", #{ principal: \"user\" }).value.len()";
const RELATIONSHIPS: &str = "graph::list(partner::home(), \"/v1.0/tenantRelationships/delegatedAdminRelationships?$top=1\", #{ principal: \"user\" }).count()";

#[test]
fn revoked_sessions_are_answered_with_a_newer_token() {
    let stage = Stage::new(0);
    let before = [ME, AZURE, RELATIONSHIPS].map(|script| stage.value(script));
    assert_eq!(before[2], "6");
    for _ in 0..2 {
        stage.sandbox.revoke_sessions().expect("revoked");
        let after = [ME, AZURE, RELATIONSHIPS].map(|script| stage.value(script));
        assert_eq!(after, before);
    }
}

#[test]
fn a_challenge_without_a_sign_in_says_how_to_sign_in() {
    let stage = Stage::new(0);
    stage.value(ME);
    stage.sandbox.revoke_sessions().expect("revoked");
    stage.sandbox.revoke().expect("revoked");
    let error = stage.run(ME).expect_err("nobody is signed in");
    assert_eq!(error.code(), Code::AuthRevoked, "{error}");
    let help = error.parts().help.clone().unwrap_or_default();
    assert!(help.contains("sign in again"), "{help}");
}

#[test]
fn a_token_that_expires_in_the_middle_of_a_list_is_renewed() {
    for (path, script) in [
        ("*delegatedAdminRelationships", RELATIONSHIPS),
        ("/v1/customers", "partner::customers(#{ size: 1 }).count()"),
    ] {
        let stage = Stage::new(0);
        let whole = stage.value(script);
        stage.sandbox.add_fault(Rule {
            nth: 2,
            ..Rule::once(path, Fault::TokenExpired)
        });
        assert_eq!(stage.value(script), whole, "{script}");
    }
}
