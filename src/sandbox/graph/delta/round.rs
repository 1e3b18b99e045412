//! One round of change tracking: what the objects are like when it begins, and how they differ from
//! the round before.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Tracked, is_over};
use crate::sandbox::entra::seed::digest_of;
use crate::sandbox::graph::odata::{Filter, Kind, project};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Round, Seen, Tx};

/// What `$filter` takes here: ids alone.
const BY_ID: Kind = Kind {
    filter: &[("id", "eq")],
    ..Kind::PLAIN
};

/// An object as it is shown, with what it is compared by.
struct Present {
    shown: Value,
    seen: Seen,
}

/// Begins a round and returns its token. Those that are over are forgotten.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    tracked: &Tracked,
    tenant: &str,
    select: Option<&str>,
    filter: Option<&str>,
) -> Result<String, Refusal> {
    let mut round = Round {
        tenant: tenant.to_owned(),
        part: tracked.part.to_owned(),
        made: tx.now(),
        select: select.map(str::to_owned),
        filter: filter.map(str::to_owned),
        seen: BTreeMap::new(),
    };
    let present = present(tx, tracked, &round)?;
    round.seen = present
        .into_iter()
        .map(|(id, one)| (id, one.seen))
        .collect();
    let now = tx.now();
    tx.system.deltas.forget(|round| is_over(round, now));
    let token = tx.guid();
    tx.system.deltas.put(&token, round);
    Ok(token)
}

/// Returns what has become of the objects since a round, or all of them, by id. `next` says what is
/// tracked.
pub(super) fn changes(
    tx: &Tx<'_>,
    tracked: &Tracked,
    base: Option<&Round>,
    next: &Round,
) -> Result<BTreeMap<String, Value>, Refusal> {
    let present = present(tx, tracked, next)?;
    let mut changes = BTreeMap::new();
    for id in base.into_iter().flat_map(|base| base.seen.keys()) {
        if !present.contains_key(id) {
            let restorable = (tracked.restorable)(tx, &next.tenant, id);
            let reason = if restorable { "changed" } else { "deleted" };
            let removed = json!({ "id": id, "@removed": { "reason": reason } });
            changes.insert(id.clone(), removed);
        }
    }
    for (id, one) in present {
        let before = base.and_then(|base| base.seen.get(&id));
        if before == Some(&one.seen) {
            continue;
        }
        let mut item = one.shown;
        for (link, after) in &one.seen.links {
            let before = before.and_then(|before| before.links.get(link));
            let items = linked(before, after);
            if !items.is_empty() {
                item[format!("{link}@delta")] = items.into();
            }
        }
        changes.insert(id, item);
    }
    Ok(changes)
}

/// Returns what a relationship has gained and lost.
fn linked(
    before: Option<&BTreeMap<String, String>>,
    after: &BTreeMap<String, String>,
) -> Vec<Value> {
    let empty = BTreeMap::new();
    let before = before.unwrap_or(&empty);
    let gained = after.iter().filter(|(id, _)| !before.contains_key(*id));
    let gained = gained.map(|(id, kind)| json!({ "@odata.type": kind, "id": id }));
    let lost = before.iter().filter(|(id, _)| !after.contains_key(*id));
    let lost = lost.map(
        |(id, kind)| json!({ "@odata.type": kind, "id": id, "@removed": { "reason": "deleted" } }),
    );
    gained.chain(lost).collect()
}

/// Returns the objects of now, as a round tracks them.
fn present(
    tx: &Tx<'_>,
    tracked: &Tracked,
    round: &Round,
) -> Result<BTreeMap<String, Present>, Refusal> {
    let filter = match &round.filter {
        Some(text) => {
            let name = tracked.kind.name;
            Some(Filter::read(text, &Kind { name, ..BY_ID })?)
        }
        None => None,
    };
    let named: Option<Vec<&str>> = round.select.as_deref().map(|names| {
        let names = names.split(',').map(str::trim);
        names.collect()
    });
    let (links, properties): (Vec<&str>, Vec<&str>) = named
        .iter()
        .flatten()
        .partition(|name| tracked.links.contains(name));
    let properties = named.is_some().then(|| properties.join(","));
    let properties = properties.map(|names| {
        if names.is_empty() {
            "id".to_owned()
        } else {
            names
        }
    });
    let mut present = BTreeMap::new();
    for row in (tracked.rows)(tx, &round.tenant) {
        if let Some(filter) = &filter
            && !filter.holds(&row)?
        {
            continue;
        }
        let id = row["id"].as_str().unwrap_or_default().to_owned();
        let shown = project(row, properties.as_deref(), tracked.kind.usual)?;
        let links = links.iter().map(|link| {
            let found = (tracked.linked)(tx, &round.tenant, &id, link);
            ((*link).to_owned(), found.iter().map(kind_by_id).collect())
        });
        let seen = Seen {
            digest: digest_of(&shown.to_string()),
            links: links.collect(),
        };
        present.insert(id, Present { shown, seen });
    }
    Ok(present)
}

fn kind_by_id(object: &Value) -> (String, String) {
    let text = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
    (text("id"), text("@odata.type"))
}
