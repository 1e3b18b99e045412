//! How a group looks, and what queries may ask of groups. Source: graph reference §2.1, §9.

use serde_json::{Value, json};

use crate::base::clock::Timestamp;
use crate::sandbox::entra::tenants;
use crate::sandbox::graph::odata::{GROUP_USUAL, Kind};
use crate::sandbox::partner::dates::plus_days;
use crate::sandbox::partner::group_seats::{self, Processing};
use crate::sandbox::store::{Group, GroupKind, World, key};

/// How long a deleted group can be restored, in days.
const KEPT_DAYS: i64 = 30;

/// How groups behave in queries.
pub(in crate::sandbox::graph) const KIND: Kind = Kind {
    name: "Group",
    usual: GROUP_USUAL,
    filter: &[
        ("id", "eq in; ne not"),
        ("displayName", "eq in startsWith ge le; ne not"),
        ("description", "eq in startsWith ge le; ne not"),
        ("mail", "eq in startsWith ge le; ne not endsWith"),
        ("mailNickname", "eq in startsWith ge le; ne not"),
        ("mailEnabled", "eq; ne not"),
        ("securityEnabled", "eq in; ne not"),
        ("groupTypes", "eq; not"),
        ("proxyAddresses", "eq startsWith; not endsWith"),
        ("createdDateTime", "eq in ge le; ne not"),
        ("isAssignableToRole", "eq; ne not"),
        ("membershipRule", "eq in startsWith ge le; ne not"),
        ("membershipRuleProcessingState", "eq in; ne not"),
        ("classification", "eq in startsWith ge le; ne not"),
        ("preferredLanguage", "eq in startsWith ge le; ne not"),
        ("onPremisesSyncEnabled", "eq in; ne not"),
        ("assignedLicenses/skuId", "eq; not"),
        ("assignedLicenses/$count", "; eq ne"),
        ("resourceProvisioningOptions", "eq; not"),
        ("uniqueName", "eq in; ne not"),
    ],
    order: (&["displayName"], &["createdDateTime", "mail"]),
    search: &["displayName", "description", "mail", "mailNickname"],
    expand: &["members", "owners", "memberOf"],
    most: 999,
    page: 100,
    directory: true,
};

/// Properties that come on request only, and of one group only.
const ALONE: [(&str, bool); 5] = [
    ("allowExternalSenders", false),
    ("autoSubscribeNewMembers", false),
    ("hideFromAddressLists", false),
    ("hideFromOutlookClients", false),
    ("isSubscribedByMail", true),
];

/// Finds a group that is not deleted.
pub(in crate::sandbox::graph) fn find<'w>(
    world: &'w World,
    tenant: &str,
    id: &str,
) -> Option<&'w Group> {
    let group = world.directory.groups.get(&key(&[tenant, id]));
    group.filter(|group| group.deleted.is_none())
}

/// Tells whether a group is deleted and can still be restored.
pub(in crate::sandbox::graph) fn is_kept(group: &Group, now: Timestamp) -> bool {
    let deleted = group.deleted;
    deleted.is_some_and(|at| plus_days(at, KEPT_DAYS) > now)
}

/// Returns the name before the `@` of a group's address.
pub(super) fn nickname(group: &Group) -> String {
    let given = group.nickname.clone();
    given.unwrap_or_else(|| group.name.replace(' ', ""))
}

/// Shows a group, whole and with its type.
pub(in crate::sandbox::graph) fn shown(world: &World, group: &Group) -> Value {
    let (unified, secures) = match group.kind {
        GroupKind::Security => (false, true),
        GroupKind::Unified { secures } => (true, secures),
    };
    let nickname = nickname(group);
    let mail = unified
        .then(|| tenants::find(world, &group.tenant))
        .flatten()
        .map(|tenant| format!("{nickname}@{}", tenant.domains[0]));
    let addresses: Vec<String> = mail.iter().map(|mail| format!("SMTP:{mail}")).collect();
    let kinds = [
        ("Unified", unified),
        ("DynamicMembership", group.rule.is_some()),
    ];
    let kinds: Vec<&str> = kinds
        .iter()
        .filter(|kind| kind.1)
        .map(|kind| kind.0)
        .collect();
    let rule = group.rule.as_ref();
    let state = rule.map(|rule| if rule.paused { "Paused" } else { "On" });
    let given = group_seats::of_group(world, &group.tenant, &group.id);
    let processed = given.as_ref().map(|(_, processing)| {
        let state = match processing {
            Processing::Queued => "QueuedForProcessing",
            Processing::Complete => "ProcessingComplete",
        };
        json!({ "state": state })
    });
    let licences: Vec<Value> = given
        .iter()
        .flat_map(|(rows, _)| rows)
        .map(|row| json!({ "disabledPlans": row.excluded, "skuId": row.sku }))
        .collect();
    let mut row = json!({
        "@odata.type": "#microsoft.graph.group",
        "id": group.id,
        "createdDateTime": group.created,
        "deletedDateTime": group.deleted,
        "description": Some(&group.description).filter(|text| !text.is_empty()),
        "displayName": group.name,
        "expirationDateTime": null,
        "groupTypes": kinds,
        "isAssignableToRole": group.assignable.then_some(true),
        "mail": mail,
        "mailEnabled": unified,
        "mailNickname": nickname,
        "membershipRule": rule.map(|rule| &rule.text),
        "membershipRuleProcessingState": state,
        "proxyAddresses": addresses,
        "renewedDateTime": group.created,
        "resourceBehaviorOptions": [],
        "resourceProvisioningOptions": [],
        "onPremisesProvisioningErrors": [],
        "serviceProvisioningErrors": [],
        "securityEnabled": secures,
        "securityIdentifier": security_identifier(&group.id),
        "visibility": group.visibility,
        "assignedLabels": [],
        "assignedLicenses": licences,
        "licenseProcessingState": processed,
    });
    for name in KIND.usual {
        if row.get(*name).is_none() {
            row[*name] = group.more.get(*name).cloned().unwrap_or_default();
        }
    }
    row
}

/// Adds what only one group alone shows.
pub(super) fn alone(mut row: Value) -> Value {
    for (name, value) in ALONE {
        row[name] = value.into();
    }
    row["unseenCount"] = 0.into();
    row
}

/// Returns the SID that belongs to an object id: its 16 bytes as four numbers.
fn security_identifier(id: &str) -> Option<String> {
    let bytes = uuid::Uuid::try_parse(id).ok()?.to_bytes_le();
    let numbers = bytes.chunks_exact(4).map(|part| {
        let part = [part[0], part[1], part[2], part[3]];
        u32::from_le_bytes(part).to_string()
    });
    Some(format!(
        "S-1-12-1-{}",
        numbers.collect::<Vec<_>>().join("-")
    ))
}
