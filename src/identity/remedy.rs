//! What to do about a sign-in that failed, in the words of the profile: one from the environment is
//! mended in the environment, a configured one by a command.

use crate::base::secret::Secret;
use crate::base::text::is_guid;
use crate::config::{AppCredential, Profile, Role, UserFlow};

/// What to do about a password that does not open the certificate's file.
pub(super) const CERTIFICATE_PASSWORD: &str = "store the password of the file with `tenantry profile secret NAME certificate_password`, or set TENANTRY_CERTIFICATE_PASSWORD";

/// Returns the command that signs a user in, for a profile that can be signed in to.
pub(crate) fn login_command(profile: &Profile) -> String {
    let consent = match profile.role {
        Role::Automation => " --partner-consent",
        Role::Admin | Role::Customer => "",
    };
    format!("tenantry login{consent} --profile {}", profile.name)
}

/// Returns how a user signs in again.
pub(crate) fn sign_in(profile: &Profile) -> String {
    if profile.is_of_environment() {
        return "sign in again and set TENANTRY_REFRESH_TOKEN to the new refresh token".to_owned();
    }
    let name = &profile.name;
    if profile.role == Role::Automation {
        return format!(
            "this profile asks nobody; let somebody sign in once for all its runs: `{}`",
            login_command(profile)
        );
    }
    match profile.user {
        Some(UserFlow::Browser | UserFlow::Device) => {
            format!("sign in: `{}`", login_command(profile))
        }
        Some(UserFlow::Given) => format!(
            "sign in: `{}`, or give it another refresh token: `tenantry profile secret {name} refresh_token`",
            login_command(profile)
        ),
        None => format!(
            "give the profile a user: `tenantry profile add {name} --replace --user browser` with its other flags"
        ),
    }
}

/// Returns how a user signs in again with several factors.
pub(crate) fn sign_in_with_mfa(profile: &Profile) -> String {
    let how = sign_in(profile);
    format!("{how}, with multi-factor authentication; refreshing the old token does not help")
}

/// Returns how the profile gets a client secret.
pub(crate) fn client_secret(profile: &Profile) -> String {
    let value = "the secret's value, which is not its id";
    if profile.is_of_environment() {
        return format!("set TENANTRY_CLIENT_SECRET to {value}");
    }
    let name = &profile.name;
    if profile.app != Some(AppCredential::Secret) {
        return format!(
            "give the profile an application credential: `tenantry profile add {name} --replace --app secret` with its other flags"
        );
    }
    format!("store {value}: `tenantry profile secret {name} client_secret`")
}

/// Returns how the application's credential is put right.
pub(crate) fn credential(profile: &Profile) -> String {
    match &profile.app {
        Some(AppCredential::Certificate(path)) => format!(
            "register the certificate of `{}` with the application, and look whether the client id is right",
            path.display()
        ),
        Some(AppCredential::Federated(_)) => {
            "look whether the application has a federated credential for exactly this issuer and subject".to_owned()
        }
        Some(AppCredential::Secret) => client_secret(profile),
        Some(AppCredential::ManagedIdentity(_)) | None => {
            "look whether the application allows public client flows, or give the profile a credential".to_owned()
        }
    }
}

/// Returns how the refresh token that was given is looked at.
pub(crate) fn refresh_token(profile: &Profile) -> String {
    if profile.is_of_environment() {
        "look whether TENANTRY_REFRESH_TOKEN is whole and belongs to TENANTRY_CLIENT_ID".to_owned()
    } else {
        sign_in(profile)
    }
}

/// Returns how a profile gets the refresh token that was never given.
pub(crate) fn refresh_token_missing(profile: &Profile) -> String {
    if profile.is_of_environment() {
        "set TENANTRY_REFRESH_TOKEN".to_owned()
    } else {
        sign_in(profile)
    }
}

/// Returns how the application's id and its tenant are looked at.
pub(crate) fn application(profile: &Profile) -> String {
    if profile.is_of_environment() {
        "look whether TENANTRY_CLIENT_ID and TENANTRY_TENANT_ID belong together".to_owned()
    } else {
        format!(
            "look whether the client id and the tenant of the profile `{}` belong together",
            profile.name
        )
    }
}

/// Returns a note on a secret that is the id of one: what the portal shows beside it is a GUID.
pub(crate) fn looks_like_an_id(secret: &Secret<String>) -> Option<&'static str> {
    is_guid(secret.expose().trim()).then_some(
        "the client secret looks like the secret's id, a GUID: give its value, which is only shown when the secret is made",
    )
}
