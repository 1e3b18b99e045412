//! Moves as a caller sees them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::tests::{call, follow, refused, root};
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::testing::{Bench, Seen};

const VERSION: &str = "api-version=2025-04-01";
/// The subscription that Fabrikam gets besides.
const OTHER: &str = "07e40000-0000-4000-8000-000000000001";
const LOCKS: &str = "api-version=2020-05-01";

/// The group of the shop and the empty one.
fn groups(bench: &Bench) -> (String, String) {
    let root = root(bench);
    (
        format!("{root}/resourceGroups/rg-shop"),
        format!("{root}/resourceGroups/rg-empty"),
    )
}

fn ask(bench: &Bench, action: &str, from: &str, to: &str, what: &Value) -> Seen {
    let body = json!({ "targetResourceGroup": to, "resources": what });
    call(
        bench,
        "POST",
        &format!("{from}/{action}?{VERSION}"),
        Some(&body),
    )
}

/// Returns the name of the first lock on something.
fn locks(bench: &Bench, id: &str) -> (u16, Value) {
    let path = format!("{id}/providers/Microsoft.Authorization/locks?{LOCKS}");
    let seen = call(bench, "GET", &path, None);
    (seen.status, seen.json["value"][0]["name"].clone())
}

fn get(bench: &Bench, id: &str) -> Seen {
    call(bench, "GET", &format!("{id}?api-version=2025-05-01"), None)
}

#[test]
fn what_moves_keeps_its_parts_and_is_named_as_it_is_then() {
    let bench = Bench::new();
    let (shop, empty) = groups(&bench);
    let net = "providers/Microsoft.Network";
    let vnet = format!("{shop}/{net}/VirtualNetworks/vnet-shop");
    let lock = format!("{vnet}/providers/Microsoft.Authorization/locks/keep?{LOCKS}");
    let level = json!({ "properties": { "level": "CanNotDelete" } });
    assert_eq!(call(&bench, "PUT", &lock, Some(&level)).status, 201);
    let seen = ask(&bench, "moveResources", &shop, &empty, &json!([vnet, vnet]));
    assert_eq!(
        (seen.status, seen.header("retry-after")),
        (202, "15"),
        "{}",
        seen.json
    );
    for (verb, group) in [("PUT", &shop), ("DELETE", &empty)] {
        let body = json!({ "location": "westeurope" });
        let seen = call(&bench, verb, &format!("{group}?{VERSION}"), Some(&body));
        assert_eq!(refused(&seen), (409, "ResourceGroupLocked"));
    }
    let locked = ask(&bench, "moveResources", &shop, &empty, &json!([vnet]));
    assert_eq!(refused(&locked), (409, "ResourceGroupLocked"));
    bench.advance(Duration::from_secs(60));
    assert_eq!(follow(&bench, &seen, "location").status, 204);
    assert_eq!(refused(&get(&bench, &vnet)), (404, "ResourceNotFound"));
    assert_eq!(locks(&bench, &vnet), (404, json!(null)));
    let there = format!("{empty}/{net}/VirtualNetworks/vnet-shop");
    assert_eq!(locks(&bench, &there), (200, json!("keep")));
    let moved = get(&bench, &format!("{empty}/{net}/virtualNetworks/vnet-shop")).json;
    let subnet = format!("{empty}/{net}/virtualNetworks/vnet-shop/subnets/web");
    assert_eq!(moved["properties"]["subnets"][1]["id"], subnet, "{moved}");
    let nic = get(&bench, &format!("{shop}/{net}/networkInterfaces/nic-web1")).json;
    assert_eq!(
        nic["properties"]["ipConfigurations"][0]["properties"]["subnet"]["id"],
        subnet
    );
    assert!(moved["properties"]["subnets"][1]["properties"]["ipConfigurations"].is_array());
    let open = call(
        &bench,
        "PUT",
        &format!("{shop}?{VERSION}"),
        Some(&json!({ "location": "westeurope" })),
    );
    assert_eq!(open.status, 200);
}

#[test]
fn what_stands_against_a_move_is_said_before_it_begins() {
    let bench = Bench::new();
    let (shop, empty) = groups(&bench);
    let vnet = format!("{shop}/providers/Microsoft.Network/virtualNetworks/vnet-shop");
    let many: Vec<String> = (0..801).map(|number| format!("{vnet}{number}")).collect();
    let nowhere = format!("/subscriptions/{HOME}/resourceGroups/rg");
    for (to, what, expected) in [
        (&shop, json!([vnet]), (400, "MoveSourceAndTargetAreTheSame")),
        (
            &format!("{shop}-2"),
            json!([vnet]),
            (400, "TargetResourceGroupNotFound"),
        ),
        (&nowhere, json!([vnet]), (400, "TargetSubscriptionNotFound")),
        (&vnet, json!([vnet]), (400, "InvalidTargetResourceGroup")),
        (&empty, json!([]), (400, "InvalidRequestContent")),
        (&empty, json!("x"), (400, "InvalidRequestContent")),
        (&empty, json!([1]), (400, "InvalidRequestContent")),
        (&empty, json!(many), (400, "MoveResourcesLimitExceeded")),
        (&empty, json!(["vnet-shop"]), (400, "InvalidResourceId")),
        (
            &empty,
            json!([format!("{vnet}2")]),
            (400, "ResourceNotInSourceResourceGroup"),
        ),
        (
            &empty,
            json!([format!("{vnet}/subnets/web")]),
            (400, "ChildResourceCannotBeMoved"),
        ),
        (
            &empty,
            json!([format!("{shop}/providers/Microsoft.Web/sites/a")]),
            (400, "ResourceTypeNotMovable"),
        ),
    ] {
        let seen = ask(&bench, "validateMoveResources", &shop, to, &what);
        assert_eq!(refused(&seen), expected, "{to}: {}", seen.json);
    }
    let twin = format!("{empty}/providers/Microsoft.Compute/availabilitySets/as-web?{VERSION}");
    call(
        &bench,
        "PUT",
        &twin,
        Some(&json!({ "location": "westeurope" })),
    );
    let set = format!("{shop}/providers/Microsoft.Compute/availabilitySets/as-web");
    let seen = ask(&bench, "moveResources", &shop, &empty, &json!([set]));
    assert_eq!(refused(&seen), (409, "ResourceAlreadyExistsAtTarget"));
}

#[test]
fn what_the_providers_have_against_a_move_is_the_end_of_it() {
    let bench = Bench::new();
    let (shop, empty) = groups(&bench);
    let vnet = format!("{shop}/providers/Microsoft.Network/virtualNetworks/vnet-shop");
    let fine = ask(
        &bench,
        "validateMoveResources",
        &shop,
        &empty,
        &json!([vnet]),
    );
    bench.advance(Duration::from_secs(30));
    assert_eq!(follow(&bench, &fine, "location").status, 204);
    let still = get(&bench, &vnet);
    assert_eq!(still.status, 200);
    let body = json!({ "location": "westeurope", "properties": still.json["properties"] });
    let put = call(
        &bench,
        "PUT",
        &format!("{vnet}?api-version=2025-05-01"),
        Some(&body),
    );
    assert_eq!(put.status, 200, "{}", put.json);
    let seen = ask(&bench, "moveResources", &shop, &empty, &json!([vnet]));
    bench.advance(Duration::from_secs(60));
    let end = follow(&bench, &seen, "location");
    assert_eq!(
        refused(&end),
        (409, "ResourceMoveProviderValidationFailed"),
        "{}",
        end.json
    );
    assert_eq!(
        end.json["error"]["details"][0]["code"],
        "ResourceNotProvisioned"
    );
    assert_eq!(get(&bench, &vnet).status, 200);
    let open = call(
        &bench,
        "PUT",
        &format!("{shop}?{VERSION}"),
        Some(&json!({ "location": "westeurope" })),
    );
    assert_eq!(open.status, 200);
}

/// Gives Fabrikam a second subscription with a group, and returns that group's id.
fn second(bench: &Bench) -> String {
    let (first, other) = (root(bench), Id::of_subscription(OTHER).text());
    bench.change(|tx| {
        let old = first.rsplit('/').next().unwrap_or_default();
        let mut row = tx.arm.subscriptions.get(old).cloned().expect("seeded");
        OTHER.clone_into(&mut row.id);
        tx.arm.subscriptions.put(OTHER, row);
        let roles = tx.arm.roles.under(&first);
        let roles: Vec<_> = roles
            .map(|(key, role)| (key.to_owned(), role.clone()))
            .collect();
        for (key, mut role) in roles.into_iter().filter(|(_, role)| role.scope == first) {
            other.clone_into(&mut role.scope);
            tx.arm.roles.put(&key.replace(&first, &other), role);
        }
    });
    let group = format!("{other}/resourceGroups/rg-other");
    let body = json!({ "location": "westeurope" });
    let made = call(bench, "PUT", &format!("{group}?{VERSION}"), Some(&body));
    assert_eq!(made.status, 201, "{}", made.json);
    group
}

#[test]
fn what_leaves_its_subscription_takes_all_along_that_it_names() {
    let bench = Bench::new();
    let (shop, _) = groups(&bench);
    let other = second(&bench);
    let account = "providers/Microsoft.Storage/storageAccounts/stfabshop01";
    let ask = |action: &str, what: &str| {
        let seen = ask(
            &bench,
            action,
            &shop,
            &other,
            &json!([format!("{shop}/{what}")]),
        );
        bench.advance(Duration::from_secs(60));
        seen
    };
    let early = ask("moveResources", account);
    assert_eq!(
        refused(&early),
        (400, "TargetSubscriptionNotRegistered"),
        "{}",
        early.json
    );
    bench.change(|tx| {
        for namespace in ["microsoft.network", "microsoft.storage"] {
            let key = format!("{OTHER}/{namespace}");
            tx.arm.registrations.put(&key, "Registered".to_owned());
        }
    });
    for (what, code) in [
        ("networkInterfaces/nic-batch1", "LinkedResourceMissing"),
        ("virtualNetworks/vnet-shop", "LinkedResourceMissing"),
        ("publicIPAddresses/pip-web1", "ResourceNotMovable"),
    ] {
        let what = format!("providers/Microsoft.Network/{what}");
        let end = follow(&bench, &ask("validateMoveResources", &what), "location");
        assert_eq!(refused(&end), (409, "ResourceMoveProviderValidationFailed"));
        assert_eq!(
            end.json["error"]["details"][0]["code"], code,
            "{}",
            end.json
        );
    }
    let moved = follow(&bench, &ask("moveResources", account), "location");
    assert_eq!(moved.status, 204, "{}", moved.json);
    let there = format!("{other}/{account}?api-version=2025-06-01");
    let there = call(&bench, "GET", &there, None);
    assert_eq!(
        (there.status, &there.json["name"]),
        (200, &json!("stfabshop01"))
    );
}
