//! Who owns applications and service principals. Source: graph reference §8, §10.

use serde_json::Value;

use super::{READ, WRITE, applications, principals};
use crate::sandbox::entra::tenants;
use crate::sandbox::graph::access::{admit, denied, missing};
use crate::sandbox::graph::objects::{self, admit_to_change, exists, refer, reference};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{App, Consent, Tx, World, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/applications/{application}/owners", list),
    Route::graph("POST", "/v1.0/applications/{application}/owners/$ref", add),
    Route::graph(
        "DELETE",
        "/v1.0/applications/{application}/owners/{owner}/$ref",
        remove,
    ),
    Route::graph("GET", "/v1.0/servicePrincipals/{principal}/owners", list),
    Route::graph(
        "POST",
        "/v1.0/servicePrincipals/{principal}/owners/$ref",
        add,
    ),
    Route::graph(
        "DELETE",
        "/v1.0/servicePrincipals/{principal}/owners/{owner}/$ref",
        remove,
    ),
];

/// What may own them.
const OWNERS: &[&str] = &["user", "servicePrincipal"];

/// What the path names.
enum Owned {
    Application(App),
    /// A service principal, by the key of its consent.
    Principal(String, Consent),
    /// One of the services, which nobody here owns.
    Service,
}

impl Owned {
    fn named(request: &Request, tx: &World, tenant: &str) -> Result<Self, Refusal> {
        if !request.param("application").is_empty() {
            return applications::named(request, tx).map(Self::Application);
        }
        let row = principals::named(request, tx, tenant)?;
        let app = row["appId"].as_str().unwrap_or_default();
        let consent = tenants::consent_of(tx, tenant, app);
        let own = |consent| Self::Principal(key(&[tenant, app]), consent);
        Ok(consent.map_or(Self::Service, own))
    }

    fn owners(&self) -> &[String] {
        match self {
            Self::Application(app) => &app.owners,
            Self::Principal(_, consent) => &consent.set.owners,
            Self::Service => &[],
        }
    }

    /// Keeps it with other owners.
    fn put(self, tx: &mut Tx<'_>, owners: Vec<String>) -> Result<(), Refusal> {
        match self {
            Self::Application(app) => applications::put(tx, App { owners, ..app }),
            Self::Principal(key, mut consent) => {
                consent.set.owners = owners;
                tx.entra.consents.put(&key, consent);
            }
            Self::Service => return Err(denied()),
        }
        Ok(())
    }
}

/// Returns the applications and service principals that somebody owns, with their types.
pub(in crate::sandbox::graph) fn owned(world: &World, tenant: &str, owner: &str) -> Vec<Value> {
    let owns = |owners: &[String]| owners.iter().any(|id| id == owner);
    let apps = world.entra.apps.iter().map(|(_, app)| app);
    let apps = apps.filter(|app| app.tenant == tenant && owns(&app.owners));
    let apps = apps.map(|app| applications::shown(world, app));
    let consents = tenants::consents(world, tenant);
    let principals = consents.iter().filter(|(_, row)| owns(&row.set.owners));
    let principals = principals.map(|(app, row)| principals::shown(world, app, row));
    apps.chain(principals).collect()
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = &admit(request, tx, &READ)?.tenant;
    let owned = Owned::named(request, tx, tenant)?;
    let ids = owned.owners().iter();
    let rows = ids.filter_map(|id| objects::find(tx, tenant, id));
    objects::list(request, "directoryObjects", rows)
}

fn add(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let url = reference(request)?;
    let tenant = admit_to_change(request, tx, &WRITE)?.tenant.clone();
    let owned = Owned::named(request, tx, &tenant)?;
    let object = refer(tx, &tenant, &url, ("owners", OWNERS))?;
    let id = object["id"].as_str().unwrap_or_default().to_owned();
    let mut owners = owned.owners().to_vec();
    if owners.contains(&id) {
        return Err(exists("owners"));
    }
    owners.push(id);
    owned.put(tx, owners)?;
    Ok(Reply::empty(204))
}

fn remove(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit_to_change(request, tx, &WRITE)?.tenant.clone();
    let owned = Owned::named(request, tx, &tenant)?;
    let id = request.param("owner").to_lowercase();
    let mut owners = owned.owners().to_vec();
    if !owners.contains(&id) {
        return Err(missing(&id));
    }
    owners.retain(|owner| *owner != id);
    owned.put(tx, owners)?;
    Ok(Reply::empty(204))
}
