//! `profile`: the identities and clouds of the configuration file. A secret never stands on the
//! command line, in the file, or in what is shown.

mod add;
mod export;
mod secret;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::choice::{self, variable};
use super::console::Console;
use super::passphrase::somebody_is_there;
use super::prompt::ask;
use crate::config::{self, Config, Edit, Given, Profile as Found, Role, SecretName, Vault};
use crate::error::{Code, Error};

/// The identities and clouds of the configuration file.
#[derive(Debug, Subcommand)]
pub(crate) enum Profile {
    /// Add a profile to the configuration file
    Add(Box<add::Add>),
    /// List the profiles
    #[command(after_help = "\
Examples:
  tenantry profile list
  tenantry profile list --output json")]
    List,
    /// Show a profile, and which of its secrets there are
    #[command(after_help = "\
Examples:
  tenantry profile show contoso
  tenantry profile show            # the current one")]
    Show {
        /// The profile; the current one if left out
        name: Option<String>,
    },
    /// Make a profile the one that is taken when none is named
    #[command(after_help = "\
Examples:
  tenantry profile use contoso
  tenantry profile use sandbox     # the embedded sandbox again")]
    Use {
        /// The profile, or `sandbox`
        name: String,
    },
    /// Remove a profile and its secrets
    Remove(Remove),
    /// Print a profile for another machine, without its secrets
    Export(export::Export),
    /// Keep, replace or forget one of a profile's secrets
    Secret(secret::Keep),
}

/// Removes a profile.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tenantry profile remove contoso
  tenantry profile remove contoso --yes")]
pub(crate) struct Remove {
    /// The profile
    name: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Leave its secrets where they are, as when their store cannot be opened
    #[arg(long)]
    keep_secrets: bool,
}

/// Runs a command of `profile` and returns the exit code.
pub(super) fn profile(console: &Console, args: Profile) -> u8 {
    let done = match args {
        Profile::Add(args) => add::add(console, *args).map(|()| 0),
        Profile::List => show::list(console),
        Profile::Show { name } => show::show(console, name.as_deref()),
        Profile::Use { name } => choose(console, &name).map(|()| 0),
        Profile::Remove(args) => remove(console, &args).map(|()| 0),
        Profile::Export(args) => export::export(console, &args),
        Profile::Secret(args) => secret::keep(console, &args).map(|()| 0),
    };
    done.unwrap_or_else(|error| console.fail(&error, None))
}

/// The configuration file and what stands in it.
struct File {
    path: PathBuf,
    config: Config,
}

impl File {
    fn load() -> Result<Self, Error> {
        let path = config::path(variable)?;
        let config = Config::load(&path)?;
        Ok(Self { path, config })
    }

    /// Returns the profile of that name, or else the current one.
    fn profile(&self, name: Option<&str>) -> Result<&Found, Error> {
        let name = name.or(self.config.current.as_deref()).ok_or_else(|| {
            Error::new(Code::UsageArgument, "no profile is the current one")
                .help("name one: `tenantry profile list` shows them")
        })?;
        self.config.profile(name, &self.path)
    }
}

fn choose(console: &Console, name: &str) -> Result<(), Error> {
    let File { path, config } = File::load()?;
    if name != choice::SANDBOX {
        config.profile(name, &path)?;
    }
    let mut edit = Edit::open(&path)?;
    edit.choose(name);
    edit.check(&path)?;
    edit.write(&path)?;
    console.say(&format!("`{name}` is taken when no profile is named"));
    Ok(())
}

/// The profile may be unsound; what is left may not.
fn remove(console: &Console, args: &Remove) -> Result<(), Error> {
    let (name, path) = (args.name.as_str(), config::path(variable)?);
    let mut edit = Edit::open(&path)?;
    if !edit.has(name) {
        return Config::load(&path)?.profile(name, &path).map(|_| ());
    }
    let was_current = edit.current() == Some(name);
    edit.remove(name);
    let config = edit.check(&path)?;
    confirmed(console, args)?;
    if !args.keep_secrets {
        let vault = choice::vault(name, Role::Admin, &config, &path, Given::default());
        for secret in SecretName::ALL {
            vault.remove(secret)?;
        }
    }
    edit.write(&path)?;
    console.say(&format!("removed the profile `{name}`"));
    if was_current {
        console.say("runs now use the embedded sandbox, until `tenantry profile use NAME`");
    }
    Ok(())
}

fn confirmed(console: &Console, args: &Remove) -> Result<(), Error> {
    let secrets = if args.keep_secrets {
        ""
    } else {
        " and its secrets"
    };
    let question = format!("Remove the profile `{}`{secrets}?", args.name);
    if args.yes || (somebody_is_there() && ask(&console.screen, &question)?) {
        return Ok(());
    }
    let message = format!("the profile `{}` was not removed", args.name);
    Err(Error::new(Code::UsageArgument, message).help("give --yes to remove it without a question"))
}
