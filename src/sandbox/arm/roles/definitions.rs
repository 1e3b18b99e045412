//! The built-in roles: what each allows. The reference gives the ids of Owner, Contributor, Reader and
//! User Access Administrator; the other ids, and what the roles allow in detail, are not confirmed and
//! stand here alone. Source: arm reference §10.7.

use serde_json::{Value, json};

use super::VERSIONS;
use crate::sandbox::arm::access::{exists, pass, scope, version};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::page;
use crate::sandbox::entra::roles::AZURE_OWNER;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[
    Route::arm(
        "GET",
        "/{*scope}/providers/Microsoft.Authorization/roleDefinitions",
        list,
    ),
    Route::arm(
        "GET",
        "/{*scope}/providers/Microsoft.Authorization/roleDefinitions/{role}",
        get,
    ),
];

/// A role.
#[derive(Debug)]
pub(in crate::sandbox::arm) struct Definition {
    pub(in crate::sandbox::arm) id: &'static str,
    name: &'static str,
    description: &'static str,
    actions: &'static [&'static str],
    not_actions: &'static [&'static str],
}

macro_rules! roles {
    ($($name:literal = $id:expr, $description:literal, $actions:expr, $not:expr;)*) => {
        const ALL: &[Definition] = &[$(Definition {
            id: $id,
            name: $name,
            description: $description,
            actions: &$actions,
            not_actions: &$not,
        },)*];
    };
}

/// What whoever manages resources of one kind may do besides.
macro_rules! with {
    ($($own:literal),* $(,)?) => {
        [
            "Microsoft.Authorization/*/read",
            "Microsoft.Resources/deployments/*",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            $($own,)*
        ]
    };
}

roles! {
    "Owner" = AZURE_OWNER,
        "Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.",
        ["*"], [];
    "Contributor" = "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC.",
        ["*"],
        ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write", "Microsoft.Authorization/elevateAccess/Action"];
    "Reader" = "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "View all resources, but does not allow you to make any changes.",
        ["*/read"], [];
    "User Access Administrator" = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "Lets you manage user access to Azure resources.",
        ["*/read", "Microsoft.Authorization/*"], [];
    "Virtual Machine Contributor" = "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
        "Lets you manage virtual machines, but not access to them, and not the virtual network or storage account they're connected to.",
        with!["Microsoft.Compute/availabilitySets/*", "Microsoft.Compute/locations/*", "Microsoft.Compute/virtualMachines/*", "Microsoft.Compute/disks/write", "Microsoft.Compute/disks/read", "Microsoft.Compute/disks/delete", "Microsoft.Network/networkInterfaces/*", "Microsoft.Network/networkSecurityGroups/join/action", "Microsoft.Network/networkSecurityGroups/read", "Microsoft.Network/publicIPAddresses/join/action", "Microsoft.Network/publicIPAddresses/read", "Microsoft.Network/virtualNetworks/read", "Microsoft.Network/virtualNetworks/subnets/join/action", "Microsoft.Storage/storageAccounts/listKeys/action", "Microsoft.Storage/storageAccounts/read"], [];
    "Network Contributor" = "4d97b98b-1d4f-4787-a291-c67834d212e7",
        "Lets you manage networks, but not access to them.",
        with!["Microsoft.Network/*"], [];
    "Storage Account Contributor" = "17d1049b-9a84-46fb-8f53-869881c3d3ab",
        "Lets you manage storage accounts, including accessing storage account keys.",
        with!["Microsoft.Storage/storageAccounts/*", "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action"], [];
    "SQL Server Contributor" = "6d8ee4ec-f05a-4a1d-8b00-a9b17e38b437",
        "Lets you manage SQL servers and databases, but not access to them, and not their security-related policies.",
        with!["Microsoft.Sql/locations/*/read", "Microsoft.Sql/servers/*"],
        ["Microsoft.Sql/servers/auditingSettings/*", "Microsoft.Sql/servers/securityAlertPolicies/*"];
    "SQL DB Contributor" = "9b7fa17d-e63e-47b0-bb0a-15c516ac86ec",
        "Lets you manage SQL databases, but not access to them. You can't manage their security-related policies or their parent SQL servers.",
        with!["Microsoft.Sql/locations/*/read", "Microsoft.Sql/servers/databases/*", "Microsoft.Sql/servers/read"],
        ["Microsoft.Sql/servers/databases/auditingSettings/*", "Microsoft.Sql/servers/databases/securityAlertPolicies/*"];
    "Tag Contributor" = "4a9ae827-6dc8-4573-8ac7-8239d42aa03f",
        "Lets you manage tags on entities, without providing access to the entities themselves.",
        with!["Microsoft.Resources/subscriptions/resourceGroups/resources/read", "Microsoft.Resources/subscriptions/resources/read", "Microsoft.Resources/tags/*"], [];
    "Cost Management Contributor" = "434105ed-43f6-45c7-a02f-909b2ba83430",
        "Can view costs and manage cost configuration (e.g. budgets, exports).",
        with!["Microsoft.Consumption/*", "Microsoft.CostManagement/*", "Microsoft.Resources/subscriptions/read"], [];
    "Cost Management Reader" = "72fafb9e-0641-4937-9268-a91bfd8191a3",
        "Can view cost data and configuration (e.g. budgets, exports).",
        ["Microsoft.Consumption/*/read", "Microsoft.CostManagement/*/read", "Microsoft.Resources/subscriptions/read", "Microsoft.Resources/subscriptions/resourceGroups/read"], [];
    "Billing Reader" = "fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64",
        "Allows read access to billing data.",
        ["Microsoft.Authorization/*/read", "Microsoft.Billing/*/read", "Microsoft.Commerce/*/read", "Microsoft.Consumption/*/read", "Microsoft.CostManagement/*/read", "Microsoft.Resources/subscriptions/read", "Microsoft.Resources/subscriptions/resourceGroups/read"], [];
}

/// Returns the role of that id.
pub(in crate::sandbox::arm) fn find(id: &str) -> Option<&'static Definition> {
    ALL.iter().find(|role| role.id.eq_ignore_ascii_case(id))
}

impl Definition {
    /// Tells whether the role allows an action.
    pub(in crate::sandbox::arm) fn allows(&self, action: &str) -> bool {
        let fits = |patterns: &[&str]| patterns.iter().any(|pattern| matches(pattern, action));
        fits(self.actions) && !fits(self.not_actions)
    }

    /// Shows the role as it is in a subscription.
    fn shown(&self, subscription: &str) -> Value {
        json!({
            "id": format!(
                "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{}",
                self.id
            ),
            "name": self.id,
            "type": "Microsoft.Authorization/roleDefinitions",
            "properties": {
                "roleName": self.name,
                "type": "BuiltInRole",
                "description": self.description,
                "assignableScopes": ["/"],
                "permissions": [{
                    "actions": self.actions,
                    "notActions": self.not_actions,
                    "dataActions": [],
                    "notDataActions": [],
                }],
            },
        })
    }
}

/// Tells whether an action fits a pattern in which `*` stands for any text; casing does not count.
fn matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_lowercase(), action.to_lowercase());
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == action;
    };
    let Some(mut left) = action.strip_prefix(head) else {
        return false;
    };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        let Some((_, after)) = left.split_once(part) else {
            return false;
        };
        left = after;
    }
    left.ends_with(tail)
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let id = admitted(request, tx)?;
    let filter = request.query("$filter").unwrap_or_default();
    let kept = Wanted::read(filter)?;
    let subscription = id.subscription.unwrap_or_default();
    let roles = ALL.iter().filter(|role| kept.fits(role));
    page::list(
        request,
        roles.map(|role| role.shown(&subscription)).collect(),
    )
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let id = admitted(request, tx)?;
    let role = request.param("role");
    let found = find(role).ok_or_else(|| unknown(role, 404))?;
    Ok(Reply::ok(found.shown(&id.subscription.unwrap_or_default())))
}

fn admitted(request: &Request, tx: &Tx<'_>) -> Result<Id, Refusal> {
    version(request, VERSIONS)?;
    let id = scope(request)?;
    pass(
        request,
        tx,
        &id,
        "Microsoft.Authorization/roleDefinitions/read",
    )?;
    exists(tx, &id)?;
    Ok(id)
}

/// Refuses a role that there is not.
pub(super) fn unknown(role: &str, status: u16) -> Refusal {
    let text = format!("The specified role definition with ID '{role}' does not exist.");
    Refusal::new(status, "RoleDefinitionDoesNotExist", text)
}

/// Which roles a list is to have.
#[derive(Debug)]
struct Wanted<'a> {
    name: Option<&'a str>,
    kind: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    /// Reads `roleName eq 'Owner'`, `type eq 'CustomRole'`, `atScopeAndBelow()`, joined by `and`.
    fn read(filter: &'a str) -> Result<Self, Refusal> {
        let (mut name, mut kind) = (None, None);
        for part in filter.split(" and ").map(str::trim) {
            let quoted = |field: &str| super::filter::quoted(part, field);
            if part.is_empty() || part.eq_ignore_ascii_case("atScopeAndBelow()") {
                continue;
            }
            match (quoted("roleName"), quoted("type")) {
                (Some(given), _) => name = Some(given),
                (_, Some(given)) => kind = Some(given),
                _ => return Err(super::filter::unsupported(filter)),
            }
        }
        Ok(Self { name, kind })
    }

    fn fits(&self, role: &Definition) -> bool {
        self.name
            .is_none_or(|name| role.name.eq_ignore_ascii_case(name))
            && self
                .kind
                .is_none_or(|kind| kind.eq_ignore_ascii_case("BuiltInRole"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_allows_what_its_patterns_say() {
        let check = |role: &str, action: &str, expected| {
            let found = ALL.iter().find(|known| known.name == role).expect("a role");
            assert_eq!(found.allows(action), expected, "{role}: {action}");
        };
        check(
            "Owner",
            "Microsoft.Authorization/roleAssignments/write",
            true,
        );
        check(
            "Contributor",
            "Microsoft.Compute/virtualMachines/start/action",
            true,
        );
        check("Contributor", "Microsoft.Authorization/locks/delete", false);
        check("Contributor", "Microsoft.Authorization/locks/read", true);
        check(
            "Reader",
            "Microsoft.Storage/storageAccounts/listKeys/action",
            false,
        );
        check("Reader", "Microsoft.Storage/storageAccounts/read", true);
        check(
            "User Access Administrator",
            "Microsoft.Authorization/locks/write",
            true,
        );
        check(
            "User Access Administrator",
            "Microsoft.Compute/disks/write",
            false,
        );
        check(
            "Virtual Machine Contributor",
            "Microsoft.Compute/virtualMachines/powerOff/action",
            true,
        );
        check(
            "Virtual Machine Contributor",
            "Microsoft.Compute/disks/beginGetAccess/action",
            false,
        );
        check(
            "Virtual Machine Contributor",
            "Microsoft.Authorization/locks/read",
            true,
        );
        check(
            "SQL DB Contributor",
            "microsoft.sql/servers/databases/write",
            true,
        );
        check("SQL DB Contributor", "Microsoft.Sql/servers/write", false);
        check("Billing Reader", "Microsoft.Consumption/budgets/read", true);
    }

    #[test]
    fn stars_stand_for_any_text() {
        let check = |pattern: &str, action: &str, expected| {
            assert_eq!(matches(pattern, action), expected, "{pattern} {action}");
        };
        check("A/*/Write", "a/b/c/write", true);
        check("A/*/Write", "a/write", false);
        check("A/*/b/*", "a/x/b/y/z", true);
        check("A/*/b/*", "a/x/c/y", false);
        check("a/b", "A/B", true);
    }
}
