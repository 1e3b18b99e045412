//! One view of a tenant's users, whoever made them: customers' users, those of customers by number,
//! and the partner's own. What an answer looks like stands in `shown`.

mod kind;
mod shown;

pub(in crate::sandbox::graph) use kind::{DELETED, USER};
pub(in crate::sandbox::graph) use shown::{TEXTS, nickname as shown_nickname, shown};

use super::access::missing;
use crate::base::clock::Timestamp;
use crate::sandbox::entra;
use crate::sandbox::partner::group_seats::{self, Given};
use crate::sandbox::partner::{accounts, scope};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Assignment, Profile, SignInState, Tx, User, World, key};

/// A user with everything that is known of it.
#[derive(Debug, Clone)]
pub(in crate::sandbox::graph) struct Person {
    /// The tenant whose directory it is in.
    pub(in crate::sandbox::graph) tenant: String,
    /// What Partner Center and Graph both show.
    pub(in crate::sandbox::graph) user: User,
    /// What Graph keeps besides.
    pub(in crate::sandbox::graph) profile: Profile,
    /// Whether it may sign in.
    pub(in crate::sandbox::graph) enabled: bool,
    /// When it was made.
    pub(in crate::sandbox::graph) created: Timestamp,
    /// Licences that groups give it, each with the group's id.
    pub(in crate::sandbox::graph) inherited: Vec<(String, Assignment)>,
    /// Licences that groups mean to give it, and why it does not get them.
    pub(in crate::sandbox::graph) withheld: Vec<Given>,
}

impl Person {
    /// Returns the licences that it has, from groups too; one that it has twice comes once.
    pub(in crate::sandbox::graph) fn licences(&self) -> Vec<&Assignment> {
        let mut all: Vec<&Assignment> = self.user.licences.iter().collect();
        for (_, held) in &self.inherited {
            if all.iter().all(|known| known.sku != held.sku) {
                all.push(held);
            }
        }
        all
    }

    /// Returns the address of its mailbox: it has one with a licence that brings Exchange.
    pub(in crate::sandbox::graph) fn mailbox(&self) -> Option<&str> {
        let plans = self
            .licences()
            .into_iter()
            .flat_map(super::licences::plans_of);
        let mut exchange = plans.filter(|plan| plan.name.starts_with("EXCHANGE"));
        exchange.next().map(|_| self.user.upn.as_str())
    }
}

/// What is the same for all users of a tenant.
struct Tenant<'t> {
    world: &'t World,
    id: &'t str,
    since: Timestamp,
    given: Vec<Given>,
}

impl<'t> Tenant<'t> {
    fn of(world: &'t World, id: &'t str) -> Self {
        let customer = scope::find(world, id);
        Self {
            world,
            id,
            since: customer.map_or(Timestamp::UNIX_EPOCH, |customer| customer.created),
            given: group_seats::from_groups(world, id),
        }
    }

    fn person(&self, user: User) -> Person {
        let profile = self.world.people.profiles.get(&key(&[self.id, &user.id]));
        let profile = profile.cloned().unwrap_or_default();
        let inherited = group_seats::inherited(&self.given, &user.id);
        let inherited = inherited.map(|(group, held)| (group.to_owned(), held.clone()));
        let withheld = self.given.iter().filter(|one| one.user == user.id);
        let withheld = withheld.filter(|one| one.violation.is_some());
        Person {
            tenant: self.id.to_owned(),
            enabled: entra::sign_in(self.world, &user.id).state != SignInState::Disabled,
            created: profile.created.unwrap_or(self.since),
            inherited: inherited.collect(),
            withheld: withheld.cloned().collect(),
            profile,
            user,
        }
    }
}

/// Returns the users of a tenant, in order of their ids.
pub(in crate::sandbox::graph) fn all(world: &World, tenant: &str) -> Vec<Person> {
    let view = Tenant::of(world, tenant);
    let users = scope::rows::<User>(world, tenant).into_iter();
    users
        .filter(|user| user.deleted.is_none())
        .map(|user| view.person(user))
        .collect()
}

/// Returns the users of a tenant that were deleted and can be restored.
pub(in crate::sandbox::graph) fn deleted(tx: &Tx<'_>, tenant: &str) -> Vec<Person> {
    let view = Tenant::of(tx, tenant);
    let users = scope::rows::<User>(tx, tenant).into_iter();
    users
        .filter(|user| user.deleted.is_some() && accounts::is_kept(user, tx.now()))
        .map(|user| view.person(user))
        .collect()
}

/// Finds a user by its id or its principal name.
pub(in crate::sandbox::graph) fn find(world: &World, tenant: &str, name: &str) -> Option<Person> {
    let user = accounts::find(world, tenant, name)?;
    Some(Tenant::of(world, tenant).person(user))
}

/// Returns a user by its id or its principal name, or refuses.
pub(in crate::sandbox::graph) fn need(
    world: &World,
    tenant: &str,
    name: &str,
) -> Result<Person, Refusal> {
    find(world, tenant, name).ok_or_else(|| missing(name))
}

/// Shows a user as it is in a list of objects of several types.
pub(in crate::sandbox::graph) fn typed(person: &Person) -> serde_json::Value {
    let mut row = shown(person);
    row["@odata.type"] = "#microsoft.graph.user".into();
    row
}
