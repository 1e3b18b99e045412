//! Servers of databases. Source: arm reference §10.11.

use serde_json::{Map, Value};

use super::refusal::{absent, busy, name, taken, value};
use super::{VERSIONS, databases, long, names};
use crate::sandbox::arm::body;
use crate::sandbox::arm::calls::routes;
use crate::sandbox::arm::kind::{Draft, Kind, Long};
use crate::sandbox::arm::password::classes;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = routes!("Microsoft.Sql/servers", "server");

/// Logins that an administrator cannot have.
const RESERVED: [&str; 10] = [
    "admin",
    "administrator",
    "dbmanager",
    "dbo",
    "guest",
    "loginmanager",
    "public",
    "root",
    "sa",
    "sys",
];

const VALUES: [(&str, &[&str]); 3] = [
    ("minimalTlsVersion", &["None", "1.0", "1.1", "1.2", "1.3"]),
    (
        "publicNetworkAccess",
        &["Disabled", "Enabled", "SecuredByPerimeter"],
    ),
    ("restrictOutboundNetworkAccess", &["Disabled", "Enabled"]),
];

const PASSWORD: &str = "administratorLoginPassword";

#[derive(Debug)]
pub(super) struct Servers;

impl Kind for Servers {
    fn name(&self) -> &'static str {
        names::SERVER
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn members(&self) -> &'static [&'static str] {
        &["identity"]
    }

    fn operation_segments(&self) -> (&'static str, &'static str) {
        ("serverAzureAsyncOperation", "serverOperationResults")
    }

    fn operations_in_group(&self) -> bool {
        true
    }

    fn put(&self, _draft: &Draft<'_>) -> Option<Long> {
        Some(long(60))
    }

    fn patch(&self, _draft: &Draft<'_>) -> Option<Long> {
        Some(long(15))
    }

    fn delete(&self, _resource: &Resource) -> Option<Long> {
        Some(long(30))
    }

    fn check_name(&self, given: &str) -> Result<(), Refusal> {
        // The host's name is in small letters, however the path is written.
        if names::is_one(&given.to_lowercase()) {
            return Ok(());
        }
        Err(name("server", given, names::RULE))
    }

    fn check(&self, tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        if let Some(other) = names::holder(tx, draft.id.name())
            && other.id.to_lowercase() != draft.id.key()
        {
            return Err(taken(draft.id.name()));
        }
        if let Some(before) = draft.before {
            at_rest(before)?;
        }
        let properties = &mut draft.resource.properties;
        for (field, known) in VALUES {
            if let Some(given) = body::text(properties, field)? {
                body::one_of(field, given, known)?;
            }
        }
        if body::text(properties, "version")?.is_some_and(|version| version != "12.0") {
            return Err(value("Version", "It is '12.0'."));
        }
        for computed in ["fullyQualifiedDomainName", "state"] {
            properties.remove(computed);
        }
        administrator(draft)?;
        complete(draft);
        Ok(())
    }

    fn settled(&self, tx: &mut Tx<'_>, key: &str) {
        databases::make_master(tx, key);
    }

    fn show(
        &self,
        _tx: &Tx<'_>,
        resource: &Resource,
        _request: Option<&Request>,
        shown: &mut Map<String, Value>,
    ) {
        shown.insert("kind".to_owned(), "v12.0".into());
        if let Some(Value::Object(properties)) = shown.get_mut("properties") {
            properties.remove("provisioningState");
            let state = if resource.state == "Creating" {
                "Creating"
            } else {
                "Ready"
            };
            properties.insert("state".to_owned(), state.into());
        }
    }
}

/// Refuses while something else is done with a server.
pub(super) fn at_rest(server: &Resource) -> Result<(), Refusal> {
    if ["Succeeded", "Failed"].contains(&server.state.as_str()) {
        return Ok(());
    }
    Err(busy("server", &server.name))
}

/// The login is there from the beginning and stays; the password is never shown, and can be changed.
fn administrator(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    const LOGIN: &str = "administratorLogin";
    let properties = &mut draft.resource.properties;
    let given = body::text(properties, LOGIN)?.map(str::to_owned);
    let before = draft
        .before
        .and_then(|server| server.properties.get(LOGIN)?.as_str())
        .map(str::to_owned);
    let only_entra = body::at(properties, "administrators.azureADOnlyAuthentication")
        == Some(&Value::Bool(true));
    let login = match (&before, given) {
        (Some(before), Some(given)) if *before != given => {
            return Err(value("AdministratorLogin", "It cannot be changed."));
        }
        (Some(before), _) => before.clone(),
        (None, Some(given)) => check_login(given)?,
        (None, None) if only_entra || draft.before.is_some() => return Ok(()),
        (None, None) => return Err(absent("AdministratorLogin")),
    };
    match body::text(properties, PASSWORD)? {
        Some(password) => check_password(password, &login)?,
        None if draft.before.is_none() => return Err(absent("AdministratorLoginPassword")),
        None => {}
    }
    properties.insert(LOGIN.to_owned(), login.into());
    if let Some(password) = properties.remove(PASSWORD) {
        draft.resource.hidden.insert(PASSWORD.to_owned(), password);
    }
    Ok(())
}

fn check_login(login: String) -> Result<String, Refusal> {
    let fits = |letter: char| letter.is_alphanumeric() || "_-@.".contains(letter);
    let reserved = RESERVED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(&login));
    let begins = login.chars().next().is_some_and(char::is_alphabetic);
    if reserved || !begins || !login.chars().all(fits) || login.chars().count() > 128 {
        return Err(value(
            "AdministratorLogin",
            "Specify a valid parameter value.",
        ));
    }
    Ok(login)
}

fn check_password(password: &str, login: &str) -> Result<(), Refusal> {
    let count = password.chars().count();
    let has_login = password.to_lowercase().contains(&login.to_lowercase());
    if (8..=128).contains(&count) && classes(password) >= 3 && !has_login {
        return Ok(());
    }
    let text = "Password validation failed. The password does not meet policy requirements because it is not complex enough.";
    Err(Refusal::new(400, "PasswordNotComplex", text).target("administratorLoginPassword"))
}

fn complete(draft: &mut Draft<'_>) {
    let host = format!("{}.database.windows.net", draft.id.name().to_lowercase());
    let properties = &mut draft.resource.properties;
    properties.insert("fullyQualifiedDomainName".to_owned(), host.into());
    for (name, usual) in [
        ("version", "12.0"),
        ("minimalTlsVersion", "1.2"),
        ("publicNetworkAccess", "Enabled"),
        ("restrictOutboundNetworkAccess", "Disabled"),
    ] {
        properties.entry(name).or_insert_with(|| usual.into());
    }
}
