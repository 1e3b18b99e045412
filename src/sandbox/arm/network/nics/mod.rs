//! Network interfaces: in a subnet with a private address each configuration, perhaps with a public
//! one, and used by at most one machine.

mod configurations;

use serde_json::{Map, Value, json};

use super::links::{self, From};
use super::public_ips;
use super::{DELETE, PUT, VERSIONS, keep, only_tags, parts, refusals, served};
use crate::sandbox::arm::body::{self, invalid};
use crate::sandbox::arm::calls::routes;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::{Draft, Kind, Long};
use crate::sandbox::arm::resource::etag;
use crate::sandbox::derived;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(in crate::sandbox::arm::network) const ROUTES: &[Route] =
    routes!("Microsoft.Network/networkInterfaces", "nic");

/// What a caller may set.
const FIELDS: &[&str] = &[
    "auxiliaryMode",
    "auxiliarySku",
    "disableTcpStateTracking",
    "dnsSettings",
    "enableAcceleratedNetworking",
    "enableIPForwarding",
    "ipConfigurations",
    "networkSecurityGroup",
    "nicType",
    "workloadType",
];

/// What names things that there are none of here.
const ELSEWHERE: &[&str] = &["dscpConfiguration", "privateLinkService"];

/// What a write leaves as it was: the machine that uses it, and whether it is that one's first.
const KEPT: [&str; 2] = ["virtualMachine", "primary"];

#[derive(Debug)]
pub(super) struct NetworkInterfaces;

impl Kind for NetworkInterfaces {
    fn name(&self) -> &'static str {
        "Microsoft.Network/networkInterfaces"
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
        let location = draft.resource.location.clone();
        let from = From {
            id: draft.id,
            location: location.as_deref(),
        };
        let properties = &mut draft.resource.properties;
        served(properties, ELSEWHERE)?;
        keep(properties, FIELDS);
        let kind = "Microsoft.Network/networkSecurityGroups";
        links::follow(tx, from, properties, "networkSecurityGroup", kind)?;
        options(properties)?;
        configurations::check(tx, from, draft.before, properties)?;
        for field in KEPT {
            let kept = draft.before.and_then(|before| before.properties.get(field));
            if let Some(kept) = kept {
                properties.insert(field.to_owned(), kept.clone());
            }
        }
        if let Some(before) = draft.before {
            // The addresses that it does not name any more are free; `written` takes the others.
            release(tx, before);
        }
        Ok(())
    }

    fn written(&self, tx: &mut Tx<'_>, resource: &Resource) {
        let runs = resource.properties.contains_key("virtualMachine");
        for (configuration, address) in public(resource) {
            public_ips::lead_to(tx, &address, Some(&configuration));
            if runs {
                public_ips::set_running(tx, &address, true);
            }
        }
    }

    fn held(&self, _tx: &Tx<'_>, resource: &Resource) -> Option<Refusal> {
        let machine = resource.properties.get("virtualMachine")?["id"].as_str()?;
        Some(refusals::interface_in_use(&resource.id, machine))
    }

    fn removed(&self, tx: &mut Tx<'_>, resource: &Resource) {
        release(tx, resource);
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
        let Some(properties) = parts::properties(shown) else {
            return;
        };
        properties.insert("ipConfigurations".to_owned(), configurations(resource));
        // An interface gets its hardware address with its machine.
        if properties.contains_key("virtualMachine") {
            let digits: Vec<char> = guid.chars().filter(char::is_ascii_hexdigit).collect();
            let pairs = digits.chunks(2).take(3);
            let tail = pairs.map(|pair| pair.iter().collect::<String>().to_uppercase());
            let address = format!("00-0D-3A-{}", tail.collect::<Vec<_>>().join("-"));
            properties.insert("macAddress".to_owned(), address.into());
        }
        properties.insert("resourceGuid".to_owned(), guid.into());
    }
}

/// Shows the configurations as resources of their own, which they are not.
fn configurations(nic: &Resource) -> Value {
    let all = links::configurations(nic).map(|(id, one)| {
        let mut properties = one["properties"].clone();
        properties["provisioningState"] = nic.state.as_str().into();
        json!({
            "id": id,
            "name": one["name"],
            "etag": etag(nic),
            "type": "Microsoft.Network/networkInterfaces/ipConfigurations",
            "properties": properties,
        })
    });
    all.collect::<Vec<_>>().into()
}

/// Completes what is there in every interface.
fn options(properties: &mut Map<String, Value>) -> Result<(), Refusal> {
    for field in [
        "enableAcceleratedNetworking",
        "enableIPForwarding",
        "disableTcpStateTracking",
    ] {
        if !properties.entry(field).or_insert(false.into()).is_boolean() {
            return Err(invalid(format!("'{field}' is not a boolean")));
        }
    }
    let dns = body::member(properties, "dnsSettings")?;
    let servers = parts::texts(&dns, "dnsServers")?;
    let wrong = |text: &&String| text.parse::<std::net::IpAddr>().is_err();
    if let Some(wrong) = servers.iter().find(wrong) {
        return Err(refusals::bad_address("dnsSettings.dnsServers", wrong));
    }
    let mut settings = json!({ "dnsServers": servers, "appliedDnsServers": servers });
    if let Some(label) = body::text(&dns, "internalDnsNameLabel")? {
        settings["internalDnsNameLabel"] = label.into();
    }
    properties.insert("dnsSettings".to_owned(), settings);
    properties.entry("nicType").or_insert("Standard".into());
    Ok(())
}

/// Returns the public addresses of an interface: id of the configuration, id of the address.
fn public(nic: &Resource) -> Vec<(String, String)> {
    let named = links::configurations(nic).filter_map(|(id, one)| {
        let address = one["properties"]["publicIPAddress"]["id"].as_str()?;
        Some((id, address.to_owned()))
    });
    named.collect()
}

/// Frees the public addresses of an interface.
fn release(tx: &mut Tx<'_>, nic: &Resource) {
    for (_, address) in public(nic) {
        public_ips::lead_to(tx, &address, None);
    }
}

/// Notes which machine uses an interface, if any; `first` tells whether it is that one's primary.
pub(in crate::sandbox::arm) fn attach(
    tx: &mut Tx<'_>,
    nic: &str,
    machine: Option<&str>,
    first: bool,
) {
    let Some(row) = tx.arm.resources.edit(nic) else {
        return;
    };
    row.version += 1;
    row.properties.remove("virtualMachine");
    row.properties.remove("primary");
    if let Some(machine) = machine {
        row.properties
            .insert("virtualMachine".to_owned(), json!({ "id": machine }));
        row.properties.insert("primary".to_owned(), first.into());
    }
    power(tx, nic, machine.is_some());
}

/// Notes whether the machine of an interface runs: dynamic public addresses come and go with it.
pub(in crate::sandbox::arm) fn power(tx: &mut Tx<'_>, nic: &str, runs: bool) {
    let addresses = tx.arm.resources.get(nic).map(public);
    for (_, address) in addresses.unwrap_or_default() {
        public_ips::set_running(tx, &address, runs);
    }
}
