//! Who may do what: the roles that were assigned to the caller or its groups, at the scope or above.
//! Source: arm reference §2 (CSP access model), §10.7; identity reference §12.

use std::collections::BTreeSet;

use super::Azure;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::roles::definition;
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::entra::{gdap, groups};
use crate::sandbox::route::{Caller, Principal};
use crate::sandbox::store::{AzureRole, World};

/// What shows how far something long has come; whoever has any role where it happens may look.
const LOOK: &str = "Microsoft.Resources/subscriptions/operationresults/read";

/// A caller, as assignments know it: its object id, and those of the groups that it is in.
#[derive(Debug)]
pub(in crate::sandbox::arm) struct Who {
    ids: BTreeSet<String>,
}

impl Who {
    /// Returns who calls. A user of the partner counts with the groups of the partner's directory,
    /// an application only with what its own principal is in.
    pub(in crate::sandbox::arm) fn of(world: &World, caller: &Caller) -> Self {
        let mut who = Self::principal(world, &caller.tenant, &caller.object);
        if caller.principal == Principal::User
            && let Some(staff) = gdap::partner_user(world, &caller.tenant, &caller.object)
        {
            let groups = groups::transitive(world, HOME, &staff.id);
            who.ids.extend(groups.iter().map(|group| group.id.clone()));
        }
        who
    }

    /// Returns a principal of a tenant, with its groups there.
    pub(in crate::sandbox::arm) fn principal(world: &World, tenant: &str, id: &str) -> Self {
        let groups = groups::transitive(world, tenant, id);
        let ids = groups.iter().map(|group| group.id.clone());
        Self {
            ids: ids.chain([id.to_lowercase()]).collect(),
        }
    }

    /// Tells whether an assignment is to it.
    pub(in crate::sandbox::arm) fn has(&self, role: &AzureRole) -> bool {
        self.ids.contains(&role.principal)
    }

    /// Tells whether it may do something at a scope.
    pub(in crate::sandbox::arm) fn may(&self, world: &World, id: &Id, action: &str) -> bool {
        let scope = id.key();
        let own = self.own(world, id.subscription.as_deref().unwrap_or_default());
        let mut above = own.filter(|role| covers(&role.scope, &scope));
        above.any(|role| action == LOOK || allows(role, action))
    }

    /// Returns the scopes below a scope at which it may do something.
    pub(super) fn parts(&self, world: &World, id: &Id, action: &str) -> Vec<String> {
        let scope = id.key();
        let own = self.own(world, id.subscription.as_deref().unwrap_or_default());
        let below = own.filter(|role| covers(&scope, &role.scope) && allows(role, action));
        below.map(|role| role.scope.clone()).collect()
    }

    /// Tells whether it sees a subscription: it may read something there.
    pub(in crate::sandbox::arm) fn sees(&self, world: &World, azure: &Azure) -> bool {
        self.own(world, &azure.id).next().is_some()
    }

    fn own<'a>(
        &'a self,
        world: &'a World,
        subscription: &str,
    ) -> impl Iterator<Item = &'a AzureRole> + use<'a> {
        let key = Id::of_subscription(subscription).key();
        let roles = world.arm.roles.under(&key).map(|(_, role)| role);
        roles.filter(|role| self.has(role))
    }
}

fn allows(role: &AzureRole, action: &str) -> bool {
    definition(&role.role).is_some_and(|definition| definition.allows(action))
}

/// Tells whether a scope is another or lies above it; casing does not count.
pub(in crate::sandbox::arm) fn covers(scope: &str, other: &str) -> bool {
    let Some((head, rest)) = other.split_at_checked(scope.len()) else {
        return false;
    };
    head.eq_ignore_ascii_case(scope) && (rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_itself_and_what_is_below() {
        let check = |scope: &str, other: &str, expected| {
            assert_eq!(covers(scope, other), expected, "{scope} {other}");
        };
        check("/subscriptions/s", "/subscriptions/s", true);
        check(
            "/subscriptions/S",
            "/subscriptions/s/resourceGroups/a",
            true,
        );
        check(
            "/subscriptions/s/resourceGroups/a",
            "/subscriptions/s",
            false,
        );
        check("/a/resourceGroups/rg", "/a/resourceGroups/rg-2", false);
    }
}
