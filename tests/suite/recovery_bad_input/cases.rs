//! What users do wrong against the state of what a call is about, and what they are told.

use crate::refused_case::{Case, case};

/// What the scripts begin with.
pub(super) const NAMES: &str = r#"
fn over(more) { let all = #{ failoverDirection: "PrimaryToRecovery", providerSpecificDetails: #{ instanceType: "A2A" } }; all += more; #{ properties: all } }
let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
let group = arm::resource_group(sub, "rg-recovery");
let dr = recovery::vault(group, "rsv-dr");
let bk = recovery::vault(group, "rsv-backup");
let item = recovery::protected_items(dr).first();
let plan = recovery::recovery_plan(dr, "shop-plan");
let container = recovery::backup_container_name("rg-shop", "vm-web1");
let machine = recovery::backup_item_name("rg-shop", "vm-web1");
"#;

pub(super) const REFUSED: &str = "recovery.refused";
const NOT_ALLOWED: (&str, &str) = (REFUSED, "150025");
pub(super) const NOT_THERE: (&str, &str) = (REFUSED, "150011");
pub(super) const WRONG: (&str, &str) = (REFUSED, "150010");
pub(super) const BACKUP: (&str, &str) = (REFUSED, "BMSUserErrorInvalidInput");
pub(super) const NOT_SENT: (&str, &str) = ("script.argument", "");
const PROTECTED: &str =
    "Operations allowed now: PlannedFailover, UnplannedFailover, DisableProtection, TestFailover.";

/// Against the state of what the call is about.
pub(super) const STATES: &[Case] = &[
    case(
        "item.commit_failover()",
        NOT_ALLOWED,
        "'Commit' is not allowed on 'vm-web1'",
        PROTECTED,
    ),
    case(
        "item.test_failover_cleanup(#{ properties: #{ comments: \"done\" } })",
        NOT_ALLOWED,
        "'TestFailoverCleanup'",
        PROTECTED,
    ),
    case(
        "item.reprotect(over(#{ failoverDirection: \"RecoveryToPrimary\" }))",
        NOT_ALLOWED,
        "'ReverseReplicate'",
        PROTECTED,
    ),
    case(
        "item.cancel_failover()",
        NOT_ALLOWED,
        "'CancelFailover'",
        PROTECTED,
    ),
    case(
        "plan.commit_failover()",
        NOT_ALLOWED,
        "'Commit' is not allowed on 'shop-plan'",
        "Operations allowed now: PlannedFailover",
    ),
    case(
        "plan.reprotect()",
        NOT_ALLOWED,
        "'ReverseReplicate'",
        "Operations allowed now: PlannedFailover",
    ),
    case(
        "plan.test_failover_cleanup(#{ properties: #{ comments: \"done\" } })",
        NOT_ALLOWED,
        "'TestFailoverCleanup'",
        "TestFailover.",
    ),
    case(
        "recovery::cancel_job(recovery::jobs(dr).first())",
        NOT_ALLOWED,
        "'Cancel' is not allowed on 'Enable replication",
        "what has ended is not changed any more",
    ),
    case(
        "recovery::restart_job(recovery::jobs(dr).first())",
        NOT_ALLOWED,
        "'Restart'",
        "Operations allowed now: none",
    ),
    case(
        "recovery::resume_job(recovery::jobs(dr).first(), #{ properties: #{ comments: \"go on\" } })",
        NOT_ALLOWED,
        "'Resume'",
        "Operations allowed now: none",
    ),
    case(
        "recovery::cancel_backup_job(recovery::backup_jobs(bk).first())",
        (REFUSED, "BMSUserErrorOperationNotAllowed"),
        "it has ended as Completed",
        "",
    ),
];

/// Of what something else still needs.
pub(super) const IN_USE: &[Case] = &[
    case(
        "recovery::delete_vault(dr)",
        (REFUSED, "VaultCannotBeDeleted"),
        "replicated items: vm-web1",
        "Disable the protection of the replicated items",
    ),
    case(
        "recovery::delete_vault(bk)",
        (REFUSED, "VaultCannotBeDeleted"),
        "backup items: vm-web1",
        "Stop the protection of the backup items",
    ),
    case(
        "recovery::delete_replication_policy(dr, \"24-hours\")",
        (REFUSED, "150054"),
        "is in use",
        "It is used by north-to-west, vm-web1, west-to-north",
    ),
    case(
        "recovery::remove_fabric(dr, \"westeurope\")",
        (REFUSED, "150041"),
        "cannot be deleted",
        "Remove the containers and providers",
    ),
    case(
        "recovery::purge_fabric(dr, \"westeurope\")",
        (REFUSED, "150041"),
        "cannot be deleted",
        "westeurope-container",
    ),
    case(
        "recovery::remove_mapping(dr, \"westeurope\", \"westeurope-container\", \"west-to-north\", #{})",
        (REFUSED, "150048"),
        "is in use",
        "It replicates vm-web1",
    ),
    case(
        "recovery::remove_container(dr, \"westeurope\", \"westeurope-container\")",
        (REFUSED, "150044"),
        "is in use",
        "vm-web1",
    ),
    case(
        "recovery::delete_backup_policy(bk, \"daily22\")",
        (REFUSED, "BMSUserErrorObjectInUse"),
        "give them another policy",
        "",
    ),
    case(
        "recovery::set_backup_storage_config(bk, #{ properties: #{ storageModelType: \"LocallyRedundant\", storageType: \"LocallyRedundant\" } })",
        (REFUSED, "StorageRedundancyLocked"),
        "once an item is protected",
        "",
    ),
    case(
        "recovery::enable_protection(dr, \"westeurope\", \"westeurope-container\", \"again\", #{ properties: #{ policyId: item.properties.policyId, providerSpecificDetails: #{ instanceType: \"A2A\", fabricObjectId: arm::vm(sub, \"rg-shop\", \"vm-web1\").id } } })",
        (REFUSED, "150012"),
        "is protected already",
        "Disable that protection first",
    ),
    case(
        "recovery::create_fabric(dr, \"westeurope\", #{ properties: #{ customDetails: #{ instanceType: \"Azure\", location: \"eastus\" } } })",
        (REFUSED, "150042"),
        "of westeurope already",
        "Use another name",
    ),
];

/// After something else was done.
pub(super) const PREPARED: &[(&str, &[Case])] = &[
    (
        "item.test_failover(over(#{}))",
        &[
            case(
                "item.test_failover(over(#{}))",
                NOT_ALLOWED,
                "'TestFailover'",
                "Operations allowed now: TestFailoverCleanup.",
            ),
            case(
                "item.planned_failover(over(#{}))",
                NOT_ALLOWED,
                "'PlannedFailover'",
                "Operations allowed now: TestFailoverCleanup.",
            ),
            case(
                "item.disable_protection(#{ properties: #{} })",
                NOT_ALLOWED,
                "'DisableProtection'",
                "Operations allowed now: TestFailoverCleanup.",
            ),
        ],
    ),
    (
        "item.planned_failover(over(#{}))",
        &[
            case(
                "item.reprotect(over(#{ failoverDirection: \"RecoveryToPrimary\" }))",
                NOT_ALLOWED,
                "'ReverseReplicate'",
                "Commit",
            ),
            case(
                "item.test_failover(over(#{}))",
                NOT_ALLOWED,
                "'TestFailover'",
                "Commit",
            ),
        ],
    ),
    (
        "item.begin_test_failover(over(#{}))",
        &[case(
            "item.disable_protection(#{ properties: #{} })",
            NOT_ALLOWED,
            "'DisableProtection'",
            "Wait until what is running has ended",
        )],
    ),
    (
        "item.disable_protection(#{ properties: #{} })",
        // What a plan names and what is gone from the vault.
        &[case(
            "recovery::plan_planned_failover(plan, over(#{ providerSpecificDetails: [#{ instanceType: \"A2A\" }] }))",
            NOT_THERE,
            "'replicationProtectedItems.id'",
            "It was deleted",
        )],
    ),
    (
        "recovery::delete_backup_item(bk, container, machine)",
        &[case(
            "recovery::delete_vault(bk)",
            (REFUSED, "VaultCannotBeDeleted"),
            "backup items: vm-web1",
            "what is soft deleted is gone when its days are over",
        )],
    ),
];
