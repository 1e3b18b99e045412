//! Which networks can be mapped to which: between regions of Azure, from a site to Azure, between
//! sites. Source: recovery reference §5.1, §5.6. The reference names no site that may map besides
//! those of VMM: here one of Hyper-V may, too, and one of `VMware` may not.

use serde_json::{Map, Value, json};

use super::KIND;
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::input::Input;
use crate::sandbox::arm::recovery::mappings::AZURE;
use crate::sandbox::arm::recovery::{fabrics, object, site};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Resource, Tx, VaultObject};

/// The ways to map, by `instanceType`.
const WAYS: [&str; 3] = ["AzureToAzure", "VmmToAzure", "VmmToVmm"];

/// Full type of virtual networks.
const VNET: &str = "Microsoft.Network/virtualNetworks";

/// Whose network is mapped.
#[derive(Debug, Clone, Copy)]
pub(super) struct From<'a> {
    /// Of the mapping.
    pub(super) id: &'a Id,
    pub(super) fabric: &'a VaultObject,
    pub(super) network: &'a VaultObject,
}

/// A side of a mapping.
#[derive(Debug)]
pub(super) struct Side {
    /// Id and friendly name of the fabric.
    fabric: (String, String),
    /// Id and friendly name of the network.
    network: (String, String),
}

/// Returns what is kept of a mapping, or refuses it.
pub(super) fn accepted(
    request: &Request,
    tx: &Tx<'_>,
    from: From<'_>,
    wish: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let whole = Input {
        request,
        members: wish,
        path: "properties",
    };
    let details = body::member(wish, "fabricSpecificDetails")?;
    let inner = Input {
        request,
        members: &details,
        path: "properties.fabricSpecificDetails",
    };
    let way = way(whole, inner, from)?;
    let (primary, recovery) = match way {
        "AzureToAzure" => (
            azure_source(tx, inner, from)?,
            azure_target(tx, whole, from)?,
        ),
        "VmmToAzure" => (own(from), any_azure(tx, whole, from)?),
        _ => (own(from), other_site(tx, whole, from)?),
    };
    let kept = paired(way, &primary, &recovery);
    Ok(kept.as_object().cloned().unwrap_or_default())
}

/// Returns `properties` of a mapping.
pub(super) fn paired(way: &str, primary: &Side, recovery: &Side) -> Value {
    json!({
        "state": "Paired",
        "primaryNetworkFriendlyName": primary.network.1,
        "primaryNetworkId": primary.network.0,
        "primaryFabricFriendlyName": primary.fabric.1,
        "recoveryNetworkFriendlyName": recovery.network.1,
        "recoveryNetworkId": recovery.network.0,
        "recoveryFabricArmId": recovery.fabric.0,
        "recoveryFabricFriendlyName": recovery.fabric.1,
        "fabricSpecificSettings": { "instanceType": way },
    })
}

/// Returns the way to map, which follows from the fabrics where the body does not say it.
fn way(whole: Input<'_>, inner: Input<'_>, from: From<'_>) -> Result<&'static str, Refusal> {
    let kind = site::kind(from.fabric);
    let given = inner.one_of("instanceType", &WAYS)?;
    let target = whole.text("recoveryFabricName")?.unwrap_or_default();
    let usual = match kind {
        "Azure" => "AzureToAzure",
        _ if target.eq_ignore_ascii_case(AZURE) => "VmmToAzure",
        _ => "VmmToVmm",
    };
    let way = given.unwrap_or(usual);
    let fits = match kind {
        "Azure" => way == "AzureToAzure",
        "VMM" | "HyperVSite" => way != "AzureToAzure",
        _ => false,
    };
    if fits {
        return Ok(way);
    }
    let why = format!(
        "The networks of the fabric '{}', whose type is '{kind}', are not mapped that way.",
        from.fabric.name
    );
    Err(inner.wrong("instanceType", why))
}

/// The virtual network whose machines are protected: in the region of the fabric.
fn azure_source(tx: &Tx<'_>, inner: Input<'_>, from: From<'_>) -> Result<Side, Refusal> {
    let vnet = vnet(tx, inner, "primaryNetworkId", from)?;
    in_region(inner, "primaryNetworkId", vnet, from.fabric)?;
    Ok(of_vnet(from.fabric, vnet))
}

/// The virtual network that they get: in the region of the other fabric.
fn azure_target(tx: &Tx<'_>, whole: Input<'_>, from: From<'_>) -> Result<Side, Refusal> {
    let fabric = other(tx, whole, from)?;
    if site::kind(fabric) != "Azure" {
        let why = format!("The fabric '{}' is not of Azure.", fabric.name);
        return Err(whole.wrong("recoveryFabricName", why));
    }
    let vnet = vnet(tx, whole, "recoveryNetworkId", from)?;
    in_region(whole, "recoveryNetworkId", vnet, fabric)?;
    Ok(of_vnet(fabric, vnet))
}

/// A virtual network in any region of the vault's subscription.
fn any_azure(tx: &Tx<'_>, whole: Input<'_>, from: From<'_>) -> Result<Side, Refusal> {
    let name = whole.need("recoveryFabricName")?;
    if !name.eq_ignore_ascii_case(AZURE) {
        let why = format!("From a site to Azure it is '{AZURE}'.");
        return Err(whole.wrong("recoveryFabricName", why));
    }
    let vnet = vnet(tx, whole, "recoveryNetworkId", from)?;
    Ok(Side {
        fabric: (AZURE.to_owned(), AZURE.to_owned()),
        network: (vnet.id.clone(), vnet.name.clone()),
    })
}

/// A network of another site.
fn other_site(tx: &Tx<'_>, whole: Input<'_>, from: From<'_>) -> Result<Side, Refusal> {
    let fabric = other(tx, whole, from)?;
    let text = whole.need("recoveryNetworkId")?;
    let network = object::referred(tx, &fabric.id, text).filter(|one| one.kind == KIND);
    let network = network.ok_or_else(|| whole.absent("recoveryNetworkId", "network", text))?;
    Ok(Side {
        fabric: names(fabric),
        network: names(network),
    })
}

fn other<'a>(tx: &'a Tx<'_>, whole: Input<'_>, from: From<'_>) -> Result<&'a VaultObject, Refusal> {
    let name = whole.need("recoveryFabricName")?;
    let found = site::fabric_named(tx, from.id, name);
    found.ok_or_else(|| whole.absent("recoveryFabricName", "fabric", name))
}

fn vnet<'a>(
    tx: &'a Tx<'_>,
    input: Input<'_>,
    field: &str,
    from: From<'_>,
) -> Result<&'a Resource, Refusal> {
    let text = input.need(field)?;
    let found = site::linked(tx, from.id, text, VNET);
    found.ok_or_else(|| input.absent(field, "virtual network", text))
}

fn in_region(
    input: Input<'_>,
    field: &str,
    vnet: &Resource,
    fabric: &VaultObject,
) -> Result<(), Refusal> {
    let wanted = fabrics::location(fabric);
    if wanted.is_none() || wanted == vnet.location.as_deref() {
        return Ok(());
    }
    let why = format!(
        "The virtual network '{}' is in '{}', the fabric '{}' in '{}'.",
        vnet.name,
        vnet.location.as_deref().unwrap_or_default(),
        fabric.name,
        wanted.unwrap_or_default()
    );
    Err(input.wrong(field, why))
}

/// Returns the side of a virtual network of Azure.
pub(super) fn of_vnet(fabric: &VaultObject, vnet: &Resource) -> Side {
    Side {
        fabric: names(fabric),
        network: (vnet.id.clone(), vnet.name.clone()),
    }
}

fn own(from: From<'_>) -> Side {
    Side {
        fabric: names(from.fabric),
        network: names(from.network),
    }
}

fn names(object: &VaultObject) -> (String, String) {
    (object.id.clone(), object::friendly(object).to_owned())
}
