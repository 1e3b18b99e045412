//! What scripts do with Recovery Services in more than one step, or in a form that is easy to get
//! wrong: jobs known by their ids.

mod jobs;

#[cfg(test)]
mod tests;

use super::{Composite, READ};
use crate::api::model::Effect;
use crate::script::check::known::{HostFunction, HostParam, Type};

const VAULT: HostParam = HostParam::required("vault", Type::Any);
const ID: HostParam = HostParam::optional("id", Type::Any);
const URL: HostParam = HostParam::required("url", Type::Text);
const WAIT: HostParam = HostParam::optional(
    "options",
    Type::Keys(&[HostParam::optional("timeout", Type::Any)]),
);

const fn recovery(
    name: &'static str,
    params: &'static [HostParam],
    returns: Type,
    effects: &'static [Effect],
    doc: &'static str,
) -> HostFunction {
    HostFunction {
        module: Some("recovery"),
        name,
        params,
        returns,
        effects,
        doc,
        example: "",
    }
}

/// The composite functions of Recovery Services.
pub(super) const ALL: &[Composite] = &[
    Composite {
        shape: recovery(
            "wait_job",
            &[VAULT, ID, WAIT],
            Type::Record,
            READ,
            "Waits for a job of Site Recovery, by its vault and id or as a record, until it ends or waits for somebody; returns the job, and raises what a failed one says.",
        ),
        run: |host, args| jobs::wait(host, "job", args),
    },
    Composite {
        shape: recovery(
            "wait_backup_job",
            &[VAULT, ID, WAIT],
            Type::Record,
            READ,
            "Waits for a job of Backup, by its vault and id or as a record, until it ends; returns the job, and raises what a failed one says.",
        ),
        run: |host, args| jobs::wait(host, "backup_job", args),
    },
    Composite {
        shape: recovery(
            "job_id_from_location",
            &[URL],
            Type::Text,
            &[],
            "The id of the job that Site Recovery names in `Location`: the last part of its path.",
        ),
        run: |_, args| jobs::id_of(&args),
    },
];
