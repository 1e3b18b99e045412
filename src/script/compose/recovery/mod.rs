//! What scripts do with Recovery Services in more than one step, or in a form that is easy to get
//! wrong: jobs known by their ids, names with parts, the older guide's ways.

mod agent;
mod beta;
mod examples;
mod jobs;
mod names;
mod operations;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use rhai::Dynamic;

use super::{Composite, READ, WRITE, shape};
use crate::base::secret::Secret;
use crate::error::Error;
use crate::script::check::known::{HostParam, Type};
use crate::script::error::{argument, describe};
use crate::script::host::Host;
use crate::script::secret::SecretText;

/// Characters of the id of a request.
const LONGEST: usize = 256;
const VAULT: HostParam = HostParam::required("vault", Type::Any);
const ID: HostParam = HostParam::optional("id", Type::Any);
const URL: HostParam = HostParam::required("url", Type::Text);
const OF_VAULT: HostParam = HostParam::optional("vault", Type::Any);
const MACHINE: &[HostParam] = &[
    HostParam::required("resource_group", Type::Any),
    HostParam::optional("vm", Type::Any),
];
const RESULT: &[HostParam] = &[
    HostParam::required("done", Type::Bool),
    HostParam::required("value", Type::Any),
];
const WAIT: HostParam = HostParam::optional(
    "options",
    Type::Keys(&[HostParam::optional("timeout", Type::Any)]),
);

/// The composite functions of Recovery Services.
pub(super) const ALL: &[Composite] = &[
    Composite {
        shape: shape("recovery", "wait_job",
            &[VAULT, ID, WAIT],
            Type::Record,
            READ,
            "Waits for a job of Site Recovery, by its vault and id or as a record, until it ends or waits for somebody; returns the job, and raises what a failed one says.",
        )
        .example(examples::WAIT_JOB),
        run: |host, args| jobs::wait(host, "job", args),
    },
    Composite {
        shape: shape("recovery", "wait_backup_job",
            &[VAULT, ID, WAIT],
            Type::Record,
            READ,
            "Waits for a job of Backup, by its vault and id or as a record, until it ends; returns the job, and raises what a failed one says.",
        )
        .example(examples::WAIT_BACKUP_JOB),
        run: |host, args| jobs::wait(host, "backup_job", args),
    },
    Composite {
        shape: shape("recovery", "job_id_from_location",
            &[URL],
            Type::Text,
            &[],
            "The id of the job that Site Recovery names in `Location`: the last part of its path.",
        )
        .example(examples::JOB_ID_FROM_LOCATION),
        run: |_, args| jobs::id_of(&args),
    },
    Composite {
        shape: shape("recovery", "backup_container_name",
            MACHINE,
            Type::Text,
            &[],
            "The name of the container in which Backup holds a machine: of its resource group and name, or of the machine alone.",
        )
        .example(examples::BACKUP_CONTAINER_NAME),
        run: |_, args| {
            let function = "recovery::backup_container_name";
            names::of_machine(function, "IaasVMContainer", &args)
        },
    },
    Composite {
        shape: shape("recovery", "backup_item_name",
            MACHINE,
            Type::Text,
            &[],
            "The name of the item as which Backup protects a machine: of its resource group and name, or of the machine alone.",
        )
        .example(examples::BACKUP_ITEM_NAME),
        run: |_, args| names::of_machine("recovery::backup_item_name", "VM", &args),
    },
    Composite {
        shape: shape("recovery", "backup_operation_status",
            &[URL, OF_VAULT],
            Type::Record,
            READ,
            "How an operation of Backup stands, by the address in `Azure-AsyncOperation`: its `status`, and `properties.jobId` once it has made a job. The tenant is that of the vault, or of the subscription in the address.",
        )
        .example(examples::BACKUP_OPERATION_STATUS),
        run: |host, args| operations::status(host, &args),
    },
    Composite {
        shape: shape("recovery", "backup_operation_result",
            &[URL, OF_VAULT],
            Type::Keys(RESULT),
            READ,
            "The result of an operation of Backup, by the address in `Location`: `done` is false as long as it is not ready, `value` is what came, or `()` where nothing comes. The tenant is that of the vault, or of the subscription in the address.",
        )
        .example(examples::BACKUP_OPERATION_RESULT),
        run: |host, args| operations::result(host, &args),
    },
    Composite {
        shape: shape("recovery", "agent_authentication",
            &[
                HostParam::required("key", Type::Any),
                HostParam::optional("request_id", Type::Text),
            ],
            Type::Host("Secret"),
            &[],
            "What calls to Site Recovery carry that reach a server of the customer, for their option `agent_authentication`: signed with the channel integrity key of the vault, valid for seven days.",
        )
        .example(examples::AGENT_AUTHENTICATION),
        run: |host, args| authentication(host, &args),
    },
    Composite {
        shape: shape("recovery", "register_beta_access",
            &[HostParam::required("subscription", Type::Any)],
            Type::Record,
            WRITE,
            "Registers a subscription for Recovery Services as the older guide does: the feature betaAccess, which may take an hour, then the provider; waits for both and returns the provider.",
        )
        .example(examples::REGISTER_BETA_ACCESS),
        run: beta::register,
    },
];

/// `agent_authentication(key[, request_id])`.
fn authentication(host: &Arc<Host>, args: &[Dynamic]) -> Result<Dynamic, Error> {
    let function = "recovery::agent_authentication";
    let given = args.first().cloned().unwrap_or(Dynamic::UNIT);
    let secret = given.read_lock::<SecretText>();
    let key = match (&secret, given.as_immutable_string_ref()) {
        (Some(secret), _) => Secret::new(secret.expose().to_owned()),
        (None, Ok(text)) if !text.is_empty() => Secret::new(text.to_string()),
        // What it is instead is not told: it may be the key in another form.
        _ => {
            return Err(argument(format!(
                "{function} needs the key, a text or a secret"
            )));
        }
    };
    let now = host.clock().now();
    let id = match args.get(1).filter(|id| !id.is_unit()) {
        None => agent::request_id(now),
        Some(id) => match id.as_immutable_string_ref() {
            Ok(text) if !text.is_empty() && text.len() <= LONGEST && text.is_ascii() => {
                text.to_string()
            }
            _ => {
                let what = describe(id);
                let message = format!("`request_id` of {function} cannot be {what}");
                return Err(argument(message).help("it is a text of at most 256 plain characters"));
            }
        },
    };
    let header = agent::header(&key, &id, now);
    Ok(Dynamic::from(SecretText::new(header)))
}
