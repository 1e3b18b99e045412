//! Operations that make a job, and records of Azure Resource Manager in the paths of other services.

use serde_json::{Value, json};

use super::super::model::{Job, Level, Operation};
use super::super::{Document, read};
use super::{GET, fails, sample};

const VAULT: &str = "/subscriptions/{subscription}/vaults/{vault}";

fn param(name: &str, scope: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" },
        "x-tenantry": { "scope": scope } })
}

/// A vault whose items are failed over by jobs; `word` is what the operation says of its job.
fn vaults(word: Value) -> Value {
    let item = &sample()["components"]["schemas"]["Item"];
    let one = json!({ "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Item" } } } } });
    let get =
        |id: &str| json!({ "operationId": id, "summary": "Gets it.", "responses": one.clone() });
    let of_vault = json!([
        param("subscription", "arm.Subscription.id"),
        param("vault", "Item.id")
    ]);
    let with = |more: &str| json!([of_vault[0], of_vault[1], param(more, "Item.id")]);
    let mut failover = get("failover");
    failover["x-ms-long-running-operation"] = json!(true);
    failover["x-tenantry"] = json!({ "job": word, "effect": "write" });
    let mut document = json!({
        "openapi": "3.1.0", "info": { "title": "Vaults", "version": "2025-08-01" },
        "x-tenantry": { "module": "recovery", "source": "Vaults", "needs": "nothing" },
        "components": { "schemas": { "Item": item } }, "paths": {},
    });
    document["paths"][VAULT] = json!({ "parameters": of_vault, "get": get("vault") });
    document["paths"][format!("{VAULT}/jobs/{{job}}")] =
        json!({ "parameters": with("job"), "get": get("job") });
    document["paths"][format!("{VAULT}/items/{{item}}/failover")] =
        json!({ "parameters": with("item"), "post": failover });
    document
}

fn read_as(module: &str, mut document: Value) -> Result<Vec<Operation>, Vec<String>> {
    document["x-tenantry"]["module"] = json!(module);
    let document = Document {
        name: "v.yaml",
        value: &document,
    };
    let service = read(module, &[document]);
    service
        .map(|service| service.operations.to_vec())
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

#[test]
fn an_operation_says_which_job_it_makes_and_what_is_waited_for() {
    let check = |word: Value, wait: Level| {
        let operations = read_as("recovery", vaults(word)).expect("no problem");
        let failover = operations.iter().find(|one| one.name == "failover");
        let failover = failover.expect("an operation");
        assert_eq!(failover.job, Some(Job { read: "job", wait }));
        let options: Vec<_> = failover.host_options().collect();
        assert_eq!(options, ["timeout", "wait"]);
        let others = operations.iter().filter(|one| one.name != "failover");
        assert!(others.flat_map(Operation::host_options).next().is_none());
    };
    check(json!({ "read": "job", "wait": "job" }), Level::Job);
    check(json!({ "read": "job", "wait": "lro" }), Level::Operation);
    check(json!({ "read": "job" }), Level::Operation);
}

#[test]
fn words_about_a_job_that_mean_nothing_are_told() {
    let at = format!("v.yaml: $.paths['{VAULT}/items/{{item}}/failover'].post");
    let check = |word: Value, place: &str, text: &str| {
        let problems = read_as("recovery", vaults(word)).expect_err("a problem");
        assert_eq!(problems, [format!("{at}{place}: {text}")]);
    };
    let form = "must read like `{ read: backup_job, wait: job }`";
    check(json!({ "wait": "job" }), ".x-tenantry.job", form);
    check(json!("job"), ".x-tenantry.job", form);
    check(
        json!({ "read": "job", "wait": "later" }),
        ".x-tenantry.job.wait",
        "must be one of lro, job",
    );
    check(
        json!({ "read": "job", "until": "done" }),
        ".x-tenantry.job.until",
        "`until` is not a word that may stand here",
    );
    check(
        json!({ "read": "jobb" }),
        "",
        "there is no operation `jobb`",
    );
    let unfit = "`failover` does not read a job by its id beneath what this is about";
    check(json!({ "read": "failover" }), "", unfit);
    let beside = "stands only beside `x-ms-long-running-operation: true`";
    let word = json!({ "job": { "read": "item" } });
    fails(
        GET,
        "x-tenantry",
        word,
        "paths['/items/{item}'].get.x-tenantry.job",
        beside,
    );
}

#[test]
fn records_of_azure_stand_in_the_paths_of_its_services_alone() {
    let document = || vaults(json!({ "read": "job" }));
    let operations = read_as("recovery", document()).expect("no problem");
    let scope = operations[0].params[0].scope.expect("a scope");
    assert_eq!((scope.schema, scope.property), ("Subscription", "id"));
    let problems = read_as("shop", document()).expect_err("a problem");
    let told =
        |problem: &String| problem.contains("no record of Azure Resource Manager stands here");
    assert!(problems.iter().any(told), "{problems:?}");
    let mut other = document();
    other["paths"][VAULT]["parameters"][0]["x-tenantry"]["scope"] = json!("arm.Subscription.name");
    let problems = read_as("recovery", other).expect_err("a problem");
    assert!(problems.iter().any(told), "{problems:?}");
}
