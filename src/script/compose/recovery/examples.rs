//! Examples of the composite functions, as their manual shows them; each holds in a fresh sandbox.

pub(super) const WAIT_JOB: &str = r#"let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
let vault = recovery::vault(sub, "rg-recovery", "rsv-dr");
let job = recovery::jobs(vault).first();
recovery::wait_job(vault, job.name).properties.state"#;

pub(super) const WAIT_BACKUP_JOB: &str = r#"let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
let vault = recovery::vault(sub, "rg-recovery", "rsv-backup");
let job = recovery::backup_jobs(vault).first();
recovery::wait_backup_job(job).properties.status"#;

pub(super) const JOB_ID_FROM_LOCATION: &str = r#"recovery::job_id_from_location("https://management.azure.com/subscriptions/5b5b5b5b-0000-4000-8000-000000000001/resourceGroups/rg-recovery/providers/Microsoft.RecoveryServices/vaults/rsv-dr/operationresults/2f6e1f0a-0000-4000-8000-000000000001?api-version=2015-08-10")"#;

pub(super) const BACKUP_CONTAINER_NAME: &str =
    r#"recovery::backup_container_name("rg-shop", "vm-web1")"#;

pub(super) const BACKUP_ITEM_NAME: &str = r#"let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
recovery::backup_item_name(arm::vm(sub, "rg-shop", "vm-web1"))"#;

pub(super) const BACKUP_OPERATION_STATUS: &str = r#"let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
let vault = recovery::vault(sub, "rg-recovery", "rsv-backup");
try { recovery::backup_operation_status(vault.id + "/backupOperations/2f6e1f0a-0000-4000-8000-000000000001") } catch (error) { error.status }"#;

pub(super) const BACKUP_OPERATION_RESULT: &str = r#"let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
let vault = recovery::vault(sub, "rg-recovery", "rsv-backup");
try { recovery::backup_operation_result(vault.id + "/backupOperationResults/2f6e1f0a-0000-4000-8000-000000000001", vault).done } catch (error) { error.status }"#;

pub(super) const AGENT_AUTHENTICATION: &str =
    r#"kind(recovery::agent_authentication("the channel integrity key of the vault"))"#;

pub(super) const REGISTER_BETA_ACCESS: &str = r#"let sub = arm::subscriptions("fabrikam.onmicrosoft.com").first();
recovery::register_beta_access(sub).registrationState"#;
