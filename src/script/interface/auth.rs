//! The functions of `auth`: who a script is, never the token that says so.

use crate::script::check::known::{HostFunction, HostParam, Type};

const fn required(name: &'static str, ty: Type) -> HostParam {
    HostParam::required(name, ty)
}

const fn optional(name: &'static str, ty: Type) -> HostParam {
    HostParam::optional(name, ty)
}

const fn function(
    name: &'static str,
    params: &'static [HostParam],
    returns: Type,
    doc: &'static str,
) -> HostFunction {
    HostFunction {
        module: Some("auth"),
        name,
        params,
        returns,
        effects: &[],
        doc,
        example: "",
    }
}

const TEXTS: Type = Type::ArrayOf(&Type::Text);
const TENANT: HostParam = required("tenant", Type::Any);
const OPTIONS: HostParam = optional("options", Type::Keys(&[optional("principal", Type::Text)]));

/// What `whoami` returns.
const WHO: Type = Type::Keys(&[
    required("principal", Type::Text),
    required("tenant", Type::Text),
    optional(
        "user",
        Type::Keys(&[
            required("id", Type::Text),
            optional("upn", Type::Text),
            optional("name", Type::Text),
        ]),
    ),
    required(
        "application",
        Type::Keys(&[required("id", Type::Text), optional("name", Type::Text)]),
    ),
    required("object_id", Type::Text),
    required("roles", TEXTS),
    required("scopes", TEXTS),
    optional("mfa", Type::Bool),
    optional("expires", Type::Date),
]);

/// All functions of the module.
pub(super) const ALL: &[HostFunction] = &[
    function(
        "whoami",
        &[optional("tenant", Type::Any), OPTIONS],
        WHO,
        "Who calls are made as in a tenant (default: the profile's own), by the token for Microsoft Graph: user, application, roles, scopes, MFA, expiry.",
    ),
    function(
        "claims",
        &[TENANT, required("resource", Type::Text), OPTIONS],
        Type::Map,
        "The claims of the access token for a tenant and a service (\"partner\", \"graph\", \"arm\", \"recovery\"), decoded; never the token.",
    ),
    function(
        "check_mfa",
        &[],
        Type::Unit,
        "Fails with `auth.mfa_missing` unless the signed-in user passed multi-factor authentication, which Partner Center demands.",
    ),
    function(
        "admin_consent_url",
        &[TENANT],
        Type::Text,
        "The address at which an administrator of a tenant gives the application consent; nothing is asked for.",
    ),
];
