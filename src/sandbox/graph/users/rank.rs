//! Who may touch administrators: changing how somebody signs in, or deleting somebody, takes a role
//! above the other's. Source: graph reference §8; which roles count as lower ones is (unconfirmed).

use crate::sandbox::entra::roles;
use crate::sandbox::entra::roles::{
    DIRECTORY_READERS, GLOBAL_ADMINISTRATOR, HELPDESK_ADMINISTRATOR,
    PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, USER_ADMINISTRATOR,
};
use crate::sandbox::graph::access::{denied, roles_of};
use crate::sandbox::graph::people::Person;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Caller, Principal};
use crate::sandbox::store::Tx;

/// Roles whose holders an administrator of helpdesk may touch.
const LOW: [&str; 2] = [DIRECTORY_READERS, HELPDESK_ADMINISTRATOR];

/// Refuses a caller that is not above a user.
pub(super) fn check(tx: &Tx<'_>, caller: &Caller, person: &Person) -> Result<(), Refusal> {
    let target = roles::of(tx, &person.tenant, &person.user.id);
    if target.is_empty() {
        return Ok(());
    }
    let is_above = caller.principal == Principal::User && outranks(&roles_of(tx, caller), &target);
    if is_above { Ok(()) } else { Err(denied()) }
}

/// Tells whether holders of some roles may touch one who has others.
fn outranks(own: &[String], target: &[String]) -> bool {
    let has = |role: &str| own.iter().any(|held| held == role);
    if has(GLOBAL_ADMINISTRATOR) || has(PRIVILEGED_AUTHENTICATION_ADMINISTRATOR) {
        return true;
    }
    let administers = has(USER_ADMINISTRATOR);
    target
        .iter()
        .all(|role| LOW.contains(&role.as_str()) || (administers && role == USER_ADMINISTRATOR))
        && (administers || has(HELPDESK_ADMINISTRATOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_above_is_needed() {
        let check = |own: &[&str], target: &[&str], expected: bool| {
            let owned = |roles: &[&str]| -> Vec<String> {
                roles.iter().map(|role| (*role).to_owned()).collect()
            };
            assert_eq!(
                outranks(&owned(own), &owned(target)),
                expected,
                "{own:?} over {target:?}"
            );
        };
        check(&[GLOBAL_ADMINISTRATOR], &[GLOBAL_ADMINISTRATOR], true);
        check(
            &[PRIVILEGED_AUTHENTICATION_ADMINISTRATOR],
            &[GLOBAL_ADMINISTRATOR],
            true,
        );
        check(&[USER_ADMINISTRATOR], &[GLOBAL_ADMINISTRATOR], false);
        check(&[USER_ADMINISTRATOR], &[USER_ADMINISTRATOR], true);
        check(&[HELPDESK_ADMINISTRATOR], &[USER_ADMINISTRATOR], false);
        check(&[HELPDESK_ADMINISTRATOR], &[DIRECTORY_READERS], true);
        check(&[], &[DIRECTORY_READERS], false);
    }
}
