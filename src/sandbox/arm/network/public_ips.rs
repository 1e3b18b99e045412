//! Public addresses. A static one has its address at once; a dynamic one while the machine that it
//! leads to runs.

use std::net::Ipv4Addr;

use serde_json::{Map, Value, json};

use super::{DELETE, PUT, VERSIONS, keep, only_tags, parts, refusals, served};
use crate::sandbox::arm::body::{self, one_of, parameter};
use crate::sandbox::arm::calls::routes;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::{Draft, Kind, Long};
use crate::sandbox::derived;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = routes!("Microsoft.Network/publicIPAddresses", "pip");

pub(super) const NAME: &str = "Microsoft.Network/publicIPAddresses";

/// What a caller may set.
const FIELDS: &[&str] = &[
    "deleteOption",
    "dnsSettings",
    "idleTimeoutInMinutes",
    "ipTags",
    "publicIPAddressVersion",
    "publicIPAllocationMethod",
];

/// What names things that there are none of here.
const ELSEWHERE: &[&str] = &[
    "ddosSettings",
    "linkedPublicIPAddress",
    "natGateway",
    "publicIPPrefix",
    "servicePublicIPAddress",
];

/// What a write leaves as it was: who uses it, and its address.
const KEPT: [&str; 2] = ["ipConfiguration", "ipAddress"];

#[derive(Debug)]
pub(super) struct PublicAddresses;

impl Kind for PublicAddresses {
    fn name(&self) -> &'static str {
        NAME
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn members(&self) -> &'static [&'static str] {
        &["sku", "zones"]
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
        served(&draft.resource.properties, ELSEWHERE)?;
        keep(&mut draft.resource.properties, FIELDS);
        let sku = sku(draft)?;
        let allocation = allocation(draft, sku)?;
        unchanged(draft)?;
        domain(tx, draft)?;
        if let Some(before) = draft.before {
            for field in KEPT {
                if let Some(kept) = before.properties.get(field) {
                    let properties = &mut draft.resource.properties;
                    properties.insert(field.to_owned(), kept.clone());
                }
            }
        }
        if allocation == "Static" {
            assign(tx, &mut draft.resource);
        }
        Ok(())
    }

    fn held(&self, _tx: &Tx<'_>, resource: &Resource) -> Option<Refusal> {
        Some(refusals::address_in_use(&resource.id, user(resource)?))
    }

    fn moves(&self, resource: &Resource, within: bool) -> bool {
        let sku = body::at(&resource.members, "sku.name");
        within || sku == Some(&"Basic".into())
    }

    fn exported(&self, _tx: &Tx<'_>, _resource: &Resource, properties: &mut Map<String, Value>) {
        for field in KEPT {
            properties.remove(field);
        }
    }

    fn show(
        &self,
        _tx: &Tx<'_>,
        resource: &Resource,
        _request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        let guid = derived::guid(&["network", &resource.id.to_lowercase()]);
        if let Some(properties) = parts::properties(shown) {
            properties.insert("resourceGuid".to_owned(), guid.into());
        }
    }
}

/// Completes the SKU: `Basic` unless another is named.
fn sku(draft: &mut Draft<'_>) -> Result<&'static str, Refusal> {
    let members = &mut draft.resource.members;
    let name = body::text(members, "sku.name")?.unwrap_or("Basic");
    let name = one_of("sku.name", name, &["Basic", "Standard", "StandardV2"])?;
    let tier = body::text(members, "sku.tier")?.unwrap_or("Regional");
    let tier = one_of("sku.tier", tier, &["Regional", "Global"])?;
    members.insert("sku".to_owned(), json!({ "name": name, "tier": tier }));
    Ok(name)
}

/// Completes how it gets its address; anything above `Basic` is static.
fn allocation(draft: &mut Draft<'_>, sku: &str) -> Result<&'static str, Refusal> {
    let properties = &mut draft.resource.properties;
    let field = "publicIPAllocationMethod";
    let given = body::text(properties, field)?.unwrap_or("Dynamic");
    let given = one_of(field, given, &["Dynamic", "Static"])?;
    if sku != "Basic" && given != "Static" {
        let text = format!(
            "Standard sku publicIp {} must have AllocationMethod set to Static.",
            draft.id.text()
        );
        return Err(refusals::refused(
            "PublicIPAddressAllocationMethodNotSupportedForSku",
            text,
        ));
    }
    properties.insert(field.to_owned(), given.into());
    let field = "publicIPAddressVersion";
    let version = body::text(properties, field)?.unwrap_or("IPv4");
    let version = one_of(field, version, &["IPv4", "IPv6"])?;
    properties.insert(field.to_owned(), version.into());
    let minutes = properties.entry("idleTimeoutInMinutes").or_insert(4.into());
    if !minutes
        .as_i64()
        .is_some_and(|minutes| (4..=30).contains(&minutes))
    {
        let text = "The value of 'idleTimeoutInMinutes' must be between 4 and 30.";
        return Err(parameter("properties.idleTimeoutInMinutes", text));
    }
    properties.entry("ipTags").or_insert(json!([]));
    Ok(given)
}

/// Refuses another SKU or version for an address that there is.
fn unchanged(draft: &Draft<'_>) -> Result<(), Refusal> {
    let Some(before) = draft.before else {
        return Ok(());
    };
    let now = &draft.resource;
    let field = "publicIPAddressVersion";
    for (field, same) in [
        ("sku", before.members.get("sku") == now.members.get("sku")),
        (
            field,
            before.properties.get(field) == now.properties.get(field),
        ),
    ] {
        if !same {
            let text = format!(
                "The '{field}' of public IP address {} cannot be changed.",
                now.id
            );
            return Err(refusals::refused(
                "PublicIPAddressPropertyCannotBeChanged",
                text,
            ));
        }
    }
    Ok(())
}

/// Completes the name, which is one public address's alone in its region.
fn domain(tx: &Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let resource = &mut draft.resource;
    let Some(label) = body::text(&resource.properties, "dnsSettings.domainNameLabel")? else {
        return Ok(());
    };
    if !is_label(label) {
        return Err(refusals::bad_domain(label));
    }
    let region = resource.location.as_deref().unwrap_or_default();
    let fqdn = format!("{label}.{region}.cloudapp.azure.com");
    let others = tx.arm.resources.iter().map(|(_, other)| other);
    let mut others =
        others.filter(|other| other.kind == NAME && !other.id.eq_ignore_ascii_case(&resource.id));
    let has = |other: &Resource| {
        body::at(&other.properties, "dnsSettings.fqdn").and_then(Value::as_str) == Some(&fqdn)
    };
    if others.any(has) {
        return Err(refusals::domain_taken(&fqdn));
    }
    let settings = resource.properties.get_mut("dnsSettings");
    if let Some(settings) = settings.and_then(Value::as_object_mut) {
        settings.insert("fqdn".to_owned(), fqdn.into());
    }
    Ok(())
}

/// `^[a-z][a-z0-9-]{1,61}[a-z0-9]$`.
fn is_label(label: &str) -> bool {
    let fits = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
    (3..=63).contains(&label.len())
        && label.chars().all(fits)
        && label.starts_with(|one: char| one.is_ascii_lowercase())
        && !label.ends_with('-')
}

/// Gives an address to one that has none. They come from a range that is nobody's (RFC 2544).
fn assign(tx: &mut Tx<'_>, address: &mut Resource) {
    if address.properties.contains_key("ipAddress") {
        return;
    }
    let number = tx.count("arm.public_address");
    let is_v6 = address.properties.get("publicIPAddressVersion") == Some(&"IPv6".into());
    let text = if is_v6 {
        format!("2001:db8::{number:x}")
    } else {
        let offset = u32::try_from(number % (1 << 17)).unwrap_or_default();
        Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + offset).to_string()
    };
    address
        .properties
        .insert("ipAddress".to_owned(), text.into());
}

/// Returns the id of the configuration that uses an address.
pub(super) fn user(address: &Resource) -> Option<&str> {
    address.properties.get("ipConfiguration")?["id"].as_str()
}

/// Notes who uses an address now, if anybody.
pub(super) fn lead_to(tx: &mut Tx<'_>, address: &str, configuration: Option<&str>) {
    let Some(row) = tx.arm.resources.edit(address) else {
        return;
    };
    row.version += 1;
    match configuration {
        Some(id) => drop(
            row.properties
                .insert("ipConfiguration".to_owned(), json!({ "id": id })),
        ),
        None => drop(row.properties.remove("ipConfiguration")),
    }
    if configuration.is_none() {
        set_running(tx, address, false);
    }
}

/// Gives a dynamic address away while its machine runs, and takes it back.
pub(super) fn set_running(tx: &mut Tx<'_>, address: &str, runs: bool) {
    let Some(mut row) = tx.arm.resources.get(address).cloned() else {
        return;
    };
    if row.properties.get("publicIPAllocationMethod") != Some(&"Dynamic".into()) {
        return;
    }
    if runs {
        assign(tx, &mut row);
    } else {
        row.properties.remove("ipAddress");
    }
    tx.arm.resources.put(address, row);
}
