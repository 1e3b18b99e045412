//! What is tracked, and who may ask: whoever may read the objects. Source: graph reference §3.

use serde_json::Value;

use super::{Tracked, answer};
use crate::sandbox::graph::access::{Rule, admit};
use crate::sandbox::graph::{apps, devices, groups, objects, people, roles, users};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(in super::super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/users/delta", |request, tx| {
        tracked(request, tx, &users::READ, &USERS)
    }),
    Route::graph("GET", "/v1.0/groups/delta", |request, tx| {
        tracked(request, tx, &groups::READ, &GROUPS)
    }),
    Route::graph("GET", "/v1.0/applications/delta", |request, tx| {
        tracked(request, tx, &apps::READ, &APPLICATIONS)
    }),
    Route::graph("GET", "/v1.0/servicePrincipals/delta", |request, tx| {
        tracked(request, tx, &apps::READ, &PRINCIPALS)
    }),
    Route::graph("GET", "/v1.0/devices/delta", |request, tx| {
        tracked(request, tx, &devices::READ, &DEVICES)
    }),
    Route::graph("GET", "/v1.0/directoryObjects/delta", |request, tx| {
        tracked(request, tx, &objects::READ, &OBJECTS)
    }),
    Route::graph(
        "GET",
        "/v1.0/oauth2PermissionGrants/delta",
        |request, tx| tracked(request, tx, &apps::READ_GRANTS, &GRANTS),
    ),
    Route::graph("GET", "/v1.0/directoryRoles/delta", |request, tx| {
        tracked(request, tx, &roles::READ, &ROLES)
    }),
];

fn tracked(request: &Request, tx: &mut Tx<'_>, rule: &Rule, tracked: &Tracked) -> Outcome {
    admit(request, tx, rule)?;
    answer(request, tx, tracked)
}

const USERS: Tracked = Tracked {
    part: "users",
    kind: &people::USER,
    links: &["manager"],
    rows: |tx, tenant| people::all(tx, tenant).iter().map(people::shown).collect(),
    restorable: objects::restorable,
    linked: |tx, tenant, id, _| {
        let person = people::find(tx, tenant, id);
        let manager = person.and_then(|person| users::manager::of(tx, &person));
        manager.iter().map(people::typed).collect()
    },
};

const GROUPS: Tracked = Tracked {
    part: "groups",
    kind: &groups::KIND,
    links: &["members", "owners"],
    rows: |tx, tenant| groups::rows(tx, tenant),
    restorable: objects::restorable,
    linked: |tx, tenant, id, link| {
        let Some(group) = groups::find(tx, tenant, id) else {
            return Vec::new();
        };
        let ids = match link {
            "owners" => &group.owners,
            _ => &group.members,
        };
        let found = ids.iter().map(|id| objects::find(tx, tenant, id));
        found.flatten().collect()
    },
};

const APPLICATIONS: Tracked = Tracked {
    part: "applications",
    kind: &apps::APPLICATION,
    links: &[],
    rows: |tx, tenant| untyped(apps::applications(tx, tenant)),
    restorable: never,
    linked: nothing,
};

const PRINCIPALS: Tracked = Tracked {
    part: "servicePrincipals",
    kind: &apps::PRINCIPAL,
    links: &[],
    rows: |tx, tenant| untyped(apps::principals(tx, tenant)),
    restorable: never,
    linked: nothing,
};

const DEVICES: Tracked = Tracked {
    part: "devices",
    kind: &devices::DEVICE,
    links: &[],
    rows: |tx, tenant| devices::rows(tx, tenant),
    restorable: never,
    linked: nothing,
};

const ROLES: Tracked = Tracked {
    part: "directoryRoles",
    kind: &roles::KIND,
    links: &["members"],
    rows: |tx, tenant| untyped(roles::rows(tx, tenant)),
    restorable: never,
    linked: |tx, tenant, id, _| {
        let role = roles::directory_role(tx, tenant, id);
        let template = role
            .as_ref()
            .and_then(|role| role["roleTemplateId"].as_str());
        let assigned = crate::sandbox::entra::roles::assignments(tx, tenant);
        let assigned = assigned
            .iter()
            .filter(|row| Some(row.role.as_str()) == template);
        let found = assigned.map(|row| objects::find(tx, tenant, &row.principal));
        found.flatten().collect()
    },
};

const OBJECTS: Tracked = Tracked {
    part: "directoryObjects",
    kind: &objects::KIND,
    links: &[],
    rows: objects::all,
    restorable: objects::restorable,
    linked: nothing,
};

const GRANTS: Tracked = Tracked {
    part: "oauth2PermissionGrants",
    kind: &apps::GRANT,
    links: &[],
    rows: |tx, tenant| apps::grants(tx, tenant),
    restorable: never,
    linked: nothing,
};

/// Objects of this kind are gone for good.
fn never(_: &Tx<'_>, _: &str, _: &str) -> bool {
    false
}

/// Objects of this kind have no tracked relationship.
fn nothing(_: &Tx<'_>, _: &str, _: &str, _: &str) -> Vec<Value> {
    Vec::new()
}

/// Takes the type away, which lists of one type do not name.
fn untyped(rows: Vec<Value>) -> Vec<Value> {
    rows.into_iter().map(objects::untyped).collect()
}
