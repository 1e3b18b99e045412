//! The domains of a tenant: which are verified stands with the tenant, whatever else is known of
//! them in their own table. Source: graph reference §11.

use super::tenants;
use crate::sandbox::derived;
use crate::sandbox::partner::{accounts, scope};
use crate::sandbox::seed::numbered;
use crate::sandbox::store::{Domain, SignInState, Tx, User, World, key};

/// Services that use the domain a tenant came with.
const SERVICES: [&str; 2] = ["Email", "OfficeCommunicationsOnline"];

/// A domain of a tenant with what follows from the others.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) domain: Domain,
    pub(crate) verified: bool,
    /// Whether the tenant came with it.
    pub(crate) initial: bool,
    /// Whether it is no subdomain of another verified one.
    pub(crate) root: bool,
}

/// Returns the domains of a tenant: the initial one first, verified ones next.
pub(crate) fn of(world: &World, tenant: &str) -> Vec<Known> {
    let verified = tenants::find(world, tenant).map(|tenant| tenant.domains);
    let verified = verified.unwrap_or_default();
    let rows = world.policy.domains.under(tenant).map(|(_, row)| row);
    let others: Vec<Domain> = rows
        .filter(|row| !verified.contains(&row.name))
        .cloned()
        .collect();
    let given = |name: &String| {
        let row = world.policy.domains.get(&key(&[tenant, name]));
        row.cloned().unwrap_or_else(|| Domain {
            name: name.clone(),
            services: SERVICES.map(str::to_owned).to_vec(),
            ..Domain::default()
        })
    };
    let count = verified.len();
    let all = verified.iter().map(given).chain(others);
    let mut known: Vec<Known> = all
        .enumerate()
        .map(|(place, domain)| Known {
            verified: place < count,
            initial: place == 0 && count > 0,
            root: domain.promoted || parent(&verified, &domain.name).is_none(),
            domain,
        })
        .collect();
    if !known.iter().any(|known| known.domain.default)
        && let Some(first) = known.first_mut().filter(|first| first.initial)
    {
        first.domain.default = true;
    }
    known
}

/// Finds a domain of a tenant.
pub(crate) fn find(world: &World, tenant: &str, name: &str) -> Option<Known> {
    let name = name.to_lowercase();
    of(world, tenant)
        .into_iter()
        .find(|known| known.domain.name == name)
}

/// Returns the verified domain that a name is below.
fn parent<'d>(verified: &'d [String], name: &str) -> Option<&'d String> {
    let is_below = |domain: &&String| {
        let head = name.strip_suffix(domain.as_str());
        head.is_some_and(|head| head.len() > 1 && head.ends_with('.'))
    };
    verified.iter().find(is_below)
}

/// Returns the number in the record that proves whose a domain is.
pub(crate) fn proof(tenant: &str, name: &str) -> String {
    let digits: u64 = derived::guid(&["domain", tenant, name])
        .bytes()
        .fold(0, |sum, byte| (sum * 31 + u64::from(byte)) % 100_000_000);
    format!("ms{digits:08}")
}

/// Returns who has verified a domain.
pub(crate) fn owner(world: &World, name: &str) -> Option<String> {
    let tenant = tenants::find(world, name)?;
    let owns = tenant.domains.iter().any(|domain| domain == name);
    owns.then_some(tenant.id)
}

/// Adds a domain to a tenant; one below a verified one is verified at once.
pub(crate) fn add(tx: &mut Tx<'_>, tenant: &str, name: &str) {
    numbered::keep(tx, tenant);
    let row = Domain {
        name: name.to_owned(),
        ..Domain::default()
    };
    tx.policy.domains.put(&key(&[tenant, name]), row);
    let verified = tenants::find(tx, tenant).map(|tenant| tenant.domains);
    if parent(&verified.unwrap_or_default(), name).is_some() {
        verify(tx, tenant, name);
    }
}

/// Makes a domain one of those that a tenant's names may end in.
pub(crate) fn verify(tx: &mut Tx<'_>, tenant: &str, name: &str) {
    if let Some(row) = tx.entra.tenants.edit(tenant) {
        row.domains.push(name.to_owned());
    }
}

/// Returns the row of a domain to be changed; it is kept from now on.
pub(crate) fn edit<'t>(tx: &'t mut Tx<'_>, tenant: &str, name: &str) -> Option<&'t mut Domain> {
    let known = find(tx, tenant, name)?;
    numbered::keep(tx, tenant);
    let key = key(&[tenant, &known.domain.name]);
    if !tx.policy.domains.has(&key) {
        tx.policy.domains.put(&key, known.domain);
    }
    tx.policy.domains.edit(&key)
}

/// Makes a domain the one that new users get.
pub(crate) fn make_default(tx: &mut Tx<'_>, tenant: &str, name: &str) {
    for known in of(tx, tenant) {
        let is_meant = known.domain.name == name;
        if let Some(row) = edit(tx, tenant, &known.domain.name) {
            row.default = is_meant;
        }
    }
}

/// Takes a domain away from a tenant.
pub(crate) fn remove(tx: &mut Tx<'_>, tenant: &str, name: &str) {
    numbered::keep(tx, tenant);
    tx.policy.domains.remove(&key(&[tenant, name]));
    if let Some(row) = tx.entra.tenants.edit(tenant) {
        row.domains.retain(|domain| domain != name);
    }
}

/// Takes everything away that is kept of a tenant's domains, devices, policies and findings.
pub(crate) fn forget(tx: &mut Tx<'_>, tenant: &str) {
    macro_rules! clear {
        ($($table:ident)*) => {
            $(let rows = tx.policy.$table.under(tenant);
            let keys: Vec<String> = rows.map(|(key, _)| key.to_owned()).collect();
            for key in keys {
                tx.policy.$table.remove(&key);
            })*
        };
    }
    clear!(domains devices managed_devices sign_ins audits alerts scores access);
    tx.policy.defaults.remove(tenant);
    tx.policy.organizations.remove(tenant);
}

/// Returns the users of a directory whose names end in a domain.
pub(crate) fn users(world: &World, tenant: &str, name: &str) -> Vec<User> {
    let users = scope::rows::<User>(world, tenant).into_iter();
    let ends = |user: &User| {
        let (_, domain) = user.upn.rsplit_once('@').unwrap_or_default();
        domain.eq_ignore_ascii_case(name)
    };
    users
        .filter(|user| user.deleted.is_none() && ends(user))
        .collect()
}

/// Takes a domain away although it is used: users get the initial one, applications lose their
/// identifiers of it. The reference does not say what becomes of them.
pub(crate) fn remove_by_force(tx: &mut Tx<'_>, tenant: &str, name: &str, disable: bool) {
    let leaving = tx.policy.domains.get(&key(&[tenant, name]));
    let initial = tenants::find(tx, tenant).and_then(|tenant| tenant.domains.first().cloned());
    let Some(initial) = initial.filter(|_| leaving.is_some_and(|row| row.leaving.is_some())) else {
        return;
    };
    for mut user in users(tx, tenant, name) {
        let (local, _) = user.upn.rsplit_once('@').unwrap_or((&user.upn, ""));
        let wanted = format!("{local}@{initial}");
        user.upn = if accounts::is_taken(tx, tenant, &wanted, Some(&user.id)) {
            format!("{local}{}@{initial}", &user.id[..8])
        } else {
            wanted
        };
        accounts::put(tx, tenant, &user);
        if disable {
            let mut row = super::sign_in(tx, &user.id);
            row.state = SignInState::Disabled;
            tx.entra.sign_ins.put(&user.id, row);
        }
    }
    let apps = tx.entra.apps.iter();
    let apps = apps.filter(|(_, app)| app.tenant == tenant && app.uses(name));
    let apps: Vec<String> = apps.map(|(id, _)| id.to_owned()).collect();
    for id in apps {
        if let Some(app) = tx.entra.apps.edit(&id) {
            app.leave(name);
        }
    }
    remove(tx, tenant, name);
}
