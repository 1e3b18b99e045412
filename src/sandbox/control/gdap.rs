//! Controls of delegated access: how a relationship with a customer stands and when it ends, what the
//! customer answers, and who is in the partner's groups.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refused, duration, failed};
use crate::base::clock::{Timestamp, later};
use crate::sandbox::engine::Engine;
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::entra::{self, gdap, tenants};
use crate::sandbox::seed::numbered;
use crate::sandbox::store::{AssignmentStatus, Group, RelationshipStatus, RequestAction, Tx, key};

/// What is to change about the relationships with a customer; what is not named stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// The customer's id or domain.
    customer: String,
    /// How they stand from now on: `terminated`, `active` and so on.
    #[serde(default)]
    status: Option<RelationshipStatus>,
    /// How their access assignments stand from now on: `pending`, `active` and so on.
    #[serde(default)]
    assignments: Option<AssignmentStatus>,
    /// When they end: a time, or how long from now. They no longer extend themselves then.
    #[serde(default)]
    ends: Option<Value>,
}

/// Changes the relationships with a customer, and shows them.
pub(super) fn relationship(engine: &Engine, change: Change) -> Result<Value, Refused> {
    let ends = change.ends.as_ref().map(time).transpose()?;
    let changed = engine.change(|tx| {
        let customer = tenants::find(tx, &change.customer.to_lowercase())?.id;
        numbered::keep(tx, &customer);
        for related in gdap::related(tx, &customer) {
            let now = tx.now();
            let id = related.relationship.id;
            if let Some(row) = tx.gdap.relationships.edit(&key(&[&customer, &id])) {
                row.status = change.status.unwrap_or(row.status);
                row.extends = row.extends && ends.is_none();
                row.ends = ends.as_ref().map(|end| end.from(now)).or(row.ends);
                row.modified = now;
                row.version += 1;
            }
            gdap::schedule(tx, &id);
            for assignment in related.assignments {
                if let Some(row) = tx.gdap.assignments.edit(&key(&[&id, &assignment.id])) {
                    row.status = change.assignments.unwrap_or(row.status);
                }
            }
        }
        Some(shown(tx, &customer))
    });
    changed
        .map_err(|error| failed(&error))?
        .ok_or_else(|| (404, format!("There is no customer `{}`.", change.customer)))
}

fn shown(tx: &Tx<'_>, customer: &str) -> Value {
    let shown = gdap::related(tx, customer).into_iter().map(|related| {
        let row = related.relationship;
        let groups = related.assignments.into_iter().map(
            |row| json!({ "id": row.id, "group": row.group, "status": row.status, "roles": row.roles }),
        );
        json!({
            "id": row.id,
            "customer": row.customer,
            "status": row.status_at(tx.now()),
            "ends": row.end_at(tx.now()),
            "assignments": groups.collect::<Vec<_>>(),
        })
    });
    Value::Array(shown.collect())
}

/// What a customer answers to a relationship that waits for approval.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// The relationship's id.
    relationship: String,
    /// The customer's id or domain, if the relationship was made for nobody yet.
    #[serde(default)]
    customer: Option<String>,
    /// Whether the customer does not agree.
    #[serde(default)]
    reject: bool,
}

/// Answers a relationship in the customer's place, and shows all of that customer.
pub(super) fn answer(engine: &Engine, answer: Answer) -> Result<Value, Refused> {
    let id = answer.relationship.to_lowercase();
    let changed = engine.change(|tx| {
        let unknown = || (404, format!("There is no relationship `{id}`."));
        let row = gdap::find(tx, &id).ok_or_else(unknown)?.relationship;
        let named = answer.customer.as_deref().unwrap_or(&row.customer);
        let customer = tenants::find(tx, &named.to_lowercase()).map(|tenant| tenant.id);
        let customer = customer.filter(|id| row.customer.is_empty() || *id == row.customer);
        let Some(customer) = customer.filter(|id| id != HOME) else {
            let text = format!("`{named}` is no customer who could answer this relationship.");
            return Err((400, text));
        };
        let action = if answer.reject {
            RequestAction::Reject
        } else {
            RequestAction::Approve
        };
        match gdap::answer(tx, &id, &customer, action) {
            Ok(_) => Ok(shown(tx, &customer)),
            Err(status) => {
                let status = json!(status);
                let text = format!("It does not wait for approval: its status is {status}.");
                Err((409, text))
            }
        }
    });
    changed.map_err(|error| failed(&error))?
}

/// A time, or how long from now.
enum End {
    At(Timestamp),
    After(std::time::Duration),
}

impl End {
    fn from(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(time) => *time,
            Self::After(wait) => later(now, *wait),
        }
    }
}

fn time(value: &Value) -> Result<End, Refused> {
    let at = value.as_str().and_then(|text| text.parse().ok());
    match at {
        Some(time) => Ok(End::At(time)),
        None => duration(value).map(End::After),
    }
}

/// Who is to join or leave a group of the partner.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Members {
    /// The group's name or id.
    group: String,
    /// A user principal name, or the name or id of a group.
    #[serde(default)]
    add: Option<String>,
    #[serde(default)]
    remove: Option<String>,
}

/// Changes the members of a group, and shows it.
pub(super) fn group(engine: &Engine, members: Members) -> Result<Value, Refused> {
    let changed = engine.change(|tx| {
        let id = group_named(tx, &members.group).map(|group| group.id.clone());
        let id = id.ok_or_else(|| unknown("group", &members.group))?;
        let found = |name: &Option<String>| match name {
            None => Ok(None),
            Some(name) => member(tx, name)
                .ok_or_else(|| unknown("member", name))
                .map(Some),
        };
        let (add, remove) = (found(&members.add)?, found(&members.remove)?);
        let group = tx.directory.groups.edit(&key(&[HOME, &id]));
        let group = group.ok_or_else(|| unknown("group", &members.group))?;
        let leaves =
            |member: &String| Some(member) == remove.as_ref() || Some(member) == add.as_ref();
        group.members.retain(|member| !leaves(member));
        group.members.extend(add);
        Ok(json!(group))
    });
    changed.map_err(|error| failed(&error))?
}

fn group_named<'t>(tx: &'t Tx<'_>, name: &str) -> Option<&'t Group> {
    let groups = tx.directory.groups.under(HOME).map(|(_, group)| group);
    let mut groups = groups.filter(|group| group.deleted.is_none());
    groups.find(|group| group.name.eq_ignore_ascii_case(name) || group.id == name.to_lowercase())
}

fn member(tx: &Tx<'_>, name: &str) -> Option<String> {
    let user = entra::user_by_name(tx, name).map(|user| user.id);
    user.or_else(|| group_named(tx, name).map(|group| group.id.clone()))
}

fn unknown(what: &str, name: &str) -> Refused {
    (
        404,
        format!("There is no {what} `{name}` in the partner's directory."),
    )
}
