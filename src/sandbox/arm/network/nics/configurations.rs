//! Configurations of a network interface: which subnet, which private and which public address.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::sandbox::arm::body::{one_of, text};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::network::links::{self, From};
use crate::sandbox::arm::network::parts::{self, Part};
use crate::sandbox::arm::network::prefix::Prefix;
use crate::sandbox::arm::network::{keep, public_ips, refusals, served, subnets};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Resource, Tx};

/// What a caller may set.
const FIELDS: &[&str] = &[
    "primary",
    "privateIPAddress",
    "privateIPAddressVersion",
    "privateIPAllocationMethod",
    "publicIPAddress",
    "subnet",
];

/// What names things that there are none of here.
const ELSEWHERE: &[&str] = &[
    "applicationGatewayBackendAddressPools",
    "applicationSecurityGroups",
    "gatewayLoadBalancer",
    "loadBalancerBackendAddressPools",
    "loadBalancerInboundNatRules",
    "virtualNetworkTaps",
];

/// An interface whose configurations are examined.
struct Interface<'a> {
    tx: &'a Tx<'a>,
    from: From<'a>,
    before: Option<&'a Resource>,
    /// What its configurations have taken: an address or the id of one, and by which of them.
    taken: Vec<(String, String)>,
}

/// Examines and completes the configurations in the properties of an interface.
pub(super) fn check(
    tx: &Tx<'_>,
    from: From<'_>,
    before: Option<&Resource>,
    properties: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    let field = "ipConfigurations";
    let mut all = parts::read(properties, field)?;
    if all.is_empty() {
        let text = format!(
            "Network interface {} must have at least one IP configuration.",
            from.id.text()
        );
        return Err(refusals::refused(
            "NetworkInterfaceHasNoIpConfiguration",
            text,
        ));
    }
    first(from, &mut all)?;
    let mut interface = Interface {
        tx,
        from,
        before,
        taken: Vec::new(),
    };
    let mut vnets = Vec::new();
    for part in &mut all {
        let id = format!("{}/{field}/{}", from.id.text(), part.name);
        served(&part.properties, ELSEWHERE)?;
        keep(&mut part.properties, FIELDS);
        let subnet = interface.private(&id, part)?;
        vnets.push(Id::parse(&subnet.id).and_then(|id| id.owner()));
        interface.public(&id, part)?;
    }
    vnets.dedup();
    if vnets.len() > 1 {
        let text = format!(
            "The IP configurations of network interface {} are not in one virtual network.",
            from.id.text()
        );
        return Err(refusals::refused("IpConfigurationsNotInSameVnet", text));
    }
    parts::put_back(properties, field, all);
    Ok(())
}

/// One configuration is the primary one: the first unless another is named.
fn first(from: From<'_>, all: &mut [Part]) -> Result<(), Refusal> {
    let is_primary = |part: &Part| part.properties.get("primary") == Some(&Value::Bool(true));
    let named = all.iter().filter(|part| is_primary(part)).count();
    if named > 1 {
        let text = format!(
            "Network interface {} has more than one primary IP configuration.",
            from.id.text()
        );
        return Err(refusals::refused(
            "NetworkInterfaceHasMultiplePrimaryIpConfigurations",
            text,
        ));
    }
    for (number, part) in all.iter_mut().enumerate() {
        let primary = is_primary(part) || (named == 0 && number == 0);
        part.properties.insert("primary".to_owned(), primary.into());
    }
    Ok(())
}

impl Interface<'_> {
    /// Gives a configuration its private address, and returns its subnet.
    fn private(&mut self, id: &str, part: &mut Part) -> Result<Resource, Refusal> {
        let properties = &mut part.properties;
        let subnet = links::follow(self.tx, self.from, properties, "subnet", subnets::NAME)?;
        let Some(subnet) = subnet else {
            let text = format!("IP configuration {id} does not name a subnet.");
            return Err(refusals::refused("SubnetIsRequired", text));
        };
        let prefix = prefix(properties, &subnet)?;
        let wanted = wanted(id, properties, self.before, &part.name, &subnet)?;
        let used = self.used(&subnet);
        let user = |address: IpAddr| {
            let text = address.to_string();
            let found = used.iter().find(|(used, _)| *used == text);
            found.map(|(_, by)| by.as_str())
        };
        let shown = shown(&subnet);
        let address = match wanted {
            Wanted::This(address) if !prefix.has(address) => {
                return Err(refusals::private_outside(&address.to_string(), &shown));
            }
            Wanted::This(address) if prefix.reserves(address) => {
                return Err(refusals::private_reserved(&address.to_string(), &shown));
            }
            Wanted::This(address) => match user(address) {
                Some(by) => return Err(refusals::private_taken(id, &address.to_string(), by)),
                None => address,
            },
            Wanted::AsBefore(address) if prefix.has(address) && user(address).is_none() => address,
            Wanted::AsBefore(_) | Wanted::Any => {
                free(prefix, &used).ok_or_else(|| refusals::full(&subnet.name, &shown))?
            }
        };
        let text = address.to_string();
        self.taken.push((text.clone(), id.to_owned()));
        part.properties
            .insert("privateIPAddress".to_owned(), text.into());
        Ok(subnet)
    }

    /// Returns the addresses that are taken in a subnet, and by which configurations.
    fn used(&self, subnet: &Resource) -> Vec<(String, String)> {
        let own = self.from.id.key();
        links::interfaces(self.tx, subnet)
            .filter(|nic| nic.id.to_lowercase() != own)
            .flat_map(links::configurations)
            .filter(|(_, one)| links::names(&one["properties"], "subnet", &subnet.id))
            .filter_map(|(id, one)| {
                let address = one["properties"]["privateIPAddress"].as_str()?;
                Some((address.to_owned(), id))
            })
            .chain(self.taken.iter().cloned())
            .collect()
    }

    /// Examines the public address of a configuration, which is there and free.
    fn public(&mut self, id: &str, part: &mut Part) -> Result<(), Refusal> {
        let (field, properties) = ("publicIPAddress", &mut part.properties);
        let found = links::follow(self.tx, self.from, properties, field, public_ips::NAME)?;
        let Some(address) = found else {
            return Ok(());
        };
        let own = format!("{}/", self.from.id.key());
        let stored = public_ips::user(&address);
        let stored = stored.filter(|by| !by.to_lowercase().starts_with(&own));
        let here = self.taken.iter().find(|(used, _)| *used == address.id);
        if let Some(by) = stored.or(here.map(|(_, by)| by.as_str())) {
            return Err(refusals::address_taken(&address.id, id, by));
        }
        self.taken.push((address.id.clone(), id.to_owned()));
        Ok(())
    }
}

/// Returns the prefix of a subnet that has addresses of the version wanted.
fn prefix(properties: &mut Map<String, Value>, subnet: &Resource) -> Result<Prefix, Refusal> {
    let field = "privateIPAddressVersion";
    let version = text(properties, field)?.unwrap_or("IPv4");
    let version = one_of(field, version, &["IPv4", "IPv6"])?;
    properties.insert(field.to_owned(), version.into());
    let mut prefixes = subnets::prefixes(&subnet.properties).into_iter();
    let found = prefixes.find(|prefix| prefix.is_v6 == (version == "IPv6"));
    found.ok_or_else(|| {
        let text = format!("Subnet {} has no {version} address prefix.", subnet.id);
        refusals::refused("SubnetDoesNotSupportAddressVersion", text)
    })
}

/// Which private address it is to be.
enum Wanted {
    This(IpAddr),
    AsBefore(IpAddr),
    Any,
}

fn wanted(
    id: &str,
    properties: &mut Map<String, Value>,
    before: Option<&Resource>,
    name: &str,
    subnet: &Resource,
) -> Result<Wanted, Refusal> {
    let field = "privateIPAllocationMethod";
    let method = one_of(
        field,
        text(properties, field)?.unwrap_or("Dynamic"),
        &["Dynamic", "Static"],
    )?;
    properties.insert(field.to_owned(), method.into());
    if method == "Static" {
        let Some(given) = text(properties, "privateIPAddress")? else {
            let text = format!("IP configuration {id} is static and has no private IP address.");
            return Err(refusals::refused("PrivateIPAddressIsRequired", text));
        };
        let wrong = || refusals::bad_address("privateIPAddress", given);
        return Ok(Wanted::This(given.parse().map_err(|_| wrong())?));
    }
    // A dynamic address is kept as long as the configuration stays in its subnet.
    let was = before.into_iter().flat_map(links::configurations);
    let mut was = was.filter(|(_, one)| {
        let same = one["name"]
            .as_str()
            .is_some_and(|was| was.eq_ignore_ascii_case(name));
        same && links::names(&one["properties"], "subnet", &subnet.id)
    });
    let was = was.find_map(|(_, one)| one["properties"]["privateIPAddress"].as_str()?.parse().ok());
    Ok(was.map_or(Wanted::Any, Wanted::AsBefore))
}

fn shown(subnet: &Resource) -> String {
    let one = subnet
        .properties
        .get("addressPrefix")
        .and_then(Value::as_str);
    one.map_or_else(|| subnet.name.clone(), str::to_owned)
}

/// Returns the first address of a prefix that nobody has.
fn free(prefix: Prefix, used: &[(String, String)]) -> Option<IpAddr> {
    let used: std::collections::BTreeSet<IpAddr> = used
        .iter()
        .filter_map(|(text, _)| text.parse().ok())
        .collect();
    prefix.free().find(|address| !used.contains(address))
}
