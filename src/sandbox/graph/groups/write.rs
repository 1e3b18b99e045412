//! Makes, changes and deletes groups. Source: graph reference §9, §15.7.

use serde_json::{Map, Value};

use super::links::{ASSIGNABLE, OWNERS, add, put};
use super::rule::Rule;
use super::shape::nickname;
use super::{KIND, WRITE, find, named, shown};
use crate::sandbox::graph::access::{Standing, admit, missing, standing};
use crate::sandbox::graph::body::{self, Body, bad};
use crate::sandbox::graph::objects::{admit_to_change, invalid_operation, refer, untyped};
use crate::sandbox::graph::odata::created;
use crate::sandbox::graph::registration::is_premium;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Group, GroupKind, MembershipRule, Tx};

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

/// Texts that are only kept.
const KEPT: [&str; 5] = [
    "classification",
    "theme",
    "preferredLanguage",
    "preferredDataLocation",
    "uniqueName",
];

const VISIBILITIES: [&str; 3] = ["Private", "Public", "HiddenMembership"];
/// The greatest number of references that one request may add.
const MOST_BOUND: usize = 20;
const LONGEST_NAME: usize = 256;
const LONGEST_NICKNAME: usize = 64;

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

/// Reads what kind of group is meant. Those with a mailbox that are no Microsoft 365 groups are made
/// elsewhere.
fn kind(body: &Body<'_>) -> Result<GroupKind, Refusal> {
    let mail = body.need_flag("mailEnabled")?;
    let secures = body.need_flag("securityEnabled")?;
    let kinds = body.texts("groupTypes")?.unwrap_or_default();
    let known = ["Unified", "DynamicMembership"];
    if let Some(kind) = kinds.iter().find(|kind| !known.contains(kind)) {
        let text = format!("Invalid value '{kind}' specified for property 'groupTypes'.");
        return Err(bad(text));
    }
    match (kinds.contains(&"Unified"), mail, secures) {
        (true, true, secures) => Ok(GroupKind::Unified { secures }),
        (true, false, _) => Err(bad(
            "The property 'mailEnabled' must be true for a group of the type 'Unified'.",
        )),
        (false, false, true) => Ok(GroupKind::Security),
        (false, ..) => Err(bad(
            "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.",
        )),
    }
}

/// Reads the rule of a dynamic group, which must have one; no other may.
fn rule(tx: &Tx<'_>, tenant: &str, body: &Body<'_>) -> Result<Option<MembershipRule>, Refusal> {
    let kinds = body.texts("groupTypes")?.unwrap_or_default();
    let text = body.text("membershipRule")?;
    if !kinds.contains(&"DynamicMembership") {
        return match text {
            None => Ok(None),
            Some(_) => Err(bad(
                "The property 'membershipRule' is for groups of the type 'DynamicMembership' only.",
            )),
        };
    }
    let text = body.need_text("membershipRule")?.to_owned();
    check_rule(tx, tenant, &text)?;
    let paused = paused(body)?.unwrap_or(false);
    Ok(Some(MembershipRule { text, paused }))
}

/// A rule can be applied here, and only a tenant with Entra ID P1 may have one. Both texts are this
/// sandbox's.
fn check_rule(tx: &Tx<'_>, tenant: &str, text: &str) -> Result<(), Refusal> {
    if !is_premium(tx, tenant) {
        return Err(bad("Dynamic membership needs Entra ID P1 in the tenant."));
    }
    let invalid = |problem| {
        bad(format!(
            "Invalid value specified for property 'membershipRule' of resource 'Group': {problem}."
        ))
    };
    Rule::read(text).map(drop).map_err(invalid)
}

fn paused(body: &Body<'_>) -> Result<Option<bool>, Refusal> {
    match body.text("membershipRuleProcessingState")? {
        None => Ok(None),
        Some("On") => Ok(Some(false)),
        Some("Paused") => Ok(Some(true)),
        Some(other) => Err(bad(format!(
            "Invalid value '{other}' specified for property 'membershipRuleProcessingState'."
        ))),
    }
}

/// A group that gets directory roles is a secure one whose members are chosen, by who may give roles.
fn check_assignable(request: &Request, tx: &Tx<'_>, group: &Group) -> Result<(), Refusal> {
    admit(request, tx, &ASSIGNABLE)?;
    if group.rule.is_some() || group.kind == (GroupKind::Unified { secures: false }) {
        let text =
            "A group that is assignable to roles must be security-enabled and cannot be dynamic.";
        return Err(bad(text));
    }
    Ok(())
}

fn name(name: &str) -> Result<&str, Refusal> {
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
        let text = "Invalid value specified for property 'displayName' of resource 'Group'.";
        return Err(bad(text));
    }
    Ok(name)
}

/// Lays what may be written at any time over a group.
fn lay(body: &Body<'_>, group: &mut Group) -> Result<(), Refusal> {
    if body.has("description") {
        let text = body.text("description")?;
        text.unwrap_or_default().clone_into(&mut group.description);
    }
    if let Some(visibility) = body.text("visibility")? {
        let unified = group.kind != GroupKind::Security;
        let hidden = visibility == "HiddenMembership";
        let late = hidden && !group.id.is_empty();
        if !VISIBILITIES.contains(&visibility) || late || (hidden && !unified) {
            return Err(bad(format!(
                "Invalid value '{visibility}' specified for property 'visibility' of resource 'Group'."
            )));
        }
        group.visibility = Some(visibility.to_owned());
    }
    for name in KEPT.into_iter().filter(|name| body.has(name)) {
        let text = body.text(name)?.map(Value::from);
        group.more.insert(name.to_owned(), text.unwrap_or_default());
    }
    Ok(())
}

/// The name before the `@` is of letters that addresses have; among groups with a mailbox it is one
/// group's alone.
fn check_nickname(tx: &Tx<'_>, group: &Group) -> Result<(), Refusal> {
    let wanted = nickname(group);
    let is_odd = |letter: char| !letter.is_ascii() || "@()\\[]\";:<>, ".contains(letter);
    if wanted.is_empty() || wanted.len() > LONGEST_NICKNAME || wanted.contains(is_odd) {
        let text = "Invalid value specified for property 'mailNickname' of resource 'Group'.";
        return Err(bad(text));
    }
    let mut groups = tx.directory.groups.under(&group.tenant);
    let is_taken = group.kind != GroupKind::Security
        && groups.any(|(_, other)| {
            other.id != group.id
                && other.deleted.is_none()
                && other.kind != GroupKind::Security
                && nickname(other).eq_ignore_ascii_case(&wanted)
        });
    if is_taken {
        let text = "Another object with the same value for property mailNickname already exists.";
        return Err(bad(text));
    }
    Ok(())
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
