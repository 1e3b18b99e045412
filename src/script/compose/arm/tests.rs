//! The composite functions of Azure, as scripts call them, against canned answers.

use crate::api::model::Effect;
use crate::error::{Code, Error};
use crate::script::testing::{self, Stage};
use crate::script::{Session, Source};

const T: &str = "fab71ca0-0000-4000-8000-000000000000";
const S: &str = "5b5b5b5b-0000-4000-8000-000000000001";
const P: &str = "fab71ca0-0001-4000-8000-000000000002";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const EMPTY: &str = r#"{"value":[]}"#;

/// The answer that teaches whose subscription it is; scripts here begin with that call.
fn subscription() -> String {
    format!(r#"{{"id":"/subscriptions/{S}","subscriptionId":"{S}","tenantId":"{T}"}}"#)
}

fn stage(answers: &[(u16, &str)]) -> Stage {
    let subscription = subscription();
    let mut all = vec![(200, &*subscription)];
    all.extend(answers);
    testing::session(&all)
}

fn run(stage: &Stage, script: &str) -> Result<String, Error> {
    let begin = format!(
        "const T = \"{T}\"; const S = \"{S}\"; const P = \"{P}\"; let sub = arm::subscription(T, S);\n"
    );
    let source = Source::new("test.rhai", format!("{begin}{script}"));
    let value = Session::new(stage.settings.clone()).run(&source)?;
    Ok(value.unwrap_or_default())
}

fn value(answers: &[(u16, &str)], script: &str) -> (String, Vec<String>) {
    let stage = stage(answers);
    let value = run(&stage, script).unwrap_or_else(|error| panic!("{script}\n{error:#?}"));
    (value, sent(&stage))
}

fn failed(answers: &[(u16, &str)], script: &str) -> (Error, Vec<String>) {
    let stage = stage(answers);
    match run(&stage, script) {
        Ok(value) => panic!("{script} gave {value}"),
        Err(error) => (error, sent(&stage)),
    }
}

/// What was sent after the first call: verb, path without the subscription, and body.
fn sent(stage: &Stage) -> Vec<String> {
    let sent = stage.door.sent.lock().expect("no panic");
    let line = |call: &crate::http::Call| {
        let body = String::from_utf8_lossy(call.body.as_deref().unwrap_or_default());
        let target = call.target.replace(&format!("/subscriptions/{S}"), "");
        format!("{} {target} {body}", call.verb.as_str())
            .trim_end()
            .to_owned()
    };
    sent.iter().skip(1).map(line).collect()
}

fn assignment(role: &str, scope: &str) -> String {
    format!(
        r#"{{"id":"{scope}/providers/Microsoft.Authorization/roleAssignments/a","properties":{{"principalId":"{P}","scope":"{scope}","roleDefinitionId":"/subscriptions/{S}/providers/Microsoft.Authorization/roleDefinitions/{role}"}}}}"#
    )
}

#[test]
fn a_role_that_is_there_is_returned() {
    let at = format!("/SUBSCRIPTIONS/{S}");
    let inherited = assignment(OWNER, &format!("/subscriptions/{S}/resourceGroups/rg"));
    let list = format!(
        r#"{{"value":[{inherited},{}]}}"#,
        assignment(&OWNER.to_uppercase(), &at)
    );
    let (found, sent) = value(
        &[(200, &list)],
        "arm::ensure_owner(sub, P).properties.scope",
    );
    assert_eq!(found, format!("\"{at}\""));
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0].starts_with("GET /providers/Microsoft.Authorization/roleAssignments?$filter="),
        "{sent:?}"
    );
    assert!(sent[0].contains(P), "{sent:?}");
}

#[test]
fn a_role_is_assigned_and_a_new_principal_waited_for() {
    let made = assignment(OWNER, &format!("/subscriptions/{S}"));
    let unknown = r#"{"error":{"code":"PrincipalNotFound","message":"Principal does not exist in the directory."}}"#;
    let answers = [(200, EMPTY), (400, unknown), (400, unknown), (201, &*made)];
    let script = r#"let begin = now(); let made = arm::ensure_owner(S, P, #{ type: "serviceprincipal" }); made.properties.principalId"#;
    let (found, sent) = value(&answers, script);
    assert_eq!(found, format!("\"{P}\""));
    assert_eq!(sent.len(), 4);
    let body = format!(
        r#"{{"properties":{{"principalId":"{P}","principalType":"ServicePrincipal","roleDefinitionId":"/subscriptions/{S}/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"}}}}"#
    );
    assert!(
        sent[1].starts_with("PUT /providers/Microsoft.Authorization/roleAssignments/"),
        "{sent:?}"
    );
    assert!(sent[1].ends_with(&body), "{sent:?}");
    assert_eq!(sent[1], sent[3], "under the same name each time");
}

#[test]
fn a_principal_that_stays_unknown_is_given_up() {
    let unknown = r#"{"error":{"code":"PrincipalNotFound","message":"no"}}"#;
    let mut answers = vec![(200, EMPTY)];
    answers.extend([(400, unknown); 40]);
    let (error, sent) = failed(&answers, "arm::ensure_owner(sub, P)");
    assert_eq!(error.code(), Code::ArmPrincipal);
    assert_eq!(sent.len(), 32, "the list, then 31 tries in five minutes");
}

#[test]
fn a_role_is_looked_up_by_its_name() {
    let roles = format!(
        r#"{{"value":[{{"id":"/subscriptions/{S}/providers/Microsoft.Authorization/roleDefinitions/x","properties":{{"roleName":"Virtual Machine Contributor"}}}}]}}"#
    );
    let group = format!("/subscriptions/{S}/resourceGroups/rg");
    let made = assignment("x", &group);
    let script =
        r#"arm::ensure_role(sub.id + "/resourceGroups/rg", P, "virtual machine contributor"); 0"#;
    let (_, sent) = value(&[(200, &roles), (200, EMPTY), (201, &made)], script);
    assert!(
        sent[0].starts_with(
            "GET /resourceGroups/rg/providers/Microsoft.Authorization/roleDefinitions?"
        ),
        "{sent:?}"
    );
    assert!(
        sent[2].starts_with("PUT /resourceGroups/rg/providers/"),
        "{sent:?}"
    );
    assert!(sent[2].contains("roleDefinitions/x\""), "{sent:?}");

    let (error, sent) = failed(&[(200, EMPTY)], r#"arm::ensure_role(sub, P, "Ownr")"#);
    assert_eq!(error.to_string(), "there is no role called \"Ownr\"");
    assert_eq!(sent.len(), 1);
}

#[test]
fn what_can_have_no_role_is_told_before_anything_is_sent() {
    let check = |call: &str, begins: &str| {
        let (error, sent) = failed(&[], call);
        assert!(error.to_string().starts_with(begins), "{call}: {error}");
        assert_eq!(error.code(), Code::ScriptArgument);
        assert!(sent.is_empty(), "{sent:?}");
    };
    check(
        r#"arm::ensure_owner(sub, "kim")"#,
        "a principal is a user, group",
    );
    check(
        "arm::ensure_owner(sub, sub)",
        "a principal is a user, group",
    );
    check(
        "arm::ensure_owner(sub, P, #{ type: \"Robot\" })",
        "`type` of a principal cannot be",
    );
    check(
        "arm::ensure_owner(sub, P, #{ kind: \"User\" })",
        "there is no option `kind`",
    );
    check("arm::ensure_role(sub, P, 5)", "a role is a name such as");
    check(
        "arm::ensure_role(\"rg\", P, \"Reader\")",
        "`scope` is no id of Azure",
    );
}

#[test]
fn a_provider_is_registered_once() {
    let provider =
        |state: &str| format!(r#"{{"namespace":"Microsoft.Sql","registrationState":"{state}"}}"#);
    let (there, gone) = (provider("Registered"), provider("NotRegistered"));
    let call = "arm::ensure_registered(sub, \"Microsoft.Sql\").registrationState";
    let (found, sent) = value(&[(200, &there)], call);
    assert_eq!((found.as_str(), sent.len()), ("\"Registered\"", 1));
    let (_, sent) = value(&[(200, &gone), (200, &there)], call);
    assert!(
        sent[1].starts_with("POST /providers/Microsoft.Sql/register"),
        "{sent:?}"
    );
}

const TEMPLATE: &str = r#"let template = #{ resources: [], parameters: #{ name: #{ type: "string" }, size: #{ type: "int", defaultValue: 1 }, key: #{ type: "securestring", nullable: true } } };"#;

#[test]
fn plain_values_get_their_frames() {
    let check = |call: &str, expected: &str| {
        let (_, sent) = value(&[(200, "{}")], &format!("{TEMPLATE} {call}; 0"));
        assert_eq!(sent[0], expected, "{call}");
    };
    let body = |values: &str, rest: &str| {
        format!(
            r#"{{{rest}"properties":{{"mode":"Incremental","parameters":{values},"template":{{"parameters":{{"key":{{"nullable":true,"type":"securestring"}},"name":{{"type":"string"}},"size":{{"defaultValue":1,"type":"int"}}}},"resources":[]}}}}}}"#
        )
    };
    let at = "api-version=2025-04-01";
    let deployment = "/providers/Microsoft.Resources/deployments/shop";
    let group = format!("PUT /resourceGroups/rg{deployment}?{at}");
    let rg = r#"sub.id + "/resourceGroups/rg""#;
    check(
        &format!(r#"arm::deploy({rg}, "shop", template, #{{ name: "x", size: #{{ value: 2 }} }})"#),
        &format!(
            "{group} {}",
            body(r#"{"name":{"value":"x"},"size":{"value":2}}"#, "")
        ),
    );
    check(
        &format!(
            r#"arm::deploy({rg}, "shop", template, #{{ "$schema": "x", parameters: #{{ name: #{{ value: "x" }} }} }})"#
        ),
        &format!("{group} {}", body(r#"{"name":{"value":"x"}}"#, "")),
    );
    check(
        r#"arm::what_if(sub, "shop", template, #{ name: #{ a: 1 } }, #{ location: "westeurope" })"#,
        &format!(
            "POST {deployment}/whatIf?{at} {}",
            body(
                r#"{"name":{"value":{"a":1}}}"#,
                r#""location":"westeurope","#
            )
        ),
    );
    check(
        &format!(
            r#"arm::validate({rg}, "shop", template, #{{ name: "x" }}, #{{ mode: "complete" }})"#
        ),
        &format!(
            "POST /resourceGroups/rg{deployment}/validate?{at} {}",
            body(r#"{"name":{"value":"x"}}"#, "").replace("Incremental", "Complete")
        ),
    );
}

#[test]
fn parameters_are_checked_against_the_template() {
    let check = |call: &str, expected: &str| {
        let (error, sent) = failed(&[], &format!("{TEMPLATE} {call}"));
        let related = error.parts().related.iter().map(|one| format!("; {one}"));
        let found = format!("{error}{}", related.collect::<String>());
        assert_eq!(found, expected, "{call}");
        assert!(sent.is_empty(), "{sent:?}");
    };
    let missing = "arm::deploy: the template's parameter `name` (string) is missing";
    let rg = r#"sub.id + "/resourceGroups/rg""#;
    check(&format!(r#"arm::deploy({rg}, "x", template)"#), missing);
    check(
        &format!(r#"arm::deploy({rg}, "x", template, #{{ nmae: 1 }})"#),
        &format!("arm::deploy: the template has no parameter `nmae`; {missing}"),
    );
    check(
        r#"arm::deploy(sub, "x", template, #{ name: 1 })"#,
        "arm::deploy of a subscription needs a `location`, in which its record is kept",
    );
    check(
        &format!(r#"arm::deploy({rg}, "x", template, #{{ name: 1 }}, #{{ mode: "Full" }})"#),
        "arm::deploy: `mode` is \"Incremental\" or \"Complete\", not the text \"Full\"",
    );
    check(
        &format!(r#"arm::deploy({rg}, "x", 5)"#),
        "the template of arm::deploy must be a map or the path of a file that holds one, not the number 5",
    );
}

#[test]
fn a_template_file_that_is_not_json_is_shown_in_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("main.json");
    std::fs::write(
        &path,
        "{\n  \"resources\": [],\n  \"parameters\": { \"a\" 1 }\n}\n",
    )
    .expect("a file");
    let mut stage = stage(&[]);
    stage.settings.files = vec![folder.path().to_owned()];
    let script = format!(
        "arm::deploy(sub.id + \"/resourceGroups/rg\", \"x\", {:?})",
        path.to_string_lossy()
    );
    let error = run(&stage, &script).expect_err("no JSON");
    assert_eq!(error.code(), Code::ScriptFile);
    assert!(error.to_string().ends_with("line 3 column 23"), "{error}");
    let help = error.parts().help.clone().unwrap_or_default();
    assert_eq!(
        help,
        "3 |   \"parameters\": { \"a\" 1 }\n                          ^"
    );
}

#[test]
fn ids_are_taken_apart_and_put_together() {
    let check = |id: &str| {
        let script = format!("arm::build_id(arm::parse_id({id:?}))");
        assert_eq!(value(&[], &script).0, format!("{id:?}"));
    };
    let subnet = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/web";
    check("/subscriptions/s");
    check("/subscriptions/s/resourceGroups/rg");
    check("/subscriptions/s/providers/Microsoft.Compute");
    check("/subscriptions/s/resourceGroups/rg/providers/Microsoft.Resources/deployments/d");
    check(subnet);
    let script =
        r#"arm::build_id(#{ subscription: "s", provider: "A.B", type: "c/d", name: "x/y" })"#;
    let (found, _) = value(&[], script);
    assert_eq!(found, r#""/subscriptions/s/providers/A.B/c/x/d/y""#);
    check(&format!(
        "{subnet}/providers/Microsoft.Authorization/locks/keep"
    ));
    let (found, _) = value(
        &[],
        r#"arm::build_id(#{ subscription: sub, resource_group: "rg", type: "Microsoft.Network/virtualNetworks/subnets", name: "v/web" })"#,
    );
    assert_eq!(
        found,
        format!("{:?}", subnet.replace("/s/", &format!("/{S}/")))
    );
    let parts =
        format!("let p = arm::parse_id({subnet:?}); [p.type, p.name, p.names, p.parent, p.scope]");
    let (found, _) = value(&[], &parts);
    let parent = subnet.trim_end_matches("/subnets/web");
    assert_eq!(
        found,
        format!(
            r#"["Microsoft.Network/virtualNetworks/subnets","web",["v","web"],"{parent}",null]"#
        )
    );
}

#[test]
fn parts_that_are_no_id_are_told() {
    let check = |parts: &str, expected: &str| {
        let (error, _) = failed(&[], &format!("arm::build_id({parts})"));
        assert_eq!(error.to_string(), expected, "{parts}");
    };
    check("#{}", "an id needs a `subscription` or a `scope`");
    check("#{ subscripton: 1 }", "an id has no part `subscripton`");
    check(
        r#"#{ subscription: "s", type: "Microsoft.Network/virtualNetworks/subnets", name: "v" }"#,
        "the type \"Microsoft.Network/virtualNetworks/subnets\" has 2 name(s), and 1 were given",
    );
    check(
        r#"#{ subscription: "s", resource_group: "..", type: "A.B/c", name: "d" }"#,
        "\"..\" cannot be a name in an id",
    );
    check(
        r#"#{ subscription: "a/b", resource_group: "rg" }"#,
        "\"a/b\" cannot be a name in an id",
    );
    check(
        r#"#{ subscription: "s", provider: "A.B", type: "C.D/e", name: "x" }"#,
        "the type \"C.D/e\" is not of the provider \"A.B\"",
    );
    check(
        r#"#{ subscription: "s", name: "x" }"#,
        "`name` of an id needs a `type` beside it",
    );
}

#[test]
fn functions_have_the_effects_of_their_steps() {
    let arm = crate::api::service("arm").expect("a built-in service");
    let check = |name: &str, steps: &[&str]| {
        let lightest = |step: &&str| {
            let rules = arm.operation(step).expect("an operation").effects.iter();
            rules.map(|rule| rule.is).max().expect("an effect")
        };
        let gravest = steps.iter().map(lightest).max();
        let one = super::ALL.iter().find(|one| one.shape.name == name);
        let told = one.expect("a function").shape.effects.iter().copied().max();
        assert_eq!(
            told,
            gravest.map(|gravest| gravest.min(Effect::Write)),
            "{name}"
        );
    };
    check("ensure_owner", &["create_role_assignment"]);
    check("ensure_registered", &["register_provider"]);
    check("deploy", &["create_deployment"]);
    check(
        "what_if",
        &["what_if_deployment", "what_if_subscription_deployment"],
    );
    check(
        "validate",
        &["validate_deployment", "validate_subscription_deployment"],
    );
    check("parse_id", &[]);
}
