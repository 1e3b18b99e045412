//! A protected item as it is shown: most of it follows from its state, the clock and what stands
//! around it. Source: recovery reference §5.1, §5.3.

use serde_json::{Map, Value, json};

use super::health;
use super::item::{self, Item, Place, Provider};
use super::machines;
use super::networks;
use super::state::{Phase, Side, Test};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::recovery::job::job_id;
use crate::sandbox::arm::recovery::object;
use crate::sandbox::derived;
use crate::sandbox::partner::dates::write;
use crate::sandbox::store::{JobState, Tx, VaultObject};

/// What an empty time is. Source: recovery reference §5.1.
pub(in crate::sandbox::arm::recovery) const NO_TIME: &str = "1753-01-01T01:01:01Z";

/// What the recovery side is called that is Azure itself. Source: recovery reference §5.1.
pub(in crate::sandbox::arm::recovery) const AZURE: &str = "Microsoft Azure";

/// Adds what is computed.
pub(super) fn show(tx: &Tx<'_>, row: &VaultObject, properties: &mut Map<String, Value>) {
    let Some(item) = Item::of(row) else {
        return;
    };
    let key = row.id.to_lowercase();
    let state = item.state(tx.now());
    let (phase, phase_text) = state.words();
    let ailments = health::ailments(tx, row, &item);
    let allowed = item::allowed(tx, &key, row);
    let allowed: Vec<&str> = allowed.iter().map(|one| one.word()).collect();
    let mut shown = json!({
        "activeLocation": state.active.word(),
        "allowedOperations": allowed,
        "currentScenario": scenario(tx, &key),
        "eventCorrelationId": derived::guid(&["correlation", &key]),
        "failoverHealth": failover_health(&item, &ailments),
        "failoverRecoveryPointId": item.point,
        "healthErrors": health::shown(tx, row, &ailments),
        "lastSuccessfulFailoverTime": item.failed_over.map_or(NO_TIME.to_owned(), write),
        "lastSuccessfulTestFailoverTime": item.tested.map_or(NO_TIME.to_owned(), write),
        "protectedItemType": match item.provider {
            Provider::A2A => "Microsoft.Azure",
            Provider::HyperVReplicaAzure => "HyperVVirtualMachine",
            Provider::InMageAzureV2 | Provider::InMageRcm => "VMwareVirtualMachine",
        },
        "protectionState": phase,
        "protectionStateDescription": phase_text,
        "replicationHealth": health::word(&item, &ailments, false),
        "providerSpecificDetails": details(tx, row, &item),
    });
    let test = match item::current(tx, &key) {
        Some(job) if job.state == JobState::Suspended => Test::Waiting,
        _ => state.test,
    };
    let (test, test_text) = if state.test == Test::Cleaning {
        state.test.words()
    } else {
        test.words()
    };
    shown["testFailoverState"] = test.into();
    shown["testFailoverStateDescription"] = test_text.into();
    around(tx, row, &mut shown);
    if let Value::Object(shown) = shown {
        properties.extend(shown);
    }
}

/// The failover is as healthy as the replication, unless something stands in its own way.
fn failover_health(item: &Item, ailments: &[health::Ailment]) -> &'static str {
    match health::word(item, ailments, true) {
        "Normal" => health::word(item, ailments, false),
        word => word,
    }
}

/// Shows what goes on with something: a job, or none.
pub(in crate::sandbox::arm::recovery) fn scenario(tx: &Tx<'_>, key: &str) -> Value {
    if let Some(job) = item::current(tx, key) {
        return json!({
            "scenarioName": job.scenario,
            "jobId": job_id(job),
            "startTime": write(job.started),
        });
    }
    let vault = Id::parse(key).map(|id| object::shown_id(&object::vault(&id)));
    let vault = vault.unwrap_or_default();
    json!({
        "scenarioName": "None",
        "jobId": format!("{vault}/replicationJobs/None"),
        "startTime": NO_TIME,
    })
}

/// Adds the names of what stands around an item: policy, fabrics, containers.
fn around(tx: &Tx<'_>, row: &VaultObject, shown: &mut Value) {
    let name = |id: Option<&Id>| {
        let found = id.and_then(|id| tx.recovery.objects.get(&id.key()));
        found.map(|found| {
            let name = found.properties.get("friendlyName").and_then(Value::as_str);
            name.unwrap_or(&found.name).to_owned()
        })
    };
    let named = |field: &str| {
        let id = row.properties.get(field).and_then(Value::as_str);
        id.and_then(Id::parse)
    };
    let container = Id::parse(&row.id).map(|id| id.parent());
    let fabric = container.as_ref().map(Id::parent);
    let target = named("recoveryContainerId");
    let target_fabric = target.as_ref().map(Id::parent);
    let provider = fabric
        .as_ref()
        .and_then(|id| tx.recovery.objects.get(&id.key()));
    let provider =
        provider.and_then(|fabric| fabric.properties.get("customDetails")?.get("instanceType"));
    shown["policyFriendlyName"] = json!(name(named("policyId").as_ref()));
    shown["primaryFabricProvider"] = provider.cloned().unwrap_or_default();
    shown["primaryFabricFriendlyName"] = json!(name(fabric.as_ref()));
    shown["primaryProtectionContainerFriendlyName"] = json!(name(container.as_ref()));
    let other = |id: Option<&Id>| json!(name(id).unwrap_or_else(|| AZURE.to_owned()));
    shown["recoveryFabricFriendlyName"] = other(target_fabric.as_ref());
    shown["recoveryProtectionContainerFriendlyName"] = other(target.as_ref());
    shown["recoveryFabricId"] = match &target_fabric {
        Some(id) => object::shown_id(id).into(),
        None => AZURE.into(),
    };
}

/// Shows what the provider says.
fn details(tx: &Tx<'_>, row: &VaultObject, item: &Item) -> Value {
    let (heard, behind) = health::pulse(tx, row, item);
    let state = item.state(tx.now());
    let target = item.place(Side::Recovery);
    let network = networks::chosen(tx, item, Side::Recovery).unwrap_or_default();
    let mut details = json!({
        "instanceType": item.provider.word(),
        "lastRpoCalculatedTime": write(tx.now()),
        "rpoInSeconds": behind,
        "vmProtectionState": state.words().0,
        "vmProtectionStateDescription": state.words().1,
        "recoveryAzureVMSize": target.size,
        "selectedRecoveryAzureNetworkId": network,
        "vmNics": nics(tx, item, target, &network),
    });
    let more = if item.provider == Provider::A2A {
        azure(item, target, &write(heard))
    } else {
        on_premises(item, target, &write(heard))
    };
    if item.state.phase == Phase::Seeding && state.phase == Phase::Seeding {
        details["monitoringJobType"] = "InitialReplication".into();
        details["monitoringPercentageCompletion"] = percent(tx, item).into();
    }
    if let (Value::Object(all), Value::Object(more)) = (&mut details, more) {
        all.extend(more);
    }
    details
}

fn azure(item: &Item, target: &Place, heard: &str) -> Value {
    let source = item.place(Side::Primary);
    let disk = |disk: &super::item::Disk| {
        json!({
            "diskId": disk.id,
            "diskName": disk.name,
            "diskCapacityInBytes": disk.gib << 30,
            "diskType": if disk.system.is_empty() { "Data" } else { "Os" },
            "primaryStagingAzureStorageAccountId": disk.staging,
            "recoveryResourceGroupId": target.group,
            "recoveryTargetDiskAccountType": disk.storage,
        })
    };
    let managed = item.disks.iter().filter(|disk| !disk.id.is_empty());
    let system = item.disks.iter().find(|disk| !disk.system.is_empty());
    json!({
        "fabricObjectId": item.vm,
        "managementId": derived::guid(&["management", &item.vm.to_lowercase()]),
        "lifecycleId": derived::guid(&["lifecycle", &item.vm.to_lowercase()]),
        "osType": system.map(|disk| disk.system.as_str()),
        "agentVersion": "9.65.0.0",
        "isReplicationAgentUpdateRequired": false,
        "lastHeartbeat": heard,
        "initialPrimaryFabricLocation": source.location,
        "initialRecoveryFabricLocation": target.location,
        "primaryFabricLocation": source.location,
        "recoveryFabricLocation": target.location,
        "recoveryFabricObjectId": target.machine,
        "recoveryAzureVMName": target.name,
        "recoveryAzureResourceGroupId": target.group,
        "recoveryAzureGeneration": "V1",
        "selectedTfoAzureNetworkId": target.test_network,
        "tfoAzureVMName": machines::test_name(&target.name),
        "testFailoverRecoveryFabricObjectId": item.test_machine,
        "protectedManagedDisks": managed.map(disk).collect::<Vec<_>>(),
        "unprotectedDisks": [],
    })
}

fn on_premises(item: &Item, target: &Place, heard: &str) -> Value {
    let system = item.disks.iter().find(|disk| !disk.system.is_empty());
    json!({
        "recoveryAzureVmName": target.name,
        "recoveryAzureResourceGroupId": target.group,
        "oSDetails": { "osType": system.map(|disk| disk.system.as_str()) },
        "lastReplicatedTime": heard,
        "lastRecoveryPointReceived": heard,
        "useManagedDisks": "True",
    })
}

/// Shows where the network interfaces of the machine come up.
fn nics(tx: &Tx<'_>, item: &Item, target: &Place, network: &str) -> Value {
    let Some(machine) = machines::of(tx, item, Side::Primary) else {
        return json!([]);
    };
    let source = item.place(Side::Primary);
    let all = crate::sandbox::arm::compute::interfaces_of(machine);
    let one = |(number, id): (usize, &String)| {
        json!({
            "nicId": id,
            "sourceNicArmId": id,
            "vMNetworkName": source.network.rsplit('/').next(),
            "recoveryVMNetworkId": network,
            "tfoVMNetworkId": target.test_network,
            "selectionType": if number == 0 { "SelectedByDefault" } else { "NotSelected" },
            "ipConfigs": [{
                "name": "ipconfig1",
                "isPrimary": true,
                "subnetName": source.subnet,
                "recoverySubnetName": target.subnet,
            }],
        })
    };
    all.iter().enumerate().map(one).collect::<Vec<_>>().into()
}

/// Returns how far the first copy is.
fn percent(tx: &Tx<'_>, item: &Item) -> i64 {
    let all = item.since.duration_since(item.begun).as_secs().max(1);
    let done = tx.now().duration_since(item.begun).as_secs();
    (done * 100 / all).clamp(0, 99)
}
