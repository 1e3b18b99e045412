//! `profile secret NAME [SECRET]`: keeps, replaces or forgets a secret; and where `add` gets those
//! of a new profile from.

use std::io;

use clap::{Args, ValueEnum};

use super::super::choice::{self, variable};
use super::super::console::Console;
use super::super::passphrase::{hidden, somebody_is_there};
use super::File;
use crate::base::secret::Secret;
use crate::base::text::is_guid;
use crate::config::{AppCredential, Given, Profile, Role, SecretName, UserFlow, Vault, secrets};
use crate::error::{Code, Error};

/// Keeps, replaces or forgets a secret.
#[derive(Debug, Args)]
#[command(after_help = "\
The secret is taken from TENANTRY_CLIENT_SECRET, TENANTRY_CERTIFICATE_PASSWORD or
TENANTRY_REFRESH_TOKEN if that is set, from stdin with --stdin, or else asked for.

Examples:
  tenantry profile secret contoso
  tenantry profile secret contoso refresh_token --stdin < token.txt
  tenantry profile secret contoso client_secret --remove
  tenantry profile secret nightly refresh_token --from contoso   # after `tenantry login --partner-consent`")]
pub(crate) struct Keep {
    /// The profile
    name: String,
    /// Which secret; the one that the profile needs if left out
    #[arg(value_enum)]
    secret: Option<Word>,
    /// Read it from stdin
    #[arg(long)]
    stdin: bool,
    /// Take it from another profile, which must be of the same application
    #[arg(long, value_name = "PROFILE", conflicts_with = "stdin")]
    from: Option<String>,
    /// Forget it
    #[arg(long, conflicts_with_all = ["stdin", "from"])]
    remove: bool,
}

/// Names of secrets.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Word {
    /// The application's secret
    ClientSecret,
    /// The password of the certificate's file
    CertificatePassword,
    /// The signed-in user's refresh token
    RefreshToken,
}

/// Runs the command.
pub(super) fn keep(console: &Console, args: &Keep) -> Result<(), Error> {
    let File { path, config } = File::load()?;
    let profile = config.profile(&args.name, &path)?;
    let name = match args.secret {
        Some(Word::ClientSecret) => SecretName::ClientSecret,
        Some(Word::CertificatePassword) => SecretName::CertificatePassword,
        Some(Word::RefreshToken) => SecretName::RefreshToken,
        None => *wanted(profile).first().ok_or_else(|| {
            let message = format!("the profile `{}` needs no secret", profile.name);
            Error::new(Code::UsageArgument, message)
                .help("name the secret: client_secret, certificate_password or refresh_token")
        })?,
    };
    let vault = |profile: &Profile| {
        let given = Given::default();
        choice::vault(&profile.name, profile.role, &config, &path, given)
    };
    let other = args.from.as_ref();
    let other = other.map(|from| config.profile(from, &path)).transpose()?;
    let (other, vault) = (other.map(|other| (other, vault(other))), vault(profile));
    let (word, profile_name) = (name.as_str(), &profile.name);
    if args.remove {
        let there = vault.remove(name)?;
        let done = if there { "forgot" } else { "there was no" };
        console.say(&format!("{done} {word} of `{profile_name}`"));
        return Ok(());
    }
    let value = match other {
        Some((other, vault)) => taken(name, profile, other, &vault)?,
        None => given(name, args.stdin, profile.role)?.ok_or_else(|| {
            Error::new(Code::UsageArgument, format!("no {word} was given"))
                .help("give it on stdin with --stdin, or run it in a terminal")
        })?,
    };
    vault.set(name, &value)?;
    console.say(&format!(
        "{word} of `{profile_name}` is kept in {}",
        vault.place()
    ));
    if name == SecretName::ClientSecret && is_guid(value.expose()) {
        console.say("it looks like the secret's id; sign-in needs the secret's value");
    }
    Ok(())
}

/// Returns a secret of another profile, which belongs to its application and is of use to no other.
fn taken(
    name: SecretName,
    to: &Profile,
    from: &Profile,
    vault: &dyn Vault,
) -> Result<Secret<String>, Error> {
    let (source, word) = (&from.name, name.as_str());
    if !(to.client_id.eq_ignore_ascii_case(&from.client_id)
        && to.tenant.eq_ignore_ascii_case(&from.tenant))
    {
        let message = format!(
            "the {word} of `{source}` is of no use to `{}`: they are of different applications or tenants",
            to.name
        );
        return Err(Error::new(Code::UsageArgument, message)
            .help("name a profile with the same client id and tenant: `tenantry profile list`"));
    }
    vault.get(name)?.ok_or_else(|| {
        let error = Error::new(
            Code::UsageArgument,
            format!("there is no {word} of `{source}` in {}", vault.place()),
        );
        match name {
            SecretName::RefreshToken => error.help(format!(
                "sign in first: `tenantry login --partner-consent --profile {source}`"
            )),
            _ => error.help(format!("`tenantry profile show {source}` says what it has")),
        }
    })
}

/// Returns the secrets that a profile can use.
pub(super) fn wanted(profile: &Profile) -> Vec<SecretName> {
    let app = match profile.app {
        Some(AppCredential::Secret) => Some(SecretName::ClientSecret),
        Some(AppCredential::Certificate(_)) => Some(SecretName::CertificatePassword),
        _ => None,
    };
    let given = profile.user == Some(UserFlow::Given);
    app.into_iter()
        .chain(given.then_some(SecretName::RefreshToken))
        .collect()
}

/// Returns whether nothing goes without it; a certificate's file may have no password.
pub(super) fn is_needed(name: SecretName) -> bool {
    name != SecretName::CertificatePassword
}

/// Returns the secret from stdin, from the environment, or from the person at the terminal.
pub(super) fn given(
    name: SecretName,
    stdin: bool,
    role: Role,
) -> Result<Option<Secret<String>>, Error> {
    if stdin {
        return line().map(|line| Some(line).filter(|line| !line.expose().is_empty()));
    }
    let given = secrets(variable);
    if let Some((_, value)) = given.into_iter().find(|(other, _)| *other == name) {
        return Ok(Some(value));
    }
    if !somebody_is_there() || role == Role::Automation && !is_needed(name) {
        return Ok(None);
    }
    let question = match name {
        SecretName::ClientSecret => "Client secret: ",
        SecretName::CertificatePassword => "Password of the certificate's file (none: empty): ",
        SecretName::RefreshToken => "Refresh token: ",
    };
    let value = hidden(question)?;
    Ok(Some(value).filter(|value| !value.expose().is_empty()))
}

/// Reads one line of stdin.
fn line() -> Result<Secret<String>, Error> {
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(|error| {
        Error::new(
            Code::UsageArgument,
            format!("stdin cannot be read: {error}"),
        )
        .help("give the secret as a line of text")
    })?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
