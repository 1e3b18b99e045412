//! Where to look for what a vault does not have: the list of its kind. Source: Azure REST API
//! reference, Recovery Services.

use crate::error::Fault;

/// Operations that name a thing, as they begin or are called, with the list that shows such things;
/// the first that fits.
const LISTS: &[(&str, &str)] = &[
    ("backup_policy", "see `recovery::backup_policies(vault)`"),
    (
        "backup_recovery_point",
        "see `recovery::backup_recovery_points(item)`",
    ),
    (
        "restore_backup",
        "see `recovery::backup_recovery_points(item)`",
    ),
    (
        "backup_job",
        "see `recovery::backup_jobs(vault)`; those of Site Recovery are in `recovery::jobs(vault)`",
    ),
    ("cancel_backup_job", "see `recovery::backup_jobs(vault)`"),
    (
        "backup_container",
        "see `recovery::backup_containers(vault)`",
    ),
    ("backup_", BACKED_UP),
    ("delete_backup_item", BACKED_UP),
    (
        "job",
        "see `recovery::jobs(vault)`; those of Backup are in `recovery::backup_jobs(vault)`",
    ),
    ("cancel_job", JOBS),
    ("restart_job", JOBS),
    ("resume_job", JOBS),
    ("recovery_plan", PLANS),
    ("update_recovery_plan", PLANS),
    ("plan_", PLANS),
    ("commit_plan", PLANS),
    ("cancel_plan", PLANS),
    ("reprotect_plan", PLANS),
    ("recovery_point", "see `recovery::recovery_points(item)`"),
    (
        "replication_policy",
        "see `recovery::replication_policies(vault)`",
    ),
    (
        "update_replication_policy",
        "see `recovery::replication_policies(vault)`",
    ),
    ("protected_item", PROTECTED),
    (
        "protectable_item",
        "see `recovery::protectable_items(container)`",
    ),
    ("fabric", "see `recovery::fabrics(vault)`"),
    ("container", "see `recovery::containers(vault)`"),
    ("mapping", "see `recovery::container_mappings(vault)`"),
    ("network_mapping", "see `recovery::network_mappings(vault)`"),
    ("network", "see `recovery::networks(vault)`"),
    ("migration", "see `recovery::migration_items(vault)`"),
    ("event", "see `recovery::events(vault)`"),
    ("vault", "see `recovery::vaults(subscription)`"),
    ("update_vault", "see `recovery::vaults(subscription)`"),
    (
        "",
        "see `recovery::vaults(subscription)`, and what the vault has, by `recovery::fabrics(vault)`, `recovery::protected_items(vault)` and `recovery::backup_items(vault)`",
    ),
];
const BACKED_UP: &str = "see `recovery::backup_items(vault)`; `recovery::backup_container_name(group, vm)` and `recovery::backup_item_name(group, vm)` write the names";
const JOBS: &str = "see `recovery::jobs(vault)`";
const PLANS: &str = "see `recovery::recovery_plans(vault)`";
const PROTECTED: &str = "see `recovery::protected_items(vault)`: after a failover and a switch of its protection a machine stands below the other fabric";

/// Returns where to look for what an operation of Recovery Services did not find in a vault.
pub(super) fn absent(fault: &Fault) -> Option<&'static str> {
    let name = fault.operation.strip_prefix("recovery::")?;
    // What is above vaults is Azure's own.
    if fault.code != "ResourceNotFound" {
        return None;
    }
    let found = LISTS.iter().find(|(begins, _)| name.starts_with(begins));
    found.map(|(_, help)| *help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::service;

    #[test]
    fn a_thing_is_looked_for_in_the_list_of_its_kind() {
        let check = |operation: &str, list: &str| {
            let fault = Fault {
                operation: operation.to_owned(),
                code: "ResourceNotFound".to_owned(),
                ..Fault::default()
            };
            let help = absent(&fault).unwrap_or_default();
            assert!(
                help.contains(list) && help.is_empty() == list.is_empty(),
                "{operation}: {help}"
            );
        };
        check(
            "recovery::protected_item",
            "recovery::protected_items(vault)",
        );
        check("recovery::backup_job", "recovery::backup_jobs(vault)");
        check("recovery::backup_now", "recovery::backup_items(vault)");
        check(
            "recovery::commit_plan_failover",
            "recovery::recovery_plans(vault)",
        );
        check("recovery::vault", "recovery::vaults(subscription)");
        check("recovery::reprotect", "recovery::protected_items(vault)");
        check("arm::vm", "");
    }

    #[test]
    fn lists_that_are_named_exist() {
        const COMPOSED: [&str; 2] = ["backup_container_name", "backup_item_name"];
        let recovery = service("recovery").expect("a built-in service");
        for (begins, help) in LISTS {
            for part in help.split("`recovery::").skip(1) {
                let name = part.split('(').next().expect("a name");
                let known = COMPOSED.contains(&name) || recovery.operation(name).is_some();
                assert!(known, "{begins}: {name}");
            }
        }
    }
}
