//! Who administers what, and the groups of the customers' directories.

use super::customers::id_of;
use super::days_before;
use super::plans::{FABRIKAM, TAILSPIN};
use crate::sandbox::entra::roles;
use crate::sandbox::store::{Group, GroupKind, MembershipRule, Tx, key};

/// Puts roles and groups into a world that has its customers.
pub(super) fn fill(tx: &mut Tx<'_>) {
    roles::seed(tx);
    let (admin, kim, lee) = (user(1), user(2), user(3));
    let sales = Group {
        owners: vec![lee.clone()],
        members: vec![kim.clone(), lee],
        ..group(FABRIKAM, 1, "Sales", "Everybody who sells")
    };
    let all = Group {
        kind: GroupKind::Unified { secures: false },
        nickname: Some("allstaff".to_owned()),
        visibility: Some("Private".to_owned()),
        owners: vec![admin],
        members: vec![kim],
        ..group(FABRIKAM, 2, "All Staff", "News for everybody")
    };
    let everyone = Group {
        members: (1..=4).map(user).collect(),
        nickname: Some("everyone".to_owned()),
        rule: Some(MembershipRule {
            text: "user.accountEnabled -eq true and user.userType -eq \"Member\"".to_owned(),
            paused: false,
        }),
        ..group(FABRIKAM, 3, "Everyone dynamic", "Everybody who may sign in")
    };
    let makers = Group {
        members: vec![id_of(TAILSPIN, 1, 2)],
        ..group(TAILSPIN, 1, "Toy Makers", "Who makes toys")
    };
    for mut group in [sales, all, everyone, makers] {
        group.created = days_before(tx.now(), 300);
        let key = key(&[&group.tenant, &group.id]);
        tx.directory.groups.put(&key, group);
    }
}

/// Returns the id of a user of Fabrikam.
fn user(number: u32) -> String {
    id_of(FABRIKAM, 1, number)
}

fn group(tenant: &str, number: u32, name: &str, description: &str) -> Group {
    Group {
        id: id_of(tenant, 9, number),
        tenant: tenant.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        ..Group::default()
    }
}
