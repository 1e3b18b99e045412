//! What a policy is made of, kind by kind, and how it is read back. Source: recovery reference §5.2,
//! §3 (retention). It gives the names that are read for A2A, HyperVReplicaAzure and InMageAzureV2;
//! the other kinds are shown as they were sent. Bounds other than those of the retention and of
//! `replicationInterval` are not confirmed.

use serde_json::{Map, Value};

use super::super::refusal::detailed;
use crate::sandbox::arm::body::{self, parameter};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;
use crate::sandbox::store::Diagnosis;

/// What a field holds.
#[derive(Debug, Clone, Copy)]
enum Holds {
    Text,
    /// A number that is not negative.
    Whole,
    /// How long recovery points are kept: a day in the field's unit.
    Retention(i64),
    /// One of a few numbers.
    Seconds(&'static [i64]),
    Choice(&'static [&'static str]),
    /// Ids of which the first is used.
    Ids,
}

/// A field: its name in what is sent, its name in what is read, and what it holds.
type Field = (&'static str, &'static str, Holds);

/// A kind of policy.
#[derive(Debug)]
struct PolicyKind {
    name: &'static str,
    /// What must be sent.
    needs: &'static [&'static str],
    fields: &'static [Field],
}

const MINUTES: Holds = Holds::Retention(1440);
const SYNC: Holds = Holds::Choice(&["Disable", "Enable"]);

/// The fields of the kinds of Hyper-V between sites.
macro_rules! site_to_site {
    ($($more:expr),*) => {
        &[
            ("allowedAuthenticationType", "allowedAuthenticationType", Holds::Whole),
            (
                "applicationConsistentSnapshotFrequencyInHours",
                "applicationConsistentSnapshotFrequencyInHours",
                Holds::Whole,
            ),
            ("compression", "compression", Holds::Text),
            ("initialReplicationMethod", "initialReplicationMethod", Holds::Text),
            ("offlineReplicationExportPath", "offlineReplicationExportPath", Holds::Text),
            ("offlineReplicationImportPath", "offlineReplicationImportPath", Holds::Text),
            ("onlineReplicationStartTime", "onlineReplicationStartTime", Holds::Text),
            ("recoveryPoints", "recoveryPoints", Holds::Whole),
            ("replicaDeletion", "replicaDeletion", Holds::Text),
            ("replicationPort", "replicationPort", Holds::Whole),
            $($more),*
        ]
    };
}

const CRASH: Field = (
    "crashConsistentFrequencyInMinutes",
    "crashConsistentFrequencyInMinutes",
    Holds::Whole,
);
const APP: Field = (
    "appConsistentFrequencyInMinutes",
    "appConsistentFrequencyInMinutes",
    Holds::Whole,
);
const HISTORY: Field = ("recoveryPointHistory", "recoveryPointHistory", MINUTES);
const HISTORY_MINUTES: Field = (
    "recoveryPointHistoryInMinutes",
    "recoveryPointHistoryInMinutes",
    MINUTES,
);
const MULTI_VM: Field = ("multiVmSyncStatus", "multiVmSyncStatus", SYNC);

const KINDS: &[PolicyKind] = &[
    PolicyKind {
        name: "A2A",
        needs: &["multiVmSyncStatus"],
        fields: &[HISTORY, CRASH, APP, MULTI_VM],
    },
    PolicyKind {
        name: "HyperVReplicaAzure",
        needs: &[],
        fields: &[
            (
                "recoveryPointHistoryDuration",
                "recoveryPointHistoryDurationInHours",
                Holds::Retention(24),
            ),
            (
                "applicationConsistentSnapshotFrequencyInHours",
                "applicationConsistentSnapshotFrequencyInHours",
                Holds::Whole,
            ),
            (
                "replicationInterval",
                "replicationInterval",
                Holds::Seconds(&[30, 300, 900]),
            ),
            (
                "onlineReplicationStartTime",
                "onlineReplicationStartTime",
                Holds::Text,
            ),
            ("storageAccounts", "activeStorageAccountId", Holds::Ids),
        ],
    },
    PolicyKind {
        name: "HyperVReplica2012",
        needs: &[],
        fields: site_to_site!(),
    },
    PolicyKind {
        name: "HyperVReplica2012R2",
        needs: &[],
        fields: site_to_site!((
            "replicationFrequencyInSeconds",
            "replicationFrequencyInSeconds",
            Holds::Whole
        )),
    },
    PolicyKind {
        name: "InMageAzureV2",
        needs: &["multiVmSyncStatus"],
        fields: &[
            HISTORY,
            CRASH,
            APP,
            MULTI_VM,
            (
                "recoveryPointThresholdInMinutes",
                "recoveryPointThresholdInMinutes",
                Holds::Whole,
            ),
        ],
    },
    PolicyKind {
        name: "InMageRcm",
        needs: &[],
        fields: &[
            HISTORY_MINUTES,
            CRASH,
            APP,
            ("enableMultiVmSync", "enableMultiVmSync", Holds::Text),
        ],
    },
    PolicyKind {
        name: "VMwareCbt",
        needs: &[],
        fields: &[HISTORY_MINUTES, CRASH, APP],
    },
];

/// Why an input is not taken.
#[derive(Debug)]
pub(super) enum Wrong {
    Body(Refusal),
    /// Recovery points would be kept too long.
    Retention(i64),
}

impl From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Self {
        Self::Body(refusal)
    }
}

impl Wrong {
    /// Refuses the request. Source of the retention's words: recovery reference §3.
    pub(super) fn refuse(self, request: &Request) -> Refusal {
        match self {
            Self::Body(refusal) => detailed(request, refusal),
            Self::Retention(most) => {
                let unit = if most == 24 { "hours" } else { "minutes" };
                let diagnosis = Diagnosis::new(
                    "150261",
                    "Replication policy creation failed.",
                    "The recovery point retention exceeds the allowed maximum.",
                    format!("Choose a value between 0 and {most} {unit} and retry."),
                );
                diagnosis.refuse(request, 400)
            }
        }
    }
}

/// An input that makes a policy.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) instance: &'static str,
    /// What was sent, without what nobody knows.
    pub(super) input: Map<String, Value>,
    details: Map<String, Value>,
}

/// Returns the input that stands under a member; under the other one it is refused.
pub(super) fn member(
    properties: &Map<String, Value>,
    name: &str,
    other: &str,
) -> Result<Map<String, Value>, Wrong> {
    let input = body::member(properties, name)?;
    if input.is_empty() {
        let hint = if properties.contains_key(other) {
            format!(" '{other}' is not for this operation.")
        } else {
            String::new()
        };
        let text = format!("Required parameter '{name}' is missing (null).{hint}");
        return Err(parameter(name, text).into());
    }
    Ok(input)
}

impl Accepted {
    /// Reads an input.
    pub(super) fn of(input: Map<String, Value>) -> Result<Self, Wrong> {
        let given = body::need(&input, "instanceType")?;
        let Some(kind) = KINDS.iter().find(|kind| kind.name == given) else {
            let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
            let text = format!(
                "'{given}' is no instanceType of a policy; there are {}.",
                names.join(", ")
            );
            return Err(parameter("instanceType", text).into());
        };
        for name in kind.needs {
            body::need(&input, name)?;
        }
        let mut kept = Map::from_iter([("instanceType".to_owned(), kind.name.into())]);
        let mut details = kept.clone();
        for (name, read, holds) in kind.fields {
            let Some(value) = input.get(*name).filter(|value| !value.is_null()) else {
                continue;
            };
            let shown = holds.check(name, value)?;
            kept.insert((*name).to_owned(), value.clone());
            details.insert((*read).to_owned(), shown);
        }
        Ok(Self {
            instance: kind.name,
            input: kept,
            details,
        })
    }

    /// Returns what is kept of the policy of a name.
    pub(super) fn properties(&self, name: &str) -> Map<String, Value> {
        Map::from_iter([
            ("friendlyName".to_owned(), name.into()),
            (
                "providerSpecificDetails".to_owned(),
                self.details.clone().into(),
            ),
        ])
    }
}

impl Holds {
    /// Returns what is read of a value.
    fn check(self, name: &str, value: &Value) -> Result<Value, Wrong> {
        match self {
            Self::Text => match value {
                Value::String(_) => Ok(value.clone()),
                _ => Err(body::invalid(format!("'{name}' is not a string")).into()),
            },
            Self::Choice(known) => {
                let given = value.as_str();
                let given =
                    given.ok_or_else(|| body::invalid(format!("'{name}' is not a string")))?;
                Ok(body::one_of(name, given, known)?.into())
            }
            Self::Ids => first(name, value),
            Self::Whole => match number(name, value)? {
                0.. => Ok(value.clone()),
                less => Err(parameter(name, format!("{less} is less than 0.")).into()),
            },
            Self::Retention(most) => match number(name, value)? {
                wanted if (0..=most).contains(&wanted) => Ok(value.clone()),
                _ => Err(Wrong::Retention(most)),
            },
            Self::Seconds(known) => match number(name, value)? {
                wanted if known.contains(&wanted) => Ok(value.clone()),
                wanted => {
                    let known: Vec<String> = known.iter().map(ToString::to_string).collect();
                    let text = format!(
                        "The value {wanted} of '{name}' is not allowed. Allowed values are {}.",
                        known.join(", ")
                    );
                    Err(parameter(name, text).into())
                }
            },
        }
    }
}

fn number(name: &str, value: &Value) -> Result<i64, Refusal> {
    value
        .as_i64()
        .ok_or_else(|| body::invalid(format!("'{name}' is not an integer")))
}

fn first(name: &str, value: &Value) -> Result<Value, Wrong> {
    let items = value.as_array();
    let items = items.ok_or_else(|| body::invalid(format!("'{name}' is not a list")))?;
    if items.iter().any(|item| !item.is_string()) {
        return Err(body::invalid(format!("'{name}' is not a list of strings")).into());
    }
    Ok(items.first().cloned().unwrap_or_default())
}
