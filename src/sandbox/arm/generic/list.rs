//! Resources of all types in a subscription or a group.

use serde_json::{Map, Value};

use super::filter::Filter;
use crate::sandbox::arm::group::{self, VERSIONS};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::resource::shown;
use crate::sandbox::arm::{access, page};
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/resources",
        of_subscription,
    ),
    Route::arm(
        "GET",
        "/subscriptions/{subscription}/resourceGroups/{group}/resources",
        of_group,
    ),
];

/// What an item shows of a resource.
const SHOWN: [&str; 11] = [
    "id",
    "name",
    "type",
    "location",
    "tags",
    "kind",
    "sku",
    "plan",
    "identity",
    "managedBy",
    "extendedLocation",
];

/// What `$expand` adds.
const MORE: [&str; 3] = ["createdTime", "changedTime", "provisioningState"];

fn of_subscription(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version(request, VERSIONS)?;
    let scope = Id::of_subscription(request.param("subscription"));
    let action = "Microsoft.Resources/subscriptions/resources/read";
    let view = access::View::of(request, tx, &scope, action)?;
    list(request, tx, &scope, &view)
}

fn of_group(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    access::version(request, VERSIONS)?;
    let scope = Id::of_group(request.param("subscription"), request.param("group"));
    let action = "Microsoft.Resources/subscriptions/resourceGroups/resources/read";
    let view = access::View::of(request, tx, &scope, action)?;
    if !tx.arm.groups.has(&scope.key()) {
        return Err(group::missing(&scope));
    }
    list(request, tx, &scope, &view)
}

/// Lists what has a location: parts of other resources are not listed here.
fn list(request: &Request, tx: &Tx<'_>, scope: &Id, view: &access::View) -> Outcome {
    let filter = request.query("$filter").filter(|text| !text.is_empty());
    let filter = filter.map_or(Ok(Filter::default()), Filter::parse)?;
    let more = expanded(request)?;
    let all = tx.arm.resources.under(&scope.key()).map(|(_, one)| one);
    let all: Vec<&Resource> = all
        .filter(|one| one.location.is_some() && filter.fits(one) && view.shows(&one.id))
        .collect();
    page::of(request, all, |one| {
        item(tx, one, &more, filter.hides_tags())
    })
}

fn expanded(request: &Request) -> Result<Vec<&'static str>, Refusal> {
    let asked = request.query("$expand").unwrap_or_default();
    let words = asked
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words
        .map(|word| {
            let known = MORE.iter().find(|known| known.eq_ignore_ascii_case(word));
            known.copied().ok_or_else(|| {
                let text = format!(
                    "The value '{word}' of $expand is not one of '{}'.",
                    MORE.join(",")
                );
                Refusal::new(400, "InvalidExpandInQueryString", text)
            })
        })
        .collect()
}

fn item(tx: &Tx<'_>, resource: &Resource, more: &[&str], hides_tags: bool) -> Value {
    let mut all = shown(tx, resource, None);
    let mut item = Map::new();
    for name in SHOWN {
        if let Some(value) = all
            .get_mut(name)
            .filter(|_| !(hides_tags && name == "tags"))
        {
            item.insert(name.to_owned(), value.take());
        }
    }
    for name in more {
        let value = match *name {
            "createdTime" => write(resource.created.at),
            "changedTime" => write(resource.changed.at),
            _ => resource.state.clone(),
        };
        item.insert((*name).to_owned(), value.into());
    }
    item.into()
}
