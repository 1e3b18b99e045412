//! Budgets and usage as a caller sees them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::arm::tests::{call, refused, root};
use crate::sandbox::limits::Limits;
use crate::sandbox::testing::Bench;

const VERSION: &str = "api-version=2024-08-01";

fn budget(properties: &Value) -> Value {
    let mut all = json!({
        "amount": 100,
        "category": "Cost",
        "timeGrain": "Monthly",
        "timePeriod": { "startDate": "2026-03-01T00:00:00Z", "endDate": "2027-03-01T00:00:00Z" },
    });
    for (name, value) in properties.as_object().expect("an object") {
        all[name] = value.clone();
    }
    json!({ "properties": all })
}

#[test]
fn a_budget_is_changed_under_its_tag() {
    let bench = Bench::new();
    let scope = format!("{}/resourceGroups/rg-shop", root(&bench));
    let path = format!("{scope}/providers/Microsoft.Consumption/budgets/march?{VERSION}");
    let put = |body: &Value| call(&bench, "PUT", &path, Some(body));
    let made = put(&budget(&json!({})));
    assert_eq!(
        (made.status, &made.json["properties"]["amount"]),
        (201, &json!(100.0))
    );
    assert_eq!(made.json["properties"]["currentSpend"]["unit"], "USD");
    assert_eq!(refused(&put(&budget(&json!({})))), (409, "Conflict"));
    let mut again = budget(&json!({ "amount": 200 }));
    again["eTag"] = "\"stale\"".into();
    assert_eq!(refused(&put(&again)), (412, "PreconditionFailed"));
    again["eTag"] = made.json["eTag"].clone();
    let changed = put(&again);
    assert_eq!(
        (changed.status, &changed.json["properties"]["amount"]),
        (200, &json!(200.0))
    );
    assert_ne!(changed.json["eTag"], made.json["eTag"]);
    let list = format!("{scope}/providers/Microsoft.Consumption/budgets?{VERSION}");
    let list = call(&bench, "GET", &list, None);
    assert_eq!(list.json["value"], json!([changed.json]));
    assert_eq!(call(&bench, "DELETE", &path, None).status, 200);
    assert_eq!(
        refused(&call(&bench, "GET", &path, None)),
        (404, "NotFound")
    );
    let seeded = format!(
        "{}/providers/Microsoft.Consumption/budgets/monthly?{VERSION}",
        root(&bench)
    );
    let seeded = call(&bench, "GET", &seeded, None);
    assert_eq!(seeded.json["properties"]["amount"], 500.0);
}

#[test]
fn wrong_budgets_are_refused() {
    let bench = Bench::new();
    let root = root(&bench);
    let send = |name: &str, body: &Value| {
        let path = format!("{root}/providers/Microsoft.Consumption/budgets/{name}?{VERSION}");
        call(&bench, "PUT", &path, Some(body))
    };
    let six: Value = (0..6)
        .map(|n| (n.to_string(), json!({})))
        .collect::<serde_json::Map<_, _>>()
        .into();
    for (wrong, field) in [
        (json!({ "amount": -1 }), "properties.amount"),
        (json!({ "category": "Usage" }), "properties.category"),
        (json!({ "timeGrain": "Daily" }), "properties.timeGrain"),
        (
            json!({ "timePeriod": { "startDate": "2026-03-02" } }),
            "properties.timePeriod.startDate",
        ),
        (
            json!({ "timePeriod": { "startDate": "2026-03-01", "endDate": "2026-02-01" } }),
            "properties.timePeriod.endDate",
        ),
        (json!({ "notifications": six }), "properties.notifications"),
        (
            json!({ "notifications": { "a": { "enabled": true, "operator": "EqualTo", "threshold": 2000 } } }),
            "properties.notifications.a.threshold",
        ),
    ] {
        let seen = send("b", &budget(&wrong));
        assert_eq!(
            refused(&seen),
            (400, "InvalidParameter"),
            "{wrong}: {}",
            seen.json
        );
        assert_eq!(seen.json["error"]["target"], field, "{wrong}");
    }
    assert_eq!(send("a%20b", &budget(&json!({}))).status, 400);
}

#[test]
fn usage_grows_with_the_days_and_can_be_asked_for_by_date() {
    let bench = Bench::new();
    let root = root(&bench);
    let usage = |query: &str| {
        let path = format!(
            "{root}/providers/Microsoft.Consumption/usageDetails?{VERSION}&$top=1000{query}"
        );
        let seen = call(&bench, "GET", &path, None);
        assert_eq!(seen.status, 200, "{}", seen.json);
        seen.json["value"].as_array().cloned().unwrap_or_default()
    };
    let first = usage("");
    assert!(!first.is_empty(), "the first of March is over");
    assert!(
        first
            .iter()
            .all(|one| one["properties"]["date"] == "2026-03-01T00:00:00Z")
    );
    let account = first
        .iter()
        .find(|one| one["properties"]["resourceName"] == "stfabshop01");
    let account = &account.expect("it is used")["properties"];
    assert_eq!(
        (&account["resourceGroup"], &account["cost"]),
        (&json!("rg-shop"), &json!(0.05))
    );
    bench.advance(Duration::from_secs(2 * 86_400));
    assert_eq!(usage("").len(), 3 * first.len());
    let filter = "&$filter=properties/usageStart%20ge%20'2026-02-10'%20and%20properties/usageEnd%20le%20'2026-02-11'";
    assert_eq!(usage(filter).len(), 2 * first.len());
    let wrong =
        format!("{root}/providers/Microsoft.Consumption/usageDetails?{VERSION}&metric=guess");
    assert_eq!(
        refused(&call(&bench, "GET", &wrong, None)),
        (400, "InvalidParameter")
    );
}

#[test]
fn the_older_limits_end_what_costs_at_200_dollars_a_month() {
    let bench = Bench::with(Limits::Guide2015, 0);
    let root = root(&bench);
    let put = |name: &str| {
        let path = format!(
            "{root}/resourceGroups/rg-empty/providers/Microsoft.Compute/disks/{name}?api-version=2025-01-02"
        );
        let body = json!({
            "location": "westeurope",
            "properties": { "diskSizeGB": 32, "creationData": { "createOption": "Empty" } },
        });
        call(&bench, "PUT", &path, Some(&body))
    };
    assert!(put("d1").status < 300);
    bench.change(|tx| {
        let disk = format!("{root}/resourceGroups/rg-empty/providers/Microsoft.Compute/disks/d1");
        let row = tx.arm.resources.get(&disk).cloned().expect("just made");
        for number in 0..50 {
            tx.arm
                .resources
                .put(&format!("{disk}-{number}"), row.clone());
        }
    });
    bench.advance(Duration::from_secs(20 * 86_400));
    assert_eq!(refused(&put("d2")), (409, "QuotaExceeded"));
    assert!(put("d1").status < 300, "what there is can be changed");
}
