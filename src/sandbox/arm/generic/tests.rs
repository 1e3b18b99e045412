//! Resources of any type as a caller sees them.

use serde_json::{Value, json};

use crate::sandbox::arm::tests::{call, refused, root};
use crate::sandbox::testing::{Bench, Seen};

fn list(bench: &Bench, scope: &str, query: &str) -> Seen {
    let path = format!(
        "{}{scope}/resources?api-version=2025-04-01{query}",
        root(bench)
    );
    call(bench, "GET", &path, None)
}

fn names(seen: &Seen) -> Vec<&str> {
    let all = seen.json["value"].as_array().into_iter().flatten();
    all.filter_map(|one| one["name"].as_str()).collect()
}

/// Puts availability sets into the empty group.
fn fill(bench: &Bench, count: usize) {
    for number in 0..count {
        let path = format!(
            "{}/resourceGroups/rg-empty/providers/Microsoft.Compute/availabilitySets/as-{number:03}?api-version=2025-04-01",
            root(bench)
        );
        let tags = json!({ "team": if number == 0 { "shop" } else { "none" } });
        let seen = call(
            bench,
            "PUT",
            &path,
            Some(&json!({ "location": "westeurope", "tags": tags })),
        );
        assert!(matches!(seen.status, 200 | 201), "{}", seen.json);
    }
}

#[test]
fn resources_are_listed_and_filtered() {
    let bench = Bench::new();
    fill(&bench, 2);
    let group = "/resourceGroups/rg-empty";
    for (filter, expected) in [
        ("", json!(["as-000", "as-001"])),
        ("&$filter=name eq 'AS-000'", json!(["as-000"])),
        ("&$filter=name ne 'as-000'", json!(["as-001"])),
        (
            "&$filter=location eq 'West Europe' and name eq 'as-001'",
            json!(["as-001"]),
        ),
        (
            "&$filter=substringof('01', name) and resourceType eq 'microsoft.compute/availabilitysets'",
            json!(["as-001"]),
        ),
        (
            "&$filter=resourceType eq 'Microsoft.Network/virtualNetworks'",
            json!([]),
        ),
        (
            "&$filter=tagName eq 'team' and tagValue eq 'shop'",
            json!(["as-000"]),
        ),
        (
            "&$filter=startswith(tagName,'TE')",
            json!(["as-000", "as-001"]),
        ),
        ("&$filter=identity eq 'SystemAssigned'", json!([])),
    ] {
        let seen = list(&bench, group, &filter.replace(' ', "%20"));
        assert_eq!(json!(names(&seen)), expected, "{filter}: {}", seen.json);
        let hides = filter.contains("tagName");
        let shown = seen.json["value"].as_array().into_iter().flatten();
        assert!(
            shown
                .into_iter()
                .all(|one| one.get("tags").is_none() == hides),
            "{}",
            seen.json
        );
    }
    let seen = list(
        &bench,
        group,
        "&$expand=createdTime,provisioningState&$top=1",
    );
    let one = &seen.json["value"][0];
    assert_eq!(
        (&one["createdTime"], &one["provisioningState"]),
        (&json!("2026-03-02T09:00:00.000Z"), &json!("Succeeded"))
    );
    assert!(one.get("changedTime").is_none() && one.get("properties").is_none());
    let all = list(&bench, "", "&$filter=resourceGroup%20eq%20'rg-shop'");
    assert!(
        names(&all).contains(&"vnet-shop") && !names(&all).contains(&"web"),
        "{}",
        all.json
    );
    for (query, code) in [
        ("&$filter=kind%20eq%20'a'", "InvalidFilterInQueryString"),
        ("&$expand=tags", "InvalidExpandInQueryString"),
        ("&$top=0", "InvalidTopValue"),
        ("&$skiptoken=x", "InvalidSkipToken"),
    ] {
        assert_eq!(refused(&list(&bench, group, query)), (400, code));
    }
    assert_eq!(
        refused(&list(&bench, "/resourceGroups/no", "")),
        (404, "ResourceGroupNotFound")
    );
}

#[test]
fn a_long_list_has_an_empty_page_that_is_not_the_end() {
    let bench = Bench::new();
    fill(&bench, 9);
    let mut seen = list(&bench, "/resourceGroups/rg-empty", "&$top=2");
    let (mut sizes, mut found) = (Vec::new(), Vec::new());
    loop {
        sizes.push(names(&seen).len());
        found.extend(names(&seen).into_iter().map(str::to_owned));
        let Some(next) = seen.json["nextLink"].as_str() else {
            break;
        };
        let path = next
            .strip_prefix("http://127.0.0.1:1/arm")
            .expect("an address of its own")
            .to_owned();
        seen = call(&bench, "GET", &path, None);
    }
    assert_eq!(sizes, [2, 0, 2, 2, 2, 1]);
    assert_eq!(found.len(), 9);
}

#[test]
fn whatever_an_id_names_is_found_or_refused() {
    let bench = Bench::new();
    let root = root(&bench);
    let group = format!("{root}/resourceGroups/rg-shop");
    let version = "?api-version=2025-05-01";
    let vnet = format!("{group}/providers/Microsoft.Network/virtualNetworks");
    for (path, expected) in [
        (format!("{vnet}/vnet-shop{version}"), 204),
        (format!("{vnet}/no{version}"), 404),
        (format!("{vnet}/vnet-shop/subnets/web{version}"), 204),
    ] {
        assert_eq!(call(&bench, "HEAD", &path, None).status, expected, "{path}");
    }
    for verb in ["GET", "PUT", "PATCH", "DELETE"] {
        let body = json!({ "location": "westeurope" });
        let body: Option<&Value> = (verb.starts_with('P')).then_some(&body);
        for (path, expected) in [
            (
                format!("{group}/providers/Contoso.None/things/a{version}"),
                (404, "InvalidResourceNamespace"),
            ),
            (
                format!("{group}/providers/Microsoft.Network/things/a{version}"),
                (404, "InvalidResourceType"),
            ),
            (
                format!("{root}/resourceGroup/rg-shop{version}"),
                (400, "InvalidApiVersionParameter"),
            ),
            (
                format!("{root}/resourceGroup/rg-shop"),
                (400, "MissingApiVersionParameter"),
            ),
            (
                format!("{vnet}/v?api-version=1999-01-01"),
                (400, "NoRegisteredProviderFound"),
            ),
        ] {
            let seen = call(&bench, verb, &path, body);
            assert_eq!(refused(&seen), expected, "{verb} {path}: {}", seen.json);
        }
    }
}

#[test]
fn an_unregistered_provider_refuses_changes_and_has_nothing_whatever_its_types() {
    let bench = Bench::new();
    let root = root(&bench);
    let vaults = "providers/Microsoft.KeyVault/vaults";
    let version = "?api-version=2025-02-01";
    let one = format!("{root}/resourceGroups/rg-shop/{vaults}/v1{version}");
    let body = json!({ "location": "westeurope" });
    for (verb, body) in [
        ("PUT", Some(&body)),
        ("PATCH", Some(&body)),
        ("DELETE", None),
    ] {
        let seen = call(&bench, verb, &one, body);
        assert_eq!(
            refused(&seen),
            (409, "MissingSubscriptionRegistration"),
            "{verb}"
        );
    }
    for scope in [root.clone(), format!("{root}/resourceGroups/rg-shop")] {
        let seen = call(&bench, "GET", &format!("{scope}/{vaults}{version}"), None);
        assert_eq!(
            (seen.status, &seen.json["value"]),
            (200, &json!([])),
            "{scope}"
        );
    }
    let web = format!("{root}/resourceGroups/rg-shop/providers/Microsoft.Network/things{version}");
    assert_eq!(call(&bench, "GET", &web, None).status, 501);
}
