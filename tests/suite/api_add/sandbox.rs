//! A document of a type that the sandbox serves, added under a name of the user's own: what is read of
//! it holds against a service that does not know it.

use std::path::Path;

use serde_json::json;
use tenantry::api::added::Sources;
use tenantry::api::model::{Effect, Service};

use super::FABRIKAM;
use crate::program::file;
use crate::stage::Stage;

/// Returns the module `net`.
fn net() -> &'static Service {
    let document = file("tests/suite/api_add/vnets.json");
    let sources = Sources::read(Path::new(&document), None).expect("a document");
    Box::leak(Box::new(
        sources.compile("net", "arm").expect("no problems"),
    ))
}

#[test]
fn an_added_type_is_made_listed_and_deleted_in_the_sandbox() {
    let mut services = tenantry::api::services().to_vec();
    services.push(net());
    let all = vec![Effect::Write, Effect::Spend, Effect::Destroy];
    let stage = Stage::knowing(all, services);
    let found = |script: &str| {
        let begin = format!(
            "let sub = arm::subscriptions(\"{FABRIKAM}\").first(); let group = arm::resource_group(sub, \"rg-empty\"); \
             const BODY = #{{ location: \"westeurope\", properties: #{{ addressSpace: #{{ addressPrefixes: [\"10.1.0.0/16\"] }} }} }};"
        );
        stage.json(&format!("{begin} {script}"))
    };
    let before = stage.clock.now();
    let made = found(
        "let v = net::virtual_networks_create_or_update(group, \"n0\", BODY); [kind(v), v.name, v.properties.provisioningState]",
    );
    assert_eq!(made, json!(["VirtualNetwork", "n0", "Succeeded"]));
    assert!(stage.clock.now() > before, "it waits");
    // More than a page of them.
    let listed = found(
        "let all = []; for n in 1..30 { all.push(net::begin_virtual_networks_create_or_update(group, `n${n}`, BODY)); } \
         let made = wait_all(all).values().len(); \
         let id = group.id; \
         [made, net::virtual_networks_list(id).count(), net::virtual_networks_list_all(sub).filter(|v| v.name == \"vnet-shop\").len()]",
    );
    assert_eq!(listed, json!([29, 30, 1]));
    let gone = found(
        "let v = net::virtual_networks_get(group, \"n0\"); v.delete(); \
         let code = (); try { net::virtual_networks_get(v.id) } catch (e) { code = e.status } \
         [code, net::virtual_networks_list(group).count()]",
    );
    assert_eq!(gone, json!([404, 29]));
}
