//! Bad input to Microsoft Graph, as a user's script meets it: every mistake has its code, the service's
//! own code where the service was asked, a place in the script, and words that say what to do.

mod cases;

use std::time::Duration;

use tenantry::base::clock::later;
use tenantry::error::{Error, Sent};
use tenantry::sandbox::Config;

use cases::{GDAP, MEMBERS, NAMES, PEOPLE, PREPARED, QUERIES, RELATED, SCOPES};

use crate::program::Program;
use crate::refused_case::Case;
use crate::served::Served;
use crate::stage::Stage;

/// Runs a script that must fail.
fn failed(stage: &Stage, script: &str) -> Error {
    match stage.run(&format!("{NAMES}{script}")) {
        Err(error) => error,
        Ok(value) => panic!("{script}\nhas come to {value:?}"),
    }
}

#[track_caller]
fn check(stage: &Stage, before: &str, cases: &[Case]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| differs(case, &failed(stage, &format!("{before}{}", case.script))))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Returns how an error differs from what is expected.
fn differs(case: &Case, error: &Error) -> Option<String> {
    let parts = error.parts();
    let fault = parts.fault.as_ref();
    let service = fault.map_or("", |fault| fault.code.as_str());
    let help = parts.help.clone().unwrap_or_default();
    let was_sent = parts.sent != Sent::No;
    let fits = error.code().as_str() == case.code
        && service == case.service
        && was_sent != case.service.is_empty()
        && error.to_string().contains(case.says)
        && help.contains(case.helps)
        && parts.at.is_some();
    let found = format!(
        "{error} [{}] {service} | {help} | {:?}",
        error.code(),
        parts.at
    );
    (!fits).then(|| format!("{}\n  {found}", case.script))
}

#[test]
fn every_mistake_is_told_with_what_to_do() {
    let stage = Stage::new(0);
    stage.value(&format!("{NAMES}{PREPARED}"));
    // A group gives its licences to its members after a while.
    let soon = Duration::from_secs(600);
    stage.sandbox.advance(soon).expect("time passes");
    for cases in [SCOPES, QUERIES, PEOPLE, MEMBERS] {
        check(&stage, "", cases);
    }
    check(&stage, RELATED, GDAP);
}

#[test]
fn what_needs_a_header_gets_it_unless_the_script_gives_another() {
    let stage = Stage::new(0);
    let value = |script: &str| stage.value(&format!("{NAMES}{script}"));
    let all = "graph::get(t, \"/v1.0/users?$count=true\"";
    let ignored = format!("{all}, plain).to_map().keys().contains(\"@odata.count\")");
    assert_eq!(value(&ignored), "false", "without a word");
    let counted = format!("{all})[\"@odata.count\"]");
    assert_eq!(value(&counted), "5");
    let written = "graph::list(t, \"/v1.0/users?$filter=userType ne 'Guest'\").count()";
    assert_eq!(value(written), "4");
    let found = "graph::users(t, #{ filter: where(\"userType\").ne(\"Guest\") }).count()";
    assert_eq!(value(found), "4");
    let found = "graph::users(t, #{ search: \"displayName:kim\" }).map(|u| u.displayName)";
    assert_eq!(value(found), "[\"Kim Abe\"]");
    let quoted = "graph::users(t, #{ filter: where(\"displayName\").eq(\"O'Neill\") }).count()";
    assert_eq!(value(quoted), "0");
}

#[test]
fn without_ref_a_member_is_deleted_itself_but_not_by_the_described_function() {
    let stage = Stage::new(0);
    let value = |script: &str| stage.value(&format!("{NAMES}{script}"));
    let taken = value("graph::remove_member(t, sales, kim); graph::user(t, kim).displayName");
    assert_eq!(taken, "\"Kim Abe\"");
    let gone = "graph::add_member(t, sales, kim); graph::delete(t, `/v1.0/groups/${sales}/members/${kim}`);
        graph::deleted_users(t).filter(|u| u.id == kim).count()";
    assert_eq!(value(gone), "1");

    let sandbox = Served::start(&Program::new(), &[]);
    let program = sandbox.program();
    program.write(
        "delete.rhai",
        format!("{NAMES}graph::delete(t, `/v1.0/groups/${{sales}}/members/${{kim}}`)"),
    );
    let ended = program.run(&["run", "--allow", "write", "delete.rhai"]);
    assert_eq!(ended.code, 6, "{}", ended.stderr);
    assert!(ended.stderr.contains("[access.effect]"), "{}", ended.stderr);
}

#[test]
fn a_request_whose_dependency_failed_says_which() {
    let stage = Stage::new(0);
    let script = "let outcomes = graph::batch(t, [
            #{ id: \"look\", method: \"GET\", path: `/v1.0/users/nobody@${domain}` },
            #{ method: \"PATCH\", path: `/v1.0/users/${lee}`, body: #{ jobTitle: \"x\" }, depends_on: [\"look\"] },
        ]);
        let told = \"\";
        for o in outcomes { told += `${o.error.code} ${o.error.status} ${o.error.sent} ${o.error.help};`; }
        told";
    let told = stage.value(&format!("{NAMES}{script}"));
    assert!(
        told.contains("graph.not_found 404 yes look for it"),
        "{told}"
    );
    assert!(
        told.contains("graph.dependency  no mend what the outcome of `look` says"),
        "{told}"
    );
    let title = stage.value(&format!(
        "{NAMES}graph::user(t, lee, #{{ select: [\"jobTitle\"] }}).jobTitle"
    ));
    assert_ne!(title, "\"x\"");
}

#[test]
fn a_link_to_changes_is_good_for_a_week() {
    let stage = Stage::new(0);
    let link = stage.value(&format!("{NAMES}graph::delta(t, \"users\").link"));
    let again = format!("graph::delta(t, \"users\", {link}).changes.len()");
    let day = Duration::from_secs(86_400);
    stage.sandbox.advance(day * 6).expect("time passes");
    assert_eq!(stage.value(&format!("{NAMES}{again}")), "0");
    stage.sandbox.advance(day * 2).expect("time passes");
    let error = failed(&stage, &again);
    let raw = link
        .trim_matches('"')
        .split_once("/graph")
        .expect("a link")
        .1
        .to_owned();
    let raw = failed(&stage, &format!("graph::get(t, \"{raw}\")"));
    for error in [error, raw] {
        let help = error.parts().help.clone().unwrap_or_default();
        assert_eq!(error.code().as_str(), "graph.delta_expired", "{error}");
        assert!(help.contains("graph::delta(tenant, "), "{help}");
    }
}

#[test]
fn conditional_access_is_asked_again_although_it_does_not_say_when() {
    let stage = Stage::new(0);
    stage.sandbox.configure(Config {
        graph_policies: 1,
        ..Config::default()
    });
    let script = "let counts = []; for n in 0..4 { counts.push(graph::ca_policies(t).count()); } counts.len()";
    let before = stage.clock.now();
    assert_eq!(stage.value(&format!("{NAMES}{script}")), "4");
    assert!(later(before, Duration::from_secs(3)) <= stage.clock.now());
}

#[test]
fn an_application_that_was_removed_is_told_to_be_consented_to() {
    let stage = Stage::new(0);
    let script = "
        let app = #{ principal: \"app\" };
        let own = graph::organization(t, app);
        let clients = graph::service_principals(t, #{ filter: where(\"displayName\").starts_with(\"Tenantry\") });
        for client in clients { graph::delete_service_principal(t, client); }
        graph::organization(t, app)";
    let error = failed(&stage, script);
    let help = error.parts().help.clone().unwrap_or_default();
    assert_eq!(error.code().as_str(), "auth.consent_missing", "{error}");
    assert!(help.contains("consent in that tenant"), "{help}");
}

#[test]
fn a_guest_is_found_by_the_name_that_is_shown() {
    let stage = Stage::new(0);
    let value = |script: &str| stage.value(&format!("{NAMES}{script}"));
    let name = "nora_litware.example#EXT#@";
    let found = format!("graph::user(t, `{name}${{domain}}`).displayName");
    assert_eq!(value(&found), "\"Nora Vale\"");
    let raw = "graph::get(t, `/v1.0/users/nora_litware.example%23EXT%23@${domain}`).displayName";
    assert_eq!(value(raw), "\"Nora Vale\"");
    let changed = format!(
        "graph::update_user(t, `{name}${{domain}}`, #{{ jobTitle: \"Guest\" }}); graph::user(t, `{name}${{domain}}`, #{{ select: [\"jobTitle\"] }}).jobTitle"
    );
    assert_eq!(value(&changed), "\"Guest\"");
}

#[test]
fn of_a_user_in_two_tenants_only_the_one_named_is_touched() {
    let stage = Stage::new(0);
    let value = |script: &str| stage.value(&format!("{NAMES}{script}"));
    let script = "
        graph::invite_guest(tailspin, #{ invitedUserEmailAddress: lee, inviteRedirectUrl: \"https://x.example\" });
        let there = graph::users(tailspin, #{ filter: where(\"mail\").eq(lee) }).first();
        graph::update_user(tailspin, there, #{ jobTitle: \"Adviser\" });
        let title = |tenant, user| graph::user(tenant, user, #{ select: [\"jobTitle\", \"accountEnabled\"] });
        graph::disable_user(tailspin, there);
        graph::delete_user(tailspin, there);
        let own = title.call(t, lee);
        [there.id == graph::user(t, lee).id, own.jobTitle == \"Adviser\", own.accountEnabled]";
    assert_eq!(value(script), "[false,false,true]");
}
