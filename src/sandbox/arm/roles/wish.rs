//! What an assignment is to be: the body of a PUT, and the refusals of a wrong one. Source: arm
//! reference §4, §10.7; codes and texts that it does not name are this sandbox's choice.

use std::time::Duration;

use serde_json::{Map, Value};

use super::definitions::{self, Definition, unknown};
use crate::base::clock::{Timestamp, later};
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::entra::tenants;
use crate::sandbox::partner::scope;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Tx, User, key};

/// How long a new service principal is not found everywhere (the service: seconds to minutes).
const REPLICATION: Duration = Duration::from_secs(20);

/// Types that a body may name.
const TYPES: &[&str] = &[
    "User",
    "Group",
    "ServicePrincipal",
    "ForeignGroup",
    "Device",
];

/// What is wished.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) role: &'static Definition,
    pub(super) principal: String,
    pub(super) kind: &'static str,
    pub(super) description: Option<String>,
    pub(super) condition: Option<String>,
    pub(super) condition_version: Option<String>,
}

impl Wish {
    /// Reads a body for a scope in a tenant. `scope` in the body is read-only and ignored.
    pub(super) fn read(
        tx: &Tx<'_>,
        tenant: &str,
        scope: &Id,
        body: &Map<String, Value>,
    ) -> Result<Self, Refusal> {
        let properties = body::member(body, "properties")?;
        let role = role(body::need(&properties, "roleDefinitionId")?, scope)?;
        let principal = body::need(&properties, "principalId")?;
        let Ok(id) = uuid::Uuid::try_parse(principal) else {
            let text = format!(
                "The principal ID '{principal}' is not valid. Principal ID must be a GUID."
            );
            return Err(Refusal::new(400, "InvalidPrincipalId", text));
        };
        let principal = id.to_string();
        let told = body::text(&properties, "principalType")?;
        let told = told
            .map(|told| body::one_of("principalType", told, TYPES))
            .transpose()?;
        let owned = |name: &str| Ok(body::text(&properties, name)?.map(str::to_owned));
        Ok(Self {
            role,
            kind: kind(tx, tenant, &principal, told)?,
            principal,
            description: owned("description")?,
            condition: owned("condition")?,
            condition_version: owned("conditionVersion")?,
        })
    }
}

/// Returns the role of a full id, with or without the subscription before it.
fn role(id: &str, scope: &Id) -> Result<&'static Definition, Refusal> {
    let parsed = Id::parse(id).filter(|id| {
        let kind = id.kind().unwrap_or_default();
        kind.eq_ignore_ascii_case("Microsoft.Authorization/roleDefinitions")
    });
    let Some(parsed) = parsed else {
        let text =
            format!("The role definition ID '{id}' is not valid: it is the full id of a role.");
        return Err(Refusal::new(400, "BadRequestFormat", text));
    };
    let elsewhere = parsed.subscription.is_some() && parsed.subscription != scope.subscription;
    definitions::find(parsed.name())
        .filter(|_| !elsewhere)
        .ok_or_else(|| unknown(parsed.name(), 400))
}

/// Returns the type of a principal, or refuses one that is not found in the directory: a service
/// principal that was just made is not, unless the caller says what it is. A group of the partner is
/// only found when it is said to be one.
fn kind(
    tx: &Tx<'_>,
    tenant: &str,
    principal: &str,
    told: Option<&'static str>,
) -> Result<&'static str, Refusal> {
    let missing = || {
        let text = format!(
            "Principal {} does not exist in the directory {tenant}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.",
            principal.replace('-', "")
        );
        Refusal::new(400, "PrincipalNotFound", text)
    };
    if told == Some("ForeignGroup") {
        let group = tx.directory.groups.get(&key(&[HOME, principal]));
        let is_there = group.is_some_and(|group| group.deleted.is_none());
        return is_there.then_some("ForeignGroup").ok_or_else(missing);
    }
    let (kind, created) = found(tx, tenant, principal).ok_or_else(missing)?;
    match told {
        Some(told) if told != kind => {
            let text = format!(
                "The PrincipalId '{principal}' has type '{kind}', which is different from specified PrincipalType '{told}'."
            );
            Err(Refusal::new(400, "UnmatchedPrincipalType", text))
        }
        Some(_) => Ok(kind),
        None => {
            let arrives = created.map(|created| later(created, tx.scaled(REPLICATION)));
            match arrives {
                Some(arrives) if arrives > tx.now() => Err(missing()),
                _ => Ok(kind),
            }
        }
    }
}

/// Finds an object of a directory: its type, and when it was made where that matters.
fn found(tx: &Tx<'_>, tenant: &str, id: &str) -> Option<(&'static str, Option<Timestamp>)> {
    let user = scope::row::<User>(tx, tenant, id);
    if user.is_some_and(|user| user.deleted.is_none()) {
        return Some(("User", None));
    }
    let group = tx.directory.groups.get(&key(&[tenant, id]));
    if group.is_some_and(|group| group.deleted.is_none()) {
        return Some(("Group", None));
    }
    let consents = tenants::consents(tx, tenant).into_iter();
    let mut own = consents.filter(|(_, consent)| consent.principal == id);
    own.next()
        .map(|(_, consent)| ("ServicePrincipal", consent.created))
}
