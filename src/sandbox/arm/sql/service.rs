//! What a database is given: tiers, and the names under which they are asked for. Which there are is
//! this sandbox's choice. Source: arm reference §10.11.

use serde_json::{Map, Value, json};

use super::refusal::value;
use crate::sandbox::arm::body;
use crate::sandbox::reply::Refusal;

const GIB: u64 = 1 << 30;

/// What a database can be given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Service {
    /// The service objective: `S0`, `GP_Gen5_2`.
    pub(super) objective: &'static str,
    /// `sku.name` as it is shown.
    sku: &'static str,
    pub(super) tier: &'static str,
    family: Option<&'static str>,
    /// Units or cores.
    capacity: u64,
    /// Largest size in gigabytes.
    pub(super) most_gb: u64,
}

/// What it can do beside.
impl Service {
    /// Whether it pauses by itself when nobody uses it.
    pub(super) fn is_serverless(&self) -> bool {
        self.sku == "GP_S_Gen5"
    }

    /// Whether it is a warehouse.
    pub(super) fn is_warehouse(&self) -> bool {
        self.tier == "DataWarehouse"
    }

    /// Returns it as `sku` and `currentSku`.
    pub(super) fn shown(&self) -> Value {
        let mut shown = json!({ "name": self.sku, "tier": self.tier, "capacity": self.capacity });
        if let Some(family) = self.family {
            shown["family"] = family.into();
        }
        shown
    }
}

const fn units(
    objective: &'static str,
    tier: &'static str,
    capacity: u64,
    most_gb: u64,
) -> Service {
    Service {
        objective,
        sku: tier,
        tier,
        family: None,
        capacity,
        most_gb,
    }
}

const fn cores(
    objective: &'static str,
    sku: &'static str,
    tier: &'static str,
    capacity: u64,
) -> Service {
    Service {
        objective,
        sku,
        tier,
        family: Some("Gen5"),
        capacity,
        most_gb: 1024,
    }
}

const fn warehouse(objective: &'static str, capacity: u64) -> Service {
    Service {
        objective,
        sku: "DataWarehouse",
        tier: "DataWarehouse",
        family: None,
        capacity,
        most_gb: 245_760,
    }
}

const SERVICES: [Service; 21] = [
    units("Basic", "Basic", 5, 2),
    units("S0", "Standard", 10, 250),
    units("S1", "Standard", 20, 250),
    units("S2", "Standard", 50, 250),
    units("S3", "Standard", 100, 1024),
    units("S4", "Standard", 200, 1024),
    units("P1", "Premium", 125, 1024),
    units("P2", "Premium", 250, 1024),
    units("P4", "Premium", 500, 1024),
    cores("GP_Gen5_2", "GP_Gen5", "GeneralPurpose", 2),
    cores("GP_Gen5_4", "GP_Gen5", "GeneralPurpose", 4),
    cores("GP_Gen5_8", "GP_Gen5", "GeneralPurpose", 8),
    cores("GP_S_Gen5_1", "GP_S_Gen5", "GeneralPurpose", 1),
    cores("GP_S_Gen5_2", "GP_S_Gen5", "GeneralPurpose", 2),
    cores("GP_S_Gen5_4", "GP_S_Gen5", "GeneralPurpose", 4),
    cores("BC_Gen5_2", "BC_Gen5", "BusinessCritical", 2),
    cores("BC_Gen5_4", "BC_Gen5", "BusinessCritical", 4),
    cores("HS_Gen5_2", "HS_Gen5", "Hyperscale", 2),
    cores("HS_Gen5_4", "HS_Gen5", "Hyperscale", 4),
    warehouse("DW100c", 900),
    warehouse("DW200c", 1800),
];

/// What a database is given that asks for nothing.
const USUAL: &str = "GP_Gen5_2";

/// Returns the service of that objective.
pub(super) fn of(objective: &str) -> Option<&'static Service> {
    SERVICES
        .iter()
        .find(|service| service.objective.eq_ignore_ascii_case(objective))
}

/// Returns the service that `sku` (or the objective of old callers) asks for.
pub(super) fn wanted(
    members: &Map<String, Value>,
    properties: &Map<String, Value>,
) -> Result<&'static Service, Refusal> {
    let old = body::text(properties, "requestedServiceObjectiveName")?;
    let sku = body::member(members, "sku")?;
    if sku.is_empty() {
        let objective = old.unwrap_or(USUAL);
        return of(objective).ok_or_else(|| unknown(objective));
    }
    let name = body::text(&sku, "name")?.ok_or_else(|| value("sku.name", "It is missing."))?;
    let number = |field: &str| match sku.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(given) => match given.as_u64() {
            Some(given) => Ok(Some(given)),
            None => Err(value(&format!("sku.{field}"), "It is a number.")),
        },
    };
    let capacity = number("capacity")?;
    let fits = |service: &&Service| {
        service.objective.eq_ignore_ascii_case(name)
            || (service.sku.eq_ignore_ascii_case(name) && capacity == Some(service.capacity))
    };
    // A tier alone stands for the least of it.
    let least = |service: &&Service| service.sku.eq_ignore_ascii_case(name) && capacity.is_none();
    let found = SERVICES.iter().find(fits);
    let found = found.or_else(|| SERVICES.iter().find(least));
    let service = found.ok_or_else(|| unknown(name))?;
    let matches =
        |given: Option<&str>, own: &str| given.is_none_or(|given| given.eq_ignore_ascii_case(own));
    if !matches(body::text(&sku, "tier")?, service.tier)
        || capacity.is_some_and(|given| given != service.capacity)
        || service
            .family
            .is_some_and(|family| !matches(body::text(&sku, "family").ok().flatten(), family))
    {
        let text = format!("'{name}' is not of this tier, family or capacity.");
        return Err(value("sku", &text));
    }
    Ok(service)
}

fn unknown(name: &str) -> Refusal {
    let known: Vec<&str> = SERVICES.iter().map(|service| service.objective).collect();
    let text = format!("'{name}' is none of {}.", known.join(", "));
    value("sku.name", &text)
}

/// Returns the size that a database may have at most: as asked for, if the service gives that.
pub(super) fn size(properties: &Map<String, Value>, service: &Service) -> Result<u64, Refusal> {
    let most = service.most_gb * GIB;
    match properties.get("maxSizeBytes") {
        None | Some(Value::Null) => Ok(most.min(32 * GIB).max(most.min(2 * GIB))),
        Some(given) => given
            .as_u64()
            .filter(|given| (100 << 20..=most).contains(given))
            .ok_or_else(|| {
                let text = format!("'{}' gives at most {most} bytes.", service.objective);
                value("maxSizeBytes", &text)
            }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sku: Value, expected: Option<&str>) {
        let mut members = Map::new();
        members.insert("sku".to_owned(), sku.clone());
        let found = wanted(&members, &Map::new()).ok();
        assert_eq!(found.map(|one| one.objective), expected, "{sku}");
    }

    #[test]
    fn a_service_has_several_names() {
        check(json!({}), Some("GP_Gen5_2"));
        check(json!({ "name": "s0" }), Some("S0"));
        check(json!({ "name": "S0", "tier": "Standard" }), Some("S0"));
        check(json!({ "name": "Standard", "capacity": 50 }), Some("S2"));
        check(json!({ "name": "Standard" }), Some("S0"));
        check(json!({ "name": "Basic" }), Some("Basic"));
        check(
            json!({ "name": "GP_Gen5", "family": "Gen5", "capacity": 4 }),
            Some("GP_Gen5_4"),
        );
        check(json!({ "name": "S0", "tier": "Premium" }), None);
        check(json!({ "name": "S0", "capacity": 20 }), None);
        check(
            json!({ "name": "GP_Gen5", "family": "Gen4", "capacity": 4 }),
            None,
        );
        check(json!({ "name": "Standard", "capacity": 11 }), None);
        check(json!({ "name": "Free" }), None);
        check(json!({ "tier": "Basic" }), None);
    }
}
