//! What Graph knows of the seed's people: the partner's own as users, a guest, who reports to whom, who
//! signed in when and how, and which tenants are licensed for reports.

use super::customers::user;
use super::plans::{FABRIKAM, TAILSPIN};
use super::{days_before, id_of};
use crate::base::clock::Timestamp;
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::store::{Method, MethodKind, Profile, Staff, Tx, User, key};

/// How many days ago the partner's own people came.
const HOME_DAYS: i64 = 800;

/// Puts what Graph knows of people into a world that has its customers.
pub(super) fn fill(tx: &mut Tx<'_>) {
    staff(tx);
    guest(tx);
    let (admin, kim, lee) = (1, 2, 3);
    let lees = id_of(FABRIKAM, 1, lee);
    profile(tx, FABRIKAM, kim, |profile, now| {
        profile.manager = Some(lees);
        profile.signed_in = Some(days_before(now, 1));
    });
    profile(tx, FABRIKAM, lee, |profile, now| {
        profile.signed_in = Some(days_before(now, 2));
    });
    profile(tx, FABRIKAM, admin, |profile, now| {
        profile.signed_in = Some(days_before(now, 6));
    });
    profile(tx, TAILSPIN, kim, |profile, now| {
        profile.signed_in = Some(days_before(now, 3));
    });
    let phone = "Phone of Kim";
    authenticator(tx, FABRIKAM, kim, phone);
    authenticator(tx, TAILSPIN, admin, "Phone of the admin");
    for tenant in [FABRIKAM, TAILSPIN] {
        tx.people.premium.put(tenant, true);
    }
}

/// The partner's people are users of its directory.
fn staff(tx: &mut Tx<'_>) {
    let all: Vec<Staff> = tx.entra.staff.iter().map(|(_, row)| row.clone()).collect();
    let created = days_before(tx.now(), HOME_DAYS);
    for one in all {
        let row = User {
            id: one.id.clone(),
            upn: one.upn.clone(),
            first_name: Some(one.given_name.clone()),
            last_name: Some(one.family_name.clone()),
            display_name: one.name(),
            immutable_id: None,
            usage_location: Some("US".to_owned()),
            phone_number: None,
            change_password: false,
            licences: Vec::new(),
            deleted: None,
        };
        let place = key(&[HOME, &one.id]);
        tx.partner.users.put(&place, row);
        let profile = Profile {
            created: Some(created),
            ..Profile::default()
        };
        tx.people.profiles.put(&place, profile);
    }
}

/// Fabrikam once invited somebody, who never came.
fn guest(tx: &mut Tx<'_>) {
    let id = id_of(FABRIKAM, 1, 6);
    let name = "nora_litware.example#EXT#";
    let guest = User {
        first_name: None,
        last_name: None,
        ..user(&id, name, "Nora Vale", "fabrikam.onmicrosoft.com")
    };
    let place = key(&[FABRIKAM, &id]);
    let mail = "nora@litware.example".to_owned();
    let profile = Profile {
        created: Some(days_before(tx.now(), 200)),
        guest: true,
        invited: Some((mail.clone(), false)),
        other_mails: vec![mail],
        ..Profile::default()
    };
    tx.partner.users.put(&place, guest);
    tx.people.profiles.put(&place, profile);
}

fn profile(
    tx: &mut Tx<'_>,
    tenant: &str,
    number: u32,
    change: impl FnOnce(&mut Profile, Timestamp),
) {
    let place = key(&[tenant, &id_of(tenant, 1, number)]);
    let mut row = tx.people.profiles.get(&place).cloned().unwrap_or_default();
    change(&mut row, tx.now());
    tx.people.profiles.put(&place, row);
}

/// Gives a user the authenticator application.
fn authenticator(tx: &mut Tx<'_>, tenant: &str, number: u32, device: &str) {
    let user = id_of(tenant, 1, number);
    let id = id_of(tenant, 11, number);
    let method = Method {
        id: id.clone(),
        kind: MethodKind::Authenticator {
            device: device.to_owned(),
        },
        created: days_before(tx.now(), 90),
    };
    tx.people.methods.put(&key(&[tenant, &user, &id]), method);
}
