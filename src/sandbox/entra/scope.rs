//! What a token is asked for: `scope` of the v2 endpoint and `resource` of v1, resolved to one
//! resource. Pure decisions. Source: identity reference §3.

use super::aadsts::Aadsts;
use crate::sandbox::store::Asked;

/// A resource that tokens are issued for: its names (App ID URIs without a final slash, app id).
const RESOURCES: [&[&str]; 4] = [
    &[
        "https://api.partnercenter.microsoft.com",
        "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
    ],
    &[
        "https://graph.microsoft.com",
        "00000003-0000-0000-c000-000000000000",
    ],
    &[
        "https://management.azure.com",
        "https://management.core.windows.net",
        "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    ],
    // Retired: tokens are still issued, and no service accepts them.
    &[
        "https://graph.windows.net",
        "00000002-0000-0000-c000-000000000000",
    ],
];

/// Partner Center, as consents name it.
pub(crate) const PARTNER: &str = RESOURCES[0][0];
/// Microsoft Graph, as consents name it.
pub(crate) const GRAPH: &str = RESOURCES[1][0];
/// Azure Resource Manager, as consents name it.
pub(crate) const ARM: &str = RESOURCES[2][0];

/// Returns the services that tokens are issued for: the name that consents use, and the application
/// id.
pub(crate) fn services() -> impl Iterator<Item = (&'static str, &'static str)> {
    let names = RESOURCES.iter();
    names.filter_map(|names| Some((*names.first()?, *names.last()?)))
}

const OIDC: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// What a token is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The audience, exactly as it was requested.
    pub(crate) audience: String,
    /// First name of the resource, under which consents are kept.
    pub(crate) resource: &'static str,
    /// Named permissions; empty for `.default`.
    pub(crate) permissions: Vec<String>,
    /// Scopes of `OpenID` Connect that were asked for.
    pub(crate) oidc: Vec<&'static str>,
    /// Whether nothing but such scopes was asked for.
    pub(crate) only_oidc: bool,
}

impl Wanted {
    /// Tells whether a scope of `OpenID` Connect was asked for.
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.oidc.contains(&scope)
    }
}

/// Which grant a scope is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grant {
    /// Client credentials: exactly one `<resource>/.default`.
    ClientCredentials,
    /// Refresh: `.default` or named permissions of one resource.
    Refresh,
    /// A sign-in: as a refresh, and scopes of `OpenID` Connect alone are Microsoft Graph's.
    SignIn,
}

/// Returns what `resource` of the v1 endpoint asks for. It always includes an id token and a refresh
/// token.
pub(crate) fn of_resource(resource: &str) -> Result<Wanted, Aadsts> {
    let known = known(resource).ok_or_else(|| {
        let text = format!("The resource principal named {resource} was not found in the tenant.");
        Aadsts::new(50_001, text)
    })?;
    Ok(Wanted {
        audience: resource.to_owned(),
        resource: known,
        permissions: Vec::new(),
        oidc: OIDC.to_vec(),
        only_oidc: false,
    })
}

/// Returns the resources that `scope` of the authorize endpoint names, each with its permissions
/// (none for `.default`): several may be consented at once.
pub(crate) fn resources(scope: &str) -> Result<Vec<(&'static str, Vec<String>)>, Aadsts> {
    let mut found: Vec<(&'static str, Vec<String>)> = Vec::new();
    let named = scope.split_whitespace().filter(|one| !OIDC.contains(one));
    for (resource, permission) in named.map(split) {
        let resource = known(resource).ok_or_else(|| unknown(resource))?;
        let before = found.iter().position(|(other, _)| *other == resource);
        let at = before.unwrap_or(found.len());
        if before.is_none() {
            found.push((resource, Vec::new()));
        }
        if permission != ".default" {
            found[at].1.push(permission.to_owned());
        }
    }
    Ok(found)
}

/// Returns what a sign-in asked for when it began, in either version's words.
pub(crate) fn of_asked(asked: &Asked) -> Result<Wanted, Aadsts> {
    match (&asked.scope, &asked.resource) {
        (Some(scope), _) => of_scope(scope, Grant::SignIn),
        (None, resource) => of_resource(resource.as_deref().unwrap_or_default()),
    }
}

/// Returns the resources that a sign-in asked for, each with its permissions.
pub(crate) fn resources_asked(asked: &Asked) -> Result<Vec<(&'static str, Vec<String>)>, Aadsts> {
    match &asked.scope {
        Some(scope) => resources(scope),
        None => Ok(vec![(of_asked(asked)?.resource, Vec::new())]),
    }
}

/// Returns what `scope` of the v2 endpoint asks for.
pub(crate) fn of_scope(scope: &str, grant: Grant) -> Result<Wanted, Aadsts> {
    let all: Vec<&str> = scope.split_whitespace().collect();
    let oidc: Vec<&'static str> = OIDC.into_iter().filter(|one| all.contains(one)).collect();
    let scopes: Vec<(&str, &str)> = all
        .iter()
        .filter(|one| !OIDC.contains(*one))
        .map(|one| split(one))
        .collect();
    let Some((audience, _)) = scopes.first().copied() else {
        if grant == Grant::SignIn && !oidc.is_empty() {
            return Ok(Wanted {
                audience: RESOURCES[1][1].to_owned(),
                resource: GRAPH,
                permissions: Vec::new(),
                oidc,
                only_oidc: true,
            });
        }
        return Err(Aadsts::of(700_023));
    };
    let defaults = scopes
        .iter()
        .filter(|(_, permission)| *permission == ".default")
        .count();
    let foreign = scopes
        .iter()
        .any(|(other, _)| known(other) != known(audience));
    let invalid = |text: &str| {
        let text = format!(
            "The provided request must include a valid 'scope' input parameter. The provided value for the input parameter 'scope' is not valid: {scope}. {text}"
        );
        Err(Aadsts::new(70_011, text))
    };
    // A user's request with named permissions of several resources yields the first one's token.
    if foreign && (grant == Grant::ClientCredentials || defaults > 0) {
        let text = format!(
            "The provided value for the input parameter scope '{scope}' is not valid because it contains more than one resource."
        );
        return Err(Aadsts::new(700_022, text));
    }
    if grant == Grant::ClientCredentials && (defaults != 1 || all.len() != 1) {
        return invalid("It must be one resource followed by '/.default'.");
    }
    if defaults > 0 && defaults < scopes.len() {
        return invalid(".default scope can't be combined with resource-specific scopes.");
    }
    let resource = known(audience).ok_or_else(|| unknown(audience))?;
    Ok(Wanted {
        audience: audience.to_owned(),
        resource,
        permissions: scopes
            .iter()
            .filter(|(other, permission)| {
                known(other) == Some(resource) && *permission != ".default"
            })
            .map(|(_, permission)| (*permission).to_owned())
            .collect(),
        oidc,
        only_oidc: false,
    })
}

/// Splits a scope at its last slash; one without a resource is Microsoft Graph's.
fn split(scope: &str) -> (&str, &str) {
    match scope.rsplit_once('/') {
        Some((resource, permission)) => (resource, permission),
        None => (GRAPH, scope),
    }
}

/// Returns the first name of a resource that is named in any way.
pub(super) fn known(resource: &str) -> Option<&'static str> {
    let name = resource.strip_suffix('/').unwrap_or(resource);
    RESOURCES
        .iter()
        .find(|names| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .map(|names| names[0])
}

fn unknown(resource: &str) -> Aadsts {
    let text = format!("The resource principal named {resource} was not found in the tenant.");
    Aadsts::new(500_011, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(grant: Grant, scope: &str, expected: Result<(&str, &[&str]), u32>) {
        let seen = of_scope(scope, grant).map_err(|refusal| refusal.code);
        let seen = seen.map(|wanted| (wanted.audience, wanted.permissions));
        let expected = expected.map(|(audience, permissions)| {
            (
                audience.to_owned(),
                permissions.iter().map(|one| (*one).to_owned()).collect(),
            )
        });
        assert_eq!(seen, expected, "{scope}");
    }

    #[test]
    fn a_scope_names_one_resource() {
        use Grant::{ClientCredentials as App, Refresh};
        let graph = "https://graph.microsoft.com";
        let arm = "https://management.azure.com";
        check(
            App,
            "https://graph.microsoft.com/.default",
            Ok((graph, &[])),
        );
        check(
            App,
            "https://management.azure.com//.default",
            Ok(("https://management.azure.com/", &[])),
        );
        check(App, "https://graph.microsoft.com/User.Read", Err(70_011));
        check(
            App,
            "https://graph.microsoft.com/.default openid",
            Err(70_011),
        );
        check(
            App,
            "https://graph.microsoft.com/.default https://management.azure.com/.default",
            Err(700_022),
        );
        check(App, "https://nobody.example/.default", Err(500_011));
        check(
            Refresh,
            "User.Read offline_access",
            Ok((graph, &["User.Read"])),
        );
        check(
            Refresh,
            "https://management.azure.com/.default offline_access openid",
            Ok((arm, &[])),
        );
        check(
            Refresh,
            "https://management.azure.com/user_impersonation User.Read",
            Ok((arm, &["user_impersonation"])),
        );
        check(
            Refresh,
            "https://graph.microsoft.com/.default User.Read",
            Err(70_011),
        );
        check(
            Refresh,
            "https://graph.microsoft.com/.default https://management.azure.com/.default",
            Err(700_022),
        );
        check(Refresh, "openid offline_access", Err(700_023));
    }
}
