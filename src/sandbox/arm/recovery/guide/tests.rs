//! The days of the guide: old versions, old errors, the agent's header, the gate before the provider.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;
use crate::sandbox::seed::FABRIKAM;
use crate::sandbox::testing::{Bench, Seen};

#[test]
fn old_versions_are_served_for_their_calls_with_old_errors() {
    let vault = Vault::then("rsv-dr", "2015-08-10");
    let seen = vault.call("GET", "/replicationPolicies", None);
    assert_eq!(seen.status, 200, "{}", seen.json);
    let input = json!({ "instanceType": "A2A", "multiVmSyncStatus": "Enable", "recoveryPointHistory": 9999 });
    let body = json!({ "properties": { "providerSpecificInput": input } });
    let seen = vault.call("PUT", "/replicationPolicies/p1", Some(&body));
    assert_eq!(seen.status, 400);
    assert_eq!(seen.json["code"], "150261", "{}", seen.json);
    let mut names: Vec<&String> = seen
        .json
        .as_object()
        .map(|all| all.keys().collect())
        .unwrap_or_default();
    names.sort();
    let flat = [
        "activityId",
        "code",
        "message",
        "possibleCauses",
        "recommendedAction",
    ];
    assert_eq!(names, flat);
    let input = json!({ "instanceType": "A2A", "multiVmSyncStatus": "Enable" });
    let body = json!({ "properties": { "providerSpecificInput": input } });
    let seen = vault.call("PUT", "/replicationPolicies/p1", Some(&body));
    assert_eq!(seen.status, 202);
    let location = seen.header("location");
    assert!(location.ends_with("?api-version=2015-08-10"), "{location}");
    assert_eq!(vault.shop.end(&seen).json["name"], "p1");
    let missing = vault.call("GET", "/replicationPolicies/none", None);
    assert_eq!(
        (missing.status, &missing.json["code"]),
        (404, &json!("ResourceNotFound"))
    );

    let version = |what: &str, version: &str| {
        let seen = vault.call("GET", &format!("{what}?api-version={version}"), None);
        (seen.status, seen.json["error"]["message"].to_string())
    };
    assert_eq!(version("", "2015-03-15").0, 200);
    assert_eq!(version("", "2015-11-10").0, 200);
    assert_eq!(version("/replicationUsages", "2015-03-15").0, 200);
    assert_eq!(version("/backupconfig/vaultconfig", "2015-11-10").0, 200);
    let (status, text) = version("", "2015-08-10");
    assert_eq!(status, 400);
    assert!(
        text.contains("'2015-03-15, 2015-11-10, 2025-08-01, 2026-11-01'"),
        "{text}"
    );
    assert_eq!(version("/replicationPolicies", "2025-08-01").0, 200);
}

/// Gets a path with the header of an agent.
fn sent(vault: &Vault, version: &str, header: &str) -> Seen {
    let bench: &Bench = &vault.shop.bench;
    let bearer = bench.bearer(FABRIKAM, Bench::refreshed(), "https://management.azure.com");
    let headers = [
        ("authorization", bearer.as_str()),
        ("agent-authentication", header),
    ];
    let path = format!(
        "/arm{}/replicationPolicies?api-version={version}",
        vault.path
    );
    bench.send("GET", &path, &headers, bytes::Bytes::new())
}

fn header(from: &str, to: &str) -> String {
    let all = json!({
        "NotBeforeTimestamp": from,
        "NotAfterTimestamp": to,
        "ClientRequestId": "b7c1-2026-03-01 10:00:00Z-P",
        "HashFunction": "HMACSHA256",
        "Hmac": BASE64.encode([1; 32]),
        "Version": { "Major": 1, "Minor": 2 },
        "PropertyBag": {},
    });
    all.to_string()
}

#[test]
fn the_header_of_agents_is_absent_empty_or_good() {
    let vault = Vault::then("rsv-dr", "2015-08-10");
    let good = header("2026-03-02T08:00:00Z", "2026-03-09T09:00:00Z");
    let old = header("2026-02-01T08:00:00Z", "2026-02-08T09:00:00Z");
    let check = |version: &str, header: &str, expected: (u16, Value)| {
        let seen = sent(&vault, version, header);
        let code = match version {
            "2015-08-10" => seen.json["code"].clone(),
            _ => seen.json["error"]["code"].clone(),
        };
        assert_eq!((seen.status, code), expected, "{header}");
    };
    check("2015-08-10", "", (200, Value::Null));
    check("2015-08-10", &good, (200, Value::Null));
    check("2025-08-01", &good, (200, Value::Null));
    check(
        "2015-08-10",
        "{",
        (401, "AgentAuthenticationInvalid".into()),
    );
    check(
        "2015-08-10",
        &old,
        (403, "AgentAuthenticationExpired".into()),
    );
    check(
        "2025-08-01",
        &old,
        (403, "AgentAuthenticationExpired".into()),
    );
    let today = Vault::new("rsv-dr");
    assert_eq!(sent(&today, "2025-08-01", "{").status, 200);
}

#[test]
fn the_provider_waits_for_its_feature() {
    let vault = Vault::then("rsv-empty", "2015-03-15");
    let root = &vault.shop.root;
    let hour = std::time::Duration::from_secs(3600);
    let provider = format!("{root}/providers/Microsoft.RecoveryServices");
    let post = |path: String| vault.shop.bench.arm_send(FABRIKAM, "POST", &path, None);
    vault
        .shop
        .bench
        .change(|tx| tx.arm.registrations.forget(|_| true));
    let register = || post(format!("{provider}/register?api-version=2025-04-01"));
    let seen = register();
    assert_eq!(seen.status, 409);
    assert_eq!(seen.json["error"]["code"], "FeatureNotRegistered");
    let feature = format!(
        "{root}/providers/Microsoft.Features/providers/Microsoft.RecoveryServices/features/betaAccess"
    );
    let seen = post(format!("{feature}/register?api-version=2015-12-01"));
    assert_eq!(seen.json["properties"]["state"], "Registering");
    vault.shop.bench.advance(hour / 4);
    let text = register().json["error"]["message"].to_string();
    assert!(text.contains("'Registering'"), "{text}");
    vault.shop.bench.advance(hour);
    assert_eq!(register().json["registrationState"], "Registering");

    let today = Vault::new("rsv-empty");
    today
        .shop
        .bench
        .change(|tx| tx.arm.registrations.forget(|_| true));
    let path = format!(
        "{}/providers/Microsoft.RecoveryServices/register",
        today.shop.root
    );
    let seen = today.shop.bench.arm_send(
        FABRIKAM,
        "POST",
        &format!("{path}?api-version=2025-04-01"),
        None,
    );
    assert_eq!(seen.json["registrationState"], "Registering");
}
