//! What has changed in a collection of the directory: all pages of the changes, sorted into what is
//! and what is gone, and the link by which the next call goes on. Source: Use delta query to track
//! changes in Microsoft Graph data.

use std::collections::HashMap;
use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rhai::{Array, Dynamic};
use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use super::{map, part};
use crate::api::ServiceName;
use crate::api::model::{Output, Paging, Ty, Verb};
use crate::base::text::did_you_mean;
use crate::error::{Code, Error, Sent};
use crate::http::Tenant;
use crate::run::lane;
use crate::script::check::known::{HostParam, Type};
use crate::script::error::{argument, describe};
use crate::script::host::Host;
use crate::script::record::{Asked, Origin, Secrets};
use crate::script::{decode, tenant};

/// What a call returns.
pub(super) const FOUND: &[HostParam] = &[
    HostParam::required("changes", Type::Array),
    HostParam::required("removed", Type::Array),
    HostParam::required("link", Type::Text),
];

/// The collections whose changes the service tells.
const COLLECTIONS: [&str; 9] = [
    "users",
    "groups",
    "applications",
    "servicePrincipals",
    "devices",
    "directoryRoles",
    "directoryObjects",
    "oauth2PermissionGrants",
    "contacts",
];

/// `delta(tenant, collection[, link or #{ select, latest }])`.
pub(super) fn delta(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Dynamic::UNIT);
    let tenant = Tenant::Of(tenant::named("graph::delta", &next())?);
    let collection = collection(&next())?;
    let target = target(host, collection, &next())?;
    read(host, tenant, collection, target).map_err(|error| anew(error, collection))
}

fn collection(given: &Dynamic) -> Result<&'static str, Error> {
    let text = given.to_string();
    let known = COLLECTIONS.into_iter().find(|known| *known == text);
    known.filter(|_| given.is_string()).ok_or_else(|| {
        let error = argument(format!(
            "graph::delta knows no changes of {}",
            describe(given)
        ));
        match did_you_mean(&text, COLLECTIONS) {
            Some(near) => error.help(format!("did you mean {near:?}?")),
            None => error.help(format!("it knows: {}", COLLECTIONS.join(", "))),
        }
    })
}

/// Returns where to begin: at a link, or at the beginning.
fn target(host: &Arc<Host>, collection: &str, since: &Dynamic) -> Result<String, Error> {
    if let Ok(link) = since.as_immutable_string_ref() {
        let root = host.settings.door.root(ServiceName::Graph)?;
        return beneath(&root, collection, &link).map_err(|why| {
            let help = "give the `link` that an earlier call returned, as it is";
            argument(format!("graph::delta cannot follow that link: {why}")).help(help)
        });
    }
    let mut query = Vec::new();
    if !since.is_unit() {
        let options = since.as_map_ref().map_err(|_| {
            let what = describe(since);
            argument(format!("graph::delta takes a link or options, not {what}"))
        })?;
        for (name, value) in options.iter() {
            match name.as_str() {
                "select" => query.push(format!("$select={}", names(value)?)),
                "latest" if value.is_bool() => {
                    if value.as_bool().unwrap_or_default() {
                        query.push("$deltatoken=latest".to_owned());
                    }
                }
                "latest" => return Err(argument("`latest` is true or false")),
                _ => {
                    let error = argument(format!("graph::delta has no option `{name}`"));
                    return Err(error.help("it has: select, latest"));
                }
            }
        }
    }
    let query = query.join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    Ok(format!("/v1.0/{collection}/delta{mark}{query}"))
}

fn names(value: &Dynamic) -> Result<String, Error> {
    let one = |name: &Dynamic| {
        let text = name.as_immutable_string_ref().map_err(|_| {
            let what = describe(name);
            argument(format!("`select` names properties, not {what}"))
        })?;
        Ok(utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string())
    };
    match value.as_array_ref() {
        Ok(names) => Ok(names
            .iter()
            .map(one)
            .collect::<Result<Vec<_>, Error>>()?
            .join(",")),
        Err(_) => one(value),
    }
}

/// Returns the path and query of a link beneath the service's root, if it is one of the service's
/// own to the changes of that collection.
fn beneath(root: &Url, collection: &str, link: &str) -> Result<String, String> {
    let url = Url::parse(link).map_err(|error| format!("it is no address ({error})"))?;
    if url.origin() != root.origin() {
        let host = url.host_str().unwrap_or("no host");
        return Err(format!("it leads to {host}, which is not Microsoft Graph"));
    }
    let path = url.path().strip_prefix(root.path().trim_end_matches('/'));
    let path = path.unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let is_delta = matches!(
        parts.as_slice(),
        ["", "v1.0", of, "delta" | "delta()" | "microsoft.graph.delta()"]
            if of.eq_ignore_ascii_case(collection)
    );
    if !is_delta {
        return Err(format!("it is not of the changes of `{collection}`"));
    }
    match url.query() {
        Some(query) if query.contains("token=") => Ok(format!("{path}?{query}")),
        _ => Err("it has no token".to_owned()),
    }
}

/// What a page says beside its items.
#[derive(Deserialize)]
struct Page {
    #[serde(rename = "@odata.deltaLink")]
    link: Option<String>,
}

/// What an item says about itself.
#[derive(Deserialize)]
struct Item<'a> {
    id: Option<String>,
    #[serde(borrow, rename = "@removed")]
    removed: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Removed {
    reason: Option<String>,
}

fn read(
    host: &Arc<Host>,
    tenant: Tenant,
    collection: &'static str,
    target: String,
) -> Result<Dynamic, Error> {
    let op = part::described(host, Verb::Get, &format!("/v1.0/{collection}"));
    let ty = match op.map(|op| op.operation.output) {
        Some(Output::Many(ty)) => ty,
        _ => Ty(u16::MAX),
    };
    let service = part::service(host)?;
    let origin = Arc::new(Origin {
        service,
        operation: "delta",
        keys: Vec::new(),
        tenant: part::tenant(&tenant),
        // A property that is not there has not changed; that is not the same as being empty.
        asked: Some(Asked::default()),
        secrets: Secrets::of(service, ty),
    });
    let mut call = part::read(tenant, target, "graph::delta");
    call.step = lane::next_step(&call.operation);
    let mut pages = host.settings.door.pages(call, Paging::Link);
    let mut found = Found::default();
    while let Some(page) = pages.next_page()? {
        for at in &page.items {
            let text = page.body.get(at.start as usize..at.end as usize);
            let item: Item<'_> = parsed(text.unwrap_or_default())?;
            let value = match item.removed {
                Some(removed) => removal(item.id.as_deref(), removed)?,
                None => decode::item(&page.body, at, ty, &origin)?,
            };
            found.add(item.id, item.removed.is_some(), value);
        }
        found.link = parsed::<Page>(&page.body)?.link.or(found.link);
    }
    found.into_map()
}

fn parsed<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(text).map_err(|error| {
        let message = format!("graph::delta was answered with an unfit page: {error}");
        Error::new(Code::HttpAnswer, message).sent(Sent::Yes)
    })
}

fn removal(id: Option<&str>, removed: &RawValue) -> Result<Dynamic, Error> {
    let removed: Removed = parsed(removed.get().as_bytes())?;
    let text = |text: Option<&str>| text.map_or(Dynamic::UNIT, |text| text.to_owned().into());
    let reason = text(removed.reason.as_deref());
    Ok(map([("id", text(id)), ("reason", reason)]).into())
}

/// What was found so far, in the order of the service.
#[derive(Default)]
struct Found {
    items: Vec<(Option<String>, bool, Dynamic)>,
    /// Whether the last that was said of an object is that it is gone.
    gone: HashMap<String, bool>,
    link: Option<String>,
}

impl Found {
    fn add(&mut self, id: Option<String>, gone: bool, value: Dynamic) {
        if let Some(id) = &id {
            self.gone.insert(id.clone(), gone);
        }
        self.items.push((id, gone, value));
    }

    /// Returns changes and removals; of an object that came more than once, what holds in the end.
    fn into_map(self) -> Result<Dynamic, Error> {
        let (mut changes, mut removed) = (Array::new(), Array::new());
        for (id, gone, value) in self.items {
            let holds = id.and_then(|id| self.gone.get(&id).copied());
            if holds.is_none_or(|holds| holds == gone) {
                let list = if gone { &mut removed } else { &mut changes };
                list.push(value);
            }
        }
        let link = self.link.ok_or_else(|| {
            let message = "the last page of the changes has no link for next time";
            Error::new(Code::HttpAnswer, message).sent(Sent::Yes)
        })?;
        Ok(map([
            ("changes", changes.into()),
            ("removed", removed.into()),
            ("link", link.into()),
        ])
        .into())
    }
}

/// Says what to do about a link that is too old.
fn anew(error: Error, collection: &str) -> Error {
    let fault = error.parts().fault.clone();
    match fault.filter(|fault| fault.status == 410) {
        None => error,
        Some(fault) => Error::new(
            Code::GraphDeltaExpired,
            format!("the link to the changes of `{collection}` is too old"),
        )
        .help(format!(
            "read all of it again: `graph::delta(tenant, {collection:?})`"
        ))
        .sent(Sent::Yes)
        .fault(fault),
    }
}
