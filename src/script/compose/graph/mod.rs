//! What scripts do with Microsoft Graph in more than one step, or in a form that is easy to get
//! wrong: members, managers, licences, passwords, changes, batches.

mod batch;
mod delta;
mod ensure;
mod examples;
mod licenses;
mod part;
mod password;
mod reference;

use rhai::Map;

use super::{Composite, READ, WRITE, shape};
use crate::script::check::known::{HostParam, Type};

const TENANT: HostParam = HostParam::required("tenant", Type::Any);
const USER: HostParam = HostParam::required("user", Type::Any);
const GROUP: HostParam = HostParam::required("group", Type::Any);
const OBJECT: HostParam = HostParam::required("object", Type::Any);
const SKU: HostParam = HostParam::required("sku", Type::Any);
const MEMBERSHIP: &[HostParam] = &[TENANT, GROUP, OBJECT];

/// The composite functions of Microsoft Graph.
pub(super) const ALL: &[Composite] = &[
    Composite {
        shape: shape("graph", "batch",
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
            "Makes any number of requests, twenty at a time: maps with a `path`, and where needed `method`, `body`, `headers`, an `id`, and `depends_on`, the ids of those that must go well before. Returns an outcome for each, in their order; one that fails takes only those along that depend on it. Each needs the grants of the call alone, is repeated alone, and gives what the call alone would: a list is read on, page by page, when it is used.",
        )
        .example(examples::BATCH),
        run: batch::batch,
    },
    Composite {
        shape: shape("graph", "delta",
            &[
                TENANT,
                HostParam::required("collection", Type::Text),
                HostParam::optional("since", Type::Any),
            ],
            Type::Keys(delta::FOUND),
            READ,
            "Reads what has changed in a collection such as \"users\" or \"groups\" since an earlier call, by the `link` it returned; without one, all there is (`#{ select }` names what to follow, `members` of groups, too), or nothing but a link (`#{ latest: true }`). Returns `changes`, `removed` (maps with `id` and `reason`: \"changed\" can be restored, \"deleted\" not), and the `link` for next time. A link that is a week old may fail with `graph.delta_expired`: begin anew.",
        )
        .example(examples::DELTA),
        run: delta::delta,
    },
    Composite {
        shape: shape("graph", "add_member",
            MEMBERSHIP,
            Type::Bool,
            WRITE,
            "Makes an object a member of a group; `false` if it was one already.",
        )
        .example(examples::ADD_MEMBER),
        run: ensure::add_member,
    },
    Composite {
        shape: shape("graph", "remove_member",
            MEMBERSHIP,
            Type::Bool,
            WRITE,
            "Takes a member out of a group; `false` if it was none. The object itself stays.",
        )
        .example(examples::REMOVE_MEMBER),
        run: ensure::remove_member,
    },
    Composite {
        shape: shape("graph", "add_owner",
            MEMBERSHIP,
            Type::Bool,
            WRITE,
            "Makes an object an owner of a group; `false` if it was one already.",
        )
        .example(examples::ADD_OWNER),
        run: ensure::add_owner,
    },
    Composite {
        shape: shape("graph", "remove_owner",
            MEMBERSHIP,
            Type::Bool,
            WRITE,
            "Takes an owner from a group; `false` if it was none. The object itself stays.",
        )
        .example(examples::REMOVE_OWNER),
        run: ensure::remove_owner,
    },
    Composite {
        shape: shape("graph", "set_manager",
            &[TENANT, USER, HostParam::required("manager", Type::Any)],
            Type::Unit,
            WRITE,
            "Sets a user's manager, in place of the present one.",
        )
        .example(examples::SET_MANAGER),
        run: reference::set_manager,
    },
    Composite {
        shape: shape("graph", "assign_license",
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
        )
        .example(examples::ASSIGN_LICENSE),
        run: licenses::assign,
    },
    Composite {
        shape: shape("graph", "remove_license",
            &[TENANT, USER, SKU],
            Type::Record,
            WRITE,
            "Takes a licence away from a user.",
        )
        .example(examples::REMOVE_LICENSE),
        run: licenses::remove,
    },
    Composite {
        shape: shape("graph", "reset_password",
            &[TENANT, USER, HostParam::optional("password", Type::Any)],
            Type::Host("Secret"),
            WRITE,
            "Gives a user a new password, to be changed at the next sign-in; returns it as a secret, which `secret_file` writes down. Without one, a strong one is made up.",
        )
        .example(examples::RESET_PASSWORD),
        run: password::reset,
    },
    Composite {
        shape: shape("graph", "gdap_approval_url",
            &[HostParam::required("relationship", Type::Any)],
            Type::Text,
            &[],
            "The address at which the customer approves a relationship that is locked for approval.",
        )
        .example(examples::GDAP_APPROVAL_URL),
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
