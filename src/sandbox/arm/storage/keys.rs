//! Keys of storage accounts: 64 bytes each, the same until they are made anew.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde_json::{Map, Value, json};

use super::accounts::{NAME, StorageAccounts};
use crate::sandbox::arm::body::{self, need, one_of};
use crate::sandbox::arm::calls::found;
use crate::sandbox::arm::id::Place;
use crate::sandbox::arm::{access, kind};
use crate::sandbox::partner::dates::write;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{account}/listKeys",
        list,
    ),
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{account}/regenerateKey",
        regenerate,
    ),
];

/// The keys that every account has, and those that are made when they are asked for.
const NAMES: [&str; 4] = ["key1", "key2", "kerb1", "kerb2"];

/// How many every account has.
const FIRST: usize = 2;

/// Returns the account of an action, if the caller may do it.
pub(super) fn account(request: &Request, tx: &Tx<'_>, action: &str) -> Result<Resource, Refusal> {
    let Some(Place::Action(id, _)) = Place::parse(&request.path) else {
        return Err(access::misrouted(request));
    };
    kind::version(request, &StorageAccounts)?;
    access::pass(request, tx, &id, &format!("{NAME}/{action}/action"))?;
    found(tx, &id)
}

/// Gives an account its keys, if it has none.
pub(super) fn first(tx: &mut Tx<'_>, account: &mut Resource) {
    for name in &NAMES[..FIRST] {
        if !account.hidden.contains_key(*name) {
            make(tx, account, name);
        }
    }
}

fn make(tx: &mut Tx<'_>, account: &mut Resource, name: &str) {
    let random = tx.random();
    let bytes = (0..64).map(|_| u8::try_from(random.below(256)).unwrap_or_default());
    let value = BASE64.encode(bytes.collect::<Vec<u8>>());
    let made = json!({ "value": value, "made": write(tx.now()) });
    account.hidden.insert(name.to_owned(), made);
}

/// Returns a key.
pub(super) fn value<'a>(account: &'a Resource, name: &str) -> Option<&'a str> {
    account.hidden.get(name)?["value"].as_str()
}

/// Shows when the keys were made.
pub(super) fn times(account: &Resource) -> Value {
    let time = |name: &&str| {
        let made = account.hidden.get(*name)?;
        Some(((*name).to_owned(), made["made"].clone()))
    };
    NAMES[..FIRST]
        .iter()
        .filter_map(time)
        .collect::<Map<_, _>>()
        .into()
}

fn shown(account: &Resource, names: &[&str]) -> Reply {
    let key = |name: &&str| {
        let key = account.hidden.get(*name)?;
        Some(json!({
            "creationTime": key["made"],
            "keyName": name,
            "value": key["value"],
            "permissions": "Full",
        }))
    };
    let keys: Vec<Value> = names.iter().filter_map(key).collect();
    Reply::ok(json!({ "keys": keys }))
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let account = account(request, tx, "listKeys")?;
    let names = match request.query("$expand") {
        Some("kerb") => &NAMES[..],
        _ => &NAMES[..FIRST],
    };
    Ok(shown(&account, names))
}

fn regenerate(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let mut account = account(request, tx, "regenerateKey")?;
    let body = body::object(request)?;
    let name = one_of("keyName", need(&body, "keyName")?, &NAMES)?;
    make(tx, &mut account, name);
    let shown = shown(&account, &NAMES);
    let id = account.id.clone();
    tx.arm.resources.put(&id, account);
    Ok(shown)
}
