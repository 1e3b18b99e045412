//! `graph::batch`: from maps to calls, and from what became of each to outcomes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use rhai::{Dynamic, Map};

use super::part;
use crate::api::Principal;
use crate::api::model::Verb;
use crate::base::text::did_you_mean;
use crate::error::Error;
use crate::http::{Part, Tenant};
use crate::run::lane;
use crate::script::error::{Thrown, argument, describe};
use crate::script::host::{Host, Op};
use crate::script::outcome::{Outcome, Outcomes};
use crate::script::pager::Items;
use crate::script::raw::{self, Asked};
use crate::script::tenant;

const KEYS: [&str; 6] = ["method", "path", "body", "headers", "id", "depends_on"];
const METHODS: [Verb; 5] = [Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete];
const VERSIONS: [&str; 2] = ["/v1.0/", "/beta/"];

/// `batch(tenant, requests[, #{ principal }])`.
pub(super) fn batch(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Dynamic::UNIT);
    let tenant = Tenant::Of(tenant::named("graph::batch", &next())?);
    let given = next();
    let principal = principal(&next())?;
    let items = Items::of(&given).ok_or_else(|| {
        let what = describe(&given);
        argument(format!(
            "graph::batch takes an array of requests, not {what}"
        ))
    })?;
    let items = items.collect::<Result<Vec<_>, _>>()?;
    let read = |(at, item)| Wanted::read(host, &tenant, at, item);
    let all = items.iter().enumerate().map(read);
    let all = all.collect::<Result<Vec<_>, _>>()?;
    let places = places(&all)?;
    let parts = all.iter().map(|wanted| {
        let mut part = wanted.part.clone();
        part.call.principal = principal;
        part.call.step = lane::next_step(&part.call.operation);
        part.after = wanted.after(&places)?;
        Ok(part)
    });
    let parts = parts.collect::<Result<Vec<Part>, Error>>()?;
    let results = host.settings.door.batch(&parts)?;
    let each = parts.iter().zip(results).zip(all.iter().zip(items));
    let outcomes = each.map(|((part, result), (wanted, item))| {
        let value = result
            .and_then(|answer| part::value(host, wanted.known, &part.call, answer))
            .map_err(|error| Thrown(Arc::new(error)));
        Outcome {
            key: part.name.clone(),
            item,
            result: value,
        }
    });
    Ok(Dynamic::from(Outcomes::new(host, outcomes.collect())))
}

fn principal(options: &Dynamic) -> Result<Option<Principal>, Error> {
    if options.is_unit() {
        return Ok(None);
    }
    let map = options.as_map_ref().map_err(|_| {
        let what = describe(options);
        argument(format!(
            "graph::batch: the options must be a map, not {what}"
        ))
    })?;
    let mut principal = None;
    for (name, value) in map.iter() {
        if name != "principal" {
            let error = argument(format!("graph::batch has no option `{name}`"));
            return Err(error.help("it has: principal"));
        }
        let wrong = || argument("graph::batch: `principal` is \"app\" or \"user\"");
        principal = Some(raw::principal(value).ok_or_else(wrong)?);
    }
    Ok(principal)
}

/// One request as the script wants it.
struct Wanted {
    known: Option<Op>,
    /// The id that others name it by.
    id: Option<String>,
    depends_on: Vec<String>,
    part: Part,
}

impl Wanted {
    fn read(host: &Arc<Host>, tenant: &Tenant, at: usize, item: &Dynamic) -> Result<Self, Error> {
        let number = at + 1;
        let wrong = |what: String| argument(format!("request {number} of graph::batch {what}"));
        let map = item
            .as_map_ref()
            .map_err(|_| wrong(format!("must be a map, not {}", describe(item))))?;
        if let Some(name) = map.keys().find(|name| !KEYS.contains(&name.as_str())) {
            let error = wrong(format!("has a key `{name}` that is unknown"));
            return Err(match did_you_mean(name, KEYS) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help(format!("a request has: {}", KEYS.join(", "))),
            });
        }
        let verb = verb(&map).map_err(&wrong)?;
        let target = target(&map).map_err(|why| {
            let example = "give a path such as \"/users\" or \"/v1.0/users?$top=5\"";
            wrong(why).help(example)
        })?;
        let body = map.get("body").filter(|body| !body.is_unit());
        if body.is_some() && verb == Verb::Get {
            return Err(wrong("reads, and takes no body".to_owned()));
        }
        let known = part::described(host, verb, &target);
        let asked = Asked {
            service: part::service(host)?,
            name: "batch",
            verb,
            tenant: tenant.clone(),
            target,
        };
        let mut call = raw::call(asked, body, known.map(|op| op.operation))?;
        raw::add_headers(&mut call, headers(&map).map_err(&wrong)?);
        let id = map.get("id").filter(|id| !id.is_unit());
        let id =
            id.map(|id| word(id).ok_or_else(|| wrong(format!("has {} as `id`", describe(id)))));
        let id = id.transpose()?;
        Ok(Self {
            known,
            depends_on: depends_on(&map).map_err(&wrong)?,
            part: Part {
                name: id.clone().unwrap_or_else(|| number.to_string()),
                call,
                after: Vec::new(),
            },
            id,
        })
    }

    /// Returns the places of the requests that it depends on.
    fn after(&self, places: &HashMap<String, usize>) -> Result<Vec<usize>, Error> {
        let place = |id: &String| {
            places.get(&id.to_lowercase()).copied().ok_or_else(|| {
                let name = &self.part.name;
                let message = format!("request `{name}` depends on `{id}`, which is not there");
                match did_you_mean(id, places.keys().map(String::as_str)) {
                    Some(near) => argument(message).help(format!("did you mean `{near}`?")),
                    None => argument(message).help("name another request of the batch by its `id`"),
                }
            })
        };
        self.depends_on.iter().map(place).collect()
    }
}

/// Returns the place of each request that has an id; the service compares ids without regard to case.
fn places(all: &[Wanted]) -> Result<HashMap<String, usize>, Error> {
    let mut places = HashMap::new();
    for (at, wanted) in all.iter().enumerate() {
        if let Some(id) = &wanted.id
            && places.insert(id.to_lowercase(), at).is_some()
        {
            let message = format!("two requests of graph::batch have the id `{id}`");
            return Err(argument(message).help("ids are compared without regard to case"));
        }
    }
    Ok(places)
}

/// Returns a text or a whole number as text.
fn word(value: &Dynamic) -> Option<String> {
    let fits = value.is_string() || value.is_int();
    let text = value.to_string();
    (fits && !text.is_empty()).then_some(text)
}

fn verb(map: &Map) -> Result<Verb, String> {
    let Some(method) = map.get("method").filter(|method| !method.is_unit()) else {
        return Ok(Verb::Get);
    };
    let text = method.to_string();
    let is_it = |verb: &Verb| verb.as_str().eq_ignore_ascii_case(&text);
    let verb = METHODS.into_iter().find(is_it);
    verb.ok_or_else(|| {
        let known = METHODS.map(Verb::as_str).join(", ");
        format!(
            "has {} as `method`, which is one of {known}",
            describe(method)
        )
    })
}

/// Returns the path and query with the version.
fn target(map: &Map) -> Result<String, String> {
    let Some(path) = map.get("path").filter(|path| path.is_string()) else {
        return Err("needs a `path`".to_owned());
    };
    let what = describe(path);
    let text = path.to_string();
    let text = raw::beneath(&text).map_err(|why| format!("cannot call {what}: {why}"))?;
    let bare = text.split('?').next().unwrap_or_default();
    let is_batch = |part: &str| {
        let part = part.to_ascii_lowercase();
        matches!(part.as_str(), "$batch" | "%24batch")
    };
    if bare.split('/').any(is_batch) {
        return Err("is a batch itself, which the service does not take".to_owned());
    }
    let has_version = VERSIONS.iter().any(|version| text.starts_with(version));
    Ok(if has_version {
        text
    } else {
        format!("/v1.0{text}")
    })
}

fn headers(map: &Map) -> Result<Vec<(Cow<'static, str>, String)>, String> {
    let Some(headers) = map.get("headers").filter(|headers| !headers.is_unit()) else {
        return Ok(Vec::new());
    };
    let headers = headers
        .as_map_ref()
        .map_err(|_| format!("has {} as `headers`, which is a map", describe(headers)))?;
    let each = headers.iter();
    Ok(each
        .map(|(name, value)| (name.to_string().into(), value.to_string()))
        .collect())
}

fn depends_on(map: &Map) -> Result<Vec<String>, String> {
    let Some(given) = map.get("depends_on").filter(|given| !given.is_unit()) else {
        return Ok(Vec::new());
    };
    let one = |id: &Dynamic| {
        word(id).ok_or_else(|| format!("has {} in `depends_on`, which names ids", describe(id)))
    };
    match given.as_array_ref() {
        Ok(ids) => ids.iter().map(one).collect(),
        Err(_) => Ok(vec![one(given)?]),
    }
}
