//! What scripts do with Azure in more than one step, or in a form that is easy to get wrong: roles,
//! providers, templates, ids.

mod clouds;
mod deploy;
mod ensure;
mod examples;
mod id;
mod parameters;

use rhai::Map;

use super::{Composite, READ, WRITE, shape};
use crate::script::check::known::{HostParam, Type};

const SUBSCRIPTION: HostParam = HostParam::required("subscription", Type::Any);
const SCOPE: HostParam = HostParam::required("scope", Type::Any);
const PRINCIPAL: HostParam = HostParam::required("principal", Type::Any);
const NAME: HostParam = HostParam::required("name", Type::Text);
const TEMPLATE: HostParam = HostParam::required("template", Type::Any);
const PARAMETERS: HostParam = HostParam::optional("parameters", Type::Any);
const KIND: HostParam = HostParam::optional(
    "options",
    Type::Keys(&[HostParam::optional("type", Type::Text)]),
);
const LOOKING: HostParam = HostParam::optional("options", Type::Keys(LOOK));
const LOOK: &[HostParam] = &[
    HostParam::optional("mode", Type::Text),
    HostParam::optional("location", Type::Text),
    HostParam::optional("timeout", Type::Any),
];

/// The composite functions of Azure Resource Manager.
pub(super) const ALL: &[Composite] = &[
    Composite {
        shape: shape("arm", "ensure_owner",
            &[SUBSCRIPTION, PRINCIPAL, KIND],
            Type::Record,
            WRITE,
            "Gives somebody the role Owner on a subscription, if they have it not; returns the assignment. A principal that was made seconds ago is waited for. `type` says what an id is: User, Group, ServicePrincipal, ForeignGroup.",
        )
        .example(examples::ENSURE_OWNER),
        run: ensure::owner,
    },
    Composite {
        shape: shape("arm", "ensure_role",
            &[SCOPE, PRINCIPAL, HostParam::required("role", Type::Any), KIND],
            Type::Record,
            WRITE,
            "Gives somebody a role on a subscription, resource group or resource, if they have it not right there; returns the assignment. The role is a name such as \"Contributor\", its GUID or id, or a record of `role_definitions`; the principal a user, group or service principal of Microsoft Graph, or its object id.",
        )
        .example(examples::ENSURE_ROLE),
        run: ensure::role,
    },
    Composite {
        shape: shape("arm", "ensure_registered",
            &[SUBSCRIPTION, HostParam::required("namespace", Type::Text)],
            Type::Record,
            WRITE,
            "Registers a provider such as \"Microsoft.Compute\" with a subscription, if it is not, and waits until it is; returns the provider.",
        )
        .example(examples::ENSURE_REGISTERED),
        run: ensure::registered,
    },
    Composite {
        shape: shape("arm", "deploy",
            &[SCOPE, NAME, TEMPLATE, PARAMETERS, LOOKING],
            Type::Record,
            WRITE,
            "Deploys a template to a resource group or subscription, and waits until it is done; returns the deployment, with its `properties.outputs`. Template and parameters are maps or paths of files; parameters may be plain values by name. `mode` \"Complete\" deletes what the template does not name; a subscription needs a `location`.",
        )
        .example(examples::DEPLOY),
        run: deploy::deploy,
    },
    Composite {
        shape: shape("arm", "what_if",
            &[SCOPE, NAME, TEMPLATE, PARAMETERS, LOOKING],
            Type::Record,
            READ,
            "Tells what `deploy` would do, and changes nothing: `properties.changes` with `changeType` and `resourceId`.",
        )
        .example(examples::WHAT_IF),
        run: deploy::what_if,
    },
    Composite {
        shape: shape("arm", "validate",
            &[SCOPE, NAME, TEMPLATE, PARAMETERS, LOOKING],
            Type::Record,
            READ,
            "Tells whether `deploy` could begin; raises what is wrong with the template or its parameters.",
        )
        .example(examples::VALIDATE),
        run: deploy::validate,
    },
    Composite {
        shape: shape("arm", "parse_id",
            &[HostParam::required("id", Type::Any)],
            Type::Keys(id::PARTS),
            &[],
            "Takes an id of Azure apart, or that of a record. `names` are the names along a nested type, `parent` is the id of what it is in, `scope` of what a lock or role is on.",
        )
        .example(examples::PARSE_ID),
        run: id::parse,
    },
    Composite {
        shape: shape("arm", "build_id",
            &[HostParam::required("parts", Type::Map)],
            Type::Text,
            &[],
            "Puts an id of Azure together: `subscription`, `resource_group`, `type` and `name` (with slashes for a nested type) or `names`, and a `scope` in place of the first two.",
        )
        .example(examples::BUILD_ID),
        run: id::build,
    },
    Composite {
        shape: shape("arm", "clouds",
            &[],
            Type::Array,
            &[],
            "Azure's clouds: `name`, the addresses of management (`arm`), sign-in, Microsoft Graph and portal, the audience of management's tokens, and the ends of the names of storage, SQL servers and vaults; `()` where they are not known.",
        )
        .example(examples::CLOUDS),
        run: |_, _| Ok(clouds::clouds()),
    },
    Composite {
        shape: shape("arm", "cloud_metadata",
            &[HostParam::optional("url", Type::Text)],
            Type::Any,
            READ,
            "What a cloud's management tells of itself: addresses and audiences. The run's own one without `url`; no token is sent.",
        )
        .example(examples::CLOUD_METADATA),
        run: clouds::metadata,
    },
    Composite {
        shape: shape("arm", "rate_limits",
            &[],
            Type::Array,
            &[],
            "What Azure has said is left of its limits in this run: `tenant`, `subscription`, `limit` such as \"subscription-reads\", what is `left`, and when that was `seen`.",
        )
        .example(examples::RATE_LIMITS),
        run: |host, _| Ok(clouds::rate_limits(host)),
    },
];

/// Returns a map of these.
fn map<const N: usize>(entries: [(&str, rhai::Dynamic); N]) -> Map {
    let entries = entries.into_iter();
    entries.map(|(name, value)| (name.into(), value)).collect()
}

#[cfg(test)]
mod tests;
