//! Roles and providers as they should be: what is so already is no failure. A principal that was made
//! seconds ago is not known to Azure yet, and is waited for. Sources: Azure REST API reference, role
//! assignments; Azure built-in roles.

use std::sync::Arc;
use std::time::Duration;

use rhai::Dynamic;

use super::{id, map};
use crate::api::filter::{Filter, FilterOp, FilterValue};
use crate::api::ids::ResourceId;
use crate::base::clock::later;
use crate::base::random;
use crate::base::text::is_guid;
use crate::error::Error;
use crate::script::effects::at_path;
use crate::script::error::{argument, describe};
use crate::script::filter::Condition;
use crate::script::host::Host;
use crate::script::invoke::by_name;
use crate::script::pager::Items;
use crate::script::record::Record;

/// Roles that need not be looked up.
const BUILT_IN: [(&str, &str); 3] = [
    ("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
    ("Contributor", "b24988ac-6180-42a0-ab88-20f7382dd24c"),
    ("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7"),
];
/// Kinds of principals, as the service names them.
const KINDS: [&str; 7] = [
    "User",
    "Group",
    "ServicePrincipal",
    "ForeignGroup",
    "Device",
    "AgentServicePrincipal",
    "AgentUser",
];
/// Between two tries while Azure does not know a principal yet.
const INTERVAL: Duration = Duration::from_secs(10);
/// How long a new principal is waited for. The reference names no bound; seconds are usual.
const PATIENCE: Duration = Duration::from_secs(300);

/// `ensure_owner(subscription, principal[, #{ type }])`.
pub(super) fn owner(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Dynamic::UNIT);
    let (subscription, principal, options) = (next(), next(), next());
    role(host, vec![subscription, principal, "Owner".into(), options])
}

/// `ensure_role(scope, principal, role[, #{ type }])`.
pub(super) fn role(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Dynamic::UNIT);
    let (scope, principal, role, options) = (next(), next(), next(), next());
    let (scope, at) = scope_of(scope)?;
    let given = principal;
    let (principal, kind) = principal_of(&given, &options)?;
    let kind = kind_there(host, &at, &given, kind)?;
    let role = role_of(host, &scope, &at, &role)?;
    let wanted = Wanted {
        host,
        scope,
        at,
        principal,
        kind,
        role,
    };
    match wanted.present()? {
        Some(assignment) => Ok(assignment),
        None => wanted.created(),
    }
}

/// `ensure_registered(subscription, namespace)`.
pub(super) fn registered(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let provider = by_name(host, "arm", "provider", args.clone())?;
    let state = at_path(&provider, "registrationState").map(|state| state.to_string());
    if state.is_some_and(|state| state.eq_ignore_ascii_case("Registered")) {
        return Ok(provider);
    }
    by_name(host, "arm", "register_provider", args)
}

/// Returns a scope as an argument, and its id. The id of a subscription may stand for it.
fn scope_of(scope: Dynamic) -> Result<(Dynamic, ResourceId), Error> {
    let bare = scope
        .as_immutable_string_ref()
        .is_ok_and(|text| is_guid(&text));
    let scope = if bare {
        format!("/subscriptions/{scope}").into()
    } else {
        scope
    };
    let at = id::of("`scope`", &scope)?;
    Ok((scope, at))
}

/// Returns what a principal is in the tenant of a scope: a group of another tenant, such as the
/// partner's admin agents, is a foreign one there; nothing else of another tenant is known.
fn kind_there(
    host: &Host,
    at: &ResourceId,
    given: &Dynamic,
    kind: Option<String>,
) -> Result<Option<String>, Error> {
    let own = given.read_lock::<Record>();
    let own = own.and_then(|record| record.origin().tenant.clone());
    let there = at.subscription.as_ref().and_then(|id| host.seen.tenant(id));
    let (Some(own), Some(there)) = (own, there) else {
        return Ok(kind);
    };
    // A domain does not tell whether it is another tenant's.
    if !is_guid(&own) || !is_guid(&there) || own.eq_ignore_ascii_case(&there) {
        return Ok(kind);
    }
    if let Some("Group" | "ForeignGroup") = kind.as_deref() {
        return Ok(Some("ForeignGroup".to_owned()));
    }
    let message = format!("this principal is of tenant {own}, and the scope is in {there}");
    let help = "give the guest, group or service principal that it is in that tenant";
    Err(argument(message).help(help))
}

/// Returns the object id of a principal, and what it is where that is known.
fn principal_of(given: &Dynamic, options: &Dynamic) -> Result<(String, Option<String>), Error> {
    let told = kind(options)?;
    let shown = given.read_lock::<Record>().map(|record| record.kind());
    if shown == Some("Application") {
        let message = "an application gets no role: its service principal in that tenant does";
        return Err(argument(message)
            .help("see `graph::service_principals(tenant)`, where `appId` is the application's"));
    }
    // Partner Center's users are those of the directory; its customers have a GUID as well.
    let other = given
        .read_lock::<Record>()
        .is_some_and(|record| record.service().name != "graph" && !record.kind().contains("User"));
    let found = at_path(given, "id").unwrap_or_else(|| given.clone());
    let id = found
        .as_immutable_string_ref()
        .ok()
        .filter(|id| is_guid(id) && !other);
    let Some(id) = id else {
        let what = describe(given);
        return Err(argument(format!(
            "a principal is a user, group or service principal of Microsoft Graph, or its object id, not {what}"
        )));
    };
    let of_record = shown.filter(|kind| KINDS.contains(kind)).map(str::to_owned);
    Ok((id.to_lowercase(), told.or(of_record)))
}

fn kind(options: &Dynamic) -> Result<Option<String>, Error> {
    if options.is_unit() {
        return Ok(None);
    }
    let map = options.as_map_ref().map_err(|_| {
        let what = describe(options);
        argument(format!("the options must be a map, not {what}"))
    })?;
    if let Some(name) = map.keys().find(|name| *name != "type") {
        return Err(argument(format!("there is no option `{name}`")).help("there is: type"));
    }
    let Some(given) = map.get("type").filter(|kind| !kind.is_unit()) else {
        return Ok(None);
    };
    let named = given.to_string();
    let known = KINDS.iter().find(|kind| kind.eq_ignore_ascii_case(&named));
    known.map(|kind| Some((*kind).to_owned())).ok_or_else(|| {
        let what = describe(given);
        argument(format!("`type` of a principal cannot be {what}"))
            .help(format!("it is one of {}", KINDS.join(", ")))
    })
}

/// Returns the whole id of a role: of a record, as given, of a GUID, or looked up by its name.
fn role_of(
    host: &Arc<Host>,
    scope: &Dynamic,
    at: &ResourceId,
    role: &Dynamic,
) -> Result<String, Error> {
    let own = at_path(role, "id").unwrap_or_else(|| role.clone());
    let Ok(text) = own.as_immutable_string_ref().map(|text| text.to_string()) else {
        let what = describe(role);
        return Err(argument(format!(
            "a role is a name such as \"Contributor\", a GUID, or a record of `arm::role_definitions`, not {what}"
        )));
    };
    if text.starts_with('/') {
        return Ok(text);
    }
    let built_in = BUILT_IN
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(&text));
    let guid = match built_in {
        Some((_, guid)) => (*guid).to_owned(),
        None if is_guid(&text) => text,
        None => return named(host, scope, &text),
    };
    let place = at
        .subscription
        .as_ref()
        .map(|id| format!("/subscriptions/{id}"));
    let place = place.unwrap_or_default();
    Ok(format!(
        "{place}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
    ))
}

/// Looks a role up by its name.
fn named(host: &Arc<Host>, scope: &Dynamic, name: &str) -> Result<String, Error> {
    let found = list(host, "role_definitions", scope, "roleName", name)?;
    let same = |role: &&Dynamic| {
        at_path(role, "properties.roleName")
            .is_some_and(|own| own.to_string().eq_ignore_ascii_case(name))
    };
    let id = found.iter().find(same).and_then(|role| at_path(role, "id"));
    id.map(|id| id.to_string()).ok_or_else(|| {
        argument(format!("there is no role called {name:?}"))
            .help("see `arm::role_definitions(scope).map(|role| role.properties.roleName)`")
    })
}

/// Reads a list at a scope by the value of one field.
fn list(
    host: &Arc<Host>,
    operation: &str,
    scope: &Dynamic,
    field: &str,
    value: &str,
) -> Result<Vec<Dynamic>, Error> {
    let condition = Condition(Filter::Compare {
        field: field.to_owned(),
        op: FilterOp::Eq,
        value: FilterValue::Text(value.to_owned()),
    });
    let options = map([("filter", Dynamic::from(condition))]);
    let args = vec![scope.clone(), options.into()];
    let list = by_name(host, "arm", operation, args)?;
    Items::of(&list).map_or(Ok(Vec::new()), Iterator::collect)
}

/// An assignment that there should be.
struct Wanted<'a> {
    host: &'a Arc<Host>,
    scope: Dynamic,
    at: ResourceId,
    principal: String,
    kind: Option<String>,
    /// The whole id of the role.
    role: String,
}

impl Wanted<'_> {
    /// Returns the assignment, if it is there: of that role, right at the scope.
    fn present(&self) -> Result<Option<Dynamic>, Error> {
        let found = list(
            self.host,
            "role_assignments",
            &self.scope,
            "principalId",
            &self.principal,
        )?;
        let at = self.at.to_string();
        let guid = last(&self.role);
        let is_it = |assignment: &Dynamic| {
            let text = |path| at_path(assignment, path).map(|value| value.to_string());
            let role = text("properties.roleDefinitionId");
            let scope = text("properties.scope");
            role.is_some_and(|role| last(&role).eq_ignore_ascii_case(guid))
                && scope.is_some_and(|scope| scope.eq_ignore_ascii_case(&at))
        };
        Ok(found.into_iter().find(is_it))
    }

    /// Makes the assignment; waits for a principal that Azure does not know yet.
    fn created(&self) -> Result<Dynamic, Error> {
        let name = random::guid().to_string();
        let mut properties = map([
            ("roleDefinitionId", self.role.clone().into()),
            ("principalId", self.principal.clone().into()),
        ]);
        if let Some(kind) = &self.kind {
            properties.insert("principalType".into(), kind.clone().into());
        }
        let body = map([("properties", properties.into())]);
        let deadline = later(self.host.clock().now(), PATIENCE);
        loop {
            let args = vec![self.scope.clone(), name.clone().into(), body.clone().into()];
            let refusal = match by_name(self.host, "arm", "create_role_assignment", args) {
                Err(refusal) => refusal,
                made => return made,
            };
            if is(&refusal, "RoleAssignmentExists") {
                return self.present()?.ok_or(refusal);
            }
            let next = later(self.host.clock().now(), INTERVAL);
            if !is(&refusal, "PrincipalNotFound") || next > deadline {
                return Err(refusal);
            }
            self.host.wait(INTERVAL)?;
        }
    }
}

fn last(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}

fn is(error: &Error, code: &str) -> bool {
    let fault = error.parts().fault.as_ref();
    fault.is_some_and(|fault| fault.code == code)
}
