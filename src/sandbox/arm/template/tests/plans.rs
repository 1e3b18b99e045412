use proptest::prelude::*;
use serde_json::{Value, json};

use super::{GROUP, ids, planned, resource, told, why};

const VNET: &str = "Microsoft.Network/virtualNetworks";
const NIC: &str = "Microsoft.Network/networkInterfaces";

/// Returns, per resource of a template, its name and the names of those it depends on: `a: b c`.
fn needs(resources: Value) -> Result<Vec<String>, super::Fault> {
    planned(json!({ "resources": resources }), Value::Null, |plan, _| {
        let needs = plan.resources.iter().map(|resource| {
            let needed = resource.depends_on.iter();
            let needed: Vec<&str> = needed.map(|at| plan.resources[*at].name.as_str()).collect();
            format!("{}: {}", resource.name, needed.join(" "))
        });
        Ok(needs.collect())
    })
}

/// Returns what is sent for the resources of a template.
fn bodies(resources: Value) -> Vec<Value> {
    let seen = planned(
        json!({ "resources": resources }),
        Value::Null,
        |plan, scope| {
            let bodies = plan
                .resources
                .iter()
                .map(|one| one.body(scope).map(Value::from));
            bodies.collect()
        },
    );
    seen.expect("bodies")
}

#[test]
fn children_copies_and_scopes_have_their_ids() {
    let seen = ids(json!([
        resource(
            VNET,
            "v",
            json!({ "resources": [resource("subnets", "s", json!({}))] })
        ),
        resource(&format!("{VNET}/subnets"), "v/t", json!({})),
        resource(
            NIC,
            "[concat('n', copyIndex())]",
            json!({ "copy": { "name": "nics", "count": 2 } })
        ),
        resource(
            NIC,
            "[concat('m', copyIndex('more', 1))]",
            json!({ "copy": { "name": "more", "count": 1 } })
        ),
        resource(NIC, "absent", json!({ "condition": "[equals(1, 2)]" })),
        resource(
            "Microsoft.Authorization/locks",
            "keep",
            json!({ "scope": "Microsoft.Network/virtualNetworks/v" })
        ),
        resource(
            "Microsoft.Network/virtualNetworks/providers/locks",
            "v/Microsoft.Authorization/old",
            json!({})
        ),
    ]));
    let expected = [
        "Microsoft.Network/virtualNetworks/v",
        "Microsoft.Network/virtualNetworks/v/subnets/s",
        "Microsoft.Network/virtualNetworks/v/subnets/t",
        "Microsoft.Network/networkInterfaces/n0",
        "Microsoft.Network/networkInterfaces/n1",
        "Microsoft.Network/networkInterfaces/m1",
        "Microsoft.Network/virtualNetworks/v/providers/Microsoft.Authorization/locks/keep",
        "Microsoft.Network/virtualNetworks/v/providers/Microsoft.Authorization/locks/old",
    ];
    assert_eq!(seen, Ok(expected.map(str::to_owned).to_vec()));
}

#[test]
fn dependencies_are_named_in_many_ways() {
    let on = |what: &str| json!({ "dependsOn": [what] });
    for what in [
        "v",
        "Microsoft.Network/virtualNetworks/v",
        "[resourceId('Microsoft.Network/virtualNetworks', 'V')]",
        "loop",
    ] {
        let copied = json!({ "copy": { "name": "loop", "count": 1 } });
        let seen = needs(json!([
            resource(NIC, "n", on(what)),
            resource(VNET, "v", copied)
        ]));
        assert_eq!(
            seen,
            Ok(vec!["n: v".to_owned(), "v: ".to_owned()]),
            "{what}"
        );
    }
    let seen = needs(json!([
        resource(
            VNET,
            "v",
            json!({ "resources": [resource("subnets", "s", json!({}))] })
        ),
        resource(
            NIC,
            "n",
            on("[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')]")
        ),
        resource(
            NIC,
            "m",
            on("Microsoft.Network/virtualNetworks/subnets/v/s")
        ),
    ]));
    let expected = ["v: ", "v/s: ", "n: v/s", "m: v/s"];
    assert_eq!(seen, Ok(expected.map(str::to_owned).to_vec()));
    let seen = why(needs(json!([resource(NIC, "n", on("nothing"))])));
    assert!(
        seen.contains("The resource 'nothing' is not defined in the template"),
        "{seen}"
    );
}

#[test]
fn a_reference_is_a_dependency() {
    let refers = |text: &str| json!({ "properties": { "x": text } });
    let v = || resource(VNET, "v", json!({}));
    for text in [
        "[reference('v').y]",
        "[concat('a', reference('v').y, reference('w').y)]",
        "[if(equals(reference('v').y, 1), 'a', 'b')]",
        "[listKeys('v', '2025-05-01').keys[0].value]",
        "[reference(resourceId('Microsoft.Network/virtualNetworks', 'v')).y]",
    ] {
        let seen = needs(json!([
            resource(NIC, "n", refers(text)),
            v(),
            resource(VNET, "w", json!({}))
        ]));
        let seen = seen.expect("a plan");
        assert!(seen[0].starts_with("n: v"), "{text}: {seen:?}");
    }
    let both = needs(json!([
        resource(
            NIC,
            "n",
            refers("[concat(reference('v').y, reference('w').y)]")
        ),
        v(),
        resource(VNET, "w", json!({})),
    ]));
    assert_eq!(both.expect("a plan")[0], "n: v w");
    let elsewhere =
        "[reference('/subscriptions/x/resourceGroups/y/providers/A.B/c/d', '2025-05-01').y]";
    assert_eq!(
        needs(json!([resource(NIC, "n", refers(elsewhere))])),
        Ok(vec!["n: ".to_owned()])
    );
    for (bad, expected) in [
        (
            "[reference('nothing').y]",
            "The resource 'nothing' is not defined",
        ),
        (
            "[reference('/subscriptions/x/providers/A.B/c/d').y]",
            "needs an api-version",
        ),
        ("[reference('n').y]", "Circular dependency detected"),
    ] {
        let seen = why(needs(json!([resource(NIC, "n", refers(bad))])));
        assert!(seen.contains(expected), "{bad}: {seen}");
    }
    let untaken = refers("[if(equals(1, 1), 'a', reference('nothing').y)]");
    assert!(needs(json!([resource(NIC, "n", untaken)])).is_ok());
}

#[test]
fn serial_copies_wait_for_the_batch_before() {
    let copied = json!({ "copy": { "name": "l", "count": 5, "mode": "Serial", "batchSize": 2 } });
    let seen = needs(json!([resource(NIC, "[concat('n', copyIndex())]", copied)]));
    let expected = ["n0: ", "n1: ", "n2: n0 n1", "n3: n0 n1", "n4: n2 n3"];
    assert_eq!(seen, Ok(expected.map(str::to_owned).to_vec()));
}

#[test]
fn bodies_are_evaluated_with_their_loops() {
    let seen = bodies(json!([resource(
        NIC,
        "[concat('n', copyIndex())]",
        json!({
            "location": "[resourceGroup().location]",
            "copy": { "name": "outer", "count": 2 },
            "comments": "left out",
            "tags": { "[concat('t', copyIndex())]": "x" },
            "properties": {
                "copy": [{ "name": "rules", "count": 2, "input": "[add(mul(10, copyIndex()), copyIndex('rules'))]" }],
                "plain": "[[literal]",
            },
        })
    ),]));
    let body = |index: i64, rules: Value| {
        let mut body = json!({ "location": "westeurope", "tags": {} });
        body["tags"][format!("t{index}")] = json!("x");
        body["properties"] = json!({ "rules": rules, "plain": "[literal]" });
        body
    };
    assert_eq!(seen, [body(0, json!([0, 1])), body(1, json!([10, 11]))]);
    let inner = json!({ "resources": ["[parameters('inner')]"] });
    let nested = resource(
        "Microsoft.Resources/deployments",
        "d",
        json!({
            "properties": { "mode": "[concat('Incre', 'mental')]", "template": inner },
        }),
    );
    let seen = bodies(json!([nested]));
    assert_eq!(
        seen[0]["properties"],
        json!({ "mode": "Incremental", "template": inner })
    );
}

#[test]
fn a_plan_that_cannot_be_is_refused() {
    let check = |resources: Value, expected: &str| {
        let seen = why(ids(resources.clone()));
        assert!(seen.contains(expected), "{resources}: {seen}");
    };
    let on = |what: &str| json!({ "dependsOn": [what] });
    check(
        json!([
            resource(NIC, "a", on("b")),
            resource(VNET, "b", on("a")),
            resource(VNET, "c", json!({}))
        ]),
        &format!(
            "Circular dependency detected on resources: '{GROUP}/providers/{NIC}/a', '{GROUP}/providers/{VNET}/b'"
        ),
    );
    check(
        json!([resource(NIC, "a", json!({})), resource(NIC, "A", json!({}))]),
        "defined multiple times",
    );
    check(
        json!([resource(NIC, "a/b", json!({}))]),
        "incorrect segment lengths",
    );
    check(
        json!([resource("vnets", "a", json!({}))]),
        "provider's namespace",
    );
    check(json!(["x"]), "it must be an object");
    check(
        json!([{ "type": NIC, "name": "n" }]),
        "the property 'apiVersion' is required",
    );
    check(
        json!([{ "type": NIC, "apiVersion": "1" }]),
        "the property 'name' is required",
    );
    check(
        json!([resource(NIC, "[reference('x').y]", json!({}))]),
        "'reference' is not expected",
    );
    check(
        json!([resource(NIC, "n", json!({ "condition": "yes" }))]),
        "the condition must be of type 'Boolean'",
    );
    check(
        json!([resource(NIC, "n", json!({ "dependsOn": "x" }))]),
        "'dependsOn' must be an array",
    );
    check(
        json!([resource(
            NIC,
            "n",
            json!({ "copy": { "name": "l", "count": "x" } })
        )]),
        "type 'String', not 'Integer'",
    );
    check(
        json!([resource(
            NIC,
            "n",
            json!({ "copy": { "name": "l", "count": 801 } })
        )]),
        "'801' is not between",
    );
    check(
        json!([resource(
            NIC,
            "n",
            json!({ "copy": { "name": "l", "count": 1, "mode": "odd" } })
        )]),
        "the mode 'odd'",
    );
    check(
        json!([resource(
            "Microsoft.Resources/resourceGroups",
            "g",
            json!({})
        )]),
        "can't be deployed to a resource group",
    );
    let half = |name: &str| {
        resource(
            NIC,
            &format!("[concat('{name}', copyIndex())]"),
            json!({ "copy": { "name": name, "count": 500 } }),
        )
    };
    check(json!([half("a"), half("b")]), "Limit: 800 and actual: 801");
    let one = |condition: bool| resource(NIC, "a", json!({ "condition": condition }));
    assert_eq!(
        ids(json!([one(true), one(false)])).map(|ids| ids.len()),
        Ok(1)
    );
}

#[test]
fn outputs_have_their_types() {
    let seen = told(
        json!({
            "resources": [resource(VNET, "v", json!({}))],
            "outputs": {
                "id": { "type": "string", "value": "[reference('v').target]" },
                "list": { "type": "array", "copy": { "count": 2, "input": "[copyIndex(5)]" } },
                "absent": { "type": "string", "condition": false, "value": "x" },
                "all": { "type": "object", "value": "[reference('v', '2025-05-01', 'Full')]" },
            },
        }),
        Value::Null,
    );
    let seen = Value::from(seen.expect("outputs"));
    assert_eq!(seen["id"], json!({ "type": "String", "value": "v" }));
    assert_eq!(seen["list"], json!({ "type": "Array", "value": [5, 6] }));
    assert_eq!(seen["all"]["value"]["location"], "westeurope");
    assert_eq!(seen.get("absent"), None);
    for (output, expected) in [
        (
            json!({ "type": "int", "value": "x" }),
            "expected a value of type 'Int', but received a value of type 'String'",
        ),
        (json!({ "type": "int" }), "it has no 'value'"),
        (
            json!({ "type": "int", "value": "[reference('gone').x]" }),
            "The resource 'gone' is not defined",
        ),
        (
            json!({ "type": "int", "value": "[resourceGroup().x]" }),
            "The template output 'o' is not valid",
        ),
    ] {
        let seen = why(told(json!({ "outputs": { "o": output } }), Value::Null));
        assert!(seen.contains(expected), "{output}: {seen}");
    }
}

#[test]
fn a_plan_finds_what_a_reference_means() {
    let resources = json!([
        resource(
            VNET,
            "v",
            json!({ "resources": [resource("subnets", "s", json!({}))] })
        ),
        resource(NIC, "V", json!({})),
    ]);
    let find = |target: &str| {
        planned(json!({ "resources": resources }), Value::Null, |plan, _| {
            let found = plan.find(target);
            Ok(found.map(|found| (found.kind.clone(), found.api_version.clone())))
        })
    };
    for (target, expected) in [
        ("v", Some(VNET.to_owned())),
        ("v/s", Some(format!("{VNET}/subnets"))),
        (
            "Microsoft.Network/networkInterfaces/v",
            Some(NIC.to_owned()),
        ),
        (&format!("{GROUP}/providers/{NIC}/v"), Some(NIC.to_owned())),
        ("/v", None),
    ] {
        let expected = expected.map(|kind| (kind, "2025-05-01".to_owned()));
        assert_eq!(find(target), Ok(expected), "{target}");
    }
}

proptest! {
    #[test]
    fn an_order_respects_every_dependency_or_there_is_a_circle(
        edges in prop::collection::vec((0..8_usize, 0..8_usize), 0..14),
    ) {
        let resources: Vec<Value> = (0..8)
            .map(|at| {
                let needs = edges.iter().filter(|(from, _)| *from == at);
                let needs: Vec<String> = needs.map(|(_, to)| format!("r{to}")).collect();
                resource(VNET, &format!("r{at}"), json!({ "dependsOn": needs }))
            })
            .collect();
        let outcome = planned(json!({ "resources": resources }), Value::Null, |plan, _| plan.order());
        match outcome {
            Ok(order) => {
                let place = |wanted: usize| order.iter().position(|at| *at == wanted);
                prop_assert_eq!(order.len(), 8);
                for (from, to) in edges {
                    prop_assert!(place(to) < place(from), "{} after {}", from, to);
                }
            }
            Err(fault) => prop_assert!(fault.text().contains("Circular dependency")),
        }
    }
}
