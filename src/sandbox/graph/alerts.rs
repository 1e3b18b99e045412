//! Security alerts: what was found in a tenant, and what somebody makes of it.
//! Source: graph reference §13.

use serde_json::{Value, json};

use super::access::{Rule, admit, missing};
use super::body::{self, Body, bad};
use super::odata::{Kind, entity, listed, only};
use crate::sandbox::entra::roles::{GLOBAL_READER, SECURITY_ADMINISTRATOR};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Alert, Tx, key};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/security/alerts_v2", list),
    Route::graph("GET", "/v1.0/security/alerts_v2/{alert}", get),
    Route::graph("PATCH", "/v1.0/security/alerts_v2/{alert}", update),
];

const READ: Rule = Rule {
    scopes: &["SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All"],
    apps: &["SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All"],
    roles: &[SECURITY_ADMINISTRATOR, GLOBAL_READER],
    members: false,
};

const WRITE: Rule = Rule {
    scopes: &["SecurityAlert.ReadWrite.All"],
    apps: &["SecurityAlert.ReadWrite.All"],
    roles: &[SECURITY_ADMINISTRATOR],
    members: false,
};

const ALERT: Kind = Kind {
    name: "Alert",
    filter: &[
        ("severity", "eq ne"),
        ("status", "eq ne"),
        ("classification", "eq"),
        ("determination", "eq"),
        ("serviceSource", "eq"),
        ("assignedTo", "eq"),
        ("createdDateTime", "eq ge le gt lt"),
        ("lastUpdateDateTime", "eq ge le gt lt"),
    ],
    order: (&["createdDateTime", "lastUpdateDateTime", "severity"], &[]),
    most: 2000,
    ..Kind::PLAIN
};

const STATUSES: [&str; 3] = ["new", "inProgress", "resolved"];

/// What may be said about an alert; the words are not in the reference and unconfirmed.
const CLASSIFICATIONS: [&str; 4] = [
    "unknown",
    "falsePositive",
    "truePositive",
    "informationalExpectedActivity",
];

fn shown(tenant: &str, row: &Alert) -> Value {
    json!({
        "id": row.id,
        "actorDisplayName": row.actor,
        "alertWebUrl": format!("https://security.microsoft.com/alerts/{}?tid={tenant}", row.id),
        "assignedTo": row.assigned,
        "category": row.category,
        "classification": row.classification,
        "comments": [],
        "createdDateTime": row.created,
        "description": row.about,
        "detectionSource": row.source,
        "determination": row.determination,
        "evidence": [],
        "firstActivityDateTime": row.created,
        "incidentId": null,
        "lastActivityDateTime": row.created,
        "lastUpdateDateTime": row.changed,
        "mitreTechniques": [],
        "recommendedActions": row.advice,
        "resolvedDateTime": row.resolved,
        "serviceSource": row.source,
        "severity": row.severity,
        "status": row.status,
        "tenantId": tenant,
        "threatDisplayName": null,
        "title": row.title,
    })
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let rows = tx.policy.alerts.under(&caller.tenant);
    let mut rows: Vec<&Alert> = rows.map(|(_, row)| row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.created));
    let rows = rows.into_iter().map(|row| shown(&caller.tenant, row));
    let rows: Vec<Value> = rows.collect();
    listed(request, &ALERT, "security/alerts_v2", rows)
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    whole(request, tx, &caller.tenant)
}

fn whole(request: &Request, tx: &Tx<'_>, tenant: &str) -> Outcome {
    let id = request.param("alert");
    let row = tx.policy.alerts.get(&key(&[tenant, id]));
    let row = row.ok_or_else(|| missing(id))?;
    entity(
        request,
        &ALERT,
        "security/alerts_v2/$entity",
        shown(tenant, row),
    )
}

fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    only(request, &[])?;
    let members = body::read(request)?;
    let known = [
        "@odata.type",
        "status",
        "assignedTo",
        "classification",
        "determination",
    ];
    let body = Body::of(&members, &known)?;
    let status = word(&body, "status", &STATUSES)?;
    let classification = word(&body, "classification", &CLASSIFICATIONS)?;
    let determination = body.text("determination")?.map(str::to_owned);
    let assigned = body.text("assignedTo")?.map(str::to_owned);
    let now = tx.now();
    let id = request.param("alert");
    let row = tx.policy.alerts.edit(&key(&[&tenant, id]));
    let row = row.ok_or_else(|| missing(id))?;
    if let Some(status) = status {
        row.resolved = (status == "resolved").then_some(now);
        row.status = status;
    }
    row.classification = classification.or(row.classification.take());
    row.determination = determination.or(row.determination.take());
    if body.has("assignedTo") {
        row.assigned = assigned;
    }
    row.changed = now;
    whole(request, tx, &tenant)
}

/// Reads one of some words.
fn word(body: &Body<'_>, name: &str, words: &[&str]) -> Result<Option<String>, Refusal> {
    match body.text(name)? {
        None => Ok(None),
        Some(word) if words.contains(&word) => Ok(Some(word.to_owned())),
        Some(word) => Err(bad(format!(
            "Invalid value specified for property '{name}' of resource 'Alert': '{word}'."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::graph::bench::{Megan, ids, refused, text};
    use crate::sandbox::seed::FABRIKAM;
    use crate::sandbox::testing::Bench;

    #[test]
    fn an_alert_is_taken_and_resolved() {
        let bench = Bench::new();
        let all = "/v1.0/security/alerts_v2";
        let scopes = ["SecurityAlert.ReadWrite.All"];
        let megan = Megan::with(&bench, FABRIKAM, &scopes, &[SECURITY_ADMINISTRATOR]);
        let seen = megan.get(all);
        let own = format!("{all}/{}", ids(&seen)[0]);
        let shown = ["severity", "status"].map(|name| seen.json["value"][0][name].clone());
        assert_eq!(shown, [json!("high"), json!("new")]);
        let taken = json!({ "status": "resolved", "assignedTo": "megan@contoso.example", "classification": "truePositive" });
        let seen = megan.patch(&own, &taken);
        assert_eq!(
            (seen.status, text(&seen, "status").as_str()),
            (200, "resolved")
        );
        assert_eq!(text(&seen, "resolvedDateTime"), "2026-03-02T09:00:00Z");
        let seen = megan.patch(&own, &json!({ "status": "new", "assignedTo": null }));
        assert!(seen.json["resolvedDateTime"].is_null() && seen.json["assignedTo"].is_null());
        assert_eq!(text(&seen, "classification"), "truePositive");
        let odd = megan.patch(&own, &json!({ "status": "gone" }));
        assert_eq!(refused(&odd).0, 400);
        let odd = megan.patch(&own, &json!({ "title": "Nothing" }));
        assert_eq!(refused(&odd).0, 400);
        let unknown = megan.patch(&format!("{all}/x"), &json!({ "status": "new" }));
        assert_eq!(refused(&unknown).0, 404);
    }
}
