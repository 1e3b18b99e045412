//! What mends things, in the words of the profile: one of the environment is mended there, a
//! configured one by a command.

use crate::config::Profile;

/// Returns whether the environment describes the profile.
fn is_of_environment(profile: &Profile) -> bool {
    matches!(profile.name.as_str(), "environment" | "sandbox")
}

/// Returns how a user signs in again, with several factors.
pub(super) fn sign_in(profile: &Profile) -> String {
    if is_of_environment(profile) {
        return "sign in with multi-factor authentication and set TENANTRY_REFRESH_TOKEN to the new refresh token".to_owned();
    }
    let command = command("login", profile);
    format!("sign in with multi-factor authentication: `{command}`")
}

/// Returns a command for the profile.
fn command(what: &str, profile: &Profile) -> String {
    format!("tenantry {what} --profile {}", profile.name)
}

/// Returns how the profile gets its client secret.
pub(super) fn client_secret() -> &'static str {
    "set TENANTRY_CLIENT_SECRET to the secret's value, which is not its id (Entra admin center > App registrations > the application > Certificates & secrets)"
}

/// Returns how an address is put right.
pub(super) fn address(profile: &Profile, variable: &str) -> String {
    let look = "look whether a proxy or a sign-in page stands between";
    if is_of_environment(profile) {
        return format!("set {variable} to the service's address; {look}");
    }
    let command = command("profile show", profile);
    format!("look at the address: `{command}`; {look}")
}

/// Returns how the profile's own tenant is put right.
pub(super) fn tenant(profile: &Profile) -> String {
    if is_of_environment(profile) {
        return "set TENANTRY_TENANT_ID to the tenant's id (Entra admin center > Overview)"
            .to_owned();
    }
    let command = command("profile show", profile);
    format!("compare the tenant with Entra admin center > Overview: `{command}`")
}

/// How a machine gets the right time.
pub(super) const CLOCK: &str = "set this machine's clock by a time server: `sudo timedatectl set-ntp true` (Linux), `w32tm /resync` (Windows), `sudo sntp -sS time.apple.com` (macOS)";
