use serde_json::json;

use super::super::tokens::tests::claims;
use super::super::verdict::Status;
use super::*;
use crate::error::Fault;

fn found(verdict: &Verdict, status: Status, words: &str) {
    assert_eq!(verdict.status, status, "{verdict:?}");
    assert!(verdict.detail.contains(words), "{verdict:?}");
    let mends = matches!(status, Status::Fail | Status::Warn);
    assert_eq!(verdict.mend.is_some(), mends, "{verdict:?}");
}

#[test]
fn consent_shows_itself_in_the_token_of_the_tenant() {
    let token = claims(&json!({ "scp": "User.Read.All" }));
    found(
        &judge_consent(&Ok(token), ""),
        Status::Pass,
        "User.Read.All",
    );
    let empty = claims(&json!({ "scp": "" }));
    found(
        &judge_consent(&Ok(empty), "consent"),
        Status::Warn,
        "without any",
    );
    let refused = |code, number: &str| {
        let fault = Fault {
            code: number.to_owned(),
            ..Fault::default()
        };
        Err(Error::new(code, number).help("do").fault(fault))
    };
    let mend = consent("app", Some("https://login.example/consent"));
    let missing = refused(Code::AuthConsentMissing, "AADSTS90099");
    let verdict = judge_consent(&missing, &mend);
    found(&verdict, Status::Fail, "AADSTS90099");
    assert!(
        verdict
            .mend
            .is_some_and(|mend| mend.contains("login.example"))
    );
    let unreached = refused(Code::AuthTenant, "AADSTS50020");
    found(
        &judge_consent(&unreached, &mend),
        Status::Skip,
        "AADSTS50020",
    );
    let unknown = refused(Code::AuthTenant, "AADSTS90002");
    found(&judge_consent(&unknown, &mend), Status::Fail, "AADSTS90002");
}

#[test]
fn a_relationship_must_be_in_force() {
    let now: Timestamp = "2026-03-02T00:00:00Z".parse().expect("a time");
    let one = |status: &str, ends: &str, extends: &str| {
        relationship(&json!({
            "id": "r", "displayName": "R", "status": status,
            "endDateTime": ends, "autoExtendDuration": extends,
        }))
    };
    let check = |all: Vec<Relationship>, status, words: &str| {
        found(&judge_gdap(&Ok(all), now), status, words);
    };
    let (soon, late) = ("2026-03-20T00:00:00Z", "2027-01-01T00:00:00Z");
    check(vec![], Status::Fail, "no GDAP relationship");
    check(
        vec![one("active", late, "PT0S")],
        Status::Pass,
        "until 2027-01-01",
    );
    check(
        vec![one("active", soon, "PT0S")],
        Status::Warn,
        "until 2026-03-20",
    );
    check(vec![one("active", soon, "P180D")], Status::Pass, "extended");
    let both = vec![one("active", soon, "PT0S"), one("active", late, "P0D")];
    check(both, Status::Pass, "until 2027-01-01");
    check(
        vec![one("terminated", soon, "")],
        Status::Fail,
        "`R` is terminated",
    );
    let pending = judge_gdap(&Ok(vec![one("approvalPending", "", "")]), now);
    found(&pending, Status::Fail, "waits for");
    assert!(
        pending
            .mend
            .is_some_and(|mend| mend.ends_with("Relationships/r"))
    );
    let refused = Err(Error::new(Code::GraphRefused, "403").help("ask"));
    found(&judge_gdap(&refused, now), Status::Fail, "403");
}

#[test]
fn roles_reach_the_user_through_a_group() {
    let one = |status: &str, group: &str| {
        assignment(&json!({
            "status": status, "accessContainer": { "accessContainerId": group },
            "accessDetails": { "unifiedRoles": [
                { "roleDefinitionId": "fe930be7-5e62-47db-91af-98c3a49a38b1" }, { "roleDefinitionId": "x" },
            ] },
        }))
    };
    let groups = Ok(vec![Group {
        id: "AA".to_owned(),
        name: "Operators".to_owned(),
    }]);
    let check = |all: Vec<Assignment>, status, words: &str| {
        found(&judge_roles(&Ok(all), &groups), status, words);
    };
    let twice = vec![one("active", "aa"), one("active", "aa")];
    check(twice, Status::Pass, "User Administrator, x");
    check(vec![one("active", "bb")], Status::Fail, "no member of: bb");
    check(
        vec![one("pending", "aa")],
        Status::Fail,
        "no security group",
    );
    check(vec![], Status::Fail, "no security group");
    let refused = Err(Error::new(Code::GraphRefused, "403").help("ask"));
    found(&judge_roles(&refused, &groups), Status::Fail, "403");
}
