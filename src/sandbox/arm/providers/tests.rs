//! Registration of providers and features, as a caller sees it.

use std::time::Duration;

use serde_json::json;

use crate::sandbox::arm::tests::{call, refused, root};
use crate::sandbox::testing::Bench;

const VERSION: &str = "api-version=2025-04-01";

#[test]
fn a_provider_is_registered_after_several_looks() {
    let bench = Bench::new();
    let root = root(&bench);
    let vaults = format!("{root}/providers/microsoft.keyvault");
    let state = |after: u64| {
        bench.advance(Duration::from_secs(after));
        let seen = call(&bench, "GET", &format!("{vaults}?{VERSION}"), None);
        seen.json["registrationState"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(state(0), "NotRegistered");
    let begun = call(
        &bench,
        "POST",
        &format!("{vaults}/register?{VERSION}"),
        None,
    );
    assert_eq!(
        (
            begun.status,
            &begun.json["registrationState"],
            &begun.json["namespace"]
        ),
        (200, &json!("Registering"), &json!("Microsoft.KeyVault"))
    );
    assert_eq!(
        [state(10), state(10), state(25)],
        ["Registering", "Registering", "Registered"]
    );
    let back = call(
        &bench,
        "POST",
        &format!("{vaults}/unregister?{VERSION}"),
        None,
    );
    assert_eq!(back.json["registrationState"], "Unregistering");
    assert_eq!(state(45), "Unregistered");
    let unknown = call(
        &bench,
        "GET",
        &format!("{root}/providers/Contoso.Toys?{VERSION}"),
        None,
    );
    assert_eq!(refused(&unknown), (404, "InvalidResourceNamespace"));
}

#[test]
fn what_is_not_registered_refuses_writes_and_has_nothing_to_read() {
    let bench = Bench::new();
    let root = root(&bench);
    bench.change(|tx| {
        let id = root.rsplit('/').next().unwrap_or_default();
        tx.arm
            .registrations
            .remove(&format!("{id}/microsoft.compute"));
        let set = format!(
            "{root}/resourceGroups/rg-shop/providers/Microsoft.Compute/availabilitySets/as-web"
        );
        tx.arm.resources.remove(&set);
    });
    let sets =
        format!("{root}/resourceGroups/rg-empty/providers/Microsoft.Compute/availabilitySets");
    let body = json!({ "location": "westeurope" });
    let put = || call(&bench, "PUT", &format!("{sets}/as1?{VERSION}"), Some(&body));
    let seen = put();
    assert_eq!(refused(&seen), (409, "MissingSubscriptionRegistration"));
    let text = seen.json["error"]["message"].as_str().unwrap_or_default();
    let last = text.rsplit('\'').nth(1);
    assert_eq!(
        last,
        Some("Microsoft.Compute"),
        "clients take the last quoted word"
    );
    let list = call(&bench, "GET", &format!("{sets}?{VERSION}"), None);
    assert_eq!((list.status, &list.json["value"]), (200, &json!([])));
    let register = format!("{root}/providers/Microsoft.Compute/register?{VERSION}");
    assert_eq!(call(&bench, "POST", &register, None).status, 200);
    assert_eq!(put().status, 409, "not yet");
    bench.advance(Duration::from_secs(45));
    assert_eq!(put().status, 200);
    let unregister = register.replace("/register", "/unregister");
    assert_eq!(
        refused(&call(&bench, "POST", &unregister, None)),
        (409, "Conflict")
    );
}

#[test]
fn types_are_listed_with_versions_and_places() {
    let bench = Bench::new();
    let root = root(&bench);
    let path = format!("{root}/providers/Microsoft.Compute/resourceTypes?{VERSION}");
    let seen = call(&bench, "GET", &path, None);
    let all = seen.json["value"].as_array().cloned().unwrap_or_default();
    let sets = all
        .iter()
        .find(|one| one["resourceType"] == "availabilitySets");
    let sets = sets.expect("a type that is served");
    assert_eq!(
        (&sets["apiVersions"][0], &sets["locations"][0]),
        (&json!("2025-04-01"), &json!("Central US"))
    );
    let list = call(
        &bench,
        "GET",
        &format!("{root}/providers?{VERSION}&$expand=metadata"),
        None,
    );
    let names = list.json["value"].as_array().cloned().unwrap_or_default();
    assert!(
        names
            .iter()
            .any(|one| one["namespace"] == "Microsoft.Authorization"
                && one["registrationState"] == "Registered")
    );
}

#[test]
fn a_feature_takes_its_time_and_one_waits_for_approval() {
    let bench = Bench::new();
    let root = root(&bench);
    let features = format!(
        "{root}/providers/Microsoft.Features/providers/Microsoft.RecoveryServices/features"
    );
    let version = "api-version=2021-07-01";
    let post = |what: &str| {
        let seen = call(
            &bench,
            "POST",
            &format!("{features}/{what}?{version}"),
            None,
        );
        seen.json["properties"]["state"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(post("betaaccess/register"), "Registering");
    bench.advance(Duration::from_secs(300));
    let seen = call(
        &bench,
        "GET",
        &format!("{features}/betaAccess?{version}"),
        None,
    );
    assert_eq!(
        (&seen.json["name"], &seen.json["properties"]["state"]),
        (
            &json!("Microsoft.RecoveryServices/betaAccess"),
            &json!("Registered")
        )
    );
    assert_eq!(post("betaAccess/unregister"), "Unregistering");
    assert_eq!(post("crossRegionRestore/register"), "Pending");
    let own = call(&bench, "GET", &format!("{features}?{version}"), None);
    assert_eq!(own.json["value"].as_array().map(Vec::len), Some(2));
    let all = call(
        &bench,
        "GET",
        &format!("{root}/providers/Microsoft.Features/features?{version}"),
        None,
    );
    assert!(all.json["value"].as_array().map_or(0, Vec::len) > 2);
    let none = call(&bench, "GET", &format!("{features}/none?{version}"), None);
    assert_eq!(refused(&none), (404, "FeatureNotFound"));
}
