//! Customers and what is checked before one is created.

use std::time::Duration;

use serde_json::{Value, json};

use super::{create, hotels, refused};
use crate::sandbox::limits::Limits;
use crate::sandbox::seed::{ADVENTURE_WORKS, FABRIKAM, NORTHWIND, TAILSPIN, WIDE_WORLD};
use crate::sandbox::testing::Bench;

#[test]
fn a_created_customer_is_answered_whole_and_kept() {
    let bench = Bench::new();
    let seen = create(&bench.app(), hotels());
    let id = seen.json["id"].as_str().unwrap_or_default().to_owned();
    let made = |path: &str| seen.json.pointer(path).cloned().unwrap_or_default();
    let address = json!({
        "country": "US", "city": "Seattle", "state": "WA", "addressLine1": "12 Harbor Street",
        "postalCode": "98101", "firstName": "Ada", "lastName": "Nord",
    });
    let link = |path: &str| json!({ "self": { "uri": format!("/customers/{id}{path}"), "method": "GET", "headers": [] } });
    let company = json!({
        "tenantId": id,
        "domain": "tailspinhotels.onmicrosoft.com",
        "companyName": "Tailspin Hotels",
        "links": link("/profiles/company"),
        "attributes": { "objectType": "CustomerCompanyProfile" },
    });
    let billing = json!({
        "id": made("/billingProfile/id"),
        "email": "ada@tailspinhotels.example",
        "culture": "en-US",
        "language": "en",
        "companyName": "Tailspin Hotels",
        "defaultAddress": address,
        "links": link("/profiles/billing"),
        "attributes": { "etag": made("/billingProfile/attributes/etag"), "objectType": "CustomerBillingProfile" },
    });
    let expected = json!({
        "id": id,
        "commerceId": made("/commerceId"),
        "companyProfile": company,
        "billingProfile": billing,
        "relationshipToPartner": "reseller",
        "allowDelegatedAccess": true,
        "userCredentials": { "userName": "admin", "password": made("/userCredentials/password") },
        "attributes": { "objectType": "Customer" },
    });
    assert_eq!((seen.status, &seen.json), (201, &expected));
    assert_eq!(
        made("/userCredentials/password").as_str().map(str::len),
        Some(10)
    );

    let got = bench.app().get(&format!("/v1/customers/{id}"));
    let whole = json!({
        "id": id,
        "commerceId": made("/commerceId"),
        "companyProfile": {
            "tenantId": id,
            "domain": "tailspinhotels.onmicrosoft.com",
            "companyName": "Tailspin Hotels",
            "address": address,
            "email": "ada@tailspinhotels.example",
            "links": link("/profiles/company"),
            "attributes": { "objectType": "CustomerCompanyProfile" },
        },
        "billingProfile": billing,
        "relationshipToPartner": "reseller",
        "allowDelegatedAccess": true,
        "customDomains": ["tailspinhotels.onmicrosoft.com"],
        "links": link(""),
        "attributes": { "objectType": "Customer" },
    });
    assert_eq!((got.status, got.json), (200, whole));
    assert_eq!(
        bench
            .app()
            .send(
                "HEAD",
                "/v1/domains/tailspinhotels.onmicrosoft.com",
                &[],
                None
            )
            .status,
        200
    );
}

#[test]
fn creations_are_refused_in_the_services_words() {
    let bench = Bench::new();
    let with = |pointer: &str, value: Value| {
        let mut body = hotels();
        let (parent, name) = pointer.rsplit_once('/').expect("a path");
        body.pointer_mut(parent).expect("an object")[name] = value;
        body
    };
    let place = "/billingProfile/defaultAddress";
    for (body, expected) in [
        (json!([]), (400, 800_002)),
        (json!({}), (400, 3000)),
        (with("/companyProfile/domain", json!(null)), (400, 3000)),
        (with("/companyProfile/domain", json!(7)), (400, 800_002)),
        (
            with("/companyProfile/domain", json!("hotels.example")),
            (400, 3000),
        ),
        (
            with("/companyProfile/domain", json!("fabrikam.onmicrosoft.com")),
            (409, 1003),
        ),
        (with("/billingProfile/culture", json!("xx-XX")), (400, 3000)),
        (with(&format!("{place}/country"), json!("XX")), (400, 3000)),
        (
            with(&format!("{place}/state"), json!("Washington")),
            (400, 3000),
        ),
        (
            with(&format!("{place}/postalCode"), json!("981")),
            (400, 3000),
        ),
        (with(&format!("{place}/firstName"), json!("")), (400, 3000)),
        (
            with("/companyProfile/organizationRegistrationNumber", json!("1")),
            (400, 600_002),
        ),
        (
            with("/associatedPartnerId", json!(FABRIKAM)),
            (403, 900_329),
        ),
    ] {
        assert_eq!(
            refused(&create(&bench.app(), body.clone())),
            expected,
            "{body}"
        );
    }
    let seen = bench.app().post("/v1/customers", hotels());
    assert_eq!(refused(&seen), (400, 800_002));
}

#[test]
fn a_wrong_e_mail_is_noticed_after_the_tenant_exists() {
    let bench = Bench::new();
    let mut body = hotels();
    body["billingProfile"]["email"] = json!("ada");
    assert_eq!(refused(&create(&bench.app(), body)), (400, 27_002));
    assert_eq!(refused(&create(&bench.app(), hotels())), (409, 1003));
}

#[test]
fn the_same_request_id_gives_the_first_customer_with_its_password() {
    let bench = Bench::new();
    let headers = [
        ("ms-requestid", "0b7f2c1e-6d0b-4c55-9a0e-2f6f4e5a1c01"),
        ("ms-correlationid", "7d1f0a52-5a6e-4c0e-8f6f-0a4f8b1b2c11"),
    ];
    let send = || {
        bench
            .app()
            .send("POST", "/v1/customers", &headers, Some(hotels()))
    };
    let (first, second) = (send(), send());
    assert_eq!((first.status, &first.json), (second.status, &second.json));
    assert_eq!(first.status, 201);
}

#[test]
fn the_limit_counts_made_customers_but_not_those_by_number() {
    let bench = Bench::with(Limits::Guide2015, 1000);
    for number in 0..21 {
        let mut body = hotels();
        body["companyProfile"]["domain"] = json!(format!("hotel{number}.onmicrosoft.com"));
        let seen = create(&bench.app(), body);
        let expected = if number < 20 { 201 } else { 400 };
        assert_eq!(seen.status, expected, "{number}: {}", seen.json);
        if number == 20 {
            assert_eq!(refused(&seen), (400, 800_018));
        }
    }
}

#[test]
fn foreign_and_malformed_ids_are_told_apart_by_what_is_asked() {
    let bench = Bench::new();
    let user = bench.user();
    let foreign = "11111111-2222-4333-8444-555555555555";
    for (path, expected) in [
        (format!("/v1/customers/{foreign}"), (404, 1000)),
        (format!("/v1/customers/{foreign}/users"), (404, 60_003)),
        (
            format!("/v1/customers/{foreign}/subscriptions"),
            (403, 20_002),
        ),
        ("/v1/customers/contoso".to_owned(), (400, 2000)),
        (
            "/v1/customers/00000000-0000-0000-0000-000000000000".to_owned(),
            (400, 2000),
        ),
        (
            format!("/v1/customers/{FABRIKAM}/subscriptions/x"),
            (400, 2000),
        ),
        (
            format!("/v1/customers/{FABRIKAM}/subscriptions/{foreign}"),
            (404, 20_003),
        ),
        (
            format!("/v1/customers/{FABRIKAM}/orders/nothing"),
            (404, 20_000),
        ),
        (
            format!("/v1/customers/{FABRIKAM}/users/{foreign}"),
            (404, 60_002),
        ),
        (
            format!("/v1/customers/{FABRIKAM}/carts/{foreign}"),
            (404, 800_008),
        ),
        (format!("/v1/customers/{WIDE_WORLD}/users"), (403, 900_308)),
        ("/v1/invoices/G1".to_owned(), (404, 1000)),
        ("/v1/countryvalidationrules/XX".to_owned(), (404, 1000)),
    ] {
        assert_eq!(refused(&user.get(&path)), expected, "{path}");
    }
    let upper = format!("/v1/customers/{}", FABRIKAM.to_uppercase());
    assert_eq!(user.get(&upper).json["id"], json!(FABRIKAM));
}

#[test]
fn without_delegated_access_a_customer_lacks_members() {
    let bench = Bench::new();
    let seen = bench.app().get(&format!("/v1/customers/{WIDE_WORLD}"));
    let profile = &seen.json["companyProfile"];
    assert_eq!(seen.json["allowDelegatedAccess"], json!(false));
    assert!(profile.get("address").is_none() && profile.get("email").is_none());
    assert!(seen.json.get("customDomains").is_none());
}

#[test]
fn user_only_calls_refuse_the_application() {
    let bench = Bench::new();
    for path in [
        format!("/v1/customers/{FABRIKAM}/users"),
        format!("/v1/customers/{FABRIKAM}/subscribedskus"),
        format!("/v1/customers/{FABRIKAM}/agreements"),
        format!("/v1/customers/{FABRIKAM}/profiles/company"),
        format!("/v1/customers/{FABRIKAM}/orders/fab71ca00001/provisioningstatus"),
        "/v1/agreements".to_owned(),
        "/v1/customers/relationshiprequests".to_owned(),
        "/v1/invoices/G000200001".to_owned(),
        "/v1/profiles/organization".to_owned(),
    ] {
        assert_eq!(refused(&bench.app().get(&path)), (403, 900_329), "{path}");
        assert_eq!(bench.user().get(&path).status, 200, "{path}");
    }
}

#[test]
fn a_customer_is_deleted_when_nothing_is_active_and_its_domain_stays_taken() {
    let bench = Bench::new();
    let delete = |id: &str| {
        bench
            .app()
            .send("DELETE", &format!("/v1/customers/{id}"), &[], None)
    };
    assert_eq!(refused(&delete(FABRIKAM)), (400, 800_002));
    for id in [ADVENTURE_WORKS, NORTHWIND] {
        assert_eq!(delete(id).status, 204);
        assert_eq!(refused(&delete(id)), (404, 1000));
    }
    let taken = bench.app().send(
        "HEAD",
        "/v1/domains/adventureworks.onmicrosoft.com",
        &[],
        None,
    );
    assert_eq!((taken.status, taken.body.len()), (200, 0));
}

#[test]
fn a_relationship_ends_when_nothing_is_active_and_the_customer_is_gone() {
    let bench = Bench::new();
    let patch = |id: &str, relationship: &str| {
        let body = json!({ "relationshipToPartner": relationship });
        let path = format!("/v1/customers/{id}");
        bench.user().send("PATCH", &path, &[], Some(body))
    };
    assert_eq!(refused(&patch(FABRIKAM, "none")), (400, 800_002));
    assert_eq!(refused(&patch(ADVENTURE_WORKS, "advisor")), (400, 900_141));
    let ended = patch(ADVENTURE_WORKS, "none");
    assert_eq!(ended.status, 200);
    assert_eq!(ended.json["relationshipToPartner"], "none");
    assert_eq!(refused(&patch(ADVENTURE_WORKS, "none")), (404, 1000));
}

#[test]
fn the_billing_profile_is_written_whole_under_its_etag() {
    let bench = Bench::new();
    let path = format!("/v1/customers/{TAILSPIN}/profiles/billing");
    let app = bench.app();
    let mut body = app.get(&path).json;
    let etag = format!(
        "\"{}\"",
        body["attributes"]["etag"].as_str().unwrap_or_default()
    );
    body["companyName"] = json!("Tailspin Toys Ltd");
    let put = |headers: &[(&str, &str)], body: &Value| {
        app.send("PUT", &path, headers, Some(body.clone()))
    };
    assert_eq!(put(&[], &body).status, 412);
    assert_eq!(refused(&put(&[("if-match", "\"1\"")], &body)), (400, 2055));
    assert_eq!(
        refused(&put(&[("if-match", &etag)], &json!({ "companyName": "x" }))),
        (400, 3000)
    );
    let seen = put(&[("if-match", &etag)], &body);
    assert_eq!(
        (seen.status, &seen.json["companyName"]),
        (200, &json!("Tailspin Toys Ltd"))
    );
    assert_eq!(refused(&put(&[("if-match", &etag)], &body)), (400, 2055));
    assert_eq!(app.get(&path).json, seen.json);
}

#[test]
fn addresses_are_verified_partial_or_refused() {
    let bench = Bench::new();
    let address = |line: &str, state: &str| json!({ "AddressLine1": line, "City": "Seattle", "State": state, "PostalCode": "98101", "Country": "US" });
    let check = |body: Value| bench.app().post("/v1/validations/address", body);
    let shown = |line: &str| json!({ "country": "US", "city": "Seattle", "state": "WA", "addressLine1": line, "postalCode": "98101" });
    let partial = check(address("Harbor Street", "WA"));
    let expected = json!({
        "originalAddress": shown("Harbor Street"),
        "suggestedAddresses": [shown("1 Harbor Street")],
        "status": "StreetPartial",
        "validationMessage": "Address field invalid for property: 'Street'",
    });
    assert_eq!((partial.status, partial.json), (200, expected));
    let verified = check(address("12  Harbor Street", "WA")).json;
    assert_eq!(
        (&verified["status"], &verified["suggestedAddresses"][0]),
        (&json!("VerifiedShippable"), &shown("12 Harbor Street"))
    );
    assert_eq!(
        check(address("12 Harbor Street", "XX")).json["status"],
        json!("None")
    );
    assert_eq!(refused(&check(json!({ "country": "US" }))), (400, 3000));
}

#[test]
fn country_rules_come_from_the_table() {
    let bench = Bench::new();
    let seen = bench.app().get("/v1/countryvalidationrules/am").json;
    let expected = json!({
        "iso2Code": "AM",
        "defaultCulture": "hy-AM",
        "isStateRequired": false,
        "supportedStatesList": [],
        "supportedLanguagesList": ["hy"],
        "supportedCulturesList": ["hy-AM"],
        "isPostalCodeRequired": true,
        "postalCodeRegex": r"^(\d{4})$",
        "isCityRequired": true,
        "isVatIdSupported": false,
        "phoneNumberRegex": r"^[0-9\-\+\(\) ]{6,20}$",
        "isTaxIdSupported": false,
        "isTaxIdOptional": true,
        "customerOrganizationRegistrationNumberRegex": r"^(\d{8})$",
        "customerOrganizationRegistrationNumberSample": "12345678",
        "customerOrganizationRegistrationNumberRequired": true,
        "customerOrganizationPhoneNumberRequired": true,
        "countryCallingCodesList": ["374"],
        "attributes": { "objectType": "CountryInformation" },
    });
    assert_eq!(seen, expected);
}

#[test]
fn a_qualification_is_in_review_and_then_approved() {
    let bench = Bench::new();
    let path = format!("/v1/customers/{FABRIKAM}/qualifications");
    let user = bench.user();
    assert_eq!(user.get(&path).json, json!([]));
    let seen = user.post(&path, json!({ "Qualification": "Education" }));
    let expected = json!({
        "qualification": "Education",
        "vettingStatus": "InReview",
        "vettingCreateDate": "2026-03-02T09:00:00.000Z",
    });
    assert_eq!((seen.status, &seen.json), (201, &expected));
    bench.advance(Duration::from_secs(600));
    assert_eq!(user.get(&path).json[0]["vettingStatus"], json!("Approved"));
    let set = |body: Value, query: &str| user.post(&format!("{path}{query}"), body);
    let government = json!({ "qualification": "GovernmentCommunityCloud" });
    assert_eq!(
        refused(&set(json!({ "qualification": "Nonprofit" }), "")),
        (400, 900_141)
    );
    assert_eq!(
        refused(&set(json!({ "qualification": "Other" }), "")),
        (400, 900_126)
    );
    assert_eq!(refused(&set(government.clone(), "")), (400, 800_002));
    assert_eq!(set(government, "?code=424242").status, 201);
}

#[test]
fn agreements_are_listed_by_kind_and_confirmed_once_per_contact() {
    let bench = Bench::new();
    let user = bench.user();
    let path = format!("/v1/customers/{ADVENTURE_WORKS}/agreements");
    let body = json!({
        "primaryContact": { "firstName": "Ann", "lastName": "Beck", "email": "ann@adventureworks.example", "phoneNumber": "2065550101" },
        "templateId": "117a77b0-9360-443b-8795-c6dedc750cf9",
        "dateAgreed": "2026-03-01T00:00:00Z",
        "type": "MicrosoftCustomerAgreement",
    });
    let seen = user.post(&path, body.clone());
    let mut expected = body.clone();
    expected["userId"] = json!("5e2d7a90-1c4b-4f6e-b8a3-9d0e7c6f5b21");
    assert_eq!((seen.status, seen.json), (201, expected));
    assert_eq!(
        user.get(&path).json["totalCount"],
        json!(0),
        "the default is the old kind"
    );
    assert_eq!(
        user.get(&format!("{path}?agreementType=*")).json["totalCount"],
        json!(1)
    );
    let with = |name: &str, value: Value| {
        let mut changed = body.clone();
        changed[name] = value;
        changed
    };
    for (body, expected) in [
        (body.clone(), 600_061),
        (with("dateAgreed", json!("2026-03-03")), 3000),
        (
            with("templateId", json!("998b88de-aa99-4388-a42c-1b3517d49490")),
            3000,
        ),
        (with("type", json!("Other")), 900_126),
        (with("primaryContact", json!(null)), 3000),
    ] {
        assert_eq!(
            refused(&user.post(&path, body.clone())),
            (400, expected),
            "{body}"
        );
    }
    let metadata = user
        .get("/v1/agreements?agreementType=MicrosoftCustomerAgreement")
        .json;
    assert_eq!(
        metadata["items"][0]["templateId"],
        json!("117a77b0-9360-443b-8795-c6dedc750cf9")
    );
}
