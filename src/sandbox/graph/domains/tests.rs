//! Domains from their addition to their removal.

use serde_json::json;

use crate::sandbox::entra::roles::{DOMAIN_NAME_ADMINISTRATOR, GLOBAL_READER};
use crate::sandbox::entra::seed::CLIENT;
use crate::sandbox::graph::bench::{Megan, ids, refused, text};
use crate::sandbox::seed::{FABRIKAM, TAILSPIN};
use crate::sandbox::store::key;
use crate::sandbox::testing::Bench;

const TILL: &str = "7a11a99a-0000-4000-8000-000000000001";
const SHOP: &str = "/v1.0/domains/shop.fabrikam.example";
const INITIAL: &str = "fabrikam.onmicrosoft.com";

fn megan(bench: &Bench) -> Megan<'_> {
    let scopes = ["Domain.ReadWrite.All", "Organization.Read.All"];
    Megan::with(bench, FABRIKAM, &scopes, &[DOMAIN_NAME_ADMINISTRATOR])
}

#[test]
fn a_domain_is_verified_once_its_record_is_published() {
    let bench = Bench::new();
    let megan = megan(&bench);
    let seen = megan.get("/v1.0/domains");
    assert_eq!(ids(&seen), [INITIAL, "shop.fabrikam.example"]);
    assert_eq!(seen.json["value"][0]["isDefault"], true);
    assert_eq!(seen.json["value"][1]["isVerified"], false);
    let records = megan.get(&format!("{SHOP}/verificationDnsRecords"));
    let record = records.json["value"][0]["text"].as_str().expect("a text");
    assert!(
        record.starts_with("MS=ms") && record.len() == 13,
        "{record}"
    );
    let services = megan.get(&format!("{SHOP}/serviceConfigurationRecords"));
    assert!(ids(&services).is_empty());

    let seen = megan.post(&format!("{SHOP}/verify"), &json!({}));
    let text_of = format!(
        "Domain verification failed with the following error: no DNS record of the domain holds '{record}'."
    );
    assert_eq!(refused(&seen), (400, "Request_BadRequest", &text_of[..]));
    assert_eq!(megan.control("dns", &json!({ "domain": "shop" })), 400);
    let published = json!({ "domain": "Shop.Fabrikam.example" });
    assert_eq!(megan.control("dns", &published), 200);
    let seen = megan.post(&format!("{SHOP}/verify"), &json!({}));
    assert_eq!((seen.status, &seen.json["isVerified"]), (200, &json!(true)));
    let seen = megan.post(&format!("{SHOP}/verify"), &json!({}));
    assert_eq!(refused(&seen).2, "Domain is already verified.");
    let services = megan.get(&format!("{SHOP}/serviceConfigurationRecords"));
    assert_eq!(ids(&services).len(), 4);
    let tenant = bench.change(|tx| tx.entra.tenants.get(FABRIKAM).cloned());
    assert_eq!(
        tenant.expect("a tenant").domains,
        [INITIAL, "shop.fabrikam.example"],
        "names of users may end in it now"
    );

    let body = json!({ "id": "spring.shop.fabrikam.example" });
    let seen = megan.post("/v1.0/domains", &body);
    let shown = ["isVerified", "isRoot"].map(|name| seen.json[name].clone());
    assert_eq!((seen.status, shown), (201, [json!(true), json!(false)]));
    let own = "/v1.0/domains/spring.shop.fabrikam.example";
    let seen = megan.post(&format!("{own}/promote"), &json!({}));
    assert_eq!((seen.status, &seen.json["value"]), (200, &json!(true)));
    assert_eq!(megan.get(own).json["isRoot"], true);
    let seen = megan.post(&format!("{own}/promote"), &json!({}));
    assert_eq!(refused(&seen).0, 400);

    assert_eq!(megan.patch(SHOP, &json!({ "isDefault": true })).status, 204);
    let organization = megan.get("/v1.0/organization");
    let domains = organization.json["value"][0]["verifiedDomains"].clone();
    let shown: Vec<_> = domains
        .as_array()
        .into_iter()
        .flatten()
        .map(|domain| (domain["isInitial"] == true, domain["isDefault"] == true))
        .collect();
    assert_eq!(shown, [(true, false), (false, true), (false, false)]);
}

#[test]
fn a_domain_goes_only_when_nothing_uses_it_or_by_force() {
    let bench = Bench::new();
    let megan = megan(&bench);
    assert_eq!(
        megan.control("dns", &json!({ "domain": "shop.fabrikam.example" })),
        200
    );
    assert_eq!(
        megan.post(&format!("{SHOP}/verify"), &json!({})).status,
        200
    );
    let lee = "fab71ca0-0001-4000-8000-000000000003";
    bench.change(|tx| {
        let row = tx.partner.users.edit(&key(&[FABRIKAM, lee]));
        row.expect("Lee").upn = "lee@shop.fabrikam.example".to_owned();
    });
    bench.change(|tx| {
        let mut app = tx.entra.apps.get(CLIENT).expect("an app").clone();
        (app.tenant, app.multi_tenant) = (FABRIKAM.to_owned(), false);
        let uris = json!(["api://shop.fabrikam.example/till", "api://till"]);
        app.more.insert("identifierUris".to_owned(), uris);
        tx.entra.apps.put(TILL, app);
    });
    let types = |path: &str| {
        let seen = megan.get(&format!("{path}/domainNameReferences"));
        let rows = seen.json["value"].as_array().cloned().unwrap_or_default();
        let mut types: Vec<String> = rows
            .iter()
            .map(|row| row["@odata.type"].to_string())
            .collect();
        types.sort();
        types.dedup();
        types
    };
    let [app, group, user] =
        ["application", "group", "user"].map(|name| format!("\"#microsoft.graph.{name}\""));
    assert_eq!(types(SHOP), [app, user.clone()]);
    assert_eq!(types(&format!("/v1.0/domains/{INITIAL}")), [group, user]);
    let check = |path: &str, expected: &str| {
        let seen = megan.delete(path);
        assert_eq!(refused(&seen), (400, "Request_BadRequest", expected));
    };
    check(
        SHOP,
        "The domain 'shop.fabrikam.example' cannot be deleted: other objects refer to it.",
    );
    let initial = format!("/v1.0/domains/{INITIAL}");
    check(
        &initial,
        "The initial domain 'fabrikam.onmicrosoft.com' cannot be deleted.",
    );
    let force = json!({ "disableUserAccounts": true });
    let seen = megan.post(&format!("{initial}/forceDelete"), &force);
    assert_eq!(refused(&seen).0, 400);
    assert_eq!(megan.patch(SHOP, &json!({ "isDefault": true })).status, 204);
    check(
        SHOP,
        "The default domain 'shop.fabrikam.example' cannot be deleted.",
    );
    assert_eq!(
        megan.patch(&initial, &json!({ "isDefault": true })).status,
        204
    );

    let seen = megan.post(&format!("{SHOP}/forceDelete"), &force);
    assert_eq!(seen.status, 204, "{}", seen.json);
    assert_eq!(megan.get(SHOP).json["state"]["operation"], "ForceDelete");
    megan.waits(120);
    assert_eq!(refused(&megan.get(SHOP)).0, 404);
    let upn = bench.change(|tx| {
        let row = tx.partner.users.get(&key(&[FABRIKAM, lee]));
        row.map(|row| row.upn.clone())
    });
    assert_eq!(upn.as_deref(), Some("lee@fabrikam.onmicrosoft.com"));
    let app = bench.change(|tx| tx.entra.apps.get(TILL).cloned());
    let app = app.expect("an app");
    assert_eq!(app.more["identifierUris"], json!(["api://till"]));
    assert_eq!(megan.delete(SHOP).status, 404);
}

#[test]
fn what_is_no_domain_or_not_ones_own_is_refused() {
    let bench = Bench::new();
    let megan = megan(&bench);
    for (body, expected) in [
        (json!({ "id": "shop" }), "'shop' is no domain name."),
        (
            json!({ "id": "-a.example" }),
            "'-a.example' is no domain name.",
        ),
        (json!({ "id": "SHOP.fabrikam.example" }), "already exists."),
        (
            json!({}),
            "A value is required for property 'id' of resource.",
        ),
        (
            json!({ "id": "a.example", "isDefault": true }),
            "Invalid property 'isDefault'.",
        ),
    ] {
        let seen = megan.post("/v1.0/domains", &body);
        let (status, _, text) = refused(&seen);
        assert!(status == 400 && text.ends_with(expected), "{body}: {text}");
    }
    let seen = megan.patch(SHOP, &json!({ "isDefault": true }));
    let text_of = "The domain 'shop.fabrikam.example' is not verified.";
    assert_eq!(refused(&seen).2, text_of);
    let initial = format!("/v1.0/domains/{INITIAL}");
    let seen = megan.patch(&initial, &json!({ "isDefault": false }));
    assert_eq!(refused(&seen).0, 400);
    let seen = megan.patch(&initial, &json!({ "supportedServices": ["Fax"] }));
    assert_eq!(refused(&seen).0, 400);
    let taken = json!({ "id": "tailspintoys.onmicrosoft.com" });
    let seen = megan.post("/v1.0/domains", &taken);
    assert_eq!(seen.status, 201, "anybody may add it");
    let seen = megan.post(
        "/v1.0/domains/tailspintoys.onmicrosoft.com/verify",
        &json!({}),
    );
    let text_of = "Domain verification failed with the following error: the domain is verified in another tenant.";
    assert_eq!(refused(&seen).2, text_of);
    assert_eq!(text(&megan.get(&initial), "id"), INITIAL);

    let reader = Megan::with(
        &bench,
        TAILSPIN,
        &["Domain.ReadWrite.All"],
        &[GLOBAL_READER],
    );
    assert_eq!(reader.get("/v1.0/domains").status, 200);
    let seen = reader.post("/v1.0/domains", &json!({ "id": "toys.example" }));
    assert_eq!(refused(&seen).0, 403, "that takes another role");
}
