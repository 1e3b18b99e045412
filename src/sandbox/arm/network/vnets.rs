//! Virtual networks. A PUT says what all of it is: subnets that it does not name go.

use serde_json::{Map, Value, json};

use super::parts::{self, Part};
use super::prefix::Prefix;
use super::subnets::{self, NAME as SUBNETS, Space};
use super::{DELETE, PUT, VERSIONS, keep, links, only_tags, refusals, served};
use crate::sandbox::arm::body::{self, parameter};
use crate::sandbox::arm::calls::routes;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::{Draft, Kind, Long};
use crate::sandbox::derived;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = routes!("Microsoft.Network/virtualNetworks", "vnet");

/// What a caller may set.
const FIELDS: &[&str] = &[
    "addressSpace",
    "dhcpOptions",
    "enableDdosProtection",
    "enableVmProtection",
    "encryption",
    "flowTimeoutInMinutes",
    "privateEndpointVNetPolicies",
    "subnets",
];

/// What names things that there are none of here.
const ELSEWHERE: &[&str] = &[
    "bgpCommunities",
    "ddosProtectionPlan",
    "defaultPublicNatGateway",
    "ipAllocations",
    "virtualNetworkPeerings",
];

#[derive(Debug)]
pub(super) struct VirtualNetworks;

impl Kind for VirtualNetworks {
    fn name(&self) -> &'static str {
        "Microsoft.Network/virtualNetworks"
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

    fn busy(&self, tx: &Tx<'_>, id: &Id) -> Option<Refusal> {
        super::busy(tx, id)
    }

    fn check(&self, tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        if only_tags(draft) {
            return Ok(());
        }
        let properties = &mut draft.resource.properties;
        served(properties, ELSEWHERE)?;
        keep(properties, FIELDS);
        let space = space(draft.id, properties)?;
        options(properties)?;
        let from = links::From {
            id: draft.id,
            location: draft.resource.location.as_deref(),
        };
        let mut all: Vec<Part> = Vec::new();
        for mut subnet in parts::read(properties, "subnets")? {
            let others = all
                .iter()
                .map(|other| (other.name.as_str(), &other.properties));
            let within = Space {
                vnet: draft.id.name(),
                prefixes: &space,
                others: others.collect(),
            };
            subnets::check(tx, from, &within, &subnet.name, &mut subnet.properties)?;
            subnets::unmoved(
                tx,
                &draft.id.child("subnets", &subnet.name),
                &subnet.properties,
            )?;
            all.push(subnet);
        }
        if let Some(before) = draft.before {
            stays(tx, before, &all)?;
        }
        parts::put_back(properties, "subnets", all);
        Ok(())
    }

    fn written(&self, tx: &mut Tx<'_>, resource: &Resource) {
        parts::settle(tx, resource, SUBNETS, "subnets");
    }

    fn exported(&self, tx: &Tx<'_>, resource: &Resource, properties: &mut Map<String, Value>) {
        let parts = parts::of(tx, &resource.id, SUBNETS);
        let part = |part: &Resource| json!({ "name": part.name, "properties": part.properties });
        let parts: Vec<Value> = parts.map(part).collect();
        properties.insert("subnets".to_owned(), parts.into());
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        resource: &Resource,
        request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        let guid = derived::guid(&["network", &resource.id.to_lowercase()]);
        let subnets = parts::shown(tx, &resource.id, SUBNETS, request);
        if let Some(properties) = parts::properties(shown) {
            properties.insert("resourceGuid".to_owned(), guid.into());
            properties.insert("subnets".to_owned(), subnets);
            properties.insert("virtualNetworkPeerings".to_owned(), json!([]));
        }
    }
}

/// Reads the address space, which must be there and not overlap itself.
fn space(id: &Id, properties: &Map<String, Value>) -> Result<Vec<Prefix>, Refusal> {
    let given = body::member(properties, "addressSpace")?;
    let given = parts::texts(&given, "addressPrefixes")?;
    if given.is_empty() {
        return Err(refusals::no_address_space(id.name()));
    }
    let mut all: Vec<(Prefix, &str)> = Vec::new();
    for text in &given {
        let prefix = Prefix::read(text, &id.text())?;
        if let Some((_, other)) = all.iter().find(|(other, _)| other.overlaps(prefix)) {
            return Err(refusals::spaces_overlap(id.name(), other, text));
        }
        all.push((prefix, text));
    }
    Ok(all.into_iter().map(|(prefix, _)| prefix).collect())
}

/// Returns the address space of a network that there is.
pub(super) fn space_of(vnet: &Resource) -> Vec<Prefix> {
    let prefixes = body::at(&vnet.properties, "addressSpace.addressPrefixes");
    let prefixes = prefixes.and_then(Value::as_array).into_iter().flatten();
    prefixes
        .filter_map(|one| Prefix::parse(one.as_str()?))
        .collect()
}

/// Examines the rest, and completes what is there in every network.
fn options(properties: &mut Map<String, Value>) -> Result<(), Refusal> {
    let dhcp = body::member(properties, "dhcpOptions")?;
    for server in parts::texts(&dhcp, "dnsServers")? {
        if server.parse::<std::net::IpAddr>().is_err() {
            return Err(refusals::bad_address("dhcpOptions.dnsServers", &server));
        }
    }
    if let Some(minutes) = properties.get("flowTimeoutInMinutes")
        && !minutes
            .as_i64()
            .is_some_and(|minutes| (4..=30).contains(&minutes))
    {
        let text = "The value of 'flowTimeoutInMinutes' must be between 4 and 30.";
        return Err(parameter("properties.flowTimeoutInMinutes", text));
    }
    properties
        .entry("enableDdosProtection")
        .or_insert(false.into());
    Ok(())
}

/// Refuses a write that takes a subnet away which is in use.
fn stays(tx: &Tx<'_>, before: &Resource, named: &[Part]) -> Result<(), Refusal> {
    let is_gone = |subnet: &&Resource| {
        let mut names = named.iter().map(|part| &part.name);
        !names.any(|name| name.eq_ignore_ascii_case(&subnet.name))
    };
    let mut gone = parts::of(tx, &before.id, SUBNETS).filter(is_gone);
    match gone.find_map(|subnet| subnets::in_use(tx, subnet)) {
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}
