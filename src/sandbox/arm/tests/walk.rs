//! From the order of an Azure plan to its end: Partner Center, the directory and Azure Resource
//! Manager tell one story at every step.

use std::time::Duration;

use serde_json::{Value, json};

use super::refused;
use crate::sandbox::entra::groups::ADMIN_AGENTS;
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::seed::TAILSPIN;
use crate::sandbox::testing::{Bench, Seen};

const GROUPS: &str = "api-version=2025-04-01";
const NETWORK: &str = "api-version=2025-05-01";
const COMPUTE: &str = "api-version=2025-04-01";
const SUBSCRIPTIONS: &str = "api-version=2022-12-01";

/// A customer who has bought nothing of Azure yet.
struct Walk {
    bench: Bench,
}

impl Walk {
    fn arm(&self, verb: &str, path: &str, body: Option<&Value>) -> Seen {
        self.bench.arm_send(TAILSPIN, verb, path, body)
    }

    fn get(&self, path: &str) -> Value {
        let seen = self.arm("GET", path, None);
        assert_eq!(seen.status, 200, "{path}: {}", seen.json);
        seen.json
    }

    /// Puts something and waits as a client does, by its headers.
    fn made(&self, path: &str, body: &Value) {
        let seen = self.arm("PUT", path, Some(body));
        assert!(seen.status < 300, "{path}: {}", seen.json);
        self.wait(&seen);
    }

    /// Looks at an operation until it has ended.
    fn wait(&self, begun: &Seen) {
        let link = match begun.header("azure-asyncoperation") {
            "" => begun.header("location"),
            link => link,
        };
        let Some(path) = link.strip_prefix("http://127.0.0.1:1/arm") else {
            return;
        };
        for _ in 0..50 {
            let seconds = begun.header("retry-after").parse().expect("seconds");
            self.bench.advance(Duration::from_secs(seconds));
            let seen = self.arm("GET", path, None);
            assert!(seen.status < 300, "{path}: {}", seen.json);
            if seen.status != 202 && seen.json["status"] != "InProgress" {
                return;
            }
        }
        panic!("{path} does not end");
    }

    /// Reads the customer's subscription of an order in Partner Center.
    fn plan(&self, order: &str) -> Value {
        let path = format!("/v1/customers/{TAILSPIN}/subscriptions");
        let all = self.bench.app().get(&path).json;
        let mut all = all["items"].as_array().into_iter().flatten();
        let plan = all.find(|one| one["orderId"] == order);
        plan.cloned().unwrap_or_default()
    }

    fn state(&self, root: &str) -> Value {
        self.get(&format!("{root}?{SUBSCRIPTIONS}"))["state"].clone()
    }
}

/// Orders an Azure plan and returns the id of the order.
fn order(walk: &Walk) -> String {
    let app = walk.bench.app();
    let offers = "/v1/products/DZH318Z0BPS6/skus/0001/availabilities?country=US";
    let offer = app.get(offers).json["items"][0]["catalogItemId"].clone();
    let line = json!({ "lineItemNumber": 0, "offerId": offer, "quantity": 1 });
    let body = json!({
        "referenceCustomerId": TAILSPIN, "billingCycle": "monthly", "lineItems": [line],
    });
    let made = app.post(&format!("/v1/customers/{TAILSPIN}/orders"), body);
    assert_eq!(made.status, 201, "{}", made.json);
    made.json["id"].as_str().unwrap_or_default().to_owned()
}

/// Finds the subscription of a plan, which the partner's admin agents own.
fn subscription(walk: &Walk, order: &str) -> String {
    let plan = walk.plan(order);
    assert_eq!(
        (&plan["status"], &plan["offerName"]),
        (&json!("active"), &json!("Azure plan")),
        "{plan}"
    );
    let all = walk.get(&format!("/subscriptions?{SUBSCRIPTIONS}"));
    let one = &all["value"][0];
    assert_eq!(
        (&one["tenantId"], &one["displayName"]),
        (&json!(TAILSPIN), &plan["friendlyName"])
    );
    let root = one["id"].as_str().unwrap_or_default().to_owned();
    let roles = "providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01";
    let roles = walk.get(&format!("{root}/{roles}"));
    assert_eq!(roles["value"][0]["properties"]["principalId"], ADMIN_AGENTS);
    let agents = format!("/v1.0/groups/{ADMIN_AGENTS}");
    let agents = walk.bench.graph(HOME, Bench::refreshed(), &agents);
    assert_eq!(agents.json["id"], ADMIN_AGENTS, "{}", agents.json);
    root
}

/// Registers what the machine needs; nothing of it can be used before.
fn register(walk: &Walk, root: &str) {
    for namespace in ["Microsoft.Network", "Microsoft.Compute"] {
        let provider = format!("{root}/providers/{namespace}");
        walk.arm("POST", &format!("{provider}/register?{GROUPS}"), None);
        walk.bench.advance(Duration::from_secs(60));
        let seen = walk.get(&format!("{provider}?{GROUPS}"));
        assert_eq!(seen["registrationState"], "Registered", "{seen}");
    }
}

/// Builds a machine with its network in a group, and returns the ids of both.
fn build(walk: &Walk, group: &str) -> (String, String) {
    let net = format!("{group}/providers/Microsoft.Network");
    let subnet = json!({ "name": "web", "properties": { "addressPrefix": "10.7.1.0/24" } });
    let space =
        json!({ "addressSpace": { "addressPrefixes": ["10.7.0.0/16"] }, "subnets": [subnet] });
    let vnet = format!("{net}/virtualNetworks/v1");
    walk.made(
        &format!("{vnet}?{NETWORK}"),
        &json!({ "location": "westeurope", "properties": space }),
    );
    let inside = json!({ "name": "one", "properties": { "subnet": { "id": format!("{vnet}/subnets/web") } } });
    let nic = format!("{net}/networkInterfaces/n1");
    walk.made(
        &format!("{nic}?{NETWORK}"),
        &json!({ "location": "westeurope", "properties": { "ipConfigurations": [inside] } }),
    );
    let machine = format!("{group}/providers/Microsoft.Compute/virtualMachines/vm1");
    let image = json!({
        "publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest",
    });
    let body = json!({ "location": "westeurope", "properties": {
        "hardwareProfile": { "vmSize": "Standard_B2s" },
        "storageProfile": { "imageReference": image, "osDisk": { "createOption": "FromImage" } },
        "osProfile": { "computerName": "vm1", "adminUsername": "shopadmin", "adminPassword": "Marker-4711-Kennwort" },
        "networkProfile": { "networkInterfaces": [{ "id": nic }] },
    } });
    walk.made(&format!("{machine}?{COMPUTE}"), &body);
    (machine, nic)
}

#[test]
fn an_order_becomes_a_subscription_with_a_machine_and_ends_for_every_service() {
    let walk = Walk {
        bench: Bench::new(),
    };
    let subscriptions = format!("/subscriptions?{SUBSCRIPTIONS}");
    assert_eq!(walk.get(&subscriptions)["value"], json!([]));
    let order = order(&walk);
    walk.bench.advance(Duration::from_secs(120));
    let root = subscription(&walk, &order);

    let group = format!("{root}/resourceGroups/rg-walk");
    let here = json!({ "location": "westeurope" });
    walk.made(&format!("{group}?{GROUPS}"), &here);
    let early = format!("{group}/providers/Microsoft.Network/virtualNetworks/v1?{NETWORK}");
    let early = walk.arm("PUT", &early, Some(&here));
    assert_eq!(refused(&early), (409, "MissingSubscriptionRegistration"));
    register(&walk, &root);
    let (machine, nic) = build(&walk, &group);
    let view = walk.get(&format!("{machine}/instanceView?{COMPUTE}"));
    let states: Vec<&Value> = view["statuses"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| &one["code"])
        .collect();
    assert!(states.contains(&&json!("PowerState/running")), "{view}");
    let interface = walk.get(&format!("{nic}?{NETWORK}"));
    assert_eq!(interface["properties"]["virtualMachine"]["id"], machine);
    let used = walk.arm("DELETE", &format!("{nic}?{NETWORK}"), None);
    assert_eq!(refused(&used), (400, "NicInUse"));
    let all = walk.get(&format!("{group}/resources?{GROUPS}"));
    let kinds: Vec<&Value> = all["value"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| &one["type"])
        .collect();
    for kind in [
        "Compute/disks",
        "Compute/virtualMachines",
        "Network/networkInterfaces",
        "Network/virtualNetworks",
    ] {
        assert!(
            kinds.contains(&&json!(format!("Microsoft.{kind}"))),
            "{kind}: {all}"
        );
    }

    // Suspended in Partner Center, it can be read and emptied in Azure, and no more.
    let plan = walk.plan(&order);
    let own = format!(
        "/v1/customers/{TAILSPIN}/subscriptions/{}",
        plan["id"].as_str().unwrap_or_default()
    );
    let restate = |status: &str| {
        let body = json!({ "id": plan["id"], "status": status });
        walk.bench.app().send("PATCH", &own, &[], Some(body)).status
    };
    assert_eq!(restate("suspended"), 200);
    assert_eq!(walk.state(&root), "Disabled");
    let start = walk.arm("POST", &format!("{machine}/start?{COMPUTE}"), None);
    assert_eq!(refused(&start), (409, "ReadOnlyDisabledSubscription"));
    let cancel = format!("{root}/providers/Microsoft.Subscription/cancel?api-version=2021-10-01");
    assert_eq!(refused(&walk.arm("POST", &cancel, None)), (409, "Conflict"));
    let gone = walk.arm("DELETE", &format!("{group}?{GROUPS}"), None);
    assert_eq!(gone.status, 202, "{}", gone.json);
    walk.wait(&gone);
    let seen = walk.arm("GET", &format!("{machine}?{COMPUTE}"), None);
    assert_eq!(refused(&seen), (404, "ResourceGroupNotFound"));
    assert_eq!(
        walk.get(&format!("{root}/resources?{GROUPS}"))["value"],
        json!([])
    );

    // Cancelled in Azure, it stays disabled though the plan is active again.
    assert_eq!(walk.arm("POST", &cancel, None).status, 200);
    assert_eq!(restate("active"), 200);
    assert_eq!(
        (walk.plan(&order)["status"].clone(), walk.state(&root)),
        (json!("active"), json!("Disabled"))
    );
    let put = walk.arm("PUT", &format!("{group}?{GROUPS}"), Some(&here));
    assert_eq!(refused(&put), (409, "ReadOnlyDisabledSubscription"));
}
