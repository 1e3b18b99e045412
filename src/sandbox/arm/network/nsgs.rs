//! Network security groups. A PUT says what all of it is: rules that it does not name go.

use serde_json::{Map, Value, json};

use super::parts::{self, Part};
use super::rules::{self, NAME as RULES};
use super::subnets::Subnets;
use super::{DELETE, PUT, VERSIONS, keep, links, only_tags, refusals};
use crate::sandbox::arm::calls::routes;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::{Draft, Kind, Long};
use crate::sandbox::arm::resource::etag;
use crate::sandbox::derived;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = routes!("Microsoft.Network/networkSecurityGroups", "nsg");

/// What a caller may set.
const FIELDS: &[&str] = &["flushConnection", "securityRules"];

/// Name, description, direction, access, priority, source and destination of the rules that every
/// group has. The reference names their number and priorities.
const DEFAULTS: [(&str, &str, &str, &str, u32, &str, &str); 6] = [
    (
        "AllowVnetInBound",
        "Allow inbound traffic from all VMs in VNET",
        "Inbound",
        "Allow",
        65_000,
        "VirtualNetwork",
        "VirtualNetwork",
    ),
    (
        "AllowAzureLoadBalancerInBound",
        "Allow inbound traffic from azure load balancer",
        "Inbound",
        "Allow",
        65_001,
        "AzureLoadBalancer",
        "*",
    ),
    (
        "DenyAllInBound",
        "Deny all inbound traffic",
        "Inbound",
        "Deny",
        65_500,
        "*",
        "*",
    ),
    (
        "AllowVnetOutBound",
        "Allow outbound traffic from all VMs to all VMs in VNET",
        "Outbound",
        "Allow",
        65_000,
        "VirtualNetwork",
        "VirtualNetwork",
    ),
    (
        "AllowInternetOutBound",
        "Allow outbound traffic from all VMs to Internet",
        "Outbound",
        "Allow",
        65_001,
        "*",
        "Internet",
    ),
    (
        "DenyAllOutBound",
        "Deny all outbound traffic",
        "Outbound",
        "Deny",
        65_500,
        "*",
        "*",
    ),
];

#[derive(Debug)]
pub(super) struct SecurityGroups;

impl Kind for SecurityGroups {
    fn name(&self) -> &'static str {
        "Microsoft.Network/networkSecurityGroups"
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn shows_etag(&self) -> bool {
        true
    }

    fn put(&self, _draft: &Draft<'_>) -> Option<Long> {
        Some(PUT)
    }

    fn delete(&self, _resource: &Resource) -> Option<Long> {
        Some(DELETE)
    }

    fn working(&self, _created: bool) -> &'static str {
        "Updating"
    }

    fn modern(&self, version: &str, body: &mut Map<String, Value>) {
        let rules = body
            .get_mut("properties")
            .and_then(|all| all.get_mut("securityRules"));
        let rules = rules.and_then(Value::as_array_mut).into_iter().flatten();
        for rule in rules {
            rules::modern(version, rule.get_mut("properties"));
        }
    }

    fn busy(&self, tx: &Tx<'_>, id: &Id) -> Option<Refusal> {
        super::busy(tx, id)
    }

    fn check(&self, _tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        if only_tags(draft) {
            return Ok(());
        }
        let properties = &mut draft.resource.properties;
        keep(properties, FIELDS);
        let mut all: Vec<Part> = Vec::new();
        for mut rule in parts::read(properties, "securityRules")? {
            rules::check(&rule.name, &mut rule.properties)?;
            let others = all
                .iter()
                .map(|other| (other.name.as_str(), &other.properties));
            rules::alone(&rule.name, &rule.properties, others)?;
            all.push(rule);
        }
        parts::put_back(properties, "securityRules", all);
        Ok(())
    }

    fn written(&self, tx: &mut Tx<'_>, resource: &Resource) {
        parts::settle(tx, resource, RULES, "securityRules");
    }

    fn held(&self, tx: &Tx<'_>, resource: &Resource) -> Option<Refusal> {
        let (subnets, interfaces) = bound(tx, resource);
        let all: Vec<String> = interfaces.into_iter().chain(subnets).collect();
        (!all.is_empty()).then(|| refusals::group_in_use(&resource.name, &all))
    }

    fn exported(&self, tx: &Tx<'_>, resource: &Resource, properties: &mut Map<String, Value>) {
        let parts = parts::of(tx, &resource.id, RULES);
        let part = |part: &Resource| json!({ "name": part.name, "properties": part.properties });
        let parts: Vec<Value> = parts.map(part).collect();
        properties.insert("securityRules".to_owned(), parts.into());
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        resource: &Resource,
        request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        let rules = parts::shown(tx, &resource.id, RULES, request);
        let (subnets, interfaces) = bound(tx, resource);
        let guid = derived::guid(&["network", &resource.id.to_lowercase()]);
        let Some(properties) = parts::properties(shown) else {
            return;
        };
        properties.insert("resourceGuid".to_owned(), guid.into());
        properties.insert("securityRules".to_owned(), rules);
        properties.insert("defaultSecurityRules".to_owned(), defaults(resource));
        for (field, ids) in [("subnets", subnets), ("networkInterfaces", interfaces)] {
            if !ids.is_empty() {
                properties.insert(field.to_owned(), links::shown(ids));
            }
        }
    }
}

/// Returns the ids of the subnets and network interfaces that a group is bound to.
fn bound(tx: &Tx<'_>, nsg: &Resource) -> (Vec<String>, Vec<String>) {
    let is_bound = |one: &&Resource| {
        let named = one.properties.get("networkSecurityGroup");
        let named = named.and_then(|named| named["id"].as_str());
        named.is_some_and(|named| named.eq_ignore_ascii_case(&nsg.id))
    };
    let ids = |one: &Resource| one.id.clone();
    let subnets = links::all(tx, nsg, &Subnets)
        .filter(is_bound)
        .map(ids)
        .collect();
    let interfaces = links::interfaces(tx, nsg)
        .filter(is_bound)
        .map(ids)
        .collect();
    (subnets, interfaces)
}

fn defaults(nsg: &Resource) -> Value {
    let rule = |(name, description, direction, access, priority, source, destination)| {
        json!({
            "id": format!("{}/defaultSecurityRules/{name}", nsg.id),
            "name": name,
            "type": "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
            "etag": etag(nsg),
            "properties": {
                "provisioningState": nsg.state,
                "description": description,
                "protocol": "*",
                "sourcePortRange": "*",
                "destinationPortRange": "*",
                "sourceAddressPrefix": source,
                "destinationAddressPrefix": destination,
                "access": access,
                "priority": priority,
                "direction": direction,
                "sourcePortRanges": [],
                "destinationPortRanges": [],
                "sourceAddressPrefixes": [],
                "destinationAddressPrefixes": [],
            },
        })
    };
    DEFAULTS.into_iter().map(rule).collect::<Vec<_>>().into()
}
