//! `login`: a person signs in, and what that brings is kept for the runs to come. What it says is for
//! that person, on stderr; there are no results.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::choice;
use super::console::Console;
use super::host::chosen_log;
use super::signal::{self, Busy};
use crate::api::ServiceName;
use crate::base::clock::{Clock, RealClock, Work};
use crate::base::duration;
use crate::config::{Account, Profile, Role, UserFlow};
use crate::error::{Code, Error};
use crate::http::{self, TokenWire};
use crate::identity::{self, Guide, Identity, Login as SignIn, SignedIn, Way};
use crate::report::{Progress, Screen};

/// Signs a user in.
#[derive(Debug, Args)]
#[command(after_help = "\
The profile says how its user signs in: with the browser or with a device code. The refresh token
that it brings is kept with the profile's secrets.

Examples:
  tenantry login
  tenantry login --profile contoso --device       # on a machine without a browser
  tenantry login --partner-consent                # once, so that runs reach Partner Center unattended")]
pub(super) struct Login {
    /// Sign in with a code, entered on any device
    #[arg(long)]
    device: bool,
    /// Consent for unattended runs: sign in with several factors, through the application's credential
    #[arg(long, conflicts_with = "device")]
    partner_consent: bool,
    /// Only print the address, do not open the browser
    #[arg(long)]
    no_browser: bool,
    /// Give up after this time, such as 90s or 15m [default: 5m, with --device as long as the code is good]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    timeout: Option<Duration>,
}

/// Signs a user in and returns the exit code.
pub(super) fn login(console: &Console, args: &Login) -> u8 {
    match signed_in(console, args) {
        Ok(done) => {
            console.say(&summary(&done));
            0
        }
        Err(error) => console.fail(&error, None),
    }
}

fn signed_in(console: &Console, args: &Login) -> Result<SignedIn, Error> {
    let account = account(console, "sign in to")?;
    let way = way(&account.profile, args)?;
    console.say(&choice::line(&account.profile));
    let busy = Busy::default();
    signal::watch(console, &busy)?;
    busy.set(true);
    let clock: Arc<dyn Clock> = Arc::new(RealClock::default());
    let wire = TokenWire::new(&settings(console, &account, &clock));
    let guide = Terminal {
        console: console.clone(),
        opens: !args.no_browser,
    };
    let _task = console.screen.start("waiting for the sign-in");
    let sign_in = SignIn::new(account, Arc::clone(&clock), wire);
    let _work = Work::begin(&clock);
    runtime()?.block_on(sign_in.sign_in(way, args.timeout, &guide))
}

/// Returns the account of a command that signs in or out, which must keep what it is given.
pub(super) fn account(console: &Console, verb: &str) -> Result<Account, Error> {
    let name = console.globals.profile.as_deref();
    let Some(account) = choice::choose(name)? else {
        let message = format!("there is nothing to {verb}: the embedded sandbox needs no sign-in");
        return Err(Error::new(Code::UsageArgument, message)
            .help("add a profile of your own: `tenantry profile add --help`"));
    };
    if !account.vault.lasts() {
        let message = format!(
            "there is nothing to {verb}: the secrets of the profile `{}` come from the environment, which keeps nothing",
            account.profile.name
        );
        return Err(Error::new(Code::UsageEnvironment, message).help(
            "add a profile that keeps its secrets (`tenantry profile add --help`), or unset TENANTRY_REFRESH_TOKEN if it is set",
        ));
    }
    Ok(account)
}

/// Decides how somebody signs in; fails if nobody may be asked, or nobody is meant to. For automation
/// somebody signs in once, for all the runs that then ask nobody.
fn way(profile: &Profile, args: &Login) -> Result<Way, Error> {
    let name = &profile.name;
    if profile.role == Role::Automation && !args.partner_consent {
        let message = format!("the profile `{name}` is for automation: nobody is asked to sign in");
        return Err(Error::new(Code::AuthInteraction, message).help(format!(
            "let somebody sign in once for all its runs: `{}`",
            identity::login_command(profile)
        )));
    }
    let Some(flow) = profile.user else {
        let message = format!("the profile `{name}` has no signed-in user, only the application");
        return Err(Error::new(Code::AuthPrincipalMissing, message).help(
            "say how the profile's user signs in, with --user: `tenantry profile add --help`",
        ));
    };
    Ok(match flow {
        _ if args.partner_consent => Way::PartnerConsent,
        UserFlow::Device => Way::Device,
        UserFlow::Browser | UserFlow::Given if args.device => Way::Device,
        UserFlow::Browser | UserFlow::Given => Way::Browser,
    })
}

/// Returns what a client of this account is built from; it may do nothing but read.
pub(super) fn settings(
    console: &Console,
    account: &Account,
    clock: &Arc<dyn Clock>,
) -> http::Settings {
    let endpoints = &account.profile.endpoints;
    let roots = ServiceName::ALL.map(|service| (service, endpoints.of(service).clone()));
    let tokens = Identity::new(account.clone(), Arc::clone(clock));
    http::Settings {
        log: chosen_log(console),
        cancel: console.cancel.clone(),
        ca_file: account.profile.ca_file.clone(),
        ..http::Settings::new(roots.into(), Arc::clone(clock), Arc::new(tokens))
    }
}

/// Returns a runtime for what a person waits for.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    let built = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    built.map_err(|reason| {
        let message = format!("the network cannot be used: {reason}");
        Error::new(Code::Internal, message)
    })
}

fn summary(done: &SignedIn) -> String {
    let SignedIn {
        name,
        tenant,
        mfa,
        place,
    } = done;
    let factors = match mfa {
        Some(true) => ", with multi-factor authentication",
        Some(false) => ", without multi-factor authentication: Partner Center will refuse it",
        None => "",
    };
    format!(
        "signed in as {name} of the tenant {tenant}{factors}; the refresh token is kept in {place}"
    )
}

/// Leads a person at this terminal. What they must see is shown with `--quiet`, too.
#[derive(Debug)]
struct Terminal {
    console: Console,
    opens: bool,
}

impl Guide for Terminal {
    fn visit(&self, url: &str) {
        let told = "to sign in, open this address in a browser of this machine:";
        self.console.error_text(&format!("{told}\n{url}\n"));
        if self.opens {
            open(url.to_owned(), self.console.screen.clone());
        }
    }

    fn enter(&self, message: &str) {
        self.console.error_text(&format!("{message}\n"));
    }
}

/// Opens the browser without waiting for it.
fn open(url: String, screen: Screen) {
    std::thread::spawn(move || {
        if opener::open_browser(url).is_err() {
            screen.say("no browser could be opened: open the address yourself");
        }
    });
}
