//! Makes, changes and deletes groups. Source: graph reference §9, §15.7.

use serde_json::{Map, Value};

use super::fields::{check_assignable, check_nickname, check_rule, kind, lay, name, paused, rule};
use super::links::{ASSIGNABLE, OWNERS, add, put};
use super::{KIND, WRITE, find, named, shown};
use crate::sandbox::graph::access::{Standing, admit, missing, standing};
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::objects::{admit_to_change, invalid_operation, refer, untyped};
use crate::sandbox::graph::odata::created;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Group, GroupKind, Tx};

/// What a group may be given when it is made.
const NEW: &[&str] = &[
    "displayName",
    "description",
    "mailEnabled",
    "mailNickname",
    "securityEnabled",
    "groupTypes",
    "visibility",
    "isAssignableToRole",
    "membershipRule",
    "membershipRuleProcessingState",
    "classification",
    "theme",
    "preferredLanguage",
    "preferredDataLocation",
    "uniqueName",
    "owners@odata.bind",
    "members@odata.bind",
];

/// The greatest number of references that one request may add.
const MOST_BOUND: usize = 20;

pub(super) fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit_to_change(request, tx, &WRITE)?.clone();
    let members = body::read(request)?;
    let body = Body::of(&members, NEW)?;
    let mut group = Group {
        tenant: caller.tenant.clone(),
        name: name(body.need_text("displayName")?)?.to_owned(),
        kind: kind(&body)?,
        nickname: Some(body.need_text("mailNickname")?.to_owned()),
        rule: rule(tx, &caller.tenant, &body)?,
        assignable: body.flag("isAssignableToRole")?.unwrap_or(false),
        created: tx.now(),
        ..Group::default()
    };
    if group.assignable {
        check_assignable(request, tx, &group)?;
    }
    lay(&body, &mut group)?;
    check_nickname(tx, &group)?;
    bind(tx, &body, &mut group)?;
    if group.owners.is_empty()
        && let Standing::Member(person) = standing(tx, &caller)?
    {
        group.owners.push(person.id);
    }
    group.id = tx.guid();
    let row = untyped(shown(tx, &group));
    let path = format!("groups/{}", group.id);
    put(tx, group);
    created(request, &KIND, "groups/$entity", row, &path)
}

/// Adds the members and owners that the body names, all or none.
fn bind(tx: &Tx<'_>, body: &Body<'_>, group: &mut Group) -> Result<(), Refusal> {
    if let Some(urls) = bound(body, "members@odata.bind")? {
        if group.rule.is_some() {
            return Err(invalid_operation("members"));
        }
        let mut added = add(tx, group, &urls)?;
        group.members.append(&mut added);
    }
    for url in bound(body, "owners@odata.bind")?.unwrap_or_default() {
        let owner = refer(tx, &group.tenant, url, ("owners", OWNERS))?;
        let id = owner["id"].as_str().unwrap_or_default().to_owned();
        if !group.owners.contains(&id) {
            group.owners.push(id);
        }
    }
    Ok(())
}

fn bound<'a>(body: &Body<'a>, name: &str) -> Result<Option<Vec<&'a str>>, Refusal> {
    let urls = body.texts(name)?;
    match &urls {
        Some(urls) if urls.len() > MOST_BOUND => Err(bad(format!(
            "The number of references in '{name}' exceeds the limit of {MOST_BOUND}."
        ))),
        _ => Ok(urls),
    }
}

pub(super) fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    admit_to_change(request, tx, &WRITE)?;
    let mut group = named(request, tx)?.clone();
    if group.assignable {
        admit(request, tx, &ASSIGNABLE)?;
    }
    let members = body::read(request)?;
    let body = Body::of(&members, NEW)?;
    check_fixed(&members, &untyped(shown(tx, &group)))?;
    if body.has("displayName") {
        name(body.need_text("displayName")?)?.clone_into(&mut group.name);
    }
    if body.has("mailNickname") {
        group.nickname = Some(body.need_text("mailNickname")?.to_owned());
    }
    change_rule(tx, &body, &mut group)?;
    if let Some(wanted) = body.flag("securityEnabled")? {
        group.kind = match group.kind {
            GroupKind::Unified { .. } => GroupKind::Unified { secures: wanted },
            GroupKind::Security if wanted => GroupKind::Security,
            GroupKind::Security => {
                let text = "The property 'securityEnabled' of a security group must be true.";
                return Err(bad(text));
            }
        };
    }
    lay(&body, &mut group)?;
    check_nickname(tx, &group)?;
    bind(tx, &body, &mut group)?;
    put(tx, group);
    Ok(Reply::empty(204))
}

/// Refuses to change what a group is from the beginning; the same again is no change.
fn check_fixed(members: &Map<String, Value>, row: &Value) -> Result<(), Refusal> {
    for name in [
        "isAssignableToRole",
        "mailEnabled",
        "groupTypes",
        "uniqueName",
    ] {
        if let Some(wanted) = members.get(name)
            && *wanted != row[name]
            && !(row[name].is_null() && *wanted == Value::Bool(false))
        {
            let text = format!("Property '{name}' is read-only and cannot be set.");
            return Err(bad(text));
        }
    }
    Ok(())
}

fn change_rule(tx: &Tx<'_>, body: &Body<'_>, group: &mut Group) -> Result<(), Refusal> {
    let text = body.text("membershipRule")?;
    let paused = paused(body)?;
    match &mut group.rule {
        Some(rule) => {
            rule.paused = paused.unwrap_or(rule.paused);
            if let Some(text) = text {
                check_rule(tx, &group.tenant, text)?;
                text.clone_into(&mut rule.text);
            }
            Ok(())
        }
        None if text.is_none() && paused.is_none() => Ok(()),
        None => Err(bad(
            "The property 'membershipRule' is for groups of the type 'DynamicMembership' only.",
        )),
    }
}

pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let id = request.param("group").to_lowercase();
    remove(request, tx, &id)?;
    Ok(Reply::empty(204))
}

/// Deletes a group; it can be restored for a while.
pub(in crate::sandbox::graph) fn remove(
    request: &Request,
    tx: &mut Tx<'_>,
    id: &str,
) -> Result<(), Refusal> {
    let tenant = admit_to_change(request, tx, &WRITE)?.tenant.clone();
    let group = find(tx, &tenant, id).ok_or_else(|| missing(id))?;
    let mut group = group.clone();
    if group.assignable {
        admit(request, tx, &ASSIGNABLE)?;
    }
    group.deleted = Some(tx.now());
    put(tx, group);
    Ok(())
}
