//! Cancelling, enabling and renaming a subscription: Microsoft.Subscription. What is done here is done
//! to the Azure subscription; the plan that it belongs to goes on in Partner Center. Source: arm
//! reference §10.1; codes that it does not name are this sandbox's choice.

use serde_json::json;

use super::access::{Azure, subscription, version};
use super::body;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Status, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/providers/Microsoft.Subscription/cancel",
        cancel,
    ),
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/providers/Microsoft.Subscription/enable",
        enable,
    ),
    Route::arm(
        "POST",
        "/subscriptions/{subscription}/providers/Microsoft.Subscription/rename",
        rename,
    ),
];

const VERSIONS: &[&str] = &["2020-09-01", "2021-10-01"];

/// The longest name; the reference names no limit.
const LONGEST: usize = 64;

fn cancel(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let azure = subscription(request, tx, "Microsoft.Subscription/cancel/action")?;
    let ignores = request
        .query("IgnoreResourceCheck")
        .is_some_and(|given| given.eq_ignore_ascii_case("true"));
    if !ignores && tx.arm.resources.under(&azure.path()).next().is_some() {
        let text = format!(
            "The subscription '{}' has resources. Delete them first, or cancel it with IgnoreResourceCheck=true.",
            azure.id
        );
        return Err(Refusal::new(409, "Conflict", text));
    }
    if let Some(row) = tx.arm.subscriptions.edit(&azure.id) {
        row.canceled = true;
    }
    Ok(done(&azure))
}

fn enable(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let azure = subscription(request, tx, "Microsoft.Subscription/enable/action")?;
    if azure.plan.status != Status::Active {
        let text = format!(
            "The subscription '{}' cannot be enabled: its Azure plan is {} in Partner Center.",
            azure.id,
            azure.plan.status.as_str()
        );
        return Err(Refusal::new(409, "Conflict", text));
    }
    if let Some(row) = tx.arm.subscriptions.edit(&azure.id) {
        row.canceled = false;
    }
    Ok(done(&azure))
}

fn rename(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let azure = subscription(request, tx, "Microsoft.Subscription/rename/action")?;
    let body = body::object(request)?;
    let name = body::need(&body, "subscriptionName")?.trim();
    if name.chars().count() > LONGEST {
        let text = format!("The name of a subscription has at most {LONGEST} characters.");
        return Err(body::parameter("subscriptionName", text));
    }
    if let Some(row) = tx.arm.subscriptions.edit(&azure.id) {
        row.name = Some(name.to_owned());
    }
    Ok(done(&azure))
}

fn done(azure: &Azure) -> Reply {
    Reply::ok(json!({ "subscriptionId": azure.id }))
}
