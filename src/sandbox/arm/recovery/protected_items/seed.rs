//! The protected item of a fresh sandbox: the shop's web server, replicated for two days.

use std::time::Duration;

use serde_json::json;

use super::enable::{managed_disk, primary};
use super::item::{Item, KIND, Place, Provider};
use super::state::{Phase, Side, State};
use crate::sandbox::arm::compute;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::partner::dates::plus_days;
use crate::sandbox::store::Tx;

/// Puts `vm-web1` into the container `westeurope-container` of a vault, and returns its id; machine,
/// group `rg-dr` and staging account are there.
pub(in crate::sandbox::arm::recovery) fn fill(tx: &mut Tx<'_>, vault: &str) -> String {
    let id = |what: &str| Id::parse(&format!("{vault}/{what}")).expect("a seeded id");
    let vault = id("replicationPolicies/24-hours").parent();
    let subscription = vault.subscription.clone().unwrap_or_default();
    let group = |name: &str| Id::of_group(&subscription, name);
    let machine = group("rg-shop").extended("Microsoft.Compute", "virtualMachines", "vm-web1");
    let machine = tx.arm.resources.get(&machine.key()).cloned();
    let machine = machine.expect("the shop's web server is seeded before");
    let staging =
        group("rg-recovery").extended("Microsoft.Storage", "storageAccounts", "stfabcache01");
    let disks = compute::disks_of(&machine);
    let wanted = disks.iter().map(|disk| {
        let wanted = json!({
            "diskId": disk,
            "primaryStagingAzureStorageAccountId": staging.text(),
            "recoveryResourceGroupId": group("rg-dr").text(),
        });
        let wanted = wanted.as_object().cloned().unwrap_or_default();
        managed_disk(tx, &machine, &wanted).expect("the seed is what the sandbox takes")
    });
    let disks = wanted.collect();
    let primary = primary(tx, &machine);
    let recovery = Place {
        location: "northeurope".to_owned(),
        group: group("rg-dr").text(),
        network: String::new(),
        machine: None,
        ..primary.clone()
    };
    let begun = plus_days(tx.now(), -2);
    let mut item = Item {
        provider: Provider::A2A,
        state: State::new(Phase::Protected, Side::Primary),
        vm: machine.id.clone(),
        primary,
        recovery,
        disks,
        test_machine: None,
        begun,
        since: begun,
        until: None,
        tested: None,
        failed_over: None,
        point: None,
        failure: None,
    };
    item.replicate(begun, Duration::ZERO);
    let own = id("replicationFabrics/westeurope")
        .child("replicationProtectionContainers", "westeurope-container")
        .child("replicationProtectedItems", "vm-web1");
    let target = id("replicationFabrics/northeurope")
        .child("replicationProtectionContainers", "northeurope-container");
    let kept = json!({
        "friendlyName": "vm-web1",
        "policyId": object::shown_id(&id("replicationPolicies/24-hours")),
        "recoveryContainerId": object::shown_id(&target),
        "providerSpecificDetails": {},
    });
    let mut draft = object::draft(tx, &own, kept.as_object().cloned().unwrap_or_default());
    KIND.clone_into(&mut draft.kind);
    draft.made = begun;
    item.into(&mut draft);
    let shown = draft.id.clone();
    tx.recovery.objects.put(&own.key(), draft);
    shown
}
