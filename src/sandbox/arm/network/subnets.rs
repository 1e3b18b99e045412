//! Subnets: parts of a virtual network, written with it or alone.

use serde_json::{Map, Value, json};

use super::links::{self, From};
use super::parts;
use super::prefix::Prefix;
use super::vnets::space_of;
use super::{DELETE, PUT, VERSIONS, keep, part_routes, refusals, served};
use crate::sandbox::arm::body::{self, one_of};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::{Draft, Kind, Long};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = part_routes!(
    "Microsoft.Network/virtualNetworks",
    "vnet",
    "subnets",
    "subnet"
);

pub(super) const NAME: &str = "Microsoft.Network/virtualNetworks/subnets";

/// What a caller may set.
const FIELDS: &[&str] = &[
    "addressPrefix",
    "addressPrefixes",
    "defaultOutboundAccess",
    "delegations",
    "networkSecurityGroup",
    "privateEndpointNetworkPolicies",
    "privateLinkServiceNetworkPolicies",
    "serviceEndpoints",
];

/// What names things that there are none of here.
const ELSEWHERE: &[&str] = &[
    "ipAllocations",
    "natGateway",
    "routeTable",
    "serviceEndpointPolicies",
    "serviceGateway",
];

/// The most bits of an IPv4 prefix.
const SMALLEST: u32 = 29;

#[derive(Debug)]
pub(super) struct Subnets;

impl Kind for Subnets {
    fn name(&self) -> &'static str {
        NAME
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn tracked(&self) -> bool {
        false
    }

    fn inlined(&self) -> bool {
        true
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
        let vnet = draft.id.owner().unwrap_or_default();
        let Some(vnet) = tx.arm.resources.get(&vnet.key()).cloned() else {
            return Err(crate::sandbox::arm::resource::missing(&vnet));
        };
        let others = parts::of(tx, &vnet.id, NAME);
        let others = others.filter(|other| !other.id.eq_ignore_ascii_case(&draft.resource.id));
        let others = others.map(|other| (other.name.as_str(), &other.properties));
        let space = Space {
            vnet: &vnet.name,
            prefixes: &space_of(&vnet),
            others: others.collect(),
        };
        let from = From {
            id: draft.id,
            location: vnet.location.as_deref(),
        };
        let properties = &mut draft.resource.properties;
        check(tx, from, &space, draft.id.name(), properties)?;
        unmoved(tx, draft.id, properties)
    }

    fn written(&self, tx: &mut Tx<'_>, resource: &Resource) {
        parts::touch_owner(tx, resource);
    }

    fn held(&self, tx: &Tx<'_>, resource: &Resource) -> Option<Refusal> {
        in_use(tx, resource)
    }

    fn removed(&self, tx: &mut Tx<'_>, resource: &Resource) {
        parts::touch_owner(tx, resource);
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        resource: &Resource,
        _request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        let used = links::in_subnet(tx, resource);
        if let Some(properties) = parts::properties(shown)
            && !used.is_empty()
        {
            properties.insert("ipConfigurations".to_owned(), links::shown(used));
        }
    }
}

/// What a subnet lies in, and beside.
pub(super) struct Space<'a> {
    pub(super) vnet: &'a str,
    pub(super) prefixes: &'a [Prefix],
    /// Names and properties of the others.
    pub(super) others: Vec<(&'a str, &'a Map<String, Value>)>,
}

/// Examines and completes a subnet, wherever it is written.
pub(super) fn check(
    tx: &Tx<'_>,
    from: From<'_>,
    space: &Space<'_>,
    name: &str,
    properties: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    served(properties, ELSEWHERE)?;
    keep(properties, FIELDS);
    let own = read(name, properties)?;
    for prefix in &own {
        if !space.prefixes.iter().any(|space| space.covers(*prefix)) {
            return Err(refusals::outside(name, space.vnet));
        }
        if !prefix.is_v6 && prefix.bits() > SMALLEST {
            return Err(refusals::too_small(name, space.vnet));
        }
        let mut others = space.others.iter().flat_map(|(_, other)| prefixes(other));
        if others.any(|other| other.overlaps(*prefix)) {
            return Err(refusals::subnets_overlap(name, space.vnet));
        }
    }
    let kind = "Microsoft.Network/networkSecurityGroups";
    links::follow(tx, from, properties, "networkSecurityGroup", kind)?;
    parts::list(properties, "serviceEndpoints")?;
    parts::list(properties, "delegations")?;
    properties.entry("delegations").or_insert(json!([]));
    for (field, usual, known) in [
        (
            "privateEndpointNetworkPolicies",
            "Disabled",
            &[
                "Disabled",
                "Enabled",
                "NetworkSecurityGroupEnabled",
                "RouteTableEnabled",
            ][..],
        ),
        (
            "privateLinkServiceNetworkPolicies",
            "Enabled",
            &["Disabled", "Enabled"][..],
        ),
    ] {
        let value = one_of(
            field,
            body::text(properties, field)?.unwrap_or(usual),
            known,
        )?;
        properties.insert(field.to_owned(), value.into());
    }
    Ok(())
}

/// Reads the prefixes of a subnet: one field or the other.
fn read(name: &str, properties: &Map<String, Value>) -> Result<Vec<Prefix>, Refusal> {
    let mut texts = parts::texts(properties, "addressPrefixes")?;
    if let Some(one) = body::text(properties, "addressPrefix")?
        && !texts.iter().any(|text| text == one)
    {
        texts.push(one.to_owned());
    }
    if texts.is_empty() {
        return Err(refusals::no_prefix(name));
    }
    texts.iter().map(|text| Prefix::read(text, name)).collect()
}

/// Returns the prefixes of a subnet that there is.
pub(super) fn prefixes(properties: &Map<String, Value>) -> Vec<Prefix> {
    read("", properties).unwrap_or_default()
}

/// Refuses another prefix for a subnet that is in use.
pub(super) fn unmoved(
    tx: &Tx<'_>,
    id: &Id,
    properties: &Map<String, Value>,
) -> Result<(), Refusal> {
    let Some(before) = tx.arm.resources.get(&id.key()) else {
        return Ok(());
    };
    let now = prefixes(properties);
    if prefixes(&before.properties)
        .iter()
        .all(|was| now.contains(was))
    {
        return Ok(());
    }
    match links::in_subnet(tx, before).first() {
        Some(by) => Err(refusals::prefix_in_use(&before.name, by)),
        None => Ok(()),
    }
}

/// Says that a subnet is in use.
pub(super) fn in_use(tx: &Tx<'_>, subnet: &Resource) -> Option<Refusal> {
    let used = links::in_subnet(tx, subnet);
    Some(refusals::subnet_in_use(&subnet.name, used.first()?))
}
