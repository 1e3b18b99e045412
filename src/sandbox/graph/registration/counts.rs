//! How many users have registered which methods, and may use which features. Source: graph reference
//! §8.1.

use serde_json::{Value, json};

use super::{licensed, shown};
use crate::sandbox::entra::roles::{self, GLOBAL_ADMINISTRATOR};
use crate::sandbox::graph::odata::context;
use crate::sandbox::graph::people::{self, Person};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::Tx;

/// The methods that are counted, in the order of the reference.
const METHODS: [&str; 13] = [
    "mobilePhone",
    "email",
    "fido2",
    "microsoftAuthenticatorPush",
    "softwareOneTimePasscode",
    "passKeyDeviceBound",
    "alternateMobilePhone",
    "officePhone",
    "microsoftAuthenticatorPasswordless",
    "hardwareOneTimePasscode",
    "windowsHelloForBusiness",
    "securityQuestion",
    "temporaryAccessPass",
];

/// The features that are counted, with the property of the report.
const FEATURES: [(&str, &str); 5] = [
    ("ssprRegistered", "isSsprRegistered"),
    ("ssprEnabled", "isSsprEnabled"),
    ("ssprCapable", "isSsprCapable"),
    ("passwordlessCapable", "isPasswordlessCapable"),
    ("mfaCapable", "isMfaCapable"),
];

/// Whom a count includes: `includedUserTypes` and `includedUserRoles`.
struct Included {
    types: String,
    roles: String,
}

impl Included {
    fn read(request: &Request) -> Result<Self, Refusal> {
        let mut included = Self {
            types: "all".to_owned(),
            roles: "all".to_owned(),
        };
        let arguments = request.param("arguments");
        for argument in arguments.split(',').filter(|text| !text.is_empty()) {
            let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
            let value = value.trim().trim_matches('\'').to_owned();
            let (place, known) = match name.trim() {
                "includedUserTypes" => (&mut included.types, &["all", "member", "guest"][..]),
                "includedUserRoles" => (
                    &mut included.roles,
                    &["all", "privilegedAdmin", "admin", "user"][..],
                ),
                _ => return Err(invalid(name)),
            };
            if !known.contains(&value.as_str()) {
                return Err(invalid(name));
            }
            *place = value;
        }
        Ok(included)
    }

    fn takes(&self, tx: &Tx<'_>, person: &Person) -> bool {
        let is_type = match self.types.as_str() {
            "member" => !person.profile.guest,
            "guest" => person.profile.guest,
            _ => true,
        };
        let roles = roles::of(tx, &person.tenant, &person.user.id);
        let is_role = match self.roles.as_str() {
            "privilegedAdmin" => roles.iter().any(|role| role == GLOBAL_ADMINISTRATOR),
            "admin" => !roles.is_empty(),
            "user" => roles.is_empty(),
            _ => true,
        };
        is_type && is_role
    }
}

fn invalid(name: &str) -> Refusal {
    let text = format!("Invalid value of the parameter '{}'.", name.trim());
    Refusal::new(400, "BadRequest", text)
}

pub(super) fn by_method(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let counted = |rows: &[Value]| -> Value {
        let count = |name: &str| {
            let has = |row: &&Value| {
                let methods = row["methodsRegistered"].as_array();
                methods.is_some_and(|methods| methods.iter().any(|method| method == name))
            };
            rows.iter().filter(has).count()
        };
        METHODS
            .iter()
            .map(|name| json!({ "authenticationMethod": name, "userCount": count(name) }))
            .collect()
    };
    counts(
        request,
        tx,
        (
            "userRegistrationMethodCounts",
            "userRegistrationMethodSummary",
        ),
        &counted,
    )
}

pub(super) fn by_feature(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let counted = |rows: &[Value]| -> Value {
        let count = |property: &str| rows.iter().filter(|row| row[property] == true).count();
        FEATURES
            .iter()
            .map(|(name, property)| json!({ "feature": name, "userCount": count(property) }))
            .collect()
    };
    counts(
        request,
        tx,
        (
            "userRegistrationFeatureCounts",
            "userRegistrationFeatureSummary",
        ),
        &counted,
    )
}

fn counts(
    request: &Request,
    tx: &Tx<'_>,
    (name, kind): (&str, &str),
    counted: &dyn Fn(&[Value]) -> Value,
) -> Outcome {
    let tenant = licensed(request, tx)?;
    let included = Included::read(request)?;
    let people = people::all(tx, tenant);
    let rows: Vec<Value> = people
        .iter()
        .filter(|person| included.takes(tx, person))
        .map(|person| shown(tx, person))
        .collect();
    let mut answer = json!({
        "@odata.context": context(request, &format!("microsoft.graph.{kind}")),
        "totalUserCount": rows.len(),
        "userTypes": included.types,
        "userRoles": included.roles,
    });
    answer[name] = counted(&rows);
    Ok(Reply::ok(answer))
}
