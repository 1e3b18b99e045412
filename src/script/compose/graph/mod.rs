//! What scripts do with Microsoft Graph in more than one step, or in a form that is easy to get
//! wrong: members, managers, licences, passwords, changes, batches.

mod batch;
mod delta;
mod ensure;
mod licenses;
mod part;
mod password;
mod reference;

use rhai::Map;

use super::{Composite, READ, WRITE};
use crate::api::model::Effect;
use crate::script::check::known::{HostFunction, HostParam, Type};

const TENANT: HostParam = HostParam::required("tenant", Type::Any);
const USER: HostParam = HostParam::required("user", Type::Any);
const GROUP: HostParam = HostParam::required("group", Type::Any);
const OBJECT: HostParam = HostParam::required("object", Type::Any);
const SKU: HostParam = HostParam::required("sku", Type::Any);
const MEMBERSHIP: &[HostParam] = &[TENANT, GROUP, OBJECT];

const fn graph(
    name: &'static str,
    params: &'static [HostParam],
    returns: Type,
    effects: &'static [Effect],
    doc: &'static str,
) -> HostFunction {
    HostFunction {
        module: Some("graph"),
        name,
        params,
        returns,
        effects,
        doc,
    }
}

/// The composite functions of Microsoft Graph.
pub(super) const ALL: &[Composite] = &[
    Composite {
        shape: graph(
            "batch",
            &[
                TENANT,
                HostParam::required("requests", Type::Items),
                HostParam::optional(
                    "options",
                    Type::Keys(&[HostParam::optional("principal", Type::Text)]),
                ),
            ],
            Type::Outcomes,
            &[],
            "Makes any number of requests, maps with `method`, `path`, `body`, `headers`, `id` and `depends_on`, twenty at a time; returns an outcome for each, in their order. A value is what the call alone would give: a list is read on, page by page, when it is used.",
        ),
        run: batch::batch,
    },
    Composite {
        shape: graph(
            "delta",
            &[
                TENANT,
                HostParam::required("collection", Type::Text),
                HostParam::optional("since", Type::Any),
            ],
            Type::Keys(delta::FOUND),
            READ,
            "Reads what has changed in a collection such as \"users\" since a `link` of an earlier call, or all of it (`#{ select, latest }`): `changes`, `removed` (maps with `id` and `reason`), and the `link` for next time.",
        ),
        run: delta::delta,
    },
    Composite {
        shape: graph(
            "add_member",
            MEMBERSHIP,
            Type::Bool,
            WRITE,
            "Makes an object a member of a group; `false` if it was one already.",
        ),
        run: ensure::add_member,
    },
    Composite {
        shape: graph(
            "remove_member",
            MEMBERSHIP,
            Type::Bool,
            WRITE,
            "Takes a member out of a group; `false` if it was none. The object itself stays.",
        ),
        run: ensure::remove_member,
    },
    Composite {
        shape: graph(
            "add_owner",
            MEMBERSHIP,
            Type::Bool,
            WRITE,
            "Makes an object an owner of a group; `false` if it was one already.",
        ),
        run: ensure::add_owner,
    },
    Composite {
        shape: graph(
            "remove_owner",
            MEMBERSHIP,
            Type::Bool,
            WRITE,
            "Takes an owner from a group; `false` if it was none. The object itself stays.",
        ),
        run: ensure::remove_owner,
    },
    Composite {
        shape: graph(
            "set_manager",
            &[TENANT, USER, HostParam::required("manager", Type::Any)],
            Type::Unit,
            WRITE,
            "Sets a user's manager, in place of the present one.",
        ),
        run: reference::set_manager,
    },
    Composite {
        shape: graph(
            "assign_license",
            &[
                TENANT,
                USER,
                SKU,
                HostParam::optional(
                    "options",
                    Type::Keys(&[HostParam::optional("disabled", Type::Any)]),
                ),
            ],
            Type::Record,
            WRITE,
            "Assigns a licence to a user: by the id or part number of its SKU, or a record of `skus`; `disabled` names service plans to leave out, by id or name.",
        ),
        run: licenses::assign,
    },
    Composite {
        shape: graph(
            "remove_license",
            &[TENANT, USER, SKU],
            Type::Record,
            WRITE,
            "Takes a licence away from a user.",
        ),
        run: licenses::remove,
    },
    Composite {
        shape: graph(
            "reset_password",
            &[TENANT, USER, HostParam::optional("password", Type::Any)],
            Type::Host("Secret"),
            WRITE,
            "Gives a user a new password, to be changed at the next sign-in; returns it as a secret. Without one, a strong one is made up.",
        ),
        run: password::reset,
    },
    Composite {
        shape: graph(
            "gdap_approval_url",
            &[HostParam::required("relationship", Type::Any)],
            Type::Text,
            &[],
            "The address at which the customer approves a relationship that is locked for approval.",
        ),
        run: reference::approval_url,
    },
];

/// Returns a map of these.
fn map<const N: usize>(entries: [(&str, rhai::Dynamic); N]) -> Map {
    let entries = entries.into_iter();
    entries.map(|(name, value)| (name.into(), value)).collect()
}

#[cfg(test)]
mod tests;
