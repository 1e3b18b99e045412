//! Security rules: parts of a network security group, written with it or alone.

use serde_json::{Map, Value, json};

use super::parts;
use super::prefix::Prefix;
use super::{DELETE, PUT, VERSIONS, keep, part_routes, refusals, served};
use crate::sandbox::arm::body::{need, one_of, parameter, text};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::{Draft, Kind, Long};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Route;
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = part_routes!(
    "Microsoft.Network/networkSecurityGroups",
    "nsg",
    "securityRules",
    "rule"
);

pub(super) const NAME: &str = "Microsoft.Network/networkSecurityGroups/securityRules";

/// What a caller may set.
const FIELDS: &[&str] = &[
    "access",
    "description",
    "destinationAddressPrefix",
    "destinationAddressPrefixes",
    "destinationPortRange",
    "destinationPortRanges",
    "direction",
    "priority",
    "protocol",
    "sourceAddressPrefix",
    "sourceAddressPrefixes",
    "sourcePortRange",
    "sourcePortRanges",
];

/// What names things that there are none of here.
const ELSEWHERE: &[&str] = &[
    "destinationApplicationSecurityGroups",
    "sourceApplicationSecurityGroups",
];

#[derive(Debug)]
pub(super) struct SecurityRules;

impl Kind for SecurityRules {
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

    fn modern(&self, version: &str, body: &mut Map<String, Value>) {
        modern(version, body.get_mut("properties"));
    }

    fn busy(&self, tx: &Tx<'_>, id: &Id) -> Option<Refusal> {
        super::busy(tx, id)
    }

    fn check(&self, tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let name = draft.id.name();
        check(name, &mut draft.resource.properties)?;
        let owner = draft.id.owner().unwrap_or_default();
        let others = parts::of(tx, &owner.text(), NAME);
        let others = others.filter(|other| !other.id.eq_ignore_ascii_case(&draft.resource.id));
        let others = others.map(|other| (other.name.as_str(), &other.properties));
        alone(name, &draft.resource.properties, others)
    }

    fn written(&self, tx: &mut Tx<'_>, resource: &Resource) {
        parts::touch_owner(tx, resource);
    }

    fn removed(&self, tx: &mut Tx<'_>, resource: &Resource) {
        parts::touch_owner(tx, resource);
    }
}

/// Versions of 2015 take a number for a range of ports. Source: arm reference §11.
pub(super) fn modern(version: &str, properties: Option<&mut Value>) {
    let Some(properties) = properties.filter(|_| version.starts_with("2015-")) else {
        return;
    };
    for field in ["sourcePortRange", "destinationPortRange"] {
        if let Some(range) = properties.get_mut(field).filter(|range| range.is_number()) {
            *range = range.to_string().into();
        }
    }
}

/// Examines and completes a rule, wherever it is written.
pub(super) fn check(name: &str, properties: &mut Map<String, Value>) -> Result<(), Refusal> {
    served(properties, ELSEWHERE)?;
    keep(properties, FIELDS);
    for (field, known) in [
        ("access", &["Allow", "Deny"][..]),
        ("direction", &["Inbound", "Outbound"][..]),
        ("protocol", &["Tcp", "Udp", "Icmp", "Esp", "Ah", "*"][..]),
    ] {
        let value = one_of(field, need(properties, field)?, known)?;
        properties.insert(field.to_owned(), value.into());
    }
    let priority = properties.get("priority").cloned();
    let Some(priority) = priority else {
        return Err(parameter(
            "priority",
            "Required parameter 'priority' is missing (null).",
        ));
    };
    if !priority
        .as_i64()
        .is_some_and(|priority| (100..=4096).contains(&priority))
    {
        let text =
            format!("has invalid Priority. Value provided: {priority} Allowed range 100-4096.");
        return Err(refusals::rule("SecurityRuleInvalidPriority", name, text));
    }
    if text(properties, "description")?.is_some_and(|text| text.chars().count() > 140) {
        let text = "has a description of more than 140 characters.".to_owned();
        return Err(refusals::rule("SecurityRuleDescriptionTooLong", name, text));
    }
    for (one, many, fits, code, what) in [
        (
            "sourcePortRange",
            "sourcePortRanges",
            is_range as fn(&str) -> bool,
            "SecurityRuleInvalidPortRange",
            "Port range",
        ),
        (
            "destinationPortRange",
            "destinationPortRanges",
            is_range,
            "SecurityRuleInvalidPortRange",
            "Port range",
        ),
        (
            "sourceAddressPrefix",
            "sourceAddressPrefixes",
            is_prefix,
            "SecurityRuleInvalidAddressPrefix",
            "Address prefix",
        ),
        (
            "destinationAddressPrefix",
            "destinationAddressPrefixes",
            is_prefix,
            "SecurityRuleInvalidAddressPrefix",
            "Address prefix",
        ),
    ] {
        let list = parts::texts(properties, many)?;
        let single = text(properties, one)?.filter(|text| !text.is_empty());
        if single.is_none() && list.is_empty() {
            let text = format!("must specify '{one}' or '{many}'.");
            return Err(refusals::rule("SecurityRuleParameterMissing", name, text));
        }
        if let (Some(_), false) = (single, list.is_empty()) {
            let text = format!("cannot specify both '{one}' and '{many}'.");
            return Err(refusals::rule("SecurityRuleParametersConflict", name, text));
        }
        let mut all = single.into_iter().chain(list.iter().map(String::as_str));
        if let Some(wrong) = all.find(|text| !fits(text)) {
            let text = format!("has invalid {what}. Value provided: {wrong}");
            return Err(refusals::rule(code, name, text));
        }
        properties.entry(many).or_insert(json!([]));
    }
    Ok(())
}

/// Refuses a rule that has the priority and direction of another one.
pub(super) fn alone<'a>(
    name: &str,
    properties: &Map<String, Value>,
    mut others: impl Iterator<Item = (&'a str, &'a Map<String, Value>)>,
) -> Result<(), Refusal> {
    let same = |other: &Map<String, Value>| {
        ["priority", "direction"]
            .iter()
            .all(|field| other.get(*field) == properties.get(*field))
    };
    match others.find(|(_, other)| same(other)) {
        None => Ok(()),
        Some((other, _)) => {
            let text = format!(
                "conflicts with rule {other}. Rules cannot have the same Priority and Direction."
            );
            Err(refusals::rule("SecurityRuleConflict", name, text))
        }
    }
}

/// `*`, a port, or two with a hyphen.
fn is_range(text: &str) -> bool {
    let port = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| digits)
    };
    match text.split_once('-') {
        None => text == "*" || port(text).is_some(),
        Some((from, to)) => match (port(from), port(to)) {
            (Some(from), Some(to)) => from <= to,
            _ => false,
        },
    }
}

/// `*`, a prefix, an address, or a service tag such as `VirtualNetwork` and `Storage.WestEurope`,
/// whose names are not examined.
fn is_prefix(text: &str) -> bool {
    let is_tag = || {
        text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text
                .chars()
                .all(|one| one.is_ascii_alphanumeric() || one == '.')
    };
    text == "*"
        || Prefix::parse(text).is_some()
        || text.parse::<std::net::IpAddr>().is_ok()
        || is_tag()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_ports_and_prefixes_are_read() {
        for (text, fits) in [
            ("*", true),
            ("80", true),
            ("0-65535", true),
            ("65536", false),
            ("90-80", false),
            ("80,443", false),
            ("-", false),
            ("+80", false),
            ("", false),
        ] {
            assert_eq!(is_range(text), fits, "{text}");
        }
        for (text, fits) in [
            ("*", true),
            ("10.0.0.0/8", true),
            ("10.0.0.1", true),
            ("10.0.0.1/8", true),
            ("Internet", true),
            ("Storage.WestEurope", true),
            ("10.0.0.0/40", false),
            ("10.0.0", false),
            ("a b", false),
        ] {
            assert_eq!(is_prefix(text), fits, "{text}");
        }
    }
}
