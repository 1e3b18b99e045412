//! What scripts do in a customer's directory in one call: members, managers, licences, passwords, and
//! the methods of records.

use serde_json::{Value, json};
use tenantry::error::Code;
use tenantry::identity::Guide;

use crate::login::Person;
use crate::login_command::{Waiting, program, run};
use crate::program::Program;
use crate::served::Served;
use crate::stage::Stage;

const FABRIKAM: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";
const NAMES: &str = r#"
const FABRIKAM = "fabrikam.onmicrosoft.com";
const ADMIN = "fab71ca0-0001-4000-8000-000000000001";
const KIM = "fab71ca0-0001-4000-8000-000000000002";
const LEE = "fab71ca0-0001-4000-8000-000000000003";
const SAM = "fab71ca0-0001-4000-8000-000000000004";
const NORA = "fab71ca0-0001-4000-8000-000000000006";
const SALES = "fab71ca0-0009-4000-8000-000000000001";
const STAFF = "fab71ca0-0009-4000-8000-000000000002";
const DYNAMIC = "fab71ca0-0009-4000-8000-000000000003";
"#;

#[track_caller]
fn found(stage: &Stage, script: &str) -> Value {
    stage.json(&format!("{NAMES}{script}"))
}

#[track_caller]
fn refused(stage: &Stage, script: &str) -> (Code, String) {
    stage.refusal(&format!("{NAMES}{script}"))
}

#[test]
fn members_and_owners_are_as_they_should_be() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"
        let sales = graph::group(FABRIKAM, SALES);
        let sam = graph::user(FABRIKAM, "sam@fabrikam.onmicrosoft.com");
        let names = |list| { let names = list.map(|one| one.displayName); names.sort(); names };
        [
            graph::add_member(FABRIKAM, SALES, KIM),
            graph::add_member(FABRIKAM, sales, sam), graph::add_member(FABRIKAM, sales, sam),
            graph::remove_member(FABRIKAM, SALES, KIM), graph::remove_member(FABRIKAM, SALES, KIM),
            names.call(graph::group_members(FABRIKAM, sales)),
            graph::add_owner(FABRIKAM, STAFF, LEE), graph::add_owner(FABRIKAM, STAFF, LEE),
            graph::remove_owner(FABRIKAM, STAFF, ADMIN), graph::remove_owner(FABRIKAM, STAFF, ADMIN),
            names.call(graph::group_owners(FABRIKAM, STAFF)),
            graph::users(FABRIKAM).find(|u| u.id == KIM).displayName,
        ]
        "#,
    );
    let expected = json!([
        false,
        true,
        false,
        true,
        false,
        ["Lee Gu", "Sam Holt"],
        true,
        false,
        true,
        false,
        ["Lee Gu"],
        "Kim Abe",
    ]);
    assert_eq!(told, expected);
}

#[test]
fn what_is_wrong_with_a_membership_is_no_success() {
    let stage = Stage::new(0);
    let check = |script: &str, code: Code, says: &str| {
        let (found, said) = refused(&stage, script);
        assert_eq!(found, code, "{script}: {said}");
        assert!(said.contains(says), "{script}: {said}");
    };
    let nobody = "\"fab71ca0-0001-4000-8000-00000000ffff\"";
    let (bad, missing) = (Code::GraphRefused, Code::GraphNotFound);
    check(
        &format!("graph::add_member(FABRIKAM, SALES, {nobody})"),
        missing,
        "",
    );
    check(
        &format!("graph::add_member(FABRIKAM, {nobody}, KIM)"),
        missing,
        "",
    );
    check(
        &format!("graph::remove_member(FABRIKAM, {nobody}, KIM)"),
        missing,
        "",
    );
    check("graph::add_member(FABRIKAM, DYNAMIC, NORA)", bad, "members");
    check(
        "graph::remove_member(FABRIKAM, DYNAMIC, LEE)",
        bad,
        "members",
    );
    check("graph::remove_owner(FABRIKAM, STAFF, ADMIN)", bad, "owner");
}

#[test]
fn a_licence_is_named_by_its_id_its_record_or_its_part_number() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"
        let basic = graph::skus(FABRIKAM).find(|s| s.skuPartNumber == "O365_BUSINESS_ESSENTIALS");
        let used = || graph::sku(FABRIKAM, basic).consumedUnits;
        let seen = [used.call()];
        graph::assign_license(FABRIKAM, ADMIN, basic.skuId); seen.push(used.call());
        graph::remove_license(FABRIKAM, ADMIN, basic); seen.push(used.call());
        graph::assign_license(FABRIKAM, "admin@fabrikam.onmicrosoft.com", "o365_business_essentials"); seen.push(used.call());
        let plan = basic.servicePlans[0];
        graph::assign_license(FABRIKAM, ADMIN, basic, #{ disabled: plan.servicePlanName }); seen.push(used.call());
        let states = graph::user_licenses(FABRIKAM, ADMIN).first().servicePlans.find(|p| p.servicePlanId == plan.servicePlanId).provisioningStatus;
        let user = graph::user(FABRIKAM, ADMIN, #{ select: ["assignedLicenses"] });
        [seen, states, user.assignedLicenses[0].disabledPlans == [plan.servicePlanId]]
        "#,
    );
    assert_eq!(told, json!([[2, 3, 2, 3, 3], "Disabled", true]));
}

#[test]
fn a_licence_that_cannot_be_assigned_says_why() {
    let stage = Stage::new(0);
    let check = |script: &str, says: &str| {
        let (code, said) = refused(&stage, script);
        assert!(
            matches!(code, Code::GraphRefused | Code::ScriptArgument),
            "{script}: {code}"
        );
        assert!(said.contains(says), "{script}: {said}");
    };
    let sku = "O365_BUSINESS_ESSENTIALS";
    check(
        &format!("graph::assign_license(FABRIKAM, SAM, \"{sku}\")"),
        "usage location",
    );
    check(
        &format!("graph::remove_license(FABRIKAM, ADMIN, \"{sku}\")"),
        "license",
    );
    check(
        "graph::assign_license(FABRIKAM, ADMIN, \"O365_BUSINESS_ESENTIALS\")",
        "did you mean",
    );
    check(
        &format!("graph::assign_license(FABRIKAM, ADMIN, \"{sku}\", #{{ disabled: \"NO_PLAN\" }})"),
        "there is no service plan called",
    );
    check(
        "for user in graph::users(FABRIKAM, #{ filter: where(\"userType\").eq(\"Member\"), select: [\"id\"] }) {
             graph::update_user(FABRIKAM, user, #{ usageLocation: \"US\" });
             graph::assign_license(FABRIKAM, user, \"O365_BUSINESS_PREMIUM\");
         }",
        "does not have any available licenses",
    );
}

#[test]
fn a_manager_is_replaced_and_taken_away() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"
        let name = || graph::manager(FABRIKAM, KIM)?.displayName;
        let seen = [name.call()];
        graph::set_manager(FABRIKAM, KIM, "sam@fabrikam.onmicrosoft.com"); seen.push(name.call());
        graph::set_manager(FABRIKAM, KIM, graph::user(FABRIKAM, ADMIN)); seen.push(name.call());
        seen.push(graph::direct_reports(FABRIKAM, ADMIN).map(|u| u.displayName));
        graph::remove_manager(FABRIKAM, KIM);
        try { name.call() } catch (e) { seen.push(e.code); }
        seen
        "#,
    );
    assert_eq!(told[0], "Lee Gu", "{told}");
    assert_eq!(told[1], "Sam Holt");
    assert_eq!(told[2], "Fabrikam Admin");
    assert_eq!(told[3], json!(["Kim Abe"]));
    assert_eq!(told[4], "graph.not_found");
}

#[test]
fn records_carry_their_tenant_into_their_methods() {
    let stage = Stage::new(0);
    let told = found(
        &stage,
        r#"
        let sam = graph::users(FABRIKAM, #{ filter: where("displayName").eq("Sam Holt") }).first();
        sam.update(#{ department: "Sales", usageLocation: "US" });
        sam.disable();
        let after = graph::user(FABRIKAM, sam, #{ select: ["department", "accountEnabled"] });
        let sales = graph::groups(FABRIKAM, #{ filter: where("displayName").eq("Sales") }).first();
        let members = sales.members().map(|m| m.displayName);
        members.sort();
        let kim = graph::user(FABRIKAM, KIM);
        let group_names = kim.groups().map(|g| g.displayName);
        group_names.sort();
        sam.delete();
        [after.department, after.accountEnabled, members, group_names, kim.licenses().map(|l| l.skuPartNumber),
         graph::deleted_users(FABRIKAM).some(|u| u.id == sam.id)]
        "#,
    );
    let expected = json!([
        "Sales",
        false,
        ["Kim Abe", "Lee Gu"],
        ["All Staff", "Everyone dynamic", "Sales"],
        ["O365_BUSINESS_ESSENTIALS"],
        true,
    ]);
    assert_eq!(told, expected);
}

#[test]
fn a_password_made_up_is_a_secret_and_a_given_one_is_signed_in_with() {
    let stage = Stage::new(0);
    let shown = found(
        &stage,
        "let made = graph::reset_password(FABRIKAM, KIM); [`${made}`, type_of(made)]",
    );
    assert_eq!(shown, json!(["•••", "Secret"]));
    let (code, said) = refused(&stage, "graph::reset_password(FABRIKAM, KIM)");
    assert!(said.contains("is a secret"), "{code}: {said}");
    let (code, said) = refused(&stage, "graph::reset_password(FABRIKAM, KIM, \"short\")");
    assert_eq!(code, Code::GraphRefused);
    assert!(said.contains("password complexity"), "{said}");
    assert!(!said.contains("short"), "{said}");

    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let script = format!(
        "graph::reset_password(\"{FABRIKAM}\", \"kim@fabrikam.onmicrosoft.com\", \"Brisk-Otter-4182\"); ()"
    );
    let admin = sandbox.program();
    let args = ["eval", "--allow", "write", &script];
    admin.run(&args).exit(0);
    let kim = program(&sandbox, "customer");
    let path = kim.folder().join("config.toml");
    let text = std::fs::read_to_string(&path).expect("the file");
    kim.write(
        "config.toml",
        text.replace(&sandbox.get("tenant_id"), FABRIKAM),
    );
    let sign_in = |person: Person| {
        let waiting = Waiting::of(&kim, "contoso");
        person.visit(&waiting.told);
        waiting.end()
    };
    let who = "kim@fabrikam.onmicrosoft.com";
    let changed = Person::new(who).with_password("Brisk-Otter-4182", "Calm-Heron-2841");
    let (code, said) = sign_in(changed);
    assert_eq!(code, 0, "{said}");
    let me = format!("graph::me(\"{FABRIKAM}\").userPrincipalName");
    assert_eq!(run(&kim, &["eval", &me]).exit(0).stdout.trim(), who);
}
