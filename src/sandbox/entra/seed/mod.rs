//! What every fresh directory holds: the partner Contoso, its applications, two of its people and
//! their refresh tokens. The ids are fixed, so that credentials are known before the first request.

mod apps;

use ring::digest;

use super::groups;
use super::roles;
use super::scope::{ARM, GRAPH, PARTNER};
use crate::sandbox::store::{RefreshToken, SignIn, SignInState, Staff, Tenant, Tx};

pub(crate) use apps::{
    CERTIFICATE, CERTIFICATE_PFX, EXPIRED_CERTIFICATE, GITHUB_ISSUER, GITHUB_SUBJECT,
    IDENTITY_HEADER, MANAGED_IDENTITY, PUBLIC_CLIENT, REQUEST_TOKEN, TOKEN_EXCHANGE,
    UNCONSENTED_CLIENT, UNCONSENTED_SECRET, WORKLOAD_SUBJECT,
};

/// Tenant of the partner.
pub(crate) const HOME: &str = "6a1c7b62-3f0e-4c55-9d4a-0b7c1f2e3d40";
/// Initial domain of the partner.
pub(crate) const HOME_DOMAIN: &str = "contoso-partner.onmicrosoft.com";
/// The partner's application.
pub(crate) const CLIENT: &str = "0f3d9c1a-7b52-4e8e-a1c6-5d2e8f904b17";
/// Its secret.
pub(crate) const SECRET: &str = "sandbox~secret~worth~nothing";
/// Id of the secret, which people paste by mistake.
pub(crate) const SECRET_ID: &str = "b3c7e0d4-2a61-4f19-8e55-6c0d9a7f1e23";
/// A secret that has expired.
pub(crate) const EXPIRED_SECRET: &str = "sandbox~secret~of~long~ago";
/// Megan, who holds every role and signed in with multi-factor authentication.
pub(crate) const ADMIN: &str = "5e2d7a90-1c4b-4f6e-b8a3-9d0e7c6f5b21";
/// Sam, who sells and signed in with a password alone.
pub(crate) const SELLER: &str = "c81f0e5d-6b3a-4d27-95e4-2f7a8b1c0d36";
/// Megan's refresh token.
pub(crate) const REFRESH: &str = "0.sandbox-refresh-token-megan";
/// Sam's refresh token.
pub(crate) const REFRESH_WITHOUT_MFA: &str = "0.sandbox-refresh-token-sam";

/// The password of every user who was not given another.
pub(crate) const PASSWORD: &str = "sandbox-password";

/// The services' App ID URIs, with the delegated permissions that are consented.
pub(super) const CONSENTED: [(&str, &[&str]); 4] = [
    (PARTNER, &["user_impersonation"]),
    (GRAPH, GRAPH_SCOPES),
    (ARM, &["user_impersonation"]),
    ("https://graph.windows.net", &["user_impersonation"]),
];

/// What the partner's application may do in Microsoft Graph for a user: all that is served there
/// (graph reference §15.16).
const GRAPH_SCOPES: &[&str] = &[
    "Directory.AccessAsUser.All",
    "DelegatedAdminRelationship.ReadWrite.All",
    "User.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "AuditLog.Read.All",
    "CrossTenantInformation.ReadBasic.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Device.Read.All",
    "DeviceManagementManagedDevices.PrivilegedOperations.All",
    "DeviceManagementManagedDevices.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Domain.ReadWrite.All",
    "Group.ReadWrite.All",
    "GroupMember.ReadWrite.All",
    "LicenseAssignment.ReadWrite.All",
    "Mail.Send",
    "MailboxSettings.ReadWrite",
    "Organization.ReadWrite.All",
    "Policy.Read.All",
    "Policy.ReadWrite.ConditionalAccess",
    "RoleManagement.ReadWrite.Directory",
    "SecurityAlert.ReadWrite.All",
    "SecurityEvents.Read.All",
    "User.Invite.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

/// What it may do there by itself.
pub(super) const GRAPH_ROLES: &[&str] = &[
    "Directory.Read.All",
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "AuditLog.Read.All",
    "CrossTenantInformation.ReadBasic.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Device.ReadWrite.All",
    "DeviceManagementManagedDevices.PrivilegedOperations.All",
    "DeviceManagementManagedDevices.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Domain.ReadWrite.All",
    "Group.ReadWrite.All",
    "GroupMember.ReadWrite.All",
    "LicenseAssignment.ReadWrite.All",
    "Mail.Send",
    "MailboxSettings.ReadWrite",
    "Organization.ReadWrite.All",
    "Policy.Read.All",
    "Policy.ReadWrite.ConditionalAccess",
    "RoleManagement.ReadWrite.Directory",
    "SecurityAlert.ReadWrite.All",
    "SecurityEvents.Read.All",
    "User.Invite.All",
    "User.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

/// Returns the digest under which a token or a code is kept, and a password compared.
pub(crate) fn digest_of(secret: &str) -> String {
    let digest = digest::digest(&digest::SHA256, secret.as_bytes());
    uuid::Builder::from_slice(&digest.as_ref()[..16])
        .map(|builder| builder.into_uuid().to_string())
        .unwrap_or_default()
}

/// Fills a fresh directory.
pub(crate) fn seed(tx: &mut Tx<'_>) {
    tx.entra.tenants.put(
        HOME,
        Tenant {
            id: HOME.to_owned(),
            name: "Contoso".to_owned(),
            domains: vec![HOME_DOMAIN.to_owned(), "contoso.example".to_owned()],
        },
    );
    apps::seed(tx);
    super::consent(tx, HOME);
    person(tx, ADMIN, ("Megan", "Bowen"));
    person(tx, SELLER, ("Sam", "Reed"));
    groups::seed(tx);
    let without_mfa = SignIn {
        password: digest_of(PASSWORD),
        mfa: false,
        state: SignInState::Active,
    };
    tx.entra.sign_ins.put(SELLER, without_mfa);
    sign_in(tx, REFRESH, ADMIN, &["pwd", "mfa"]);
    sign_in(tx, REFRESH_WITHOUT_MFA, SELLER, &["pwd"]);
}

/// Takes over a world from a state file. The seeded sign-in of the admin agent counts as used now (a
/// revoked one stays revoked), and a world of before roles could be assigned gets the seeded ones.
pub(crate) fn keep_alive(tx: &mut Tx<'_>) {
    if tx.directory.role_assignments.len() == 0 {
        roles::seed(tx);
    }
    let now = tx.now();
    if let Some(token) = tx.entra.refresh_tokens.edit(&digest_of(REFRESH)) {
        token.used = now;
    }
}

fn person(tx: &mut Tx<'_>, id: &str, name: (&str, &str)) {
    let staff = Staff {
        id: id.to_owned(),
        tenant: HOME.to_owned(),
        upn: format!("{}@{HOME_DOMAIN}", name.0.to_lowercase()),
        given_name: name.0.to_owned(),
        family_name: name.1.to_owned(),
        directory_roles: Vec::new(),
    };
    tx.entra.staff.put(id, staff);
}

fn sign_in(tx: &mut Tx<'_>, token: &str, user: &str, amr: &[&str]) {
    let token_row = RefreshToken {
        user: user.to_owned(),
        tenant: HOME.to_owned(),
        app: CLIENT.to_owned(),
        amr: amr.iter().map(|method| (*method).to_owned()).collect(),
        used: tx.now(),
        ends: None,
        revoked: None,
    };
    tx.entra.refresh_tokens.put(&digest_of(token), token_row);
}
