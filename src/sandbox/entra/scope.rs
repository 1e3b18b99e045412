//! What a token is asked for: `scope` of the v2 endpoint and `resource` of v1, resolved to one
//! resource. Pure decisions. Source: identity reference §3.

use super::aadsts::Aadsts;

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
    /// Whether an id token was asked for.
    pub(crate) openid: bool,
}

/// Which grant a scope is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grant {
    /// Client credentials: exactly one `<resource>/.default`.
    ClientCredentials,
    /// Refresh: `.default` or named permissions of one resource.
    Refresh,
}

/// Returns what `resource` of the v1 endpoint asks for.
pub(crate) fn of_resource(resource: &str) -> Result<Wanted, Aadsts> {
    let known = known(resource).ok_or_else(|| unknown(resource))?;
    Ok(Wanted {
        audience: resource.to_owned(),
        resource: known,
        permissions: Vec::new(),
        openid: true,
    })
}

/// Returns what `scope` of the v2 endpoint asks for.
pub(crate) fn of_scope(scope: &str, grant: Grant) -> Result<Wanted, Aadsts> {
    let all: Vec<&str> = scope.split_whitespace().collect();
    let scopes: Vec<(&str, &str)> = all
        .iter()
        .filter(|one| !OIDC.contains(*one))
        .map(|one| split(one))
        .collect();
    let Some((audience, _)) = scopes.first().copied() else {
        let text = "The provided value for the input parameter 'scope' names no resource.";
        return Err(Aadsts::new(700_023, text));
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
    // A refresh with named permissions of several resources yields the first one's token.
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
        openid: all.contains(&"openid"),
    })
}

/// Splits a scope at its last slash; one without a resource is Microsoft Graph's.
fn split(scope: &str) -> (&str, &str) {
    match scope.rsplit_once('/') {
        Some((resource, permission)) => (resource, permission),
        None => ("https://graph.microsoft.com", scope),
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
