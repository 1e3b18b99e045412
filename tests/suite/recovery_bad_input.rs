//! Bad input to Recovery Services, as a user's script meets it: every mistake has its code, the
//! service's own code where the service was asked, a place in the script, words that say why it was
//! refused and what to do, all ids that support asks for, and leaves everything as it was.

mod bodies;
mod cases;
mod checked;
mod failing;
mod older;
mod things;
mod waiting;

use tenantry::error::{Code, Error, Sent};

use bodies::BODIES;
use cases::{IN_USE, NAMES, PREPARED, STATES};
use things::{FILTERS, THINGS};

use crate::refused_case::Case;
use crate::stage::Stage;

/// Runs a script that must fail.
#[track_caller]
fn failed(stage: &Stage, script: &str) -> Error {
    match stage.run(&format!("{NAMES}{script}")) {
        Err(error) => error,
        Ok(value) => panic!("{script}\nhas come to {value:?}"),
    }
}

/// Returns a diagnostic without the lines and boxes that its width makes.
fn flat(diagnostic: &str) -> String {
    let drawn = |c: char| c.is_whitespace() || "│├╰─▶".contains(c);
    let lines = diagnostic
        .lines()
        .map(|line| line.trim_start_matches(drawn));
    lines.collect::<Vec<_>>().join(" ")
}

/// Returns all that says what to do: the client's advice, and the service's causes and action.
fn advice(error: &Error) -> String {
    let parts = error.parts();
    let fault = parts.fault.clone().unwrap_or_default();
    let all = [
        parts.help.clone(),
        fault.possible_causes,
        fault.recommended_action,
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join(" | ")
}

/// Returns which of the six fields of Site Recovery an error lacks.
fn lacks(error: &Error) -> Vec<&'static str> {
    let fault = error.parts().fault.clone().unwrap_or_default();
    let fields = [
        ("code", Some(fault.code)),
        ("message", Some(fault.message)),
        ("possibleCauses", fault.possible_causes),
        ("recommendedAction", fault.recommended_action),
        ("clientRequestId", fault.client_request_id),
        ("activityId", fault.activity_id),
    ];
    let empty = |field: &Option<String>| field.as_ref().is_none_or(String::is_empty);
    let lacking = fields.into_iter().filter(|(_, field)| empty(field));
    lacking.map(|(name, _)| name).collect()
}

/// Returns how an error differs from what is expected.
fn differs(case: &Case, error: &Error, wrote: u64) -> Option<String> {
    let parts = error.parts();
    let fault = parts.fault.as_ref();
    let service = fault.map_or("", |fault| fault.code.as_str());
    let exit = match case.code.split('.').next() {
        Some("arm" | "recovery" | "http") => 5,
        Some("operation") => 9,
        _ => 1,
    };
    // Codes of Site Recovery are numbers; those of Azure and of Backup are words and have no more.
    let is_site_recovery = service.parse::<u32>().is_ok();
    let lacking = if is_site_recovery {
        lacks(error)
    } else {
        Vec::new()
    };
    // The place is that of the call, which stands behind what all scripts begin with.
    let line = NAMES.lines().count() + 1;
    let at = parts.at.as_ref();
    let fits = error.code().as_str() == case.code
        && error.exit() == exit
        && service == case.service
        && (parts.sent != Sent::No) != case.service.is_empty()
        && error.to_string().contains(case.says)
        && advice(error).contains(case.helps)
        && at.is_some_and(|at| at.line == line && at.length > 0)
        && lacking.is_empty()
        && wrote == 0;
    let found = format!(
        "{error} [{}] {service} | {} | {at:?}, {wrote} writes, lacks {lacking:?}",
        error.code(),
        advice(error)
    );
    (!fits).then(|| format!("{}\n  {found}", case.script))
}

#[track_caller]
fn check(stage: &Stage, cases: &[Case]) {
    let mut wrong = Vec::new();
    for case in cases {
        let before = stage.writes();
        let error = failed(stage, case.script);
        wrong.extend(differs(case, &error, stage.writes() - before));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_mistake_is_told_with_what_to_do() {
    let stage = Stage::new(0);
    for cases in [STATES, IN_USE, BODIES, THINGS, FILTERS] {
        check(&stage, cases);
    }
}

#[test]
fn what_is_refused_in_other_states_names_what_is_allowed_then() {
    for (before, cases) in PREPARED {
        let stage = Stage::new(0);
        stage.value(&format!("{NAMES}{before}; ()"));
        check(&stage, cases);
    }
}

#[test]
fn what_is_ignored_or_absent_is_no_mistake() {
    let stage = Stage::new(0);
    // `networkId` counts only where `networkType` says so; what is not there can be removed.
    let script = format!(
        "{NAMES}
        let job = item.test_failover(over(#{{ networkId: \"/none\" }}));
        let network = job.properties.customDetails.networkFriendlyName;
        item.test_failover_cleanup(#{{ properties: #{{ comments: \"done\" }} }});
        [network, recovery::remove_fabric(dr, \"nowhere\"), recovery::purge_fabric(dr, \"nowhere\")]"
    );
    assert_eq!(stage.value(&script), r#"["vnet-dr",null,null]"#);
}

#[test]
fn dates_in_lists_of_backup_are_written_as_backup_reads_them() {
    let stage = Stage::new(0);
    // A night's job, of three; both forms are sent as `'… 12:00:00 AM'`.
    let script = |first: &str, last: &str| {
        format!(
            "{NAMES}recovery::backup_jobs(bk, #{{ filter: where(\"startTime\").eq({first}).and(where(\"endTime\").eq({last})) }}).count()"
        )
    };
    // The stage begins on the first of January.
    let iso = script("\"2025-12-31T00:00:00Z\"", "\"2026-01-01T00:00:00Z\"");
    let date = script("date(\"2025-12-31\")", "date(\"2026-01-01\")");
    assert_eq!(stage.json(&iso), 1);
    assert_eq!(stage.json(&date), 1);
}

#[test]
fn a_group_with_vaults_in_use_is_accepted_and_then_not_deleted() {
    let stage = Stage::new(0);
    let error = failed(&stage, "arm::delete_resource_group(group)");
    assert_eq!(error.code(), Code::OperationFailed, "{error}");
    assert!(error.to_string().contains("has failed"), "{error}");
    let told = advice(&error);
    assert!(
        told.contains("Stop the protection of the backup items"),
        "{told}"
    );
    assert!(
        error.parts().handle.is_none(),
        "there is nothing to wait for"
    );
    // What nothing uses is gone.
    let left = stage.value(
        "let group = arm::resource_group(arm::subscriptions(\"fabrikam.onmicrosoft.com\").first(), \"rg-recovery\");
        recovery::group_vaults(group).map(|vault| vault.name)",
    );
    assert_eq!(left, r#"["rsv-backup","rsv-dr"]"#);
}
