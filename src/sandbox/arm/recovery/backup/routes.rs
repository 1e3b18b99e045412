//! The routes of Azure Backup. Source: recovery reference §6.2, §6.3.

use super::{containers, items, jobs, operations, points, policies, restore, status, usage};
use crate::sandbox::arm::recovery::below;
use crate::sandbox::arm::recovery::calls::get as get_part;
use crate::sandbox::route::Route;

/// Writes the path of something below a protected item.
macro_rules! of_item {
    ($rest:literal) => {
        below!(
            "/backupFabrics/{fabric}/protectionContainers/{container}/protectedItems/{item}",
            $rest
        )
    };
}

/// Writes the path of something below a container.
macro_rules! of_container {
    ($rest:literal) => {
        below!(
            "/backupFabrics/{fabric}/protectionContainers/{container}",
            $rest
        )
    };
}

/// Writes the path of a question that is asked of a region.
macro_rules! of_region {
    ($rest:literal) => {
        concat!(
            "/subscriptions/{subscription}/providers/Microsoft.RecoveryServices/locations/{location}",
            $rest
        )
    };
}

pub(in super::super) const ROUTES: &[Route] = &[
    Route::arm("GET", below!("/backupPolicies"), policies::list),
    Route::arm("GET", below!("/backupPolicies/{policy}"), get_part),
    Route::arm("PUT", below!("/backupPolicies/{policy}"), policies::put),
    Route::arm(
        "DELETE",
        below!("/backupPolicies/{policy}"),
        policies::delete,
    ),
    Route::arm(
        "POST",
        below!("/backupFabrics/{fabric}/refreshContainers"),
        containers::refresh,
    ),
    Route::arm(
        "GET",
        below!("/backupFabrics/{fabric}/protectableContainers"),
        containers::protectable,
    ),
    Route::arm(
        "GET",
        below!("/backupProtectionContainers"),
        containers::list,
    ),
    Route::arm("GET", of_container!(""), containers::get),
    Route::arm("PUT", of_container!(""), containers::put),
    Route::arm("DELETE", of_container!(""), containers::delete),
    Route::arm("POST", of_container!("/inquire"), containers::inquire),
    Route::arm("GET", below!("/backupProtectableItems"), items::protectable),
    Route::arm("GET", below!("/backupProtectedItems"), items::list),
    Route::arm("GET", of_item!(""), items::get),
    Route::arm("PUT", of_item!(""), items::put),
    Route::arm("DELETE", of_item!(""), items::delete),
    Route::arm("POST", of_item!("/backup"), items::backup_now),
    Route::arm("GET", of_item!("/recoveryPoints"), points::list),
    Route::arm("GET", of_item!("/recoveryPoints/{point}"), points::get),
    Route::arm(
        "POST",
        of_item!("/recoveryPoints/{point}/restore"),
        restore::restore,
    ),
    Route::arm("GET", below!("/backupJobs"), jobs::list),
    Route::arm("GET", below!("/backupJobs/{job}"), jobs::get),
    Route::arm("POST", below!("/backupJobs/{job}/cancel"), jobs::ask_cancel),
    Route::arm("POST", below!("/backupJobsExport"), jobs::export),
    Route::arm("GET", below!("/backupUsageSummaries"), usage::list),
    Route::arm("POST", of_region!("/backupStatus"), status::protection),
    Route::arm(
        "POST",
        of_region!("/backupPreValidateProtection"),
        status::prevalidate,
    ),
    Route::arm(
        "GET",
        of_item!("/operationsStatus/{operation}"),
        operations::status,
    ),
    Route::arm(
        "GET",
        of_item!("/operationResults/{operation}"),
        operations::result,
    ),
    Route::arm(
        "GET",
        of_container!("/operationResults/{operation}"),
        operations::result,
    ),
    Route::arm(
        "GET",
        below!("/backupFabrics/{fabric}/operationsStatus/{operation}"),
        operations::status,
    ),
    Route::arm(
        "GET",
        below!("/backupFabrics/{fabric}/operationResults/{operation}"),
        operations::result,
    ),
    Route::arm(
        "GET",
        below!("/backupPolicies/{policy}/operations/{operation}"),
        operations::status,
    ),
    Route::arm(
        "GET",
        below!("/backupPolicies/{policy}/operationResults/{operation}"),
        operations::result,
    ),
    Route::arm(
        "GET",
        below!("/backupJobs/{job}/operationResults/{operation}"),
        operations::result,
    ),
    Route::arm(
        "GET",
        below!("/backupJobs/operationResults/{operation}"),
        operations::result,
    ),
    Route::arm(
        "GET",
        below!("/backupOperations/{operation}"),
        operations::status,
    ),
    Route::arm(
        "GET",
        below!("/backupOperationResults/{operation}"),
        operations::result,
    ),
];
