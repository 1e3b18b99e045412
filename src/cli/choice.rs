//! Which identity and cloud a run uses: the profile of the environment, or else the embedded
//! sandbox. The choice is said in one line.

use crate::api::Principal;
use crate::base::secret::Secret;
use crate::config::{self, Endpoints, Profile};
use crate::error::{Code, Error};
use crate::sandbox::Credentials;

/// Returns the profile that the environment describes, if it does.
pub(super) fn from_environment() -> Result<Option<Profile>, Error> {
    let names: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .collect();
    config::check_names(names.iter().map(String::as_str))?;
    config::from_environment(|name| std::env::var(name).ok())
}

/// Returns the profile that reaches a sandbox.
pub(super) fn of_sandbox(credentials: &Credentials) -> Result<Profile, Error> {
    let url = |text: &str| {
        text.parse().map_err(|error| {
            Error::new(
                Code::Internal,
                format!("the sandbox's address `{text}` is no URL: {error}"),
            )
        })
    };
    Ok(Profile {
        name: "sandbox".to_owned(),
        endpoints: Endpoints {
            login: url(&credentials.login_url)?,
            partner: url(&credentials.partner_url)?,
            graph: url(&credentials.graph_url)?,
            arm: url(&credentials.arm_url)?,
        },
        tenant: credentials.tenant_id.clone(),
        client_id: credentials.client_id.clone(),
        client_secret: Some(Secret::new(credentials.client_secret.clone())),
        refresh_token: Some(Secret::new(credentials.refresh_token.clone())),
        ca_file: None,
        prefers: Principal::App,
    })
}

/// Returns the line that says which identity and cloud a run uses.
pub(super) fn line(profile: &Profile) -> String {
    if profile.name == "sandbox" {
        return "using the embedded sandbox".to_owned();
    }
    let (tenant, name) = (&profile.tenant, &profile.name);
    let host = profile.endpoints.partner.host_str().unwrap_or_default();
    let place = match profile.endpoints.partner.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    format!("using tenant {tenant} at {place} ({name})")
}
