//! What a fresh sandbox holds in Azure: the groups of Fabrikam's subscription, and what each
//! provider puts there, by the same way as a caller does.

use serde_json::{Map, Value, json};

use super::access::{self, Azure};
use super::id::Id;
use super::resource::{self, Wish};
use super::{consumption, group, locks, providers, roles, subscriptions};
use crate::sandbox::derived;
use crate::sandbox::seed::FABRIKAM;
use crate::sandbox::store::{Hand, Subscription, Tx};

/// Fabrikam's group of its sellers, which reads the group of the shop.
const SALES: &str = "fab71ca0-0009-4000-8000-000000000001";
/// Reader, among the roles of Azure.
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

/// The providers that Fabrikam's subscription has registered, besides those that all have.
const REGISTERED: [&str; 5] = [
    "Microsoft.Compute",
    "Microsoft.Network",
    "Microsoft.RecoveryServices",
    "Microsoft.Sql",
    "Microsoft.Storage",
];

/// Fills a fresh world, after the plans are there.
pub(crate) fn fill(tx: &mut Tx<'_>) {
    let plans = tx.partner.subscriptions.iter();
    let plans: Vec<Subscription> = plans.map(|(_, plan)| plan.clone()).collect();
    for plan in &plans {
        subscriptions::begin(tx, plan);
    }
    let Some(azure) = access::subscriptions(tx, FABRIKAM).into_iter().next() else {
        return;
    };
    let by = Hand {
        by: "admin@fabrikam.onmicrosoft.com".to_owned(),
        kind: "User".to_owned(),
        at: azure.plan.created,
    };
    let seed = Seed {
        azure: &azure,
        by: &by,
    };
    for namespace in REGISTERED {
        providers::seed(tx, &azure.id, namespace);
    }
    seed.group(
        tx,
        "rg-shop",
        json!({ "location": "westeurope", "tags": { "cust": "fabrikam", "env": "prod" } }),
    );
    seed.group(tx, "rg-empty", json!({ "location": "westeurope" }));
    super::network::fill(&seed, tx);
    super::storage::fill(&seed, tx);
    super::compute::fill(&seed, tx);
    super::sql::fill(&seed, tx);
    seed.group(tx, "rg-recovery", json!({ "location": "westeurope" }));
    seed.group(tx, "rg-dr", json!({ "location": "northeurope" }));
    super::recovery::fill(&seed, tx);
    let shop = Id::of_group(&azure.id, "rg-shop");
    let name = derived::guid(&["reader", &azure.id]);
    roles::give(tx, (&shop, &name), (SALES, "Group"), READER);
    hang(tx, &azure, &by);
    super::deployments::fill(tx, &azure);
}

/// Hangs a lock on the shop's storage account, and a budget on the subscription.
fn hang(tx: &mut Tx<'_>, azure: &Azure, by: &Hand) {
    let root = Id::of_subscription(&azure.id);
    let account = Id::of_group(&azure.id, "rg-shop").extended(
        "Microsoft.Storage",
        "storageAccounts",
        "stfabshop01",
    );
    let lock = json!({ "properties": { "level": "CanNotDelete", "notes": "Holds the orders" } });
    let made = locks::write(tx, (&account, "keep"), &members(lock), by);
    made.expect("the seed is what the sandbox takes");
    let month = by
        .at
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .first_of_month();
    let budget = json!({ "properties": {
        "category": "Cost",
        "amount": 500,
        "timeGrain": "Monthly",
        "timePeriod": { "startDate": format!("{month}T00:00:00Z") },
        "notifications": { "most": {
            "enabled": true,
            "operator": "GreaterThanOrEqualTo",
            "threshold": 80,
            "contactEmails": ["admin@fabrikam.onmicrosoft.com"],
        } },
    } });
    let made = consumption::write_budget(tx, (&root, "monthly"), &members(budget));
    made.expect("the seed is what the sandbox takes");
}

/// Who seeds, and where.
pub(super) struct Seed<'a> {
    azure: &'a Azure,
    by: &'a Hand,
}

impl Seed<'_> {
    fn group(&self, tx: &mut Tx<'_>, name: &str, body: Value) {
        let id = Id::of_group(&self.azure.id, name);
        let made = group::write(tx, &id, &members(body), self.by);
        made.expect("the seed is what the sandbox takes");
    }

    /// Returns the id of something in the group of the shop.
    pub(super) fn id(&self, what: &str) -> String {
        self.id_in("rg-shop", what)
    }

    /// Returns the id of something in a group.
    pub(super) fn id_in(&self, group: &str, what: &str) -> String {
        let root = self.azure.path();
        format!("{root}/resourceGroups/{group}/providers/{what}")
    }

    /// Puts a resource into the group of the shop, ready at once.
    pub(super) fn put(&self, tx: &mut Tx<'_>, what: &str, body: Value) {
        self.put_in(tx, "rg-shop", what, body);
    }

    /// Puts a resource into a group, ready at once.
    pub(super) fn put_in(&self, tx: &mut Tx<'_>, group: &str, what: &str, body: Value) {
        let id = Id::parse(&self.id_in(group, what)).expect("a seeded id");
        let wish = Wish {
            azure: self.azure,
            id: &id,
            body: &members(body),
            patch: false,
            by: self.by,
        };
        let written = resource::write_one(tx, &wish).expect("the seed is what the sandbox takes");
        if let Some((_, operation)) = written.work {
            super::operation::finish(tx, &operation);
            tx.arm.operations.remove(&operation);
        }
    }
}

fn members(body: Value) -> Map<String, Value> {
    match body {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
