//! What mends things, in the words of the profile: one of the environment is mended there, a
//! configured one by a command.

use crate::config::{Profile, SecretName};
use crate::identity;

/// Returns how a user signs in again, with several factors.
pub(super) fn sign_in(profile: &Profile) -> String {
    if profile.is_of_environment() {
        return "sign in with multi-factor authentication and set TENANTRY_REFRESH_TOKEN to the new refresh token".to_owned();
    }
    let command = identity::login_command(profile);
    format!("sign in with multi-factor authentication: `{command}`")
}

/// Returns how the profile gets its client secret.
pub(super) fn client_secret(profile: &Profile) -> String {
    let place = "the secret's value, which is not its id (Entra admin center > App registrations > the application > Certificates & secrets)";
    if profile.is_of_environment() {
        return format!("set TENANTRY_CLIENT_SECRET to {place}");
    }
    let (name, word) = (&profile.name, SecretName::ClientSecret.as_str());
    format!("`tenantry profile secret {name} {word}` takes {place}")
}

/// Returns how an address is put right.
pub(super) fn address(profile: &Profile, variable: &str) -> String {
    let look = "look whether a proxy or a sign-in page stands between";
    if profile.is_of_environment() {
        return format!("set {variable} to the service's address; {look}");
    }
    let name = &profile.name;
    format!("look at the address: `tenantry profile show {name}`; {look}")
}

/// Returns how the profile's own tenant is put right.
pub(super) fn tenant(profile: &Profile) -> String {
    if profile.is_of_environment() {
        return "set TENANTRY_TENANT_ID to the tenant's id (Entra admin center > Overview)"
            .to_owned();
    }
    let name = &profile.name;
    format!("compare the tenant with Entra admin center > Overview: `tenantry profile show {name}`")
}

/// How a machine gets the right time.
pub(super) const CLOCK: &str = "set this machine's clock by a time server: `sudo timedatectl set-ntp true` (Linux), `w32tm /resync` (Windows), `sudo sntp -sS time.apple.com` (macOS)";

#[cfg(test)]
mod tests {
    use super::super::machine::tests::profile;
    use super::*;
    use crate::config::Role;

    #[test]
    fn automation_is_told_to_let_somebody_consent() {
        let nightly = Profile {
            name: "nightly".to_owned(),
            role: Role::Automation,
            ..profile()
        };
        let said = sign_in(&nightly);
        let command = "`tenantry login --partner-consent --profile nightly`";
        assert!(said.ends_with(command), "{said}");
    }

    #[test]
    fn a_profile_is_mended_where_it_is_described() {
        let environment = profile();
        let configured = Profile {
            name: "contoso".to_owned(),
            ..profile()
        };
        let check = |mend: fn(&Profile) -> String, variable: &str, command: &str| {
            let said = (mend(&environment), mend(&configured));
            assert!(said.0.contains(variable), "{said:?}");
            assert!(said.1.contains(command), "{said:?}");
        };
        check(
            sign_in,
            "TENANTRY_REFRESH_TOKEN",
            "`tenantry login --profile contoso`",
        );
        check(
            client_secret,
            "TENANTRY_CLIENT_SECRET",
            "`tenantry profile secret contoso client_secret`",
        );
        check(
            tenant,
            "TENANTRY_TENANT_ID",
            "`tenantry profile show contoso`",
        );
        check(
            |profile| address(profile, "TENANTRY_ENDPOINT_ARM"),
            "TENANTRY_ENDPOINT_ARM",
            "`tenantry profile show contoso`",
        );
    }
}
