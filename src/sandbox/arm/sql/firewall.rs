//! Firewall rules of servers: ranges of addresses from which they are reached. Source: arm reference
//! §10.11.

use std::net::Ipv4Addr;

use serde_json::{Map, Value};

use super::VERSIONS;
use super::refusal::{absent, name, value};
use crate::sandbox::arm::body;
use crate::sandbox::arm::calls;
use crate::sandbox::arm::kind::{Draft, Kind, Long};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

const ALL: &str = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Sql/servers/{server}/firewallRules";
const ONE: &str = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Sql/servers/{server}/firewallRules/{rule}";

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", ALL, calls::list),
    Route::arm("GET", ONE, calls::get),
    Route::arm("PUT", ONE, calls::put),
    Route::arm("DELETE", ONE, calls::delete),
];

#[derive(Debug)]
pub(super) struct Rules;

impl Kind for Rules {
    fn name(&self) -> &'static str {
        "Microsoft.Sql/servers/firewallRules"
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn tracked(&self) -> bool {
        false
    }

    fn put(&self, _draft: &Draft<'_>) -> Option<Long> {
        None
    }

    fn delete(&self, _resource: &Resource) -> Option<Long> {
        None
    }

    fn check_name(&self, given: &str) -> Result<(), Refusal> {
        let is_bad = |letter: char| "<>*%&:\\/?".contains(letter) || letter.is_control();
        if given.contains(is_bad) || given.ends_with('.') || given.chars().count() > 128 {
            let rule = "it has at most 128 characters, none of < > * % & : \\ / ?, and does not end with '.'";
            return Err(name("firewall rule", given, rule));
        }
        Ok(())
    }

    fn check(&self, _tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let properties = &mut draft.resource.properties;
        let start = address(properties, "startIpAddress")?;
        let end = address(properties, "endIpAddress")?;
        if start > end {
            let why =
                format!("The address '{end}' comes before the start of the range, '{start}'.");
            return Err(value("endIpAddress", &why));
        }
        for (field, address) in [("startIpAddress", start), ("endIpAddress", end)] {
            properties.insert(field.to_owned(), address.to_string().into());
        }
        Ok(())
    }

    fn show(
        &self,
        _tx: &Tx<'_>,
        _resource: &Resource,
        _request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        if let Some(Value::Object(properties)) = shown.get_mut("properties") {
            properties.remove("provisioningState");
        }
    }
}

fn address(properties: &Map<String, Value>, field: &str) -> Result<Ipv4Addr, Refusal> {
    let given = body::text(properties, field)?.ok_or_else(|| absent(field))?;
    given
        .parse()
        .map_err(|_| value(field, &format!("'{given}' is not an address of IPv4.")))
}
