//! What users do wrong in names, ids and conditions of lists, and what they are told.

use super::cases::{BACKUP, NOT_SENT, REFUSED};
use crate::refused_case::{Case, case};

const ABSENT: (&str, &str) = ("arm.not_found", "ResourceNotFound");

/// In names and ids.
pub(super) const THINGS: &[Case] = &[
    case(
        "recovery::create_vault(group, \"1st-vault\", #{ location: \"westeurope\", sku: #{ name: \"Standard\" }, properties: #{} })",
        (REFUSED, "InvalidResourceName"),
        "begins with a letter",
        "",
    ),
    case(
        "recovery::create_vault(group, \"v\", #{ location: \"westeurope\", sku: #{ name: \"Standard\" }, properties: #{} })",
        (REFUSED, "InvalidResourceName"),
        "2 to 50 letters, digits and hyphens",
        "",
    ),
    case(
        "recovery::create_vault(group, \"my_vault\", #{ location: \"westeurope\", sku: #{ name: \"Standard\" }, properties: #{} })",
        (REFUSED, "InvalidResourceName"),
        "The vault name 'my_vault' is invalid",
        "",
    ),
    case(
        "recovery::create_vault(group, \"rsv-dr\", #{ location: \"westeurope\", sku: #{ name: \"Standard\" }, properties: #{} })",
        ("arm.exists", "InvalidResourceLocation"),
        "already exists in location 'northeurope'",
        "a location never changes",
    ),
    case(
        "recovery::vault(group, \"rsv-none\")",
        ABSENT,
        "rsv-none",
        "recovery::vaults(subscription)",
    ),
    case(
        "recovery::protected_item(dr, \"westeurope\", \"westeurope-container\", \"vm-none\")",
        ABSENT,
        "vm-none",
        "recovery::protected_items(vault)",
    ),
    case(
        "recovery::recovery_plan(dr, \"none\")",
        ABSENT,
        "none",
        "recovery::recovery_plans(vault)",
    ),
    case(
        "recovery::job(dr, \"3fe66b08-6544-4149-bb0d-ab9a0b1e8da4\")",
        ABSENT,
        "3fe66b08",
        "recovery::jobs(vault)",
    ),
    case(
        "recovery::backup_policy(bk, \"none\")",
        ABSENT,
        "none",
        "recovery::backup_policies(vault)",
    ),
    case(
        "recovery::backup_now(bk, recovery::backup_container_name(\"rg-shop\", \"vm-batch1\"), recovery::backup_item_name(\"rg-shop\", \"vm-batch1\"), #{ properties: #{ objectType: \"IaasVMBackupRequest\" } })",
        ABSENT,
        "vm-batch1",
        "recovery::backup_items(vault)",
    ),
    case(
        "recovery::backup_item(bk, \"rg-shop;vm-web1\", \"vm-web1\")",
        BACKUP,
        "is not of the form 'IaasVMContainer;iaasvmcontainerv2;<resource group>;<virtual machine>'",
        "",
    ),
    case(
        "recovery::backup_item(bk, \"IaasVMContainer%3Biaasvmcontainerv2%3Brg-shop%3Bvm-web1\", machine)",
        BACKUP,
        "%3B",
        "",
    ),
    case(
        "recovery::backup_item(bk, container, recovery::backup_item_name(\"rg-shop\", \"vm-batch1\"))",
        BACKUP,
        "are not of the same virtual machine",
        "",
    ),
    case(
        "recovery::wait_job(dr, \"3fe66b08-6544-4149-bb0d-ab9a0b1e8da4\")",
        ("operation.unknown", "ResourceNotFound"),
        "there is no job 3fe66b08",
        "`recovery::wait_backup_job` waits for those",
    ),
    case(
        "recovery::vault_extended_info(recovery::vault(group, \"rsv-empty\"))",
        (REFUSED, "ResourceExtendedInfoNotFound"),
        "was not found",
        "Set it by PUT",
    ),
    case(
        "recovery::job_id_from_location(\"nowhere\")",
        NOT_SENT,
        "takes an address",
        "operationresults",
    ),
    case(
        "recovery::backup_operation_status(\"nowhere\")",
        NOT_SENT,
        "it is no address",
        "Azure-AsyncOperation",
    ),
];

/// In conditions of lists.
pub(super) const FILTERS: &[Case] = &[
    case(
        "recovery::jobs(dr, #{ filter: where(\"JobStatus\").ne(\"Succeeded\") }).count()",
        NOT_SENT,
        "it can compare JobStatus (eq, one_of)",
        "",
    ),
    case(
        "recovery::jobs(dr, #{ filter: where(\"JobStatus\").eq(\"Failed\").or(where(\"JobName\").eq(\"x\")) }).count()",
        NOT_SENT,
        "know no `or`: ask once for each",
        "",
    ),
    case(
        "recovery::jobs(dr, #{ filter: where(\"jobState\").eq(\"Failed\") }).count()",
        NOT_SENT,
        "did you mean `JobStatus`?",
        "",
    ),
    case(
        "recovery::jobs(dr, #{ filter: where(\"StartTime\").gt(now()) }).count()",
        NOT_SENT,
        "it can compare StartTime (eq)",
        "",
    ),
    case(
        "recovery::jobs(dr, #{ filter: where(\"JobStatus\").eq(\"Done\") }).count()",
        (REFUSED, "InvalidFilterInQueryString"),
        "`Done` is no state of a job",
        "joined by `and`",
    ),
    case(
        "recovery::jobs(dr, #{ filter: where(\"StartTime\").eq(\"yesterday\") }).count()",
        (REFUSED, "InvalidFilterInQueryString"),
        "is no time",
        "Filter by StartTime",
    ),
    case(
        "recovery::backup_jobs(bk, #{ filter: where(\"status\").eq(\"Done\") }).count()",
        BACKUP,
        "Known are: InProgress, Completed",
        "",
    ),
    case(
        "recovery::backup_jobs(bk, #{ filter: where(\"startTime\").eq(\"yesterday\") }).count()",
        NOT_SENT,
        "`startTime` is compared with a date",
        "",
    ),
    case(
        "recovery::backup_items(bk, #{ filter: where(\"backupManagementType\").eq(\"Nope\") }).count()",
        BACKUP,
        "'Nope'",
        "",
    ),
];
