//! What users do wrong in what they send, and what they are told.

use super::cases::{BACKUP, NOT_SENT, NOT_THERE, REFUSED, WRONG};
use crate::refused_case::{Case, case};

/// In what is sent.
pub(super) const BODIES: &[Case] = &[
    case(
        "item.test_failover(over(#{ networkType: \"VmNetworkAsInput\", networkId: group.id + \"/providers/Microsoft.Network/virtualNetworks/vnet-none\" }))",
        NOT_THERE,
        "'networkId' names could not be found",
        "name another one in 'networkId'",
    ),
    case(
        "item.test_failover(over(#{ networkType: \"VmNetworkAsInput\" }))",
        WRONG,
        "'networkId' is missing",
        "Send 'networkId'",
    ),
    case(
        "item.test_failover(over(#{ networkType: \"VmNetworkAsInput\", networkId: arm::vnet(sub, \"rg-shop\", \"vnet-shop\").id }))",
        WRONG,
        "does not lie in 'northeurope'",
        "Name a network in 'northeurope'",
    ),
    case(
        "item.test_failover(over(#{ providerSpecificDetails: #{ instanceType: \"HyperVReplicaAzure\" } }))",
        WRONG,
        "which is 'A2A'",
        "Send the instanceType of the item",
    ),
    case(
        "item.test_failover(over(#{ providerSpecificDetails: #{ instanceType: \"A2A\", recoveryPointId: \"/none\" } }))",
        NOT_THERE,
        "'recoveryPointId'",
        "Make it first",
    ),
    case(
        "item.planned_failover(over(#{ failoverDirection: \"RecoveryToPrimary\" }))",
        WRONG,
        "active on the side 'Primary'",
        "Use 'PrimaryToRecovery'",
    ),
    case(
        "item.disable_protection(#{ properties: #{ replicationProviderInput: #{ instanceType: \"HyperVReplicaAzure\" } } })",
        WRONG,
        "which is 'A2A'",
        "Send the instanceType of the item",
    ),
    case(
        "item.test_failover(over(#{ providerSpecificDetails: [#{ instanceType: \"A2A\" }] }))",
        NOT_SENT,
        "`properties.providerSpecificDetails` expected a map, got an array",
        "nothing was sent",
    ),
    case(
        "plan.test_failover(over(#{ networkType: \"NoNetworkAttachAsInput\" }))",
        NOT_SENT,
        "`properties.providerSpecificDetails` expected an array, got a map",
        "nothing was sent",
    ),
    case(
        "let word = \"done\"; item.commit_failover(#{ wait: word })",
        NOT_SENT,
        "`wait` is \"lro\" or \"job\", not the text \"done\"",
        "\"job\" until the job is",
    ),
    case(
        "let word = 5; item.commit_failover(#{ wait: word })",
        NOT_SENT,
        "not the number 5",
        "\"job\" until the job is",
    ),
    case(
        "recovery::create_recovery_plan(dr, \"p2\", #{ properties: #{ primaryFabricId: recovery::fabric(dr, \"westeurope\").id, recoveryFabricId: recovery::fabric(dr, \"northeurope\").id, groups: [#{ groupType: \"Boot\", replicationProtectedItems: [#{ id: item.id + \"x\", virtualMachineId: \"y\" }] }] } })",
        NOT_THERE,
        "'replicationProtectedItems.id'",
        "name another one",
    ),
    case(
        "recovery::create_recovery_plan(dr, \"p2\", #{ properties: #{ primaryFabricId: \"westeurope\", recoveryFabricId: \"northeurope\", groups: [#{ groupType: \"Boot\", replicationProtectedItems: [#{ id: item.id, virtualMachineId: \"y\" }] }] } })",
        NOT_THERE,
        "'primaryFabricId'",
        "name another one in 'primaryFabricId'",
    ),
    case(
        "recovery::create_replication_policy(dr, \"days\", #{ properties: #{ providerSpecificInput: #{ instanceType: \"HyperVReplicaAzure\", recoveryPointHistoryDuration: 48, replicationInterval: 300 } } })",
        (REFUSED, "150261"),
        "Replication policy creation failed",
        "Choose a value between 0 and 24 hours",
    ),
    case(
        "recovery::create_replication_policy(dr, \"odd\", #{ properties: #{ providerSpecificInput: #{ instanceType: \"B2B\" } } })",
        (REFUSED, "InvalidParameter"),
        "there are A2A, HyperVReplicaAzure",
        "Correct the request",
    ),
    case(
        "recovery::create_fabric(dr, \"clouds\", #{ properties: #{ customDetails: #{ instanceType: \"Clouds\" } } })",
        (REFUSED, "InvalidParameter"),
        "there are Azure, VMM, HyperVSite",
        "Correct the request",
    ),
    case(
        "recovery::create_mapping(dr, \"westeurope\", \"westeurope-container\", \"m\", #{ properties: #{ targetProtectionContainerId: \"/none\", policyId: \"none\", providerSpecificInput: #{ instanceType: \"A2A\" } } })",
        (REFUSED, "150050"),
        "policy 'none' was not found",
        "Create the policy",
    ),
    case(
        "recovery::backup_now(bk, container, machine, #{ properties: #{ objectType: \"Nope\" } })",
        BACKUP,
        "Known are: IaasVMBackupRequest",
        "",
    ),
    case(
        "recovery::protect_backup_item(bk, container, machine, #{ properties: #{ protectedItemType: \"Nope\", sourceResourceId: \"/none\", policyId: \"/none\" } })",
        BACKUP,
        "of 'protectedItemType' is not known. Known are: Microsoft.Compute/virtualMachines",
        "",
    ),
    case(
        "recovery::restore_backup(recovery::backup_recovery_points(bk, container, machine).first(), #{ properties: #{ objectType: \"Nope\" } })",
        BACKUP,
        "Known are: IaasVMRestoreRequest",
        "",
    ),
    case(
        "recovery::create_vault(group, \"rsv-new\", #{ location: \"westeurope\", properties: #{} })",
        (REFUSED, "InvalidParameter"),
        "'sku' is missing",
        "",
    ),
    case(
        "recovery::export_jobs(dr, #{ startTime: \"yesterday\" })",
        (REFUSED, "InvalidJobQuery"),
        "'yesterday' of StartTime is no time",
        "Ask by startTime",
    ),
];
