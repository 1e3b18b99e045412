//! Users of a directory, whoever changes them: Partner Center and Microsoft Graph write the same rows
//! by these rules. A user of the partner's own directory is also one who signs in there.

use super::dates::plus_days;
use super::scope::{row, rows};
use super::seats;
use crate::base::clock::Timestamp;
use crate::sandbox::entra;
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::entra::tenants;
use crate::sandbox::seed::numbered;
use crate::sandbox::store::{Group, Profile, Staff, Tx, User, World, key};

/// How long a deleted user can be restored, in days.
const KEPT_DAYS: i64 = 30;

/// Tells whether a user is there: a deleted one is forgotten after some time.
pub(crate) fn is_kept(user: &User, now: Timestamp) -> bool {
    match &user.deleted {
        None => true,
        Some((at, _)) => plus_days(*at, KEPT_DAYS) > now,
    }
}

/// Tells whether a domain is a verified one of a tenant.
pub(crate) fn is_verified(world: &World, tenant: &str, domain: &str) -> bool {
    let tenant = tenants::find(world, tenant);
    let domains = tenant.map(|tenant| tenant.domains).unwrap_or_default();
    domains
        .iter()
        .any(|known| known.eq_ignore_ascii_case(domain))
}

/// Tells whether another user of the tenant has a principal name.
pub(crate) fn is_taken(world: &World, tenant: &str, upn: &str, own: Option<&str>) -> bool {
    rows::<User>(world, tenant)
        .iter()
        .any(|user| user.upn.eq_ignore_ascii_case(upn) && own != Some(&user.id))
}

/// Tells whether a password will do: 8 to 256 characters of at least three classes, without the
/// user's name. Source: graph reference §8.
pub(crate) fn is_strong(password: &str, upn: &str) -> bool {
    let classes: [fn(char) -> bool; 4] = [
        |letter| letter.is_ascii_uppercase(),
        |letter| letter.is_ascii_lowercase(),
        |letter| letter.is_ascii_digit(),
        |letter| !letter.is_ascii_alphanumeric(),
    ];
    let used = classes
        .iter()
        .filter(|class| password.chars().any(class))
        .count();
    let name = upn.split('@').next().unwrap_or_default().to_lowercase();
    let has_name = !name.is_empty() && password.to_lowercase().contains(&name);
    (8..=256).contains(&password.chars().count()) && used >= 3 && !has_name
}

/// Writes a user; a customer by number is kept from now on.
pub(crate) fn put(tx: &mut Tx<'_>, tenant: &str, user: &User) {
    numbered::keep(tx, tenant);
    tx.partner
        .users
        .put(&key(&[tenant, &user.id]), user.clone());
    if tenant == HOME && user.deleted.is_none() {
        tx.entra.staff.put(&user.id, staff(user));
    }
}

/// Shows a user of the partner's directory as one who signs in.
fn staff(user: &User) -> Staff {
    let named = user.first_name.is_some() || user.last_name.is_some();
    let given = if named {
        user.first_name.clone().unwrap_or_default()
    } else {
        user.display_name.clone()
    };
    Staff {
        id: user.id.clone(),
        tenant: HOME.to_owned(),
        upn: user.upn.clone(),
        given_name: given,
        family_name: user.last_name.clone().unwrap_or_default(),
        directory_roles: Vec::new(),
    }
}

/// Writes a new user with its password.
pub(crate) fn add(tx: &mut Tx<'_>, tenant: &str, user: &User, password: &str) {
    let now = tx.now();
    put(tx, tenant, user);
    let profile = Profile {
        created: Some(now),
        ..Profile::default()
    };
    tx.people.profiles.put(&key(&[tenant, &user.id]), profile);
    set_password(tx, tenant, &user.id, password);
}

/// Gives a user another password, which ends its sign-ins.
pub(crate) fn set_password(tx: &mut Tx<'_>, tenant: &str, user: &str, password: &str) {
    let now = tx.now();
    entra::set_password(tx, user, password);
    change_profile(tx, tenant, user, |profile| {
        profile.password_set = Some(now);
        profile.sessions_from = Some(now);
    });
}

/// Changes what Graph keeps of a user.
pub(crate) fn change_profile(
    tx: &mut Tx<'_>,
    tenant: &str,
    user: &str,
    change: impl FnOnce(&mut Profile),
) {
    let place = key(&[tenant, user]);
    let mut profile = tx.people.profiles.get(&place).cloned().unwrap_or_default();
    change(&mut profile);
    tx.people.profiles.put(&place, profile);
}

/// Deletes a user: it keeps its place under another name, so that its own is free. Its seats are.
pub(crate) fn delete(tx: &mut Tx<'_>, tenant: &str, user: &mut User) {
    let suffix = user.upn.rsplit('@').next().unwrap_or_default().to_owned();
    let name = format!("{}@{suffix}", user.id.replace('-', ""));
    user.deleted = Some((tx.now(), std::mem::replace(&mut user.upn, name)));
    put(tx, tenant, user);
    entra::revoke(tx, Some(&user.id));
    tx.entra.staff.remove(&user.id);
}

/// That the name of a deleted user is another's by now.
#[derive(Debug)]
pub(crate) struct Taken;

/// Gives a deleted user its name back, and its licences as far as seats are left.
pub(crate) fn restore(tx: &mut Tx<'_>, tenant: &str, user: &mut User) -> Result<(), Taken> {
    let Some((_, upn)) = user.deleted.clone() else {
        return Ok(());
    };
    if is_taken(tx, tenant, &upn, Some(&user.id)) {
        return Err(Taken);
    }
    user.upn = upn;
    user.deleted = None;
    user.licences
        .retain(|held| seats::available(tx, tenant, &held.sku) > 0);
    put(tx, tenant, user);
    Ok(())
}

/// Forgets a user with everything that names it.
pub(crate) fn purge(tx: &mut Tx<'_>, tenant: &str, user: &str) {
    let place = key(&[tenant, user]);
    tx.partner.users.remove(&place);
    tx.people.profiles.remove(&place);
    tx.entra.sign_ins.remove(user);
    let under = |(key, _): (&str, _)| key.to_owned();
    let methods: Vec<String> = tx.people.methods.under(&place).map(under).collect();
    for method in methods {
        tx.people.methods.remove(&method);
    }
    let names = |group: &Group| {
        let mut all = group.members.iter().chain(&group.owners);
        all.any(|one| one == user)
    };
    let groups = tx.directory.groups.under(tenant);
    let groups: Vec<String> = groups
        .filter(|(_, group)| names(group))
        .map(|(key, _)| key.to_owned())
        .collect();
    for group in groups {
        if let Some(group) = tx.directory.groups.edit(&group) {
            group.members.retain(|member| member != user);
            group.owners.retain(|owner| owner != user);
        }
    }
    let roles = tx.directory.role_assignments.under(tenant);
    let roles: Vec<String> = roles
        .filter(|(_, row)| row.principal == user)
        .map(|(key, _)| key.to_owned())
        .collect();
    for role in roles {
        tx.directory.role_assignments.remove(&role);
    }
}

/// Finds a user that is not deleted, by its id or its principal name.
pub(crate) fn find(world: &World, tenant: &str, name: &str) -> Option<User> {
    let user = if name.contains('@') {
        let mut users = rows::<User>(world, tenant).into_iter();
        users.find(|user| user.upn.eq_ignore_ascii_case(name))
    } else {
        row::<User>(world, tenant, name)
    };
    user.filter(|user| user.deleted.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_need_eight_characters_of_three_classes_and_no_name() {
        for (password, expected) in [
            ("Start#2190", true),
            ("start2190x", false),
            ("Start2190", true),
            ("St#2190", false),
            ("Max#Start2190", false),
            (&"Aa1".repeat(86), false),
        ] {
            assert_eq!(
                is_strong(password, "max@fabrikam.example"),
                expected,
                "{password}"
            );
        }
    }
}
