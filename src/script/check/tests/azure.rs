//! Calls of Azure, where a record or an id stands for several parameters.

use super::{NoImports, checked_with, findings, shown};
use crate::script::interface;

const BEGIN: &str = r#"let sub = arm::subscription("a.example", "s"); let group = arm::resource_group(sub, "rg"); let vm = arm::vm(group, "web1");"#;

/// Checks what is found in a line behind the beginning; empty: nothing.
fn check(line: &str, expected: &str) {
    let found = findings(&format!("{BEGIN}\n{line}"));
    assert_eq!(found.trim_end(), expected, "{line}");
}

/// Checks a line with the functions that the host really has.
fn fine(line: &str) {
    let known = interface::known(crate::api::services());
    let text = format!("{BEGIN}\n{line}");
    let found = shown(&checked_with(&known, &text, &NoImports, None));
    assert_eq!(found.trim_end(), "", "{line}");
}

#[test]
fn a_record_an_id_and_the_parts_are_fine() {
    for line in [
        r#"arm::vm(sub, "rg", "web1");"#,
        r#"arm::vm("s", "rg", "web1", #{ api_version: "2020-06-01" });"#,
        r#"arm::vm(group, "web1");"#,
        "arm::vm(vm);",
        "arm::vm(vm.id);",
        "let id = group.id; arm::vm(id, vm.name);",
        r#"arm::vm("/subscriptions/s/resourceGroups/rg", "web1");"#,
        r#"arm::vm("/Subscriptions/s/resourcegroups/rg/providers/Microsoft.Compute/virtualMachines/web1");"#,
        "arm::start_vm(vm); vm.start();",
        r#"arm::create_resource_group(sub, "new", #{ location: "westeurope" });"#,
        r#"sub.create_resource_group("new", #{ location: "westeurope" });"#,
        r#"let body = #{ location: "westeurope" }; arm::create_resource_group(sub, "new", body);"#,
        "let any = arm::resources(sub).first(); arm::start_vm(any);",
        "arm::locks(vm); arm::locks(sub); arm::locks(vm.id);",
        "for lock in arm::locks(vm) { arm::delete_lock(lock); }",
        r#"arm::vm_sizes(sub, "westeurope");"#,
        "fn start(vm) { arm::start_vm(vm) } start(vm);",
    ] {
        check(line, "");
    }
}

#[test]
fn a_text_may_stand_for_several_leading_parameters() {
    for call in [
        r#"arm::create_nsg(id, "web", #{ location: "westeurope" })"#,
        r#"arm::create_nsg(id, "web", #{ location: "westeurope" }, #{ timeout: "1h" })"#,
        "arm::create_nsg(id, name, body)",
        r#"arm::create_nsg(id, name, body, #{ timeout: "1h" })"#,
        "arm::create_nsg(id, name, body, options)",
        "arm::create_nsg(id, body)",
        r#"arm::create_nsg(id, body, #{ timeout: "1h" })"#,
        r#"arm::create_nsg(id, #{ location: "westeurope" })"#,
        r#"arm::create_nsg("s", id, name, body)"#,
        "let own = #{ location: name }; arm::create_nsg(id, name, own)",
        "let own = #{ location: name }; arm::create_nsg(id, own, #{ timeout: 60 })",
        "arm::begin_create_nsg(id, name, body)",
        r#"arm::vm(id, #{ expand: "instanceView" })"#,
        r#"arm::vm(id, name, #{ expand: "instanceView" })"#,
        "arm::vm(id, options)",
        r#"arm::create_subnet(id, "web", #{ properties: #{ addressPrefix: "10.0.0.0/24" } })"#,
        "arm::create_nsg_rule(id, name, body)",
        "arm::vm_sizes(id, name)",
        "arm::export_template(id, body)",
        r#"arm::create_lock(id, "keep", #{ properties: #{ level: "CanNotDelete" } })"#,
        r#"arm::deploy(id, name, body, #{}, #{ mode: "Incremental" })"#,
        r#"arm::deploy(id, "base", "base.json")"#,
        r#"arm::ensure_role(id, name, "Reader")"#,
        "arm::ensure_owner(id, name)",
        r#"let given = arm::vm(id); given.start(#{ timeout: "1h" })"#,
    ] {
        // Parameters of a function, of no known type; texts and the like in variables.
        fine(&format!("fn f(id, name, body, options) {{ {call}; }}"));
        let given =
            r#"let id = group.id; let name = vm.name; let body = [1, "a"][0]; let options = body;"#;
        fine(&format!("{given} {call};"));
    }
}

#[test]
fn what_no_reading_allows_is_found_behind_a_text() {
    const USE: &str = "use `arm::create_nsg(resource_group, nsg, #{ content … })`, and options in a last map: api_version";
    check(
        r#"let id = vm.id; arm::create_nsg(id, "web");"#,
        &format!(
            "2:22+10 check.argument `arm::create_nsg` got 2 argument(s), and no `content` | {USE}"
        ),
    );
    check(
        r#"let id = vm.id; arm::create_nsg(id, "web", #{}, #{}, #{});"#,
        &format!("2:22+10 check.argument `arm::create_nsg` got too many arguments | {USE}"),
    );
    check(
        r#"let id = vm.id; arm::create_nsg(id, "web", #{ locaton: "x" });"#,
        "2:47+7 check.key `locaton` is not a field of NetworkSecurityGroup | did you mean `location`?",
    );
}

#[test]
fn what_is_missing_or_too_much_is_found() {
    check(
        "arm::vm(group);",
        "2:6+2 check.argument `arm::vm` got 1 argument(s), and no `vm` | use `arm::vm(resource_group, vm)`, and options in a last map: expand, api_version",
    );
    check(
        r#"arm::create_resource_group(sub, #{ location: "x" });"#,
        "2:6+21 check.argument `arm::create_resource_group` got 2 argument(s), and no `resource_group` | use `arm::create_resource_group(subscription, resource_group, #{ group … })`, and options in a last map: api_version",
    );
    check(
        r#"arm::vm(vm, #{}, "web1");"#,
        "2:6+2 check.argument `arm::vm` got too many arguments | use `arm::vm(resource_group, vm)`, and options in a last map: expand, api_version",
    );
}

#[test]
fn what_cannot_stand_for_a_parameter_is_found() {
    check(
        "arm::resource_groups(vm);",
        "2:22+2 check.argument a VirtualMachine cannot stand for `subscription` of `arm::resource_groups` | give a Subscription or its id: what the call is about is at `/subscriptions/{subscription}/resourceGroups`",
    );
    check(
        r#"let sold = partner::subscription("c", "s"); arm::resource_groups(sold);"#,
        "2:66+4 check.argument a Subscription of Partner Center cannot stand for `subscription` of `arm::resource_groups` | what Partner Center sold is no subscription of Azure: take one of `arm::subscriptions(customer)`, or `arm::subscription(customer, id)` with the id that Azure shows",
    );
    check(
        r#"arm::locks("/subscriptions/s/resourceGroup/rg");"#,
        "2:12+35 check.argument `scope` of `arm::locks` is no id of Azure: `resourceGroup` cannot stand where it does",
    );
    let other = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Sql/servers/y";
    check(
        &format!("arm::vm({other:?});"),
        &format!(
            "2:9+{} check.argument this id cannot stand for `subscription` of `arm::vm` | give a Subscription or its id: what the call is about is at `/subscriptions/{{subscription}}/resourceGroups/{{resource_group}}/providers/Microsoft.Compute/virtualMachines/{{vm}}`",
            other.len() + 2
        ),
    );
    check(
        r#"arm::vm(group, "");"#,
        "2:16+2 check.argument `vm` of `arm::vm` is missing: it is an empty text | give a VirtualMachine or its id",
    );
}
