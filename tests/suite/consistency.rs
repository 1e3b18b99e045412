//! One store behind Partner Center and Microsoft Graph: what is bought is assignable, who holds a
//! seat is counted, who is deleted frees it, and both services say so at every step.

use serde_json::Value;

use crate::stage::Stage;

/// What both services must agree on, as functions of a script: seats bought and used of a licence,
/// what stands behind them, and what is known of a user.
const LOOK: &str = r#"
const C = "7a115b10-9c4e-4a2b-b5d6-0e1f2a3b4c5d";
const SKU = "f8a1db68-be16-40ed-86d5-cb42ce701560";
fn buy(seats) {
    let item = partner::find_catalog_item(#{ country: "US", title: "Power BI Pro", term: "P1Y", cycle: "monthly" });
    let line = #{ catalogItemId: item.catalogItemId, quantity: seats, billingCycle: "monthly", termDuration: "P1Y" };
    partner::buy(global::C, [line]);
}
fn in_partner() {
    let own = partner::subscribed_skus(global::C).find(|s| s.productSku.id == global::SKU);
    if own == () { return [0, 0, 0]; }
    [own.activeUnits, own.consumedUnits, own.suspendedUnits]
}
fn in_graph() {
    let own = graph::skus(global::C).find(|s| s.skuId == global::SKU);
    if own == () { return [0, 0, 0]; }
    [own.prepaidUnits.enabled, own.consumedUnits, own.prepaidUnits.suspended]
}
fn by_purchase(status) {
    graph::company_subscriptions(global::C)
        .filter(|s| s.skuId == global::SKU && s.status == status)
        .sum_by(|s| s.totalLicenses)
}
fn by_subscription(status) {
    partner::subscriptions(global::C)
        .filter(|s| s.friendlyName == "Power BI Pro" && s.status == status)
        .sum_by(|s| s.quantity)
}
fn agree(when, bought, used, suspended) {
    let expected = [bought, used, suspended];
    let seen = [in_partner(), in_graph()];
    if seen != [expected, expected] { fail(`${when}: expected ${expected}, and saw ${seen}`); }
    let sold = [by_purchase("Enabled"), by_subscription("active"), by_purchase("Suspended"), by_subscription("suspended")];
    if sold != [bought, bought, suspended, suspended] { fail(`${when}: ${sold} by purchase, and ${expected} in all`); }
}
fn licences(user) {
    let in_partner = partner::user_licenses(global::C, user).map(|l| l.productSku.id);
    let in_graph = graph::user_licenses(global::C, user).map(|l| l.skuId);
    in_partner.sort();
    in_graph.sort();
    if in_partner != in_graph { fail(`the licences are ${in_partner} and ${in_graph}`); }
    in_graph.len()
}
fn names() {
    let in_partner = partner::users(global::C).map(|u| u.userPrincipalName);
    let in_graph = graph::users(global::C).map(|u| u.userPrincipalName);
    in_partner.sort();
    in_graph.sort();
    if in_partner != in_graph { fail(`the users are ${in_partner} and ${in_graph}`); }
    in_graph.map(|name| name.split("@")[0])
}
fn deleted() {
    let in_partner = partner::users(global::C, #{ filter: where("UserState").eq("Inactive") }).map(|u| u.id);
    let in_graph = graph::deleted_users(global::C).map(|u| u.id);
    in_partner.sort();
    in_graph.sort();
    if in_partner != in_graph { fail(`the deleted users are ${in_partner} and ${in_graph}`); }
    in_graph
}
"#;

#[track_caller]
fn walked(script: &str) -> Value {
    let stage = Stage::new(0);
    let text = stage.value(&format!("{LOOK}{script}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn from_an_order_to_a_restored_user() {
    let ended = walked(
        r#"
        agree("before", 0, 0, 0);
        buy(3);
        agree("bought", 3, 0, 0);

        let ada = graph::user(C, "ada@tailspintoys.onmicrosoft.com").id;
        let before = licences(ada);
        graph::assign_license(C, ada, "POWER_BI_PRO");
        agree("assigned in Graph", 3, 1, 0);
        if licences(ada) != before + 1 { fail("Ada has no more licences than before"); }
        graph::remove_license(C, ada, SKU);
        agree("taken away in Graph", 3, 0, 0);
        partner::assign_licenses(C, ada, SKU);
        agree("assigned in Partner Center", 3, 1, 0);

        let tom = partner::create_user(C, #{
            userPrincipalName: "tom@tailspintoys.onmicrosoft.com", displayName: "Tom Ash", firstName: "Tom", lastName: "Ash",
            usageLocation: "US", passwordProfile: #{ password: "Brisk-Otter-4182", forceChangePassword: true },
        }).id;
        let eve = graph::create_user(C, #{
            userPrincipalName: "eve@tailspintoys.onmicrosoft.com", mailNickname: "eve", displayName: "Eve Elm", accountEnabled: true,
            usageLocation: "US", passwordProfile: #{ password: "Brisk-Otter-4182" },
        }).id;
        if names() != ["ada", "admin", "eve", "tom"] { fail(`the users are ${names()}`); }
        graph::assign_license(C, tom, SKU);
        partner::assign_licenses(C, eve, SKU);
        agree("all assigned", 3, 3, 0);
        let full = ();
        try { graph::assign_license(C, "admin@tailspintoys.onmicrosoft.com", SKU); } catch (e) { full = e.code; }
        agree("no seat left", 3, 3, 0);

        graph::delete_user(C, tom);
        partner::delete_user(C, eve);
        agree("two deleted", 3, 1, 0);
        let gone = [tom, eve];
        gone.sort();
        if deleted() != gone { fail(`deleted are ${deleted()}`); }
        if names() != ["ada", "admin"] { fail(`the users are ${names()}`); }

        partner::restore_user(C, tom);
        graph::restore_user(C, eve);
        if deleted() != [] || names() != ["ada", "admin", "eve", "tom"] { fail("they are not back"); }
        let used = licences(ada) - before + licences(tom) + licences(eve);
        agree("two restored", 3, used, 0);
        [full, used]
        "#,
    );
    assert_eq!(ended, serde_json::json!(["graph.refused", 3]));
}

#[test]
fn seats_follow_the_subscription() {
    let ended = walked(
        r#"
        buy(2);
        let own = partner::subscriptions(C).find(|s| s.friendlyName == "Power BI Pro");
        graph::assign_license(C, "ada@tailspintoys.onmicrosoft.com", SKU);
        agree("bought", 2, 1, 0);
        partner::update_subscription(C, own, #{ quantity: 5 });
        agree("raised", 5, 1, 0);
        partner::suspend_subscription(C, own.id);
        agree("suspended", 0, 1, 5);
        let refused = ();
        try { graph::assign_license(C, "admin@tailspintoys.onmicrosoft.com", SKU); } catch (e) { refused = e.code; }
        partner::activate_subscription(C, own.id);
        agree("active again", 5, 1, 0);
        graph::assign_license(C, "admin@tailspintoys.onmicrosoft.com", SKU);
        agree("assigned again", 5, 2, 0);

        buy(1);
        agree("bought once more", 6, 2, 0);
        let kept = graph::skus(C).find(|s| s.skuId == SKU).subscriptionIds;
        let purchases = graph::company_subscriptions(C).filter(|s| s.skuId == SKU);
        let known = partner::subscriptions(C).map(|s| s.id);
        [refused, kept.len(), purchases.map(|p| p.id in kept && p.commerceSubscriptionId in known)]
        "#,
    );
    assert_eq!(ended, serde_json::json!(["graph.refused", 2, [true, true]]));
}
