//! The services that tokens are issued for, as service principals of every directory, and the
//! permissions that they have. Names are those of graph reference §15.16; the titles of the services
//! and the ids of permissions are this sandbox's: the reference names none.

use serde_json::{Value, json};

use crate::sandbox::derived;
use crate::sandbox::entra::{ARM, GRAPH, PARTNER, services};

/// Delegated permissions of Microsoft Graph.
const SCOPES: &[&str] = &[
    "AppRoleAssignment.ReadWrite.All",
    "Application.Read.All",
    "Application.ReadWrite.All",
    "AuditLog.Read.All",
    "CrossTenantInformation.ReadBasic.All",
    "DelegatedAdminRelationship.Read.All",
    "DelegatedAdminRelationship.ReadWrite.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Device.Read.All",
    "Device.ReadWrite.All",
    "DeviceManagementManagedDevices.PrivilegedOperations.All",
    "DeviceManagementManagedDevices.Read.All",
    "DeviceManagementManagedDevices.ReadWrite.All",
    "Directory.AccessAsUser.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Domain.Read.All",
    "Domain.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "LicenseAssignment.Read.All",
    "LicenseAssignment.ReadWrite.All",
    "Mail.Read",
    "Mail.Send",
    "MailboxSettings.ReadWrite",
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "Policy.Read.All",
    "Policy.ReadWrite.ConditionalAccess",
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
    "SecurityAlert.Read.All",
    "SecurityAlert.ReadWrite.All",
    "SecurityEvents.Read.All",
    "User.Invite.All",
    "User.Read",
    "User.Read.All",
    "User.ReadWrite",
    "User.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

/// Delegated permissions of Microsoft Graph that are no application permissions.
const DELEGATED_ONLY: [&str; 5] = [
    "DelegatedAdminRelationship.Read.All",
    "DelegatedAdminRelationship.ReadWrite.All",
    "Directory.AccessAsUser.All",
    "User.Read",
    "User.ReadWrite",
];

/// What kind of permission one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Delegated.
    Scope,
    /// Of applications.
    Role,
}

impl Kind {
    /// Returns the word of registrations.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Scope => "Scope",
            Self::Role => "Role",
        }
    }
}

/// Returns the title of a service.
pub(super) fn title(service: &str) -> &'static str {
    match service {
        GRAPH => "Microsoft Graph",
        PARTNER => "Microsoft Partner Center",
        ARM => "Windows Azure Service Management API",
        _ => "Windows Azure Active Directory",
    }
}

/// Returns the permissions of a service.
fn names(service: &str, kind: Kind) -> Vec<&'static str> {
    match (service, kind) {
        (GRAPH, Kind::Scope) => SCOPES.to_vec(),
        (GRAPH, Kind::Role) => {
            let all = SCOPES.iter().copied();
            all.filter(|name| !DELEGATED_ONLY.contains(name)).collect()
        }
        (_, Kind::Scope) => vec!["user_impersonation"],
        (_, Kind::Role) => Vec::new(),
    }
}

/// Returns the id of a permission.
pub(super) fn id_of(service: &str, kind: Kind, name: &str) -> String {
    derived::guid(&["permission", service, kind.as_str(), &name.to_lowercase()])
}

/// Returns the name of a permission by its id.
pub(super) fn named(service: &str, kind: Kind, id: &str) -> Option<&'static str> {
    let mut names = names(service, kind).into_iter();
    names.find(|name| id_of(service, kind, name).eq_ignore_ascii_case(id))
}

/// Returns the service of an object id in a tenant.
pub(super) fn service(tenant: &str, principal: &str) -> Option<&'static str> {
    let mut services = services();
    let (service, _) = services.find(|(service, _)| principal_of(tenant, service) == principal)?;
    Some(service)
}

/// Returns the service of an application id, as consents name it.
pub(super) fn of_app(app: &str) -> Option<&'static str> {
    let mut services = services();
    let (service, _) = services.find(|(_, id)| id.eq_ignore_ascii_case(app))?;
    Some(service)
}

/// Returns the application id of a service.
pub(super) fn app_of(service: &str) -> &'static str {
    let mut services = services();
    services
        .find(|(name, _)| *name == service)
        .map_or("", |(_, app)| app)
}

/// Returns the object id of a service in a tenant.
pub(super) fn principal_of(tenant: &str, service: &str) -> String {
    derived::guid(&["service", tenant, service])
}

/// Shows a service as a service principal of a tenant, with its type.
pub(super) fn shown(tenant: &str, service: &str) -> Value {
    let scopes = names(service, Kind::Scope).into_iter().map(|name| {
        json!({
            "id": id_of(service, Kind::Scope, name),
            "isEnabled": true,
            "type": "Admin",
            "value": name,
        })
    });
    let roles = names(service, Kind::Role).into_iter().map(|name| {
        json!({
            "id": id_of(service, Kind::Role, name),
            "allowedMemberTypes": ["Application"],
            "displayName": name,
            "isEnabled": true,
            "value": name,
        })
    });
    let (title, app) = (title(service), app_of(service));
    json!({
        "@odata.type": "#microsoft.graph.servicePrincipal",
        "id": principal_of(tenant, service),
        "deletedDateTime": null,
        "accountEnabled": true,
        "appDisplayName": title,
        "appId": app,
        "appOwnerOrganizationId": null,
        "appRoleAssignmentRequired": false,
        "appRoles": roles.collect::<Vec<_>>(),
        "displayName": title,
        "keyCredentials": [],
        "oauth2PermissionScopes": scopes.collect::<Vec<_>>(),
        "passwordCredentials": [],
        "replyUrls": [],
        "servicePrincipalNames": [app, service],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMultipleOrgs",
        "tags": [],
    })
}
