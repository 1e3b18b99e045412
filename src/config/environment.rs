//! The profile that the environment describes (`TENANTRY_…`).

use std::path::PathBuf;
use std::sync::Arc;

use url::Url;

use super::cloud::{Cloud, address};
use super::read::ROLES;
use super::{
    Account, AppCredential, Assertion, Defaults, Endpoints, Given, Profile, SecretName, UserFlow,
};
use crate::base::secret::Secret;
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};

const PREFIX: &str = "TENANTRY_";
const TENANT: &str = "TENANTRY_TENANT_ID";
const CLIENT: &str = "TENANTRY_CLIENT_ID";
const SECRET: &str = "TENANTRY_CLIENT_SECRET";
const REFRESH: &str = "TENANTRY_REFRESH_TOKEN";
const CERTIFICATE: &str = "TENANTRY_CERTIFICATE";
const ASSERTION: &str = "TENANTRY_ASSERTION";
const ROLE: &str = "TENANTRY_ROLE";
const CLOUD: &str = "TENANTRY_CLOUD";
const CERTIFICATE_PASSWORD: &str = "TENANTRY_CERTIFICATE_PASSWORD";
const CA_FILE: &str = "TENANTRY_CA_FILE";
/// Variable of each endpoint.
const ENDPOINTS: [&str; 4] = [
    "TENANTRY_ENDPOINT_LOGIN",
    "TENANTRY_ENDPOINT_PARTNER",
    "TENANTRY_ENDPOINT_GRAPH",
    "TENANTRY_ENDPOINT_ARM",
];

/// Every variable that describes a profile or a part of it, but the endpoints.
const OF_PROFILE: [&str; 10] = [
    TENANT,
    CLIENT,
    SECRET,
    CERTIFICATE,
    CERTIFICATE_PASSWORD,
    ASSERTION,
    REFRESH,
    CA_FILE,
    ROLE,
    CLOUD,
];

/// Returns the profile that the variables describe, or `None` when none of them is set.
///
/// Tenant, client and at least one of the application's credentials and a refresh token belong
/// together; the endpoints are given all or not at all. Anything set in part is
/// [`Code::UsageEnvironment`].
pub fn from_environment(get: impl Fn(&str) -> Option<String>) -> Result<Option<Account>, Error> {
    let value = |name: &str| get(name).filter(|value| !value.is_empty());
    let any = OF_PROFILE
        .iter()
        .copied()
        .chain(ENDPOINTS)
        .any(|name| value(name).is_some());
    if !any {
        return Ok(None);
    }
    let missing: Vec<&str> = [TENANT, CLIENT]
        .into_iter()
        .filter(|name| value(name).is_none())
        .collect();
    if !missing.is_empty() {
        return Err(in_part(&missing.join(" and ")));
    }
    let app = app(&value)?;
    let user = value(REFRESH).map(|_| UserFlow::Given);
    if app.is_none() && user.is_none() {
        return Err(in_part(&format!("{SECRET} or {REFRESH}")));
    }
    let profile = Profile {
        name: "environment".to_owned(),
        endpoints: endpoints(&value)?,
        tenant: value(TENANT).unwrap_or_default(),
        client_id: value(CLIENT).unwrap_or_default(),
        role: word(&value, ROLE, &ROLES)?.unwrap_or_default(),
        prefers: None,
        app,
        user,
        ca_file: value(CA_FILE).map(PathBuf::from),
        grants: Vec::new(),
        defaults: Defaults::default(),
    };
    Ok(Some(Account {
        profile,
        vault: Arc::new(Given::new(secrets(get))),
    }))
}

/// Returns the application's credential; more than one would leave open which is meant.
fn app(value: &impl Fn(&str) -> Option<String>) -> Result<Option<AppCredential>, Error> {
    let all = [SECRET, CERTIFICATE, ASSERTION];
    let set: Vec<&str> = all
        .into_iter()
        .filter(|name| value(name).is_some())
        .collect();
    if set.len() > 1 {
        let message = format!(
            "the environment sets {}, and one is enough",
            set.join(" and ")
        );
        return Err(Error::new(Code::UsageEnvironment, message).help("unset all but one of them"));
    }
    if set != [CERTIFICATE] && value(CERTIFICATE_PASSWORD).is_some() {
        return Err(in_part(CERTIFICATE));
    }
    if let Some(file) = value(CERTIFICATE) {
        return Ok(Some(AppCredential::Certificate(file.into())));
    }
    if let Some(source) = value(ASSERTION) {
        return Ok(Some(AppCredential::Federated(match source.as_str() {
            "github" => Assertion::GitHub,
            file => Assertion::File(file.into()),
        })));
    }
    Ok(value(SECRET).map(|_| AppCredential::Secret))
}

/// Returns what a variable's word means.
fn word<T: Copy>(
    value: &impl Fn(&str) -> Option<String>,
    name: &str,
    words: &[(&str, T)],
) -> Result<Option<T>, Error> {
    let Some(text) = value(name) else {
        return Ok(None);
    };
    if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(Some(*meaning));
    }
    let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let message = format!("{name} cannot be `{text}`");
    Err(Error::new(Code::UsageEnvironment, message)
        .help(format!("give one of {}", words.join(", "))))
}

fn endpoints(value: &impl Fn(&str) -> Option<String>) -> Result<Endpoints, Error> {
    let missing: Vec<&str> = ENDPOINTS
        .into_iter()
        .filter(|name| value(name).is_none())
        .collect();
    if !missing.is_empty() && missing.len() < ENDPOINTS.len() {
        return Err(in_part(&missing.join(" and ")));
    }
    let clouds = &Cloud::WORDS[..3]; // all but `custom`: that is what the endpoints are
    let cloud = word(value, CLOUD, clouds)?;
    if cloud.is_some() && missing.is_empty() {
        let message = format!("the environment sets {CLOUD} and addresses of its own");
        return Err(Error::new(Code::UsageEnvironment, message).help(format!(
            "unset {CLOUD}, or the TENANTRY_ENDPOINT_… variables"
        )));
    }
    if !missing.is_empty() {
        let known = cloud.unwrap_or_default().endpoints();
        return known.ok_or_else(|| in_part("endpoints"));
    }
    let [login, partner, graph, arm] =
        ENDPOINTS.map(|name| endpoint(name, &value(name).unwrap_or_default()));
    Ok(Endpoints {
        login: login?,
        partner: partner?,
        graph: graph?,
        arm: arm?,
    })
}

fn endpoint(name: &str, text: &str) -> Result<Url, Error> {
    address(text).map_err(|why| {
        Error::new(
            Code::UsageEnvironment,
            format!("{name} cannot be `{text}`: {why}"),
        )
        .help("give an address such as https://login.microsoftonline.com")
    })
}

/// Returns which variables describe a profile, so that no other one can be named beside them.
pub fn describes_profile(get: impl Fn(&str) -> Option<String>) -> Vec<&'static str> {
    [TENANT, CLIENT, CERTIFICATE, ASSERTION, ROLE, CLOUD]
        .into_iter()
        .chain(ENDPOINTS)
        .filter(|name| get(name).is_some_and(|value| !value.is_empty()))
        .collect()
}

/// Returns the variable that gives a secret.
pub fn variable_of(name: SecretName) -> &'static str {
    match name {
        SecretName::ClientSecret => SECRET,
        SecretName::CertificatePassword => CERTIFICATE_PASSWORD,
        SecretName::RefreshToken => REFRESH,
    }
}

/// Returns the secrets that the variables give to whichever profile is named.
pub fn secrets(get: impl Fn(&str) -> Option<String>) -> Vec<(SecretName, Secret<String>)> {
    SecretName::ALL
        .into_iter()
        .filter_map(|name| {
            let value = get(variable_of(name)).filter(|value| !value.is_empty())?;
            Some((name, Secret::new(value)))
        })
        .collect()
}

/// Fails if a variable's name looks like a misspelt one of ours: a profile would be something else
/// than meant, or the sandbox.
pub fn check_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
    let others = ["TENANTRY_PROFILE", "TENANTRY_CONFIG", "TENANTRY_PASSPHRASE"];
    let known: Vec<&str> = OF_PROFILE
        .into_iter()
        .chain(others)
        .chain(ENDPOINTS)
        .filter_map(|name| name.strip_prefix(PREFIX))
        .collect();
    for name in names {
        let Some(own) = name.strip_prefix(PREFIX).filter(|own| !known.contains(own)) else {
            continue;
        };
        if let Some(near) = did_you_mean(own, known.iter().copied()) {
            let message = format!("the environment sets {name}, which means nothing");
            return Err(Error::new(Code::UsageEnvironment, message)
                .help(format!("did you mean {PREFIX}{near}?")));
        }
    }
    Ok(())
}

fn in_part(missing: &str) -> Error {
    let verb = if missing.contains(" and ") {
        "are"
    } else {
        "is"
    };
    Error::new(
        Code::UsageEnvironment,
        format!("the environment describes a profile only in part: {missing} {verb} not set"),
    )
    .help(format!(
        "set {missing}, or unset all TENANTRY_… variables to use the embedded sandbox"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Principal, ServiceName};

    fn read(vars: &[(&str, &str)]) -> Result<Option<Account>, Error> {
        from_environment(|name| {
            vars.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn misspelt_names_are_told() {
        assert!(check_names(["PATH", TENANT, "TENANTRY_SLOW", "TENANTRY_UPDATE"]).is_ok());
        let error = check_names(["TENANTRY_TENNANT_ID"]).expect_err("misspelt");
        assert_eq!(
            error.parts().help.as_deref(),
            Some("did you mean TENANTRY_TENANT_ID?")
        );
    }

    #[test]
    fn nothing_set_is_no_profile() {
        assert!(read(&[]).expect("no error").is_none());
        assert!(read(&[(TENANT, "")]).expect("no error").is_none());
    }

    #[test]
    fn what_is_set_in_part_names_what_is_missing() {
        let message = |vars: &[(&str, &str)]| read(vars).expect_err("in part").to_string();
        assert!(message(&[(TENANT, "t")]).ends_with("TENANTRY_CLIENT_ID is not set"));
        assert!(
            message(&[(TENANT, "t"), (CLIENT, "c")])
                .contains("TENANTRY_CLIENT_SECRET or TENANTRY_REFRESH_TOKEN")
        );
        let one = [
            (TENANT, "t"),
            (CLIENT, "c"),
            (SECRET, "s"),
            (ENDPOINTS[0], "http://localhost:1"),
        ];
        assert!(message(&one).contains("TENANTRY_ENDPOINT_PARTNER"));
    }

    #[test]
    fn a_whole_profile_is_read() {
        let account = read(&[(TENANT, "t"), (CLIENT, "c"), (REFRESH, "r")])
            .expect("whole")
            .expect("a profile");
        assert_eq!(
            account.profile.preferred(ServiceName::Partner),
            Principal::User
        );
        let refresh = account.vault.get(SecretName::RefreshToken).expect("given");
        assert_eq!(refresh, Some(Secret::new("r".to_owned())));
        assert_eq!(
            account.profile.endpoints.partner.as_str(),
            "https://api.partnercenter.microsoft.com/"
        );
        assert!(!format!("{account:?}").contains("\"r\""));
    }
}
