//! Budgets of subscriptions and groups, written under their entity tag. Source: arm reference §10.12.

use serde_json::{Map, Value, json};

use super::{admitted, body as rules, usage};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::{body, page};
use crate::sandbox::derived;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Budget, Tx};

const ONE: &str = "/{*scope}/providers/Microsoft.Consumption/budgets/{budget}";

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        "/{*scope}/providers/Microsoft.Consumption/budgets",
        list,
    ),
    Route::arm("GET", ONE, get),
    Route::arm("PUT", ONE, put),
    Route::arm("DELETE", ONE, delete),
];

/// The longest name; the reference names no rule.
const LONGEST: usize = 63;

fn id_of(scope: &Id, name: &str) -> Id {
    scope.extended("Microsoft.Consumption", "budgets", name)
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let scope = admitted(request, tx, "budgets/read")?;
    let below = format!("{}/providers/Microsoft.Consumption/budgets", scope.key());
    let own: Vec<Budget> = tx
        .arm
        .budgets
        .under(&below)
        .map(|(_, row)| row.clone())
        .collect();
    page::list(request, own.iter().map(|row| shown(tx, row)).collect())
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let scope = admitted(request, tx, "budgets/read")?;
    let name = request.param("budget");
    let found = tx.arm.budgets.get(&id_of(&scope, name).key());
    let found = found.ok_or_else(|| {
        // The reference names no code.
        Refusal::new(
            404,
            "NotFound",
            format!("The budget '{name}' was not found."),
        )
    })?;
    Ok(Reply::ok(shown(tx, found)))
}

fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let scope = admitted(request, tx, "budgets/write")?;
    let body = body::object(request)?;
    let (budget, created) = write(tx, (&scope, request.param("budget")), &body)?;
    Ok(Reply::json(
        if created { 201 } else { 200 },
        shown(tx, &budget),
    ))
}

/// Writes a budget, whoever asks for it; tells whether it was made. One that there is wants its
/// present entity tag in the body.
pub(in crate::sandbox::arm) fn write(
    tx: &mut Tx<'_>,
    (scope, name): (&Id, &str),
    body: &Map<String, Value>,
) -> Result<(Budget, bool), Refusal> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if !name.chars().all(fits) || name.len() > LONGEST {
        let text = format!(
            "The name '{name}' of the budget has at most {LONGEST} letters, digits, '-' and '_'."
        );
        return Err(body::parameter("budgetName", text));
    }
    let id = id_of(scope, name);
    let before = tx.arm.budgets.get(&id.key()).cloned();
    let tag = body::text(body, "eTag")?.or(body::text(body, "etag")?);
    match (&before, tag) {
        (Some(_), None) => {
            let text = format!("The budget '{name}' exists: its eTag is needed to change it.");
            return Err(Refusal::new(409, "Conflict", text));
        }
        (Some(before), Some(tag)) if tag != etag(before) => {
            let text = "The eTag is not that of the present budget.";
            return Err(Refusal::new(412, "PreconditionFailed", text));
        }
        _ => {}
    }
    let budget = Budget {
        id: id.text(),
        name: name.to_owned(),
        properties: rules::check(body)?,
        version: before.as_ref().map_or(1, |before| before.version + 1),
    };
    tx.arm.budgets.put(&id.key(), budget.clone());
    Ok((budget, before.is_none()))
}

fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let scope = admitted(request, tx, "budgets/delete")?;
    let key = id_of(&scope, request.param("budget")).key();
    let gone = tx.arm.budgets.remove(&key);
    Ok(Reply::empty(if gone.is_some() { 200 } else { 204 }))
}

fn etag(budget: &Budget) -> String {
    let id = derived::guid(&[&budget.id.to_lowercase(), &budget.version.to_string()]);
    format!("\"{}\"", id.replace('-', ""))
}

fn shown(tx: &Tx<'_>, budget: &Budget) -> Value {
    let scope = Id::parse(&budget.id)
        .map(|id| id.parent())
        .unwrap_or_default();
    let mut properties = budget.properties.clone();
    let spent = json!({ "amount": usage::spent(tx, &scope), "unit": "USD" });
    properties.insert("currentSpend".to_owned(), spent);
    json!({
        "id": budget.id,
        "name": budget.name,
        "type": "Microsoft.Consumption/budgets",
        "eTag": etag(budget),
        "properties": properties,
    })
}
