//! The one alert setting of a vault.

use serde_json::{Value, json};

use crate::sandbox::arm::recovery::testing::Vault;

#[test]
fn there_is_one_setting_which_is_put() {
    let vault = Vault::new("rsv-dr");
    let path = "/replicationAlertSettings/defaultAlertSetting";
    let seeded = vault.get(path);
    assert_eq!(seeded["properties"]["sendToOwners"], "Send");
    assert_eq!(
        vault.get("/replicationAlertSettings")["value"],
        json!([seeded])
    );
    let body = |owners: &str, addresses: Value| {
        let properties =
            json!({ "sendToOwners": owners, "customEmailAddresses": addresses, "locale": "de-DE" });
        json!({ "properties": properties })
    };
    let good = body("DoNotSend", json!(["ops@example.com"]));
    let seen = vault.call("PUT", path, Some(&good));
    assert_eq!(seen.status, 200, "{}", seen.json);
    assert_eq!(vault.get(path), seen.json);
    assert_eq!(seen.json["properties"], good["properties"]);
    for wrong in [
        body("Perhaps", json!([])),
        body("Send", json!(["ops"])),
        body("Send", json!(["a@b.c", "a b@c.d"])),
        body("Send", json!([7])),
        json!({ "properties": { "locale": "deutsch!" } }),
    ] {
        vault.refused("PUT", path, Some(&wrong), (400, "InvalidParameter"));
    }
    for wrong in [json!({}), body("Send", json!("a@b.c"))] {
        vault.refused("PUT", path, Some(&wrong), (400, "InvalidRequestContent"));
    }
    let other = "/replicationAlertSettings/mine";
    vault.refused("PUT", other, Some(&good), (400, "InvalidParameter"));
    vault.refused("GET", other, None, (404, "ResourceNotFound"));
}
