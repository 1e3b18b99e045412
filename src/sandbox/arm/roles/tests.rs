//! Role assignments as a caller sees them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::access;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::tests::{call, refused, root};
use crate::sandbox::entra::groups::ADMIN_AGENTS;
use crate::sandbox::entra::seed::{CLIENT, HOME};
use crate::sandbox::entra::tenants;
use crate::sandbox::route::Principal;
use crate::sandbox::seed::FABRIKAM;
use crate::sandbox::store::key;
use crate::sandbox::testing::{Bench, Seen, caller};

const KIM: &str = "fab71ca0-0001-4000-8000-000000000002";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const NAME: &str = "0b5c7c5e-6d0e-4a52-9d4a-9f2d7d0a1c11";
const VERSION: &str = "api-version=2022-04-01";

fn role_id(root: &str, role: &str) -> String {
    format!("{root}/providers/Microsoft.Authorization/roleDefinitions/{role}")
}

fn path(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}?{VERSION}")
}

/// Gives a role at a scope in the subscription of `root`.
fn give(bench: &Bench, root: &str, scope: &str, name: &str, properties: &Value) -> Seen {
    let mut properties = properties.clone();
    let role = properties["role"].as_str().unwrap_or(OWNER).to_owned();
    if let Value::Object(members) = &mut properties {
        members.remove("role");
        members.insert("roleDefinitionId".to_owned(), role_id(root, &role).into());
    }
    let body = json!({ "properties": properties });
    call(bench, "PUT", &path(scope, name), Some(&body))
}

fn principal(bench: &Bench) -> String {
    let consent = bench.change(|tx| tenants::consent_of(tx, FABRIKAM, CLIENT));
    consent.expect("seeded").principal
}

#[test]
fn an_application_needs_an_assignment_of_its_own() {
    let bench = Bench::new();
    let root = root(&bench);
    let group = format!("{root}/resourceGroups/rg-shop?api-version=2025-04-01");
    let look = || bench.arm(FABRIKAM, Bench::itself(), &group);
    let seen = look();
    assert_eq!(refused(&seen), (403, "AuthorizationFailed"));
    let text = seen.json["error"]["message"].as_str().unwrap_or_default();
    assert!(
        text.contains("'Microsoft.Resources/subscriptions/resourceGroups/read'")
            && text.contains("rg-shop'"),
        "{text}"
    );
    let who = json!({ "principalId": principal(&bench), "principalType": "ServicePrincipal" });
    let made = give(&bench, &root, &root, NAME, &who);
    assert_eq!(made.status, 201, "{}", made.json);
    let properties = &made.json["properties"];
    assert_eq!(
        (&properties["scope"], &properties["createdBy"]),
        (&json!(root), &Value::Null)
    );
    assert_eq!(properties["roleDefinitionId"], role_id(&root, OWNER));
    assert_eq!(look().status, 200);
    let own = call(&bench, "GET", &path(&root, NAME), None);
    assert_eq!((own.status, &own.json["name"]), (200, &json!(NAME)));
    let old = path(&root, NAME).replace("2022-04-01", "2015-07-01");
    let old = call(&bench, "GET", &old, None);
    assert_eq!(old.json["properties"].get("principalType"), None);
    let gone = call(&bench, "DELETE", &path(&root, NAME), None);
    assert_eq!((gone.status, &gone.json["name"]), (200, &json!(NAME)));
    assert_eq!(call(&bench, "DELETE", &path(&root, NAME), None).status, 204);
    assert_eq!(look().status, 403);
}

#[test]
fn the_admin_agents_can_be_removed_and_put_back() {
    let bench = Bench::new();
    let root = root(&bench);
    let all = format!("{root}/providers/Microsoft.Authorization/roleAssignments?{VERSION}");
    let seen = call(&bench, "GET", &format!("{all}&$filter=atScope()"), None);
    let name = seen.json["value"][0]["name"].as_str().unwrap_or_default();
    assert_eq!(call(&bench, "DELETE", &path(&root, name), None).status, 200);
    assert_eq!(
        refused(&call(&bench, "GET", &all, None)),
        (403, "AuthorizationFailed")
    );
    let seen = call(&bench, "GET", "/subscriptions?api-version=2022-12-01", None);
    assert_eq!(seen.json["value"], json!([]));
    // Somebody of the customer who is an owner puts it back; the same group in the same way.
    bench.change(|tx| {
        let scope = Id::parse(&root).expect("an id");
        super::give(tx, (&scope, NAME), (KIM, "User"), OWNER);
    });
    let kim = caller(FABRIKAM, (Principal::User, KIM), &[]);
    let write = "Microsoft.Authorization/roleAssignments/write";
    bench.change(|tx| {
        let scope = Id::parse(&root).expect("an id");
        assert!(access::admit(&kim, tx, &scope, write).is_ok());
        super::give(tx, (&scope, HOME), (ADMIN_AGENTS, "ForeignGroup"), OWNER);
    });
    assert_eq!(call(&bench, "GET", &all, None).status, 200);
}

#[test]
fn roles_are_inherited_downwards_and_through_groups() {
    let bench = Bench::new();
    let root = root(&bench);
    let kim = caller(FABRIKAM, (Principal::User, KIM), &[]);
    let may = |path: &str, action: &str| {
        let id = Id::parse(&format!("{root}{path}")).expect("an id");
        bench.change(|tx| access::admit(&kim, tx, &id, action).is_ok())
    };
    let set = "/resourceGroups/RG-Shop/providers/Microsoft.Compute/availabilitySets/as-web";
    let read = "Microsoft.Compute/availabilitySets/read";
    assert!(may(set, read), "the sellers read the shop");
    assert!(!may(set, "Microsoft.Compute/availabilitySets/write"));
    assert!(!may(
        "",
        "Microsoft.Resources/subscriptions/resourceGroups/read"
    ));
    assert!(!may(&set.replace("RG-Shop", "rg-shop-2"), read));
}

#[test]
fn a_list_shows_what_its_caller_may_read() {
    let bench = Bench::new();
    let root = root(&bench);
    let shop = format!("{root}/resourceGroups/rg-shop");
    let groups = format!("{root}/resourceGroups?api-version=2025-04-01");
    let sets =
        format!("{root}/providers/Microsoft.Compute/availabilitySets?api-version=2025-04-01");
    let names = |path: &str| {
        let seen = bench.arm(FABRIKAM, Bench::itself(), path);
        let all = seen.json["value"].as_array().cloned().unwrap_or_default();
        let names = all
            .iter()
            .map(|one| one["name"].as_str().unwrap_or_default().to_owned());
        (seen.status, names.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(names(&groups), (403, String::new()));
    let who = json!({ "principalId": principal(&bench), "role": READER });
    assert_eq!(give(&bench, &root, &shop, NAME, &who).status, 201);
    assert_eq!(names(&groups), (200, "rg-shop".to_owned()));
    assert_eq!(names(&sets), (200, "as-web".to_owned()));
    let all = format!(
        "{root}/resources?api-version=2025-04-01&$filter=resourceType%20eq%20'Microsoft.Compute/availabilitySets'"
    );
    assert_eq!(names(&all), (200, "as-web".to_owned()));
    assert_eq!(names("/subscriptions?api-version=2022-12-01").0, 200);
}

#[test]
fn what_a_resource_refers_to_needs_a_right_of_its_own() {
    let bench = Bench::new();
    let root = root(&bench);
    let machines = "9980e02c-c2be-4d73-94e8-173b1dc7cf3c";
    let id = |path: &str| Id::parse(&format!("{root}/resourceGroups/{path}")).expect("an id");
    let kim = caller(FABRIKAM, (Principal::User, KIM), &[]);
    let linked = |bench: &Bench| {
        let nic = id("rg-shop/providers/Microsoft.Network/networkInterfaces/nic-web1");
        let body = json!({ "properties": { "networkProfile": { "networkInterfaces": [{ "id": nic.text() }] } } });
        let machine = id("rg-empty/providers/Microsoft.Compute/virtualMachines/vm1");
        let body = body.as_object().cloned().unwrap_or_default();
        bench.change(|tx| access::linked(&kim, tx, &machine, &body).err())
    };
    let refusal = linked(&bench).expect("the sellers read the shop and no more");
    assert_eq!(
        (refusal.status, refusal.code),
        (403, json!("LinkedAuthorizationFailed"))
    );
    assert!(
        refusal.text.contains("networkInterfaces/join/action"),
        "{}",
        refusal.text
    );
    bench.change(|tx| super::give(tx, (&id("rg-shop"), NAME), (KIM, "User"), machines));
    assert!(linked(&bench).is_none());
}

#[test]
fn wrong_assignments_are_refused() {
    let bench = Bench::new();
    let root = root(&bench);
    let check = |name: &str, properties: Value, expected: (u16, &str)| {
        let seen = give(&bench, &root, &root, name, &properties);
        assert_eq!(refused(&seen), expected, "{properties}: {}", seen.json);
    };
    let app = principal(&bench);
    check(
        "not-a-guid",
        json!({ "principalId": app }),
        (400, "InvalidRoleAssignmentId"),
    );
    check(
        NAME,
        json!({ "principalId": "kim" }),
        (400, "InvalidPrincipalId"),
    );
    check(
        NAME,
        json!({ "principalId": HOME }),
        (400, "PrincipalNotFound"),
    );
    check(NAME, json!({}), (400, "InvalidParameter"));
    check(
        NAME,
        json!({ "principalId": app, "role": HOME }),
        (400, "RoleDefinitionDoesNotExist"),
    );
    check(
        NAME,
        json!({ "principalId": app, "principalType": "User" }),
        (400, "UnmatchedPrincipalType"),
    );
    // The admin agents are not of this directory, and own the subscription already.
    check(
        NAME,
        json!({ "principalId": ADMIN_AGENTS }),
        (400, "PrincipalNotFound"),
    );
    check(
        NAME,
        json!({ "principalId": ADMIN_AGENTS, "principalType": "ForeignGroup" }),
        (409, "RoleAssignmentExists"),
    );
    let made = give(&bench, &root, &root, NAME, &json!({ "principalId": KIM }));
    assert_eq!(
        (made.status, &made.json["properties"]["principalType"]),
        (201, &json!("User"))
    );
    check(
        NAME,
        json!({ "principalId": KIM, "role": READER }),
        (400, "RoleAssignmentUpdateNotPermitted"),
    );
    let again = json!({ "principalId": KIM, "description": "on call" });
    let again = give(&bench, &root, &root, NAME, &again);
    assert_eq!(
        (again.status, &again.json["properties"]["description"]),
        (200, &json!("on call"))
    );
    let nowhere = format!("{root}/resourceGroups/rg-none");
    let seen = give(
        &bench,
        &root,
        &nowhere,
        HOME,
        &json!({ "principalId": KIM }),
    );
    assert_eq!(refused(&seen), (404, "ResourceGroupNotFound"));
    let typo = format!("{root}/resourceGroup/rg-shop");
    let seen = give(&bench, &root, &typo, HOME, &json!({ "principalId": KIM }));
    assert_eq!(refused(&seen), (400, "InvalidApiVersionParameter"));
}

#[test]
fn a_new_service_principal_is_found_after_a_while_or_when_its_type_is_said() {
    let bench = Bench::new();
    let root = root(&bench);
    let id = bench.change(|tx| {
        tx.entra.consents.remove(&key(&[FABRIKAM, CLIENT]));
        let consent = tenants::consent_or_new(tx, FABRIKAM, HOME);
        let id = consent.principal.clone();
        tx.entra.consents.put(&key(&[FABRIKAM, HOME]), consent);
        // Without its consent the application gets no token.
        tenants::consent(tx, FABRIKAM);
        id
    });
    let plain = json!({ "principalId": id });
    let seen = give(&bench, &root, &root, NAME, &plain);
    assert_eq!(refused(&seen), (400, "PrincipalNotFound"));
    let told = json!({ "principalId": id, "principalType": "ServicePrincipal" });
    assert_eq!(give(&bench, &root, &root, NAME, &told).status, 201);
    assert_eq!(call(&bench, "DELETE", &path(&root, NAME), None).status, 200);
    bench.advance(Duration::from_secs(21));
    assert_eq!(give(&bench, &root, &root, NAME, &plain).status, 201);
}

#[test]
fn role_definitions_are_found_by_name() {
    let bench = Bench::new();
    let root = root(&bench);
    let all = format!("{root}/providers/Microsoft.Authorization/roleDefinitions?{VERSION}");
    let found = |filter: &str| {
        let seen = call(&bench, "GET", &format!("{all}&$filter={filter}"), None);
        seen.json["value"].as_array().map_or(0, Vec::len)
    };
    let seen = call(
        &bench,
        "GET",
        &format!("{all}&$filter=roleName%20eq%20'Owner'"),
        None,
    );
    assert_eq!(seen.json["value"][0]["id"], role_id(&root, OWNER));
    assert_eq!(found("type%20eq%20'CustomRole'"), 0);
    assert!(found("") > 10);
    let one = call(
        &bench,
        "GET",
        &format!("{}?{VERSION}", role_id(&root, OWNER)),
        None,
    );
    assert_eq!(one.json["properties"]["roleName"], "Owner");
    let none = call(
        &bench,
        "GET",
        &format!("{}?{VERSION}", role_id(&root, HOME)),
        None,
    );
    assert_eq!(refused(&none), (404, "RoleDefinitionDoesNotExist"));
}
