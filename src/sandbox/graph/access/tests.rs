//! Who is let through: by permission and role, at home, by GDAP, and as an application.

use super::*;
use crate::sandbox::entra::groups::OPERATORS;
use crate::sandbox::entra::object_in;
use crate::sandbox::entra::seed::{ADMIN, SELLER};
use crate::sandbox::seed::{FABRIKAM, WIDE_WORLD};
use crate::sandbox::store::key;
use crate::sandbox::testing::{Bench, caller, request};

const RULE: Rule = Rule {
    scopes: &["User.Read.All", "User.ReadWrite.All"],
    apps: &["User.Read.All"],
    roles: &[USER_ADMINISTRATOR],
    members: false,
};

fn admitted(bench: &Bench, rule: &Rule, caller: Caller) -> bool {
    let request = request("/v1.0/users", "", Some(caller));
    bench.change(|tx| admit(&request, tx, rule).is_ok())
}

/// Returns a member of Fabrikam's directory.
fn member(bench: &Bench) -> String {
    bench.change(|tx| {
        let mut users = tx.partner.users.under(FABRIKAM);
        users.next().expect("seeded").1.id.clone()
    })
}

#[test]
fn a_member_needs_the_permission_and_a_role() {
    let bench = Bench::new();
    let member = member(&bench);
    let with = |permission: &str, roles: &[&str]| Caller {
        directory_roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        ..caller(FABRIKAM, (Principal::User, &member), &[permission])
    };
    let everybody = Rule {
        members: true,
        ..RULE
    };
    let check = |caller: &Caller, with_role, without| {
        assert_eq!(admitted(&bench, &RULE, caller.clone()), with_role);
        assert_eq!(admitted(&bench, &everybody, caller.clone()), without);
    };
    check(&with("user.read.all", &[USER_ADMINISTRATOR]), true, true);
    check(&with("User.Read.All", &[GLOBAL_ADMINISTRATOR]), true, true);
    check(&with("User.Read.All", &[GLOBAL_READER]), false, true);
    check(&with("User.Read.All", &[]), false, true);
    check(&with("Mail.Send", &[GLOBAL_ADMINISTRATOR]), false, false);
    let stranger = caller(FABRIKAM, (Principal::User, "nobody"), &["User.Read.All"]);
    check(&stranger, false, false);
}

#[test]
fn somebody_of_the_partner_has_the_roles_that_gdap_gives() {
    let bench = Bench::new();
    let as_staff = |staff: &str, tenant: &str, permission: &str| {
        let object = bench.change(|tx| {
            let staff = tx.entra.staff.get(staff).expect("seeded");
            object_in(staff, tenant)
        });
        // What the token says of roles was true when it was issued; what counts is now.
        Caller {
            directory_roles: vec![GLOBAL_ADMINISTRATOR.to_owned()],
            ..caller(tenant, (Principal::User, &object), &[permission])
        }
    };
    let everybody = Rule {
        roles: &[],
        members: true,
        ..RULE
    };
    let megan = as_staff(ADMIN, FABRIKAM, "User.Read.All");
    assert!(admitted(&bench, &RULE, megan.clone()));
    assert!(!admitted(&bench, &everybody, megan.clone()), "no member");
    assert!(!admitted(
        &bench,
        &RULE,
        as_staff(ADMIN, FABRIKAM, "Mail.Send")
    ));
    assert!(!admitted(
        &bench,
        &RULE,
        as_staff(SELLER, FABRIKAM, "User.Read.All")
    ));
    assert!(!admitted(
        &bench,
        &RULE,
        as_staff(ADMIN, WIDE_WORLD, "User.Read.All")
    ));
    bench.change(|tx| {
        let operators = tx.directory.groups.edit(&key(&[HOME, OPERATORS]));
        operators.expect("seeded").members.clear();
    });
    assert!(!admitted(&bench, &RULE, megan));
}

#[test]
fn an_application_needs_the_permission_alone() {
    let bench = Bench::new();
    let app = |permission: &str| caller(FABRIKAM, (Principal::App, "app"), &[permission]);
    assert!(admitted(&bench, &RULE, app("User.Read.All")));
    assert!(
        !admitted(&bench, &RULE, app("User.ReadWrite.All")),
        "not named"
    );
    let nobody = Rule { apps: &[], ..RULE };
    assert!(!admitted(&bench, &nobody, app("User.Read.All")));
}
