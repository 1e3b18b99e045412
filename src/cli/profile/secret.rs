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
  tenantry profile secret contoso client_secret --remove")]
pub(crate) struct Keep {
    /// The profile
    name: String,
    /// Which secret; the one that the profile needs if left out
    #[arg(value_enum)]
    secret: Option<Word>,
    /// Read it from stdin
    #[arg(long)]
    stdin: bool,
    /// Forget it
    #[arg(long, conflicts_with = "stdin")]
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
    let vault = choice::vault(
        &profile.name,
        profile.role,
        &config,
        &path,
        Given::default(),
    );
    let (word, profile_name) = (name.as_str(), &profile.name);
    if args.remove {
        let there = vault.remove(name)?;
        let done = if there { "forgot" } else { "there was no" };
        console.say(&format!("{done} {word} of `{profile_name}`"));
        return Ok(());
    }
    let value = given(name, args.stdin, profile.role)?.ok_or_else(|| {
        Error::new(Code::UsageArgument, format!("no {word} was given"))
            .help("give it on stdin with --stdin, or run it in a terminal")
    })?;
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
