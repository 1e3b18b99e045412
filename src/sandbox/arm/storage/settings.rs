//! What an account may be: SKU, kind, access tier, switches, network rules. Where the reference names
//! a set of values it is that one; which kind goes with which SKU it does not say.

use serde_json::{Map, Value, json};

use crate::sandbox::arm::body::{self, invalid, one_of, parameter};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Resource, Tx};

const SKUS: &[&str] = &[
    "Premium_LRS",
    "PremiumV2_LRS",
    "PremiumV2_ZRS",
    "Premium_ZRS",
    "Standard_GRS",
    "Standard_GZRS",
    "Standard_LRS",
    "Standard_RAGRS",
    "Standard_RAGZRS",
    "StandardV2_GRS",
    "StandardV2_GZRS",
    "StandardV2_LRS",
    "StandardV2_ZRS",
    "Standard_ZRS",
];

const KINDS: &[&str] = &[
    "BlobStorage",
    "BlockBlobStorage",
    "FileStorage",
    "Storage",
    "StorageV2",
];

/// Properties that are true or false.
const SWITCHES: [&str; 10] = [
    "allowBlobPublicAccess",
    "allowCrossTenantReplication",
    "allowSharedKeyAccess",
    "defaultToOAuthAuthentication",
    "enableExtendedGroups",
    "isHnsEnabled",
    "isLocalUserEnabled",
    "isNfsV3Enabled",
    "isSftpEnabled",
    "supportsHttpsTrafficOnly",
];

/// Properties of a closed set of values.
const WORDS: [(&str, &[&str]); 4] = [
    ("accessTier", &["Cold", "Cool", "Hot", "Premium", "Smart"]),
    (
        "minimumTlsVersion",
        &["TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"],
    ),
    (
        "publicNetworkAccess",
        &["Disabled", "Enabled", "SecuredByPerimeter"],
    ),
    ("largeFileSharesState", &["Disabled", "Enabled"]),
];

/// Further properties that a caller may set; they are kept as sent.
const AS_SENT: [&str; 10] = [
    "allowedCopyScope",
    "azureFilesIdentityBasedAuthentication",
    "customDomain",
    "dnsEndpointType",
    "encryption",
    "immutableStorageWithVersioning",
    "keyPolicy",
    "networkAcls",
    "routingPreference",
    "sasPolicy",
];

/// Examines and completes an account.
pub(super) fn check(tx: &Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let before = draft.before;
    let resource = &mut draft.resource;
    let (sku, kind) = sorts(resource, before)?;
    let words = WORDS.iter().map(|(field, _)| *field);
    let known: Vec<&str> = SWITCHES.into_iter().chain(words).chain(AS_SENT).collect();
    let properties = &mut resource.properties;
    properties.retain(|name, value| known.contains(&name.as_str()) && !value.is_null());
    for field in SWITCHES {
        if properties
            .get(field)
            .is_some_and(|value| !value.is_boolean())
        {
            return Err(invalid(format!("'properties.{field}' is not a boolean")));
        }
    }
    for (field, known) in WORDS {
        if let Some(given) = body::text(properties, field)? {
            let value = one_of(field, given, known)?;
            properties.insert(field.to_owned(), value.into());
        }
    }
    tier(properties, sku, kind)?;
    fixed(properties, before)?;
    properties
        .entry("supportsHttpsTrafficOnly")
        .or_insert(true.into());
    let rules = network(tx, &Id::parse(&resource.id).unwrap_or_default(), properties)?;
    properties.insert("networkAcls".to_owned(), rules);
    let service = || json!({ "keyType": "Account", "enabled": true, "lastEnabledTime": write(resource.created.at) });
    properties.entry("encryption").or_insert_with(|| {
        json!({ "services": { "file": service(), "blob": service() }, "keySource": "Microsoft.Storage" })
    });
    Ok(())
}

/// Reads SKU and kind, which belong together and cannot be changed at will.
fn sorts(
    resource: &mut Resource,
    before: Option<&Resource>,
) -> Result<(&'static str, &'static str), Refusal> {
    let members = &mut resource.members;
    let sku = one_of("sku.name", body::need(members, "sku.name")?, SKUS)?;
    let kind = one_of("kind", body::need(members, "kind")?, KINDS)?;
    let tier = if sku.starts_with("Premium") {
        "Premium"
    } else {
        "Standard"
    };
    let fits = match kind {
        "Storage" => [
            "Standard_LRS",
            "Standard_ZRS",
            "Standard_GRS",
            "Standard_RAGRS",
            "Premium_LRS",
        ]
        .contains(&sku),
        "BlobStorage" => ["Standard_LRS", "Standard_GRS", "Standard_RAGRS"].contains(&sku),
        "BlockBlobStorage" => ["Premium_LRS", "Premium_ZRS"].contains(&sku),
        "FileStorage" => tier == "Premium" || sku.starts_with("StandardV2_"),
        _ => sku.starts_with("Standard_") || sku == "Premium_LRS",
    };
    if !fits {
        let text = format!("The SKU '{sku}' is not available for accounts of the kind '{kind}'.");
        return Err(Refusal::new(400, "InvalidValuesForRequestParameters", text).target("sku.name"));
    }
    let was = |path: &str| {
        let found = body::at(&before?.members, path)?.as_str()?;
        Some(found.to_owned())
    };
    // Older kinds can become the general one.
    let becomes = |was: &str| kind == "StorageV2" && ["Storage", "BlobStorage"].contains(&was);
    if was("kind").is_some_and(|was| was != kind && !becomes(&was)) {
        let text = format!(
            "The kind of the storage account '{}' cannot be changed to '{kind}'.",
            resource.name
        );
        return Err(Refusal::new(400, "AccountPropertyCannotBeUpdated", text).target("kind"));
    }
    if was("sku.tier").is_some_and(|was| was != tier) {
        let text = format!(
            "The SKU of the storage account '{}' cannot be changed to '{sku}'.",
            resource.name
        );
        return Err(Refusal::new(400, "AccountPropertyCannotBeUpdated", text).target("sku.name"));
    }
    let members = &mut resource.members;
    members.insert("sku".to_owned(), json!({ "name": sku, "tier": tier }));
    members.insert("kind".to_owned(), kind.into());
    Ok((sku, kind))
}

/// Examines and completes the access tier, which not every kind has.
fn tier(properties: &mut Map<String, Value>, sku: &str, kind: &str) -> Result<(), Refusal> {
    let field = "accessTier";
    let given = body::text(properties, field)?;
    let premium = sku.starts_with("Premium");
    let fits = match (kind, given) {
        ("Storage" | "FileStorage", Some(_)) | ("BlobStorage", None) => false,
        (_, Some(given)) => (given == "Premium") == premium,
        (_, None) => true,
    };
    if !fits {
        let text = match given {
            Some(given) => format!(
                "The value '{given}' of 'accessTier' is not available for accounts of the kind '{kind}' and SKU '{sku}'."
            ),
            None => format!("Accounts of the kind '{kind}' need an 'accessTier'."),
        };
        return Err(Refusal::new(400, "InvalidValuesForRequestParameters", text).target(field));
    }
    let usual = match kind {
        "StorageV2" | "BlockBlobStorage" if premium => "Premium",
        "StorageV2" => "Hot",
        _ => return Ok(()),
    };
    properties.entry(field).or_insert(usual.into());
    Ok(())
}

/// Refuses what can only be said when an account is made.
fn fixed(properties: &mut Map<String, Value>, before: Option<&Resource>) -> Result<(), Refusal> {
    let Some(before) = before else {
        return Ok(());
    };
    for field in ["isHnsEnabled", "isNfsV3Enabled"] {
        let was = before.properties.get(field);
        let is_on = |value: Option<&Value>| value == Some(&Value::Bool(true));
        match properties.get(field) {
            None => {
                if let Some(was) = was {
                    properties.insert(field.to_owned(), was.clone());
                }
            }
            now if is_on(now) != is_on(was) => {
                let text = format!(
                    "The property '{field}' was specified in the input, but it cannot be updated."
                );
                return Err(Refusal::new(400, "AccountPropertyCannotBeUpdated", text).target(field));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Examines and completes who may reach an account over the network.
fn network(tx: &Tx<'_>, account: &Id, properties: &Map<String, Value>) -> Result<Value, Refusal> {
    let given = properties.get("networkAcls").is_some();
    let rules = body::member(properties, "networkAcls")?;
    let default = match body::text(&rules, "defaultAction")? {
        None if given => body::need(&rules, "defaultAction")?,
        found => found.unwrap_or("Allow"),
    };
    let default = one_of("networkAcls.defaultAction", default, &["Allow", "Deny"])?;
    let bypass = body::text(&rules, "bypass")?.unwrap_or("AzureServices");
    for word in bypass.split(',') {
        one_of(
            "networkAcls.bypass",
            word.trim(),
            &["AzureServices", "Logging", "Metrics", "None"],
        )?;
    }
    let list = |field: &str| match rules.get(field) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(all)) => Ok(all.clone()),
        Some(_) => Err(invalid(format!("'networkAcls.{field}' is not an array"))),
    };
    let mut addresses = list("ipRules")?;
    for rule in &mut addresses {
        let value = rule["value"].as_str().unwrap_or_default();
        if !is_public_range(value) {
            let text = format!(
                "The value '{value}' of 'networkAcls.ipRules' is no IPv4 address and no range of them."
            );
            return Err(parameter("networkAcls.ipRules", text));
        }
        rule["action"] = "Allow".into();
    }
    let mut subnets = list("virtualNetworkRules")?;
    for rule in &mut subnets {
        let id = rule["id"].as_str().unwrap_or_default();
        let found = Id::parse(id).filter(|id| id.subscription == account.subscription);
        let found = found.and_then(|id| tx.arm.resources.get(&id.key()));
        let found = found.filter(|found| found.kind.ends_with("/subnets"));
        let Some(found) = found else {
            let text = format!(
                "Validation of network acls failure: SubnetsNotFound: the subnet '{id}' was not found."
            );
            return Err(Refusal::new(400, "NetworkAclsValidationFailure", text));
        };
        *rule = json!({ "id": found.id, "action": "Allow", "state": "Succeeded" });
    }
    Ok(json!({
        "bypass": bypass,
        "virtualNetworkRules": subnets,
        "ipRules": addresses,
        "defaultAction": default,
    }))
}

/// An IPv4 address, or a range of at most 30 bits.
fn is_public_range(text: &str) -> bool {
    let (address, bits) = text.split_once('/').unwrap_or((text, "30"));
    address.parse::<std::net::Ipv4Addr>().is_ok()
        && bits.parse::<u32>().is_ok_and(|bits| bits <= 30)
}
