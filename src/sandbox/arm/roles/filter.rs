//! Which assignments a list is to have: at, above or below a scope; those of a principal. Source: arm
//! reference §10.7; what a list holds without a filter is not documented.

use crate::sandbox::arm::access::{Who, covers};
use crate::sandbox::arm::id::Id;
use crate::sandbox::entra::gdap;
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{AzureRole, World};

/// A filter that was read.
#[derive(Debug)]
pub(super) struct Filter {
    /// Only what is in force at the scope: not what is given below it.
    at_scope: bool,
    principal: Option<String>,
    /// A principal that counts with its groups.
    assigned_to: Option<Vec<Who>>,
}

impl Filter {
    /// Reads `atScope()`, `principalId eq '…'` and `assignedTo('…')`, joined by `and`.
    pub(super) fn read(world: &World, tenant: &str, filter: &str) -> Result<Self, Refusal> {
        let mut read = Self {
            at_scope: false,
            principal: None,
            assigned_to: None,
        };
        for part in filter.split(" and ").map(str::trim) {
            if part.is_empty() {
                continue;
            }
            if part.eq_ignore_ascii_case("atScope()") {
                read.at_scope = true;
            } else if let Some(id) = quoted(part, "principalId") {
                read.principal = Some(id.to_lowercase());
            } else if let Some(id) = called(part, "assignedTo") {
                read.assigned_to = Some(meant(world, tenant, &id.to_lowercase()));
            } else {
                return Err(unsupported(filter));
            }
        }
        Ok(read)
    }

    /// Tells whether an assignment belongs into the list of a scope: given there, above or below.
    pub(super) fn fits(&self, role: &AzureRole, scope: &Id) -> bool {
        let key = scope.key();
        let near = covers(&role.scope, &key) || (!self.at_scope && covers(&key, &role.scope));
        let own = self
            .principal
            .as_ref()
            .is_none_or(|id| *id == role.principal);
        let to = self.assigned_to.as_ref();
        near && own && to.is_none_or(|to| to.iter().any(|who| who.has(role)))
    }
}

/// Returns whom an id may mean: an object of the tenant's directory, or of the partner's.
fn meant(world: &World, tenant: &str, id: &str) -> Vec<Who> {
    let mut all = vec![
        Who::principal(world, tenant, id),
        Who::principal(world, HOME, id),
    ];
    let foreign = gdap::partner_user(world, tenant, id);
    all.extend(foreign.map(|staff| Who::principal(world, HOME, &staff.id)));
    all
}

/// Returns the text of `field eq 'text'`.
pub(super) fn quoted<'a>(part: &'a str, field: &str) -> Option<&'a str> {
    let (name, rest) = part.split_once(' ')?;
    let rest = rest.trim_start().strip_prefix("eq ")?.trim();
    let inner = rest.strip_prefix('\'')?.strip_suffix('\'')?;
    name.eq_ignore_ascii_case(field).then_some(inner)
}

/// Returns the text of `name('text')`.
fn called<'a>(part: &'a str, name: &str) -> Option<&'a str> {
    let (head, rest) = part.split_once('(')?;
    let inner = rest.strip_suffix(')')?.trim();
    let inner = inner.strip_prefix('\'')?.strip_suffix('\'')?;
    head.eq_ignore_ascii_case(name).then_some(inner)
}

/// Refuses a filter.
pub(super) fn unsupported(filter: &str) -> Refusal {
    let text = format!("The filter '{filter}' is not supported.");
    Refusal::new(400, "BadRequest", text)
}
