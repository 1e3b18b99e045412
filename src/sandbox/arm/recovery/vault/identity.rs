//! The identity of a vault: its own, those that it is given, both or none. Source: recovery reference
//! §4.1; arm reference §8.

use serde_json::{Map, Value, json};

use crate::sandbox::arm::body::{self, need, parameter};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::derived;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::Tx;

/// What may be among the words of `type`.
const WORDS: [&str; 3] = ["None", "SystemAssigned", "UserAssigned"];

/// Completes the identity of a vault, or refuses it.
pub(super) fn check(tx: &Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let members = &draft.resource.members;
    if !members.contains_key("identity") {
        return Ok(());
    }
    let given = body::member(members, "identity")?;
    let words = words(need(&given, "type")?)?;
    let mut kept = Map::new();
    kept.insert("type".to_owned(), words.join(", ").into());
    if words.contains(&"SystemAssigned") {
        let subscription = draft.id.subscription.as_deref().unwrap_or_default();
        let row = tx.arm.subscriptions.get(subscription);
        let tenant = row.map_or("", |row| row.tenant.as_str());
        let principal = derived::guid(&["identity of a vault", &draft.id.key()]);
        kept.insert("principalId".to_owned(), principal.into());
        kept.insert("tenantId".to_owned(), tenant.into());
    }
    let assigned = body::member(&given, "userAssignedIdentities")?;
    if words.contains(&"UserAssigned") {
        kept.insert("userAssignedIdentities".to_owned(), users(&assigned)?);
    } else if !assigned.is_empty() && !draft.patch {
        let text = "Identities are assigned only with the type 'UserAssigned'.";
        return Err(parameter("identity.userAssignedIdentities", text));
    }
    let members = &mut draft.resource.members;
    members.insert("identity".to_owned(), kept.into());
    Ok(())
}

/// Returns the words of a type, in the service's spelling and order.
fn words(given: &str) -> Result<Vec<&'static str>, Refusal> {
    let all: Vec<&str> = given.split(',').map(str::trim).collect();
    let known = |word: &&str| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word));
    let is_none = all.iter().any(|word| word.eq_ignore_ascii_case("None"));
    let has = |known: &str| all.iter().any(|word| word.eq_ignore_ascii_case(known));
    let words: Vec<&'static str> = WORDS.into_iter().filter(|known| has(known)).collect();
    let fits = all.iter().all(known) && words.len() == all.len() && !(is_none && all.len() > 1);
    if fits {
        return Ok(words);
    }
    let text = format!(
        "The value '{given}' of parameter 'identity.type' is not allowed. Allowed values are 'None,SystemAssigned,UserAssigned' and 'SystemAssigned, UserAssigned'."
    );
    Err(parameter("identity.type", text))
}

/// Completes the identities that a vault is given. Whether they are there is not looked up: their
/// provider is not served.
fn users(assigned: &Map<String, Value>) -> Result<Value, Refusal> {
    const KIND: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";
    if assigned.is_empty() {
        let text = "The type 'UserAssigned' needs at least one identity.";
        return Err(parameter("identity.userAssignedIdentities", text));
    }
    let mut kept = Map::new();
    for id in assigned.keys() {
        let kind = Id::parse(id).and_then(|id| id.kind());
        if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case(KIND)) {
            let text = format!("'{id}' is not the id of a user assigned identity.");
            return Err(parameter("identity.userAssignedIdentities", text));
        }
        let key = id.to_lowercase();
        let ids = json!({
            "principalId": derived::guid(&["principal", &key]),
            "clientId": derived::guid(&["client", &key]),
        });
        kept.insert(id.clone(), ids);
    }
    Ok(kept.into())
}
