//! Scripts through the whole pipeline against the sandbox.

use tenantry::error::Code;

use crate::stage::Stage;

#[test]
fn customers_and_their_subscriptions_are_read() {
    let stage = Stage::new(0);
    let value = stage.value(
        "let customer = partner::customers().first();
         let s = customer.subscriptions().first();
         [customer.companyProfile.companyName.len() > 0, s.quantity > 0, s.refresh().id == s.id]",
    );
    assert_eq!(value, "[true,true,true]");
}

#[test]
fn two_hundred_and_fifty_customers_in_64_lanes_answer_once_and_in_order() {
    let stage = Stage::new(250);
    let script = "
        let all = partner::customers().map(|c| c.id);
        let rows = parallel(partner::customers(), |c| { partner::subscriptions(c).count(); c.id }, #{ lanes: 64 });
        [all.len() >= 250, rows.values() == all]";
    assert_eq!(stage.value(script), "[true,true]");
}

#[test]
fn a_list_that_fails_as_the_last_value_has_its_place() {
    let stage = Stage::new(0);
    for (script, expected) in [
        ("let n = 1;\npartner::list(\"/v1/customers/nope\")", (2, 10)),
        (
            "let c = partner::customers();\n  partner::subscriptions(\"nope\")",
            (2, 12),
        ),
    ] {
        let error = stage.run(script).expect_err("no such customer");
        let at = error.parts().at.as_ref().map(|at| (at.line, at.column));
        assert_eq!(at, Some(expected), "{script}: {error:?}");
    }
}

#[test]
fn a_quantity_is_changed_in_the_service() {
    let stage = Stage::new(0);
    let script = "
        let customer = partner::customers().first();
        let s = partner::subscriptions(customer).first();
        let changed = s.set_quantity(s.quantity + 1);
        [changed.quantity - s.quantity, partner::subscription(customer, s).quantity - s.quantity]";
    assert_eq!(stage.value(script), "[1,1]");
}

#[test]
fn an_object_that_changed_meanwhile_is_not_overwritten() {
    let stage = Stage::new(0);
    let script = "
        let s = partner::customers().first().subscriptions().first();
        s.set_quantity(s.quantity + 1);
        s.rename(\"x\");";
    let error = stage.run(script).expect_err("changed");
    assert_eq!(error.code(), Code::PartnerChanged, "{error}");
}

#[test]
fn a_cart_is_bought_and_provisioned_in_sandbox_time() {
    let stage = Stage::new(0);
    let before = stage.clock.now();
    let script = "
        let customer = partner::customers().first();
        let product = partner::products(\"US\", \"OnlineServices\").first();
        let item = partner::find_catalog_item(#{ country: \"US\", title: product.title });
        let orders = partner::buy(customer, [#{ item: item, quantity: 5 }]);
        let s = partner::subscription(customer, orders[0].lineItems[0].subscriptionId);
        [orders.len(), s.quantity, s.status]";
    assert_eq!(stage.value(script), "[1,5,\"active\"]");
    assert!(stage.clock.now() > before);
}

#[test]
fn onboarding_goes_through_every_layer() {
    let folder = tempfile::tempdir().expect("a folder");
    let stage = Stage::new(0).writing_to(folder.path());
    let script = format!(
        r#"
        let domain = "blue-yonder.onmicrosoft.com";
        if !partner::domain_available(domain) {{ fail(`${{domain}} is taken`); }}
        let address = #{{ firstName: "Ada", lastName: "Nord", addressLine1: "One Microsoft Way", city: "Redmond", state: "WA", postalCode: "98052", country: "US", phoneNumber: "4255550100" }};
        let customer = partner::create_customer(#{{
            companyProfile: #{{ domain: domain, companyName: "Blue Yonder" }},
            billingProfile: #{{ email: "ada@blue-yonder.example", culture: "en-US", language: "en", companyName: "Blue Yonder", firstName: "Ada", lastName: "Nord", defaultAddress: address }},
        }});
        secret_file("{}/first.txt", customer.userCredentials.password);
        partner::confirm_agreement(customer, #{{
            primaryContact: #{{ firstName: "Ada", lastName: "Nord", email: "ada@blue-yonder.example" }},
            templateId: partner::agreement_metadata().first().templateId, dateAgreed: now(), type: "MicrosoftCustomerAgreement",
        }});
        let item = partner::find_catalog_item(#{{ country: "US", title: "Microsoft 365 Business Premium" }});
        let order = partner::buy(customer, #{{ item: item, quantity: 5 }})[0];
        let subscription = partner::subscription(customer, order.lineItems[0].subscriptionId);
        let user = partner::create_user(customer, #{{ userPrincipalName: `ada@${{domain}}`, displayName: "Ada Nord", firstName: "Ada", lastName: "Nord", usageLocation: "US", passwordProfile: #{{ password: "Start#2190", forceChangePassword: true }} }});
        let sku = partner::subscribed_skus(customer).first();
        partner::assign_licenses(customer, user, sku);
        [subscription.quantity, subscription.status, partner::user_licenses(customer, user).count(), partner::domain_available(domain)]
        "#,
        folder.path().display()
    );
    assert_eq!(stage.value(&script), r#"[5,"active",1,false]"#);
    let password = std::fs::read_to_string(folder.path().join("first.txt")).expect("written");
    assert!(!stage.ears.heard().contains(&password));
    let again = stage.run(&script).expect_err("taken");
    assert!(again.to_string().contains("is taken"));
}

#[test]
fn a_tenant_is_open_in_the_same_run_that_consents() {
    let stage = Stage::new(0);
    let script = r#"
        let adventure = partner::customers(#{ filter: where("CompanyName").starts_with("Adventure") }).first();
        let refused = "";
        try { graph::get(adventure.id, "/v1.0/organization"); } catch (e) { refused = e.code; }
        partner::consent_application(adventure, #{
            applicationId: "0f3d9c1a-7b52-4e8e-a1c6-5d2e8f904b17",
            applicationGrants: [#{ enterpriseApplicationId: "00000003-0000-0000-c000-000000000000", scope: "Directory.AccessAsUser.All" }],
        });
        let name = graph::get(adventure.id, "/v1.0/organization").value[0].displayName;
        partner::remove_application_consent(adventure, "0f3d9c1a-7b52-4e8e-a1c6-5d2e8f904b17");
        [refused, name]"#;
    assert_eq!(
        stage.value(script),
        r#"["auth.consent_missing","Adventure Works"]"#
    );
}
