//! Who is told of what happens in a vault: one setting, of one name. Source: recovery reference §5.5;
//! what it says before anybody has set it is not confirmed.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::vault::enter;
use super::{REPLICATION, below};
use crate::sandbox::arm::body::{self, invalid, one_of, parameter, text};
use crate::sandbox::arm::page;
use crate::sandbox::arm::recovery::calls::place;
use crate::sandbox::arm::resource;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/replicationAlertSettings"), list),
    Route::arm("GET", below!("/replicationAlertSettings/{alert}"), get),
    Route::arm("PUT", below!("/replicationAlertSettings/{alert}"), put),
];

/// The only name. Source: recovery reference §5.1.
const NAME: &str = "defaultAlertSetting";

/// What a vault's row keeps it under.
const MEMBER: &str = "alertSetting";

const KIND: &str = "replicationAlertSettings";

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, REPLICATION, (KIND, "read"))?;
    page::list(request, vec![shown(&vault)])
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let vault = enter(request, tx, REPLICATION, (KIND, "read"))?;
    if !request.param("alert").eq_ignore_ascii_case(NAME) {
        return Err(resource::missing(&place(request)?.0));
    }
    Ok(Reply::ok(shown(&vault)))
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let mut vault = enter(request, tx, REPLICATION, (KIND, "write"))?;
    let name = request.param("alert");
    if !name.eq_ignore_ascii_case(NAME) {
        let text = format!("The alert setting '{name}' is not known: there is only '{NAME}'.");
        return Err(parameter("alertSettingName", text));
    }
    let body = body::object(request)?;
    if !body.contains_key("properties") {
        return Err(invalid("'properties' is missing"));
    }
    set(&mut vault, &body::member(&body, "properties")?)?;
    let reply = Reply::ok(shown(&vault));
    tx.arm.resources.put(&vault.id.clone(), vault);
    Ok(reply)
}

/// Sets who is told, or refuses it.
fn set(vault: &mut Resource, given: &Map<String, Value>) -> Result<(), Refusal> {
    let owners = text(given, "sendToOwners")?.unwrap_or("DoNotSend");
    let owners = one_of("properties.sendToOwners", owners, &["Send", "DoNotSend"])?;
    let locale = text(given, "locale")?.unwrap_or("en-US");
    let letters = |part: &str| {
        (2..=4).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_alphabetic())
    };
    if !locale.split('-').all(letters) {
        let text = format!("The value '{locale}' is no locale.");
        return Err(parameter("properties.locale", text));
    }
    let addresses = match given.get("customEmailAddresses") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(all)) => all.clone(),
        Some(_) => return Err(invalid("'properties.customEmailAddresses' is not an array")),
    };
    if let Some(wrong) = addresses
        .iter()
        .find(|one| !one.as_str().is_some_and(is_address))
    {
        let text = format!("The value {wrong} is no e-mail address.");
        return Err(parameter("properties.customEmailAddresses", text));
    }
    let kept = json!({
        "sendToOwners": owners,
        "customEmailAddresses": addresses,
        "locale": locale,
    });
    vault.hidden.insert(MEMBER.to_owned(), kept);
    Ok(())
}

/// Puts the setting of a seeded vault.
pub(super) fn fill(tx: &mut Tx<'_>, vault: &str) {
    let given = json!({
        "sendToOwners": "Send",
        "customEmailAddresses": ["ops@fabrikam.example"],
        "locale": "en-US",
    });
    if let Some(row) = tx.arm.resources.edit(vault) {
        let given = given.as_object().cloned().unwrap_or_default();
        set(row, &given).expect("the seed is what the sandbox takes");
    }
}

fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        let odd = |letter: char| letter.is_whitespace() || ",;<>@".contains(letter);
        !part.is_empty() && !part.contains(odd)
    };
    plain(local) && plain(domain) && domain.contains('.') && !domain.ends_with('.')
}

fn shown(vault: &Resource) -> Value {
    let usual = json!({
        "sendToOwners": "DoNotSend",
        "customEmailAddresses": [],
        "locale": "en-US",
    });
    let id = vault.id.replacen("/subscriptions/", "/Subscriptions/", 1);
    json!({
        "id": format!("{id}/{KIND}/{NAME}"),
        "name": NAME,
        "type": format!("Microsoft.RecoveryServices/vaults/{KIND}"),
        "properties": vault.hidden.get(MEMBER).unwrap_or(&usual),
    })
}
