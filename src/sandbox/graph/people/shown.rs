//! A user as Graph shows it: every property of the reference (§8), `null` where nothing is known. What
//! is left of it is the query's matter.

use serde_json::{Map, Value, json};

use super::Person;
use crate::sandbox::graph::licences::{plans_of, service_of};
use crate::sandbox::partner::group_seats::Violation;
use crate::sandbox::store::Assignment;

/// Texts that are kept under their own names.
pub(in crate::sandbox::graph) const TEXTS: &[&str] = &[
    "jobTitle",
    "department",
    "companyName",
    "employeeId",
    "officeLocation",
    "mobilePhone",
    "city",
    "state",
    "streetAddress",
    "postalCode",
    "country",
    "preferredLanguage",
    "passwordPolicies",
];

/// Shows a user, whole.
pub(in crate::sandbox::graph) fn shown(person: &Person) -> Value {
    let Person { user, profile, .. } = person;
    let phones: Vec<&String> = user.phone_number.iter().collect();
    let guest = profile.invited.as_ref();
    let mail = guest.map(|(address, _)| address.as_str());
    let mail = mail.or_else(|| person.mailbox());
    let proxies: Vec<String> = mail.iter().map(|mail| format!("SMTP:{mail}")).collect();
    let mut row = json!({
        "id": user.id,
        "businessPhones": phones,
        "displayName": user.display_name,
        "givenName": user.first_name,
        "mail": mail,
        "surname": user.last_name,
        "userPrincipalName": user.upn,
        "deletedDateTime": user.deleted.as_ref().map(|(at, _)| at),
        "accountEnabled": person.enabled,
        "createdDateTime": person.created,
        "creationType": guest.map(|_| "Invitation"),
        "externalUserState": guest.map(|(_, accepted)| accepted_word(*accepted)),
        "identities": identities(person),
        "lastPasswordChangeDateTime": profile.password_set.unwrap_or(person.created),
        "mailNickname": nickname(person),
        "onPremisesImmutableId": user.immutable_id,
        "onPremisesSyncEnabled": null,
        "otherMails": profile.other_mails,
        "passwordProfile": null,
        "proxyAddresses": proxies,
        "signInActivity": profile.signed_in.map(|at| json!({ "lastSignInDateTime": at })),
        "signInSessionsValidFromDateTime": profile.sessions_from.unwrap_or(person.created),
        "usageLocation": user.usage_location,
        "userType": if profile.guest { "Guest" } else { "Member" },
    });
    for name in TEXTS {
        row[*name] = json!(profile.texts.get(*name));
    }
    if let Some(members) = row.as_object_mut() {
        members.extend(licensed(person));
    }
    row
}

fn accepted_word(accepted: bool) -> &'static str {
    if accepted {
        "Accepted"
    } else {
        "PendingAcceptance"
    }
}

/// Returns the part of a user's addresses before the `@`.
pub(in crate::sandbox::graph) fn nickname(person: &Person) -> &str {
    let own = person.user.upn.split('@').next().unwrap_or_default();
    person.profile.nickname.as_deref().unwrap_or(own)
}

/// Names under which the user signs in (the words for a guest are (unconfirmed)).
fn identities(person: &Person) -> Value {
    let upn = &person.user.upn;
    let domain = upn.rsplit('@').next().unwrap_or_default();
    match &person.profile.invited {
        Some(_) => json!([{
            "signInType": "federated",
            "issuer": "ExternalAzureAD",
            "issuerAssignedId": null,
        }]),
        None => json!([{
            "signInType": "userPrincipalName",
            "issuer": domain,
            "issuerAssignedId": upn,
        }]),
    }
}

/// What follows from the licences that the user has.
fn licensed(person: &Person) -> Map<String, Value> {
    let held = person.licences();
    let assigned: Vec<Value> = held
        .iter()
        .map(|held| json!({ "disabledPlans": held.excluded, "skuId": held.sku }))
        .collect();
    let own = person.user.licences.iter().map(|held| (None, held));
    let given = person
        .inherited
        .iter()
        .map(|(group, held)| (Some(group.as_str()), held));
    let in_force = own.chain(given).map(|(group, held)| (group, held, None));
    let withheld = person
        .withheld
        .iter()
        .map(|one| (Some(one.group.as_str()), &one.licence, one.violation));
    let states: Vec<Value> = in_force
        .chain(withheld)
        .map(|(group, held, violation)| state(person, group, held, violation))
        .collect();
    let plans = held
        .iter()
        .flat_map(|held| plans_of(held).map(move |plan| (held, plan)));
    let (assigned_plans, provisioned): (Vec<Value>, Vec<Value>) = plans
        .map(|(held, plan)| {
            let service = service_of(plan);
            let assigned = json!({
                "assignedDateTime": held.since.unwrap_or(person.created),
                "capabilityStatus": "Enabled",
                "service": service,
                "servicePlanId": plan.id,
            });
            let provisioned = json!({
                "capabilityStatus": "Enabled",
                "provisioningStatus": "Success",
                "service": service,
            });
            (assigned, provisioned)
        })
        .unzip();
    [
        ("assignedLicenses", assigned),
        ("licenseAssignmentStates", states),
        ("assignedPlans", assigned_plans),
        ("provisionedPlans", provisioned),
    ]
    .into_iter()
    .map(|(name, values)| (name.to_owned(), Value::Array(values)))
    .collect()
}

fn state(
    person: &Person,
    group: Option<&str>,
    held: &Assignment,
    violation: Option<Violation>,
) -> Value {
    json!({
        "assignedByGroup": group,
        "disabledPlans": held.excluded,
        "error": violation.map_or("None", Violation::as_str),
        "lastUpdatedDateTime": held.since.unwrap_or(person.created),
        "skuId": held.sku,
        "state": if violation.is_some() { "Error" } else { "Active" },
    })
}
