//! Who reaches a customer's tenant, and what ends it.

use std::time::Duration;

use super::*;
use crate::sandbox::entra::seed::{ADMIN, CLIENT, REFRESH, REFRESH_WITHOUT_MFA, SECRET, SELLER};
use crate::sandbox::limits::Limits;
use crate::sandbox::seed::{ADVENTURE_WORKS, FABRIKAM, TAILSPIN, WIDE_WORLD};
use crate::sandbox::store::Group;
use crate::sandbox::testing::Bench;

const GRAPH: &str = "https://graph.microsoft.com/.default";

/// Asks for a token of a tenant with a refresh token; returns the AADSTS code, 0 for a token.
fn asks(bench: &Bench, tenant: &str, refresh: &str) -> u64 {
    let form = format!(
        "grant_type=refresh_token&client_id={CLIENT}&client_secret={SECRET}&refresh_token={refresh}&scope={GRAPH}"
    );
    let seen = bench.token(tenant, &form);
    seen.json["error_codes"][0].as_u64().unwrap_or_default()
}

/// Asks as Megan.
fn reaches(bench: &Bench, tenant: &str) -> u64 {
    asks(bench, tenant, REFRESH)
}

/// Changes the one relationship of a customer.
fn change(bench: &Bench, customer: &str, change: impl Fn(&mut Relationship)) {
    bench.change(|tx| {
        let id = related(tx, customer)[0].relationship.id.clone();
        let row = tx.gdap.relationships.edit(&key(&[customer, &id]));
        change(row.expect("it is kept"));
    });
}

#[test]
fn the_seed_has_a_customer_of_every_kind() {
    let bench = Bench::new();
    assert_eq!(reaches(&bench, FABRIKAM), 0);
    assert_eq!(reaches(&bench, TAILSPIN), 0);
    assert_eq!(reaches(&bench, ADVENTURE_WORKS), 90_099);
    assert_eq!(reaches(&bench, WIDE_WORLD), 50_020);
    assert_eq!(asks(&bench, FABRIKAM, REFRESH_WITHOUT_MFA), 50_020);
}

#[test]
fn a_customer_by_number_is_reached_by_id_and_by_domain() {
    let bench = Bench::with(Limits::Current, 100_000);
    let last = numbered::id(100_000);
    for name in [last.as_str(), "customer000001.onmicrosoft.com"] {
        assert_eq!(reaches(&bench, name), 0, "{name}");
        assert_eq!(asks(&bench, name, REFRESH_WITHOUT_MFA), 50_020, "{name}");
    }
    assert_eq!(reaches(&bench, &numbered::id(100_001)), 90_002);
    let before = bench.change(|tx| related(tx, &last)[0].relationship.id.clone());
    bench.change(|tx| numbered::keep(tx, &last));
    let after = bench.change(|tx| related(tx, &last)[0].relationship.id.clone());
    assert_eq!(before, after, "it stays the same when it is kept");
    assert_eq!(reaches(&bench, &last), 0);
}

#[test]
fn a_relationship_counts_only_while_it_is_active() {
    let bench = Bench::new();
    change(&bench, FABRIKAM, |row| {
        row.status = RelationshipStatus::Terminated;
    });
    assert_eq!(reaches(&bench, FABRIKAM), 50_020);
    let soon = bench.change(|tx| later(tx.now(), Duration::from_secs(3600)));
    change(&bench, TAILSPIN, |row| {
        row.extends = false;
        row.ends = Some(soon);
    });
    assert_eq!(reaches(&bench, TAILSPIN), 0);
    bench.advance(Duration::from_secs(3600));
    assert_eq!(reaches(&bench, TAILSPIN), 50_020);
}

#[test]
fn an_assignment_counts_only_while_it_is_active() {
    let bench = Bench::new();
    bench.change(|tx| {
        let related = related(tx, FABRIKAM).remove(0);
        let key = key(&[&related.relationship.id, &related.assignments[0].id]);
        let row = tx.gdap.assignments.edit(&key).expect("it is kept");
        row.status = AssignmentStatus::Pending;
    });
    assert_eq!(reaches(&bench, FABRIKAM), 50_020);
}

#[test]
fn members_of_a_group_in_a_group_reach_too_even_in_a_circle() {
    let bench = Bench::new();
    let inner = "6a1c7b62-0009-4000-8000-0000000000aa";
    bench.change(|tx| {
        let group = Group {
            id: inner.to_owned(),
            tenant: HOME.to_owned(),
            name: "Night Shift".to_owned(),
            description: String::new(),
            created: tx.now(),
            members: vec![SELLER.to_owned(), OPERATORS.to_owned()],
            ..Group::default()
        };
        tx.directory.groups.put(&key(&[HOME, inner]), group);
        let operators = tx.directory.groups.edit(&key(&[HOME, OPERATORS]));
        operators.expect("seeded").members = vec![inner.to_owned()];
    });
    assert_eq!(asks(&bench, FABRIKAM, REFRESH_WITHOUT_MFA), 0);
    assert_eq!(reaches(&bench, FABRIKAM), 50_020, "Megan was removed");
    let groups = bench.change(|tx| groups::transitive(tx, HOME, SELLER).len());
    assert_eq!(groups, 3);
    assert_eq!(bench.change(|tx| groups::agent_roles(tx, ADMIN).len()), 3);
}

#[test]
fn partner_centers_directory_calls_need_gdap_as_well() {
    let bench = Bench::new();
    let users = || bench.user().get(&format!("/v1/customers/{FABRIKAM}/users"));
    assert_eq!(users().status, 200);
    bench.change(|tx| {
        let operators = tx.directory.groups.edit(&key(&[HOME, OPERATORS]));
        operators.expect("seeded").members.clear();
    });
    let seen = users();
    assert_eq!((seen.status, &seen.json["code"]), (403, &900_308.into()));
    let seen = bench.user().get(&format!("/v1/customers/{FABRIKAM}"));
    assert_eq!(
        seen.json["allowDelegatedAccess"], true,
        "others still have access"
    );
}
