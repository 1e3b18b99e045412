//! `profile add NAME`: a new profile from flags, its secrets from the environment, from stdin, or
//! asked for.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use url::Url;

use super::super::args::{OutputFormat, effect, lanes};
use super::super::choice::{self, variable};
use super::super::console::Console;
use super::secret;
use crate::api::Principal;
use crate::api::model::Effect;
use crate::base::duration;
use crate::config::{
    self, AppCredential, Assertion, Cloud, Defaults, Edit, Endpoints, Given, Profile, Role,
    UserFlow, Vault,
};
use crate::error::{Code, Error};
use crate::identity;

/// Adds a profile.
#[derive(Debug, Args)]
#[command(after_help = "\
A secret is never given on the command line. It is taken from TENANTRY_CLIENT_SECRET,
TENANTRY_CERTIFICATE_PASSWORD or TENANTRY_REFRESH_TOKEN, from stdin with --secret-stdin,
or asked for; `tenantry profile secret NAME` gives it later.

Examples:
  tenantry profile add contoso --tenant contoso.onmicrosoft.com \\
      --client-id 00000000-0000-0000-0000-000000000001 --app secret --user browser --use
  tenantry profile add nightly --tenant contoso.onmicrosoft.com --role automation \\
      --client-id 00000000-0000-0000-0000-000000000001 --certificate contoso.pem
  tenantry profile add fabrikam --tenant fabrikam.onmicrosoft.com --role customer \\
      --client-id 00000000-0000-0000-0000-000000000001 --user device")]
pub(crate) struct Add {
    /// Name of the profile
    #[arg(value_parser = name)]
    name: String,
    /// The profile's own tenant: its id or its domain
    #[arg(long, value_name = "TENANT", value_parser = tenant)]
    tenant: String,
    /// The application's (client) id
    #[arg(long, value_name = "ID", value_parser = client_id)]
    client_id: Option<String>,
    /// The cloud that the tenant is in
    #[arg(long, value_enum, default_value = "public", value_name = "CLOUD")]
    cloud: CloudWord,
    /// Whose work the profile does
    #[arg(long, value_enum, default_value = "admin", value_name = "ROLE")]
    role: RoleWord,
    /// How the application proves that it is itself
    #[arg(long, value_enum, value_name = "KIND")]
    app: Option<AppWord>,
    /// The application's certificate with its private key, PEM or PFX
    #[arg(long, value_name = "FILE", conflicts_with_all = ["assertion", "managed_identity"])]
    certificate: Option<PathBuf>,
    /// Where a federated token comes from: `github`, or a file
    #[arg(long, value_name = "SOURCE", conflicts_with = "managed_identity")]
    assertion: Option<String>,
    /// Client id of the managed identity, if it is not the machine's own
    #[arg(long, value_name = "ID", value_parser = client_id)]
    managed_identity: Option<String>,
    /// How a user signs in
    #[arg(long, value_enum, value_name = "FLOW")]
    user: Option<UserWord>,
    /// As whom to make calls that either may make
    #[arg(long, value_enum, value_name = "PRINCIPAL")]
    prefers: Option<PrincipalWord>,
    /// Effects that every run with the profile may have: write, spend, destroy
    #[arg(long, value_name = "EFFECTS", value_delimiter = ',', value_parser = effect)]
    allow: Vec<Effect>,
    /// Certificates (PEM) to trust beside the system's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Address of the identity service, for the cloud `custom`
    #[arg(long, value_name = "URL")]
    login_url: Option<Url>,
    /// Address of Partner Center, for the cloud `custom`
    #[arg(long, value_name = "URL")]
    partner_url: Option<Url>,
    /// Address of Microsoft Graph, for the cloud `custom`
    #[arg(long, value_name = "URL")]
    graph_url: Option<Url>,
    /// Address of Azure Resource Manager, for the cloud `custom`
    #[arg(long, value_name = "URL")]
    arm_url: Option<Url>,
    /// What `--output` is when it is not given
    #[arg(long, value_enum, value_name = "FORMAT")]
    default_output: Option<OutputFormat>,
    /// What `--lanes` is when it is not given
    #[arg(long, value_name = "N", value_parser = lanes)]
    default_lanes: Option<usize>,
    /// What `--timeout` is when it is not given
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    default_timeout: Option<Duration>,
    /// Read the secret from stdin: the application's on the first line, a refresh token on the next
    #[arg(long)]
    secret_stdin: bool,
    /// Take this profile when none is named
    #[arg(long = "use")]
    chosen: bool,
    /// Put it in the place of a profile of the same name
    #[arg(long)]
    replace: bool,
}

/// The words of the configuration file as values of flags.
macro_rules! words {
    ($($name:ident { $($variant:ident $about:literal),* })*) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
        #[value(rename_all = "snake_case")]
        enum $name { $(#[doc = $about] $variant),* }
    )*};
}

words! {
    CloudWord { Public "The global cloud", Usgov "The US government's (L4)", China "The one of 21Vianet", Custom "Addresses of your own" }
    RoleWord { Admin "A partner's user", Customer "A customer's user, in the own tenant alone", Automation "Unattended: nothing is ever asked" }
    AppWord { Secret "A client secret", Certificate "A certificate", Federated "Another issuer's token", ManagedIdentity "The machine's managed identity" }
    UserWord { Browser "In the browser", Device "With a code, on any machine", Given "Not here: the refresh token is given" }
    PrincipalWord { App "The application", User "The signed-in user" }
}

/// Adds the profile that the flags describe.
pub(super) fn add(console: &Console, args: Add) -> Result<(), Error> {
    let path = config::path(variable)?;
    let mut edit = Edit::open(&path)?;
    if edit.has(&args.name) && !args.replace {
        let message = format!("there is a profile `{}` already", args.name);
        return Err(Error::new(Code::UsageArgument, message)
            .help("give another name, or --replace to put this one in its place"));
    }
    let profile = described(&args)?;
    edit.put(&profile.name, config::settings(&profile))?;
    if args.chosen {
        edit.choose(&profile.name);
    }
    let config = edit.check(&path).map_err(|error| {
        let found = Edit::open(&path).and_then(|before| before.check(&path));
        found.map_or_else(|before| before, |_| of_flags(error))
    })?;
    let vault = choice::vault(
        &profile.name,
        profile.role,
        &config,
        &path,
        Given::default(),
    );
    let mut kept = 0;
    let mut missing = Vec::new();
    for name in secret::wanted(&profile) {
        match secret::given(name, args.secret_stdin, profile.role)? {
            Some(value) => {
                vault.set(name, &value)?;
                kept += 1;
            }
            None => missing.push(name),
        }
    }
    edit.write(&path)?;
    console.say(&format!(
        "added the profile `{}` to {}",
        profile.name,
        path.display()
    ));
    if kept > 0 {
        console.say(&format!("its secrets are in {}", vault.place()));
    }
    for name in missing.into_iter().filter(|name| secret::is_needed(*name)) {
        let (profile, word) = (&profile.name, name.as_str());
        console.say(&format!(
            "it has no {word} yet: `tenantry profile secret {profile} {word}` keeps one"
        ));
    }
    if matches!(profile.user, Some(UserFlow::Browser | UserFlow::Device)) {
        let command = identity::login_command(&profile);
        console.say(&format!("sign in with: {command}"));
    }
    Ok(())
}

/// What is wrong was never in a file: it has no line there.
fn of_flags(mut error: Error) -> Error {
    let parts = error.parts_mut();
    parts.code = Code::UsageArgument;
    parts.at = None;
    let related = std::mem::take(&mut parts.related);
    error.related(related.into_iter().map(of_flags))
}

fn described(args: &Add) -> Result<Profile, Error> {
    let app = app(args)?;
    let user = args.user.map(|user| match user {
        UserWord::Browser => UserFlow::Browser,
        UserWord::Device => UserFlow::Device,
        UserWord::Given => UserFlow::Given,
    });
    Ok(Profile {
        name: args.name.clone(),
        endpoints: endpoints(args)?,
        tenant: args.tenant.clone(),
        client_id: args.client_id.clone().unwrap_or_default(),
        role: match args.role {
            RoleWord::Admin => Role::Admin,
            RoleWord::Customer => Role::Customer,
            RoleWord::Automation => Role::Automation,
        },
        app,
        user,
        prefers: args.prefers.map(|prefers| match prefers {
            PrincipalWord::App => Principal::App,
            PrincipalWord::User => Principal::User,
        }),
        ca_file: args.ca_file.as_deref().map(readable).transpose()?,
        grants: args.allow.clone(),
        defaults: Defaults {
            output: args.default_output.map(|output| output.word().to_owned()),
            lanes: args.default_lanes,
            timeout: args.default_timeout,
        },
    })
}

/// What belongs to a kind of credential says which kind it is.
fn app(args: &Add) -> Result<Option<AppCredential>, Error> {
    let implied = match args {
        Add {
            certificate: Some(_),
            ..
        } => Some(AppWord::Certificate),
        Add {
            assertion: Some(_), ..
        } => Some(AppWord::Federated),
        Add {
            managed_identity: Some(_),
            ..
        } => Some(AppWord::ManagedIdentity),
        _ => None,
    };
    if let (Some(app), Some(implied)) = (args.app, implied)
        && app != implied
    {
        let message = "--app names one kind of credential, and another flag describes another";
        return Err(Error::new(Code::UsageArgument, message).help("leave out --app"));
    }
    let Some(kind) = args.app.or(implied) else {
        return Ok(None);
    };
    let missing = |flag: &str| {
        Error::new(Code::UsageArgument, format!("{flag} is missing"))
            .help("`tenantry profile add --help` shows examples")
    };
    Ok(Some(match kind {
        AppWord::Secret => AppCredential::Secret,
        AppWord::Certificate => {
            let file = args.certificate.as_deref();
            AppCredential::Certificate(readable(file.ok_or_else(|| missing("--certificate"))?)?)
        }
        AppWord::Federated => match args.assertion.as_deref() {
            None => return Err(missing("--assertion")),
            Some("github") => AppCredential::Federated(Assertion::GitHub),
            // It may come to be only where the workload runs.
            Some(file) => AppCredential::Federated(Assertion::File(absolute(Path::new(file))?)),
        },
        AppWord::ManagedIdentity => AppCredential::ManagedIdentity(args.managed_identity.clone()),
    }))
}

fn endpoints(args: &Add) -> Result<Endpoints, Error> {
    let flags = [
        ("--login-url", &args.login_url),
        ("--partner-url", &args.partner_url),
        ("--graph-url", &args.graph_url),
        ("--arm-url", &args.arm_url),
    ];
    let cloud = match args.cloud {
        CloudWord::Public => Cloud::Public,
        CloudWord::Usgov => Cloud::UsGov,
        CloudWord::China => Cloud::China,
        CloudWord::Custom => Cloud::Custom,
    };
    let given = flags.iter().any(|(_, url)| url.is_some());
    if let Some(known) = cloud.endpoints() {
        if given {
            let message = format!("the cloud `{}` has addresses of its own", cloud.as_str());
            return Err(Error::new(Code::UsageArgument, message)
                .help("give --cloud custom with all four addresses"));
        }
        return Ok(known);
    }
    let missing: Vec<&str> = flags
        .iter()
        .filter(|(_, url)| url.is_none())
        .map(|(flag, _)| *flag)
        .collect();
    let [Some(login), Some(partner), Some(graph), Some(arm)] = flags.map(|(_, url)| url.clone())
    else {
        let missing = missing.join(", ");
        let message = format!("the cloud `custom` needs addresses: {missing} is missing");
        return Err(Error::new(Code::UsageArgument, message)
            .help("give --login-url, --partner-url, --graph-url and --arm-url"));
    };
    Ok(Endpoints {
        login,
        partner,
        graph,
        arm,
    })
}

/// Returns the whole path of a file that can be read.
fn readable(path: &Path) -> Result<PathBuf, Error> {
    let refused = |error: std::io::Error| {
        let message = format!("`{}` cannot be read: {error}", path.display());
        Error::new(Code::UsageFile, message).help("give the path of a file that you may read")
    };
    let file = std::fs::File::open(path).map_err(refused)?;
    if file.metadata().map_err(refused)?.is_dir() {
        let message = format!("`{}` is a folder", path.display());
        return Err(Error::new(Code::UsageFile, message).help("give the path of a file"));
    }
    absolute(path)
}

fn absolute(path: &Path) -> Result<PathBuf, Error> {
    std::path::absolute(path).map_err(|error| {
        let message = format!("`{}` is no path: {error}", path.display());
        Error::new(Code::UsageFile, message).help("give the whole path")
    })
}

fn name(text: &str) -> Result<String, String> {
    config::profile_name(text).map(|()| text.to_owned())
}

fn tenant(text: &str) -> Result<String, String> {
    config::tenant_id(text).map(str::to_owned)
}

fn client_id(text: &str) -> Result<String, String> {
    config::client_id_of(text).map(str::to_owned)
}
