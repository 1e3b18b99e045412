//! What a body says of a group, and what a group may be: its kind, its rule, its names. Source: graph
//! reference §9, §15.7.

use serde_json::Value;

use super::links::ASSIGNABLE;
use super::rule::Rule;
use super::shape::nickname;
use crate::sandbox::graph::access::admit;
use crate::sandbox::graph::body::{Body, bad};
use crate::sandbox::graph::registration::is_premium;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::{Group, GroupKind, MembershipRule, Tx};

/// Texts that are only kept.
const KEPT: [&str; 5] = [
    "classification",
    "theme",
    "preferredLanguage",
    "preferredDataLocation",
    "uniqueName",
];

const VISIBILITIES: [&str; 3] = ["Private", "Public", "HiddenMembership"];
const LONGEST_NAME: usize = 256;
const LONGEST_NICKNAME: usize = 64;

/// Reads what kind of group is meant. Those with a mailbox that are no Microsoft 365 groups are made
/// elsewhere.
pub(super) fn kind(body: &Body<'_>) -> Result<GroupKind, Refusal> {
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
pub(super) fn rule(
    tx: &Tx<'_>,
    tenant: &str,
    body: &Body<'_>,
) -> Result<Option<MembershipRule>, Refusal> {
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
pub(super) fn check_rule(tx: &Tx<'_>, tenant: &str, text: &str) -> Result<(), Refusal> {
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

pub(super) fn paused(body: &Body<'_>) -> Result<Option<bool>, Refusal> {
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
pub(super) fn check_assignable(
    request: &Request,
    tx: &Tx<'_>,
    group: &Group,
) -> Result<(), Refusal> {
    admit(request, tx, &ASSIGNABLE)?;
    if group.rule.is_some() || group.kind == (GroupKind::Unified { secures: false }) {
        let text =
            "A group that is assignable to roles must be security-enabled and cannot be dynamic.";
        return Err(bad(text));
    }
    Ok(())
}

pub(super) fn name(name: &str) -> Result<&str, Refusal> {
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
        let text = "Invalid value specified for property 'displayName' of resource 'Group'.";
        return Err(bad(text));
    }
    Ok(name)
}

/// Lays what may be written at any time over a group.
pub(super) fn lay(body: &Body<'_>, group: &mut Group) -> Result<(), Refusal> {
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
pub(super) fn check_nickname(tx: &Tx<'_>, group: &Group) -> Result<(), Refusal> {
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
