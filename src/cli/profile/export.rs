//! `profile export NAME`: a profile for another machine, as variables, TOML or JSON. Secrets stay
//! where they are; their variables are named.

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::super::console::Console;
use super::{File, secret, show};
use crate::config::{
    AppCredential, Assertion, Cloud, Profile, SecretName, UserFlow, to_toml, variable_of,
};
use crate::error::Error;

/// Prints a profile.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tenantry profile export contoso > contoso.env
  tenantry profile export contoso --format toml >> config.toml")]
pub(crate) struct Export {
    /// The profile; the current one if left out
    name: Option<String>,
    /// How it is written
    #[arg(long, value_enum, default_value = "env", value_name = "FORMAT")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Variables of the environment
    Env,
    /// A table of the configuration file
    Toml,
    /// One JSON object
    Json,
}

/// Runs the command.
pub(super) fn export(console: &Console, args: &Export) -> Result<u8, Error> {
    let file = File::load()?;
    let profile = file.profile(args.name.as_deref())?;
    let missing: Vec<&str> = needed(profile).into_iter().map(variable_of).collect();
    let text = match args.format {
        Format::Env => env(profile, &missing),
        Format::Toml => to_toml(profile)?,
        Format::Json => {
            let mut object = show::settings(profile);
            object.insert("name".to_owned(), profile.name.as_str().into());
            object.insert("secrets".to_owned(), missing.clone().into());
            format!("{}\n", Value::Object(object))
        }
    };
    if !missing.is_empty() {
        let missing = missing.join(" and ");
        console.say(&format!("its secrets are not here: set {missing}"));
    }
    Ok(console.print(&text))
}

/// Returns the secrets that the profile does not work without.
fn needed(profile: &Profile) -> Vec<SecretName> {
    let mut names = secret::wanted(profile);
    if profile.user.is_some() && !names.contains(&SecretName::RefreshToken) {
        names.push(SecretName::RefreshToken);
    }
    names.retain(|name| secret::is_needed(*name));
    names
}

fn env(profile: &Profile, missing: &[&str]) -> String {
    let mut lines = vec![
        variable("TENANTRY_TENANT_ID", &profile.tenant),
        variable("TENANTRY_CLIENT_ID", &profile.client_id),
        variable("TENANTRY_ROLE", profile.role.as_str()),
    ];
    let endpoints = &profile.endpoints;
    match Cloud::of(endpoints) {
        Cloud::Custom => lines.extend([
            variable("TENANTRY_ENDPOINT_LOGIN", endpoints.login.as_str()),
            variable("TENANTRY_ENDPOINT_PARTNER", endpoints.partner.as_str()),
            variable("TENANTRY_ENDPOINT_GRAPH", endpoints.graph.as_str()),
            variable("TENANTRY_ENDPOINT_ARM", endpoints.arm.as_str()),
        ]),
        cloud => lines.push(variable("TENANTRY_CLOUD", cloud.as_str())),
    }
    match &profile.app {
        Some(AppCredential::Certificate(file)) => {
            lines.push(variable(
                "TENANTRY_CERTIFICATE",
                &file.display().to_string(),
            ));
        }
        Some(AppCredential::Federated(Assertion::GitHub)) => {
            lines.push(variable("TENANTRY_ASSERTION", "github"));
        }
        Some(AppCredential::Federated(Assertion::File(file))) => {
            lines.push(variable("TENANTRY_ASSERTION", &file.display().to_string()));
        }
        Some(AppCredential::ManagedIdentity(_)) => {
            lines.push("# the managed identity cannot be given in the environment".to_owned());
        }
        Some(AppCredential::Secret) | None => {}
    }
    if let Some(file) = &profile.ca_file {
        lines.push(variable("TENANTRY_CA_FILE", &file.display().to_string()));
    }
    if matches!(profile.user, Some(UserFlow::Browser | UserFlow::Device)) {
        lines.push("# nobody signs in there: give the refresh token".to_owned());
    }
    lines.extend(missing.iter().map(|name| format!("# to be set: {name}")));
    lines.push(String::new());
    lines.join("\n")
}

/// Returns a line that shells and `.env` readers understand.
fn variable(name: &str, value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,=".contains(c);
    if value.chars().all(plain) {
        return format!("{name}={value}");
    }
    format!("{name}='{}'", value.replace('\'', "'\\''"))
}
