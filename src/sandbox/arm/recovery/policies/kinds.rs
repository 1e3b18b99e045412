//! The kinds of policies, field by field: as it is sent, as it is read, what it holds. Source:
//! recovery reference §5.2. It gives the names that are read for `A2A`, `HyperVReplicaAzure` and
//! `InMageAzureV2`; the other kinds are shown as they were sent. Bounds other than those of the
//! retention and of `replicationInterval` are not confirmed.

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holds {
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

/// A field of a kind.
#[derive(Debug)]
pub(super) struct Field {
    /// Its name in what is sent.
    pub(super) name: &'static str,
    /// Its name in what is read.
    pub(super) read: &'static str,
    pub(super) holds: Holds,
}

/// A kind of policy.
#[derive(Debug)]
pub(super) struct PolicyKind {
    /// `instanceType`.
    pub(super) name: &'static str,
    /// What must be sent.
    pub(super) needs: &'static [&'static str],
    fields: &'static [&'static [Field]],
}

impl PolicyKind {
    /// Returns all fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.fields.iter().copied().flatten()
    }
}

/// Returns the kind of that name.
pub(super) fn named(name: &str) -> Option<&'static PolicyKind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// Returns the names of all kinds.
pub(super) fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

const fn field(name: &'static str, holds: Holds) -> Field {
    let read = name;
    Field { name, read, holds }
}

const SYNC: &[Field] = &[field(
    "multiVmSyncStatus",
    Holds::Choice(&["Disable", "Enable"]),
)];

const HISTORY: &[Field] = &[field("recoveryPointHistory", Holds::Retention(1440))];

const HISTORY_IN_MINUTES: &[Field] = &[field(
    "recoveryPointHistoryInMinutes",
    Holds::Retention(1440),
)];

const SNAPSHOTS: &[Field] = &[
    field("crashConsistentFrequencyInMinutes", Holds::Whole),
    field("appConsistentFrequencyInMinutes", Holds::Whole),
];

const HYPERV_TO_AZURE: &[Field] = &[
    Field {
        name: "recoveryPointHistoryDuration",
        read: "recoveryPointHistoryDurationInHours",
        holds: Holds::Retention(24),
    },
    field(
        "applicationConsistentSnapshotFrequencyInHours",
        Holds::Whole,
    ),
    field("replicationInterval", Holds::Seconds(&[30, 300, 900])),
    field("onlineReplicationStartTime", Holds::Text),
    Field {
        name: "storageAccounts",
        read: "activeStorageAccountId",
        holds: Holds::Ids,
    },
];

const HYPERV_TO_SITE: &[Field] = &[
    field("allowedAuthenticationType", Holds::Whole),
    field(
        "applicationConsistentSnapshotFrequencyInHours",
        Holds::Whole,
    ),
    field("compression", Holds::Text),
    field("initialReplicationMethod", Holds::Text),
    field("offlineReplicationExportPath", Holds::Text),
    field("offlineReplicationImportPath", Holds::Text),
    field("onlineReplicationStartTime", Holds::Text),
    field("recoveryPoints", Holds::Whole),
    field("replicaDeletion", Holds::Text),
    field("replicationPort", Holds::Whole),
];

const KINDS: &[PolicyKind] = &[
    PolicyKind {
        name: "A2A",
        needs: &["multiVmSyncStatus"],
        fields: &[HISTORY, SNAPSHOTS, SYNC],
    },
    PolicyKind {
        name: "HyperVReplicaAzure",
        needs: &[],
        fields: &[HYPERV_TO_AZURE],
    },
    PolicyKind {
        name: "HyperVReplica2012",
        needs: &[],
        fields: &[HYPERV_TO_SITE],
    },
    PolicyKind {
        name: "HyperVReplica2012R2",
        needs: &[],
        fields: &[
            HYPERV_TO_SITE,
            &[field("replicationFrequencyInSeconds", Holds::Whole)],
        ],
    },
    PolicyKind {
        name: "InMageAzureV2",
        needs: &["multiVmSyncStatus"],
        fields: &[
            HISTORY,
            SNAPSHOTS,
            SYNC,
            &[field("recoveryPointThresholdInMinutes", Holds::Whole)],
        ],
    },
    PolicyKind {
        name: "InMageRcm",
        needs: &[],
        fields: &[
            HISTORY_IN_MINUTES,
            SNAPSHOTS,
            &[field("enableMultiVmSync", Holds::Text)],
        ],
    },
    PolicyKind {
        name: "VMwareCbt",
        needs: &[],
        fields: &[HISTORY_IN_MINUTES, SNAPSHOTS],
    },
];
