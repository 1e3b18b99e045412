//! Mistakes that are seen before anything runs, and what is never shown.

use super::flat;
use crate::program::Program;

const SUB: &str = "let sub = arm::subscriptions(\"fabrikam.onmicrosoft.com\").first();
let dr = recovery::vault(sub, \"rg-recovery\", \"rsv-dr\");
let item = recovery::protected_items(dr).first();
";

/// Scripts, with the code, where it stands (line behind what they begin with, and column), and words.
const CHECKED: &[(&str, &str, usize, &[&str])] = &[
    (
        "item.test_failover(#{ properties: #{ failoverDirection: \"PrimaryToRecovery\", providerSpecificDetails: [#{ instanceType: \"A2A\" }] } })",
        "check.argument",
        103,
        &[
            "`properties.providerSpecificDetails` must be a map, not an array",
            "give one map, without brackets",
        ],
    ),
    (
        "recovery::plan_test_failover(dr, \"p\", #{ properties: #{ failoverDirection: \"PrimaryToRecovery\", networkType: \"NoNetworkAttachAsInput\", providerSpecificDetails: #{ instanceType: \"A2A\" } } })",
        "check.argument",
        161,
        &[
            "`properties.providerSpecificDetails` must be an array, not a map",
            "put it in brackets: `[#{ … }]`",
        ],
    ),
    (
        "item.test_failover(#{ properties: #{ failoverDirection: \"Sideways\" } })",
        "check.argument",
        57,
        &[
            "cannot be \"Sideways\"",
            "one of PrimaryToRecovery, RecoveryToPrimary",
        ],
    ),
    (
        "item.test_failover(#{ failoverDirection: \"PrimaryToRecovery\" })",
        "check.key",
        20,
        &["`properties` is required", "add `properties: #{ … }`"],
    ),
    (
        "item.commit_failover(#{ wait: \"end\" })",
        "check.argument",
        31,
        &[
            "`wait` of `commit_failover` cannot be \"end\"",
            "it is one of lro, job",
        ],
    ),
    (
        "recovery::update_replication_policy(dr, \"p\", #{ properties: #{ providerSpecificInput: #{} } })",
        "check.key",
        64,
        &[
            "is not a field of ReplicationPolicyChangesProperties",
            "replicationProviderSettings",
        ],
    ),
    (
        "recovery::jobs(dr, #{ filter: \"JobStatus ne 'Failed'\" }).count()",
        "check.argument",
        31,
        &["`filter` must be a filter, `where(…)`, not a text"],
    ),
    (
        "recovery::jobs(dr, #{ tenant: \"tailspintoys.onmicrosoft.com\" }).count()",
        "check.key",
        23,
        &["has no option `tenant`", "there are api_version, filter"],
    ),
];

#[test]
fn what_can_be_seen_is_told_before_anything_runs() {
    let program = Program::new();
    for (script, code, column, says) in CHECKED {
        let script = format!("{SUB}{script}");
        let told = program.script(&script, &[]).exit(3).stderr;
        let line = SUB.lines().count() + 1;
        let place = format!("script.rhai:{line}:{column}]");
        let code = format!("[{code}]");
        let flat = flat(&told);
        let fits = flat.contains(&code) && told.contains(&place) && told.contains("──");
        let missing: Vec<&&str> = says.iter().filter(|part| !flat.contains(**part)).collect();
        assert!(fits && missing.is_empty(), "{place} {missing:?}\n{told}");
    }
}

#[test]
fn what_opens_an_export_and_signs_a_call_is_never_shown() {
    let program = Program::new();
    let script = format!(
        "{SUB}let backup = recovery::vault(sub, \"rg-recovery\", \"rsv-backup\");
        emit(recovery::export_jobs(dr, #{{ jobOutputType: \"Json\" }}).properties.customDetails);
        emit(recovery::export_backup_jobs(backup));
        print(recovery::agent_authentication(\"the key of the vault\"));"
    );
    let ended = program.script(&script, &["--output", "json"]).exit(0);
    assert_eq!(ended.json()[0]["sasToken"], "•••");
    assert_eq!(ended.json()[1]["properties"]["blobSasKey"], "•••");
    for hidden in ["sig=", "Hmac", "NotBeforeTimestamp"] {
        let shown = ended.stdout.contains(hidden) || ended.stderr.contains(hidden);
        assert!(!shown, "{hidden}: {}{}", ended.stdout, ended.stderr);
    }
    let script = "emit(recovery::agent_authentication(\"the key of the vault\"))";
    let told = program.script(script, &[]).exit(1).stderr;
    assert!(told.contains("the value is a secret"), "{told}");
}
