//! The kinds of fabrics. Which of them need an agent, and which policies fit which, is not written
//! in one place of the reference; it follows from the names of their inputs.

use serde_json::Value;

use crate::sandbox::arm::recovery::object;
use crate::sandbox::store::{Tx, VaultObject};

/// What replicates between two regions of Azure.
pub(in crate::sandbox::arm::recovery) const A2A: &str = "A2A";

/// A kind of fabric.
#[derive(Debug)]
pub(in crate::sandbox::arm::recovery) struct FabricKind {
    /// `instanceType`.
    pub(in crate::sandbox::arm::recovery) name: &'static str,
    /// Whether a provider brings the containers: an agent on a server of the site.
    pub(in crate::sandbox::arm::recovery) has_agent: bool,
    /// The `instanceType` of the policies for it.
    pub(in crate::sandbox::arm::recovery) policies: &'static [&'static str],
}

const KINDS: &[FabricKind] = &[
    FabricKind {
        name: "Azure",
        has_agent: false,
        policies: &[A2A],
    },
    FabricKind {
        name: "VMM",
        has_agent: true,
        policies: &[
            "HyperVReplicaAzure",
            "HyperVReplica2012",
            "HyperVReplica2012R2",
        ],
    },
    FabricKind {
        name: "HyperVSite",
        has_agent: true,
        policies: &["HyperVReplicaAzure"],
    },
    FabricKind {
        name: "VMware",
        has_agent: true,
        policies: &["InMageAzureV2"],
    },
    FabricKind {
        name: "VMwareV2",
        has_agent: false,
        policies: &["VMwareCbt"],
    },
    FabricKind {
        name: "InMageRcm",
        has_agent: false,
        policies: &["InMageRcm"],
    },
];

/// Returns the names of all kinds.
pub(super) fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

/// Returns the kind of that name.
pub(super) fn named(name: &str) -> Option<&'static FabricKind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// Returns the kind of a fabric.
pub(in crate::sandbox::arm::recovery) fn kind(fabric: &VaultObject) -> Option<&'static FabricKind> {
    let details = fabric.properties.get("customDetails")?;
    named(details["instanceType"].as_str()?)
}

/// Returns the kind of the fabric that an object stands in.
pub(in crate::sandbox::arm::recovery) fn kind_above(
    tx: &Tx<'_>,
    id: &str,
) -> Option<&'static FabricKind> {
    kind(object::fabric(tx, id)?)
}

/// Returns the region of a fabric of Azure.
pub(in crate::sandbox::arm::recovery) fn location(fabric: &VaultObject) -> Option<&str> {
    let details = fabric.properties.get("customDetails");
    details.and_then(|details| details.get("location").and_then(Value::as_str))
}
