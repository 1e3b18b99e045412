//! Applications, service principals and grants as a caller sees them, and as tokens follow them.

mod granted;

use serde_json::{Value, json};

use crate::sandbox::entra::seed::{
    ADMIN, CERTIFICATE, CLIENT, HOME, PUBLIC_CLIENT, SECRET, SELLER, UNCONSENTED_CLIENT,
};
use crate::sandbox::graph::groups::tests::{all, ask, get, refused};
use crate::sandbox::seed::{FABRIKAM, id_of};
use crate::sandbox::store::key;
use crate::sandbox::testing::{Bench, Seen};

const BAD: &str = "Request_BadRequest";
const NONE: &str = "Request_ResourceNotFound";
const SAME: &str = "Request_MultipleObjectsWithSameKeyValue";
const GRAPH: &str = "https://graph.microsoft.com/.default";
const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";

/// Returns the object id of an application's service principal.
fn principal(bench: &Bench, tenant: &str, app: &str) -> String {
    let seen = get(bench, tenant, &format!("/servicePrincipals(appId='{app}')"));
    assert_eq!(seen.status, 200, "{}", seen.json);
    seen.json["id"].as_str().expect("an id").to_owned()
}

fn token(bench: &Bench, tenant: &str, app: &str, secret: &str) -> Seen {
    let form = format!(
        "grant_type=client_credentials&client_id={app}&client_secret={secret}&scope={GRAPH}"
    );
    bench.token(tenant, &form)
}

fn make(bench: &Bench, body: &Value) -> Seen {
    ask(bench, HOME, ("POST", "/applications"), body)
}

#[test]
fn the_partners_applications_are_seen_at_home_and_as_principals_where_consented() {
    let bench = Bench::new();
    let seen = get(&bench, HOME, "/applications");
    assert!(all(&seen, "appId").contains(&CLIENT.to_owned()));
    let one = get(&bench, HOME, &format!("/applications(appId='{CLIENT}')")).json;
    let id = one["id"].as_str().expect("an id");
    assert_ne!(id, CLIENT, "the object id is another");
    assert_eq!(
        get(&bench, HOME, &format!("/applications/{id}")).json["appId"],
        CLIENT
    );
    assert!(one["passwordCredentials"][0]["secretText"].is_null());
    assert_eq!(one["requiredResourceAccess"][1]["resourceAppId"], GRAPH_APP);
    assert!(all(&get(&bench, FABRIKAM, "/applications"), "id").is_empty());
    let apps = all(&get(&bench, FABRIKAM, "/servicePrincipals"), "appId");
    for app in [CLIENT, PUBLIC_CLIENT, GRAPH_APP] {
        assert!(apps.contains(&app.to_owned()), "{app}");
    }
    let unknown = get(&bench, HOME, "/applications/none");
    refused(&unknown, 404, NONE, "Resource 'none'");
}

#[test]
fn a_new_application_gets_a_secret_that_works() {
    let bench = Bench::new();
    let seen = make(
        &bench,
        &json!({ "displayName": "Reporter", "web": { "redirectUris": ["http://localhost/x"] } }),
    );
    assert_eq!(seen.status, 201, "{}", seen.json);
    let app = seen.json["appId"].as_str().expect("an id").to_owned();
    let path = format!("/applications/{}", seen.json["id"].as_str().expect("an id"));
    assert_eq!(
        seen.json["web"]["redirectUris"],
        json!(["http://localhost/x"])
    );
    let add = |body: Value| {
        ask(
            &bench,
            HOME,
            ("POST", &format!("{path}/addPassword")),
            &body,
        )
    };
    let past = json!({ "passwordCredential": { "endDateTime": "2020-01-01T00:00:00Z" } });
    refused(&add(past), 400, BAD, "Key credential end date is invalid");
    let odd = json!({ "passwordCredential": { "endDateTime": "soon" } });
    refused(&add(odd), 400, BAD, "Invalid value 'soon'");
    let seen = add(json!({ "passwordCredential": { "displayName": "ci" } }));
    let secret = seen.json["secretText"]
        .as_str()
        .expect("a secret")
        .to_owned();
    let shown = get(&bench, HOME, &path).json;
    assert!(shown["passwordCredentials"][0]["secretText"].is_null());
    assert_eq!(shown["passwordCredentials"][0]["hint"], secret[..3]);
    assert_eq!(
        token(&bench, HOME, &app, &secret).json["error_codes"],
        json!([700_016])
    );
    let body = json!({ "appId": app });
    let create = || ask(&bench, HOME, ("POST", "/servicePrincipals"), &body);
    let created = create();
    assert_eq!(created.status, 201, "{}", created.json);
    refused(
        &create(),
        409,
        SAME,
        "The service principal cannot be created",
    );
    assert_eq!(token(&bench, HOME, &app, &secret).status, 200);
    let principal = format!(
        "/servicePrincipals/{}",
        created.json["id"].as_str().expect("an id")
    );
    let disable = json!({ "accountEnabled": false });
    assert_eq!(
        ask(&bench, HOME, ("PATCH", &principal), &disable).status,
        204
    );
    assert_eq!(
        token(&bench, HOME, &app, &secret).json["error_codes"],
        json!([7_000_112])
    );
    assert_eq!(
        ask(
            &bench,
            HOME,
            ("PATCH", &principal),
            &json!({ "accountEnabled": true })
        )
        .status,
        204
    );
    let remove = json!({ "keyId": shown["passwordCredentials"][0]["keyId"] });
    let remove = || {
        ask(
            &bench,
            HOME,
            ("POST", &format!("{path}/removePassword")),
            &remove,
        )
    };
    assert_eq!(remove().status, 204);
    refused(
        &remove(),
        400,
        BAD,
        "No password credential found with keyId.",
    );
    assert_eq!(
        token(&bench, HOME, &app, &secret).json["error_codes"],
        json!([7_000_215])
    );
    let delete = || ask(&bench, HOME, ("DELETE", &path), &Value::Null);
    assert_eq!(delete().status, 204);
    refused(&delete(), 404, NONE, "");
    refused(&get(&bench, HOME, &principal), 404, NONE, "");
}

#[test]
fn an_application_is_changed_as_its_registration_allows() {
    let bench = Bench::new();
    let made = make(&bench, &json!({ "displayName": "Reporter" })).json;
    let path = format!("/applications/{}", made["id"].as_str().expect("an id"));
    let patch = |body: Value| ask(&bench, HOME, ("PATCH", &path), &body);
    let seen = patch(
        json!({ "displayName": "Teller", "signInAudience": "AzureADMultipleOrgs", "tags": ["a"] }),
    );
    assert_eq!(seen.status, 204, "{}", seen.json);
    let now = get(&bench, HOME, &path).json;
    assert_eq!(
        (&now["displayName"], &now["signInAudience"], &now["tags"]),
        (
            &json!("Teller"),
            &json!("AzureADMultipleOrgs"),
            &json!(["a"])
        )
    );
    for (body, text) in [
        (
            json!({ "signInAudience": "Everybody" }),
            "Invalid value 'Everybody'",
        ),
        (
            json!({ "web": { "redirectUris": ["x"] } }),
            "Invalid redirect URI 'x'",
        ),
        (json!({ "appId": "x" }), "Invalid property 'appId'"),
        (
            json!({ "requiredResourceAccess": [{ "resourceAppId": "x" }] }),
            "Invalid value 'x'",
        ),
        (
            json!({ "requiredResourceAccess": [{ "resourceAppId": GRAPH_APP, "resourceAccess": [{ "id": "x", "type": "Role" }] }] }),
            "Invalid value 'x'",
        ),
    ] {
        refused(&patch(body), 400, BAD, text);
    }
    refused(
        &make(&bench, &json!({})),
        400,
        BAD,
        "A value is required for property 'displayName'",
    );
}

#[test]
fn other_issuers_are_taken_once() {
    let bench = Bench::new();
    let path = format!("/applications(appId='{CLIENT}')");
    let id = get(&bench, HOME, &path).json["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/applications/{id}/federatedIdentityCredentials");
    assert_eq!(all(&get(&bench, HOME, &path), "name").len(), 2);
    let body = json!({ "name": "main", "issuer": "https://issuer.example", "subject": "s", "audiences": ["api://AzureADTokenExchange"] });
    let create = |body: &Value| ask(&bench, HOME, ("POST", &path), body);
    let seen = create(&body);
    assert_eq!(seen.status, 201, "{}", seen.json);
    refused(
        &create(&body),
        409,
        SAME,
        "FederatedIdentityCredential with name main already exists.",
    );
    refused(
        &create(&json!({ "name": "x" })),
        400,
        BAD,
        "A value is required for property 'audiences'",
    );
    let own = format!("{path}/{}", seen.json["id"].as_str().expect("an id"));
    assert_eq!(get(&bench, HOME, &own).json["name"], "main");
    assert_eq!(
        ask(&bench, HOME, ("DELETE", &own), &Value::Null).status,
        204
    );
    refused(&get(&bench, HOME, &own), 404, NONE, "");
}

#[test]
fn a_service_principal_is_of_an_application_that_is_there() {
    let bench = Bench::new();
    let create = |app: &str| {
        ask(
            &bench,
            FABRIKAM,
            ("POST", "/servicePrincipals"),
            &json!({ "appId": app }),
        )
    };
    let none = "00000000-0000-4000-8000-000000000000";
    refused(
        &create(none),
        400,
        BAD,
        "The appId '00000000-0000-4000-8000-000000000000' of the service principal does not reference",
    );
    refused(
        &create(GRAPH_APP),
        409,
        SAME,
        "The service principal cannot be created",
    );
    assert_eq!(create(UNCONSENTED_CLIENT).status, 201);
    let graph = format!("/servicePrincipals(appId='{GRAPH_APP}')");
    let seen = ask(&bench, FABRIKAM, ("DELETE", &graph), &Value::Null);
    refused(&seen, 403, "Authorization_RequestDenied", "");
    let own = format!("/servicePrincipals(appId='{UNCONSENTED_CLIENT}')");
    assert_eq!(
        ask(&bench, FABRIKAM, ("DELETE", &own), &Value::Null).status,
        204
    );
    refused(&get(&bench, FABRIKAM, &own), 404, NONE, "");
}

#[test]
fn who_makes_an_application_owns_it_and_may_share_it() {
    let bench = Bench::new();
    let app = make(&bench, &json!({ "displayName": "Shop" })).json;
    let id = app["id"].as_str().expect("an id");
    let body = json!({ "appId": app["appId"] });
    let made = ask(&bench, HOME, ("POST", "/servicePrincipals"), &body);
    let principal = made.json["id"].as_str().expect("an id").to_owned();
    let owners = format!("/applications/{id}/owners");
    assert_eq!(all(&get(&bench, HOME, &owners), "id"), [ADMIN]);
    let owned = |user: &str| {
        let path = format!("/users/{user}/ownedObjects");
        all(&get(&bench, HOME, &path), "@odata.type")
    };
    let kinds = owned(ADMIN);
    let is_there = |kind: &str| kinds.contains(&format!("#microsoft.graph.{kind}"));
    assert!(
        is_there("application") && is_there("servicePrincipal"),
        "{kinds:?}"
    );
    let seller = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/users/{SELLER}") });
    let refs = format!("/servicePrincipals/{principal}/owners/$ref");
    let add = || ask(&bench, HOME, ("POST", &refs), &seller);
    assert_eq!(add().status, 204);
    refused(&add(), 400, BAD, "One or more added object references");
    assert_eq!(owned(SELLER), ["#microsoft.graph.servicePrincipal"]);
    let leave = format!("/servicePrincipals/{principal}/owners/{SELLER}/$ref");
    let remove = || ask(&bench, HOME, ("DELETE", &leave), &Value::Null);
    assert_eq!(remove().status, 204);
    refused(&remove(), 404, NONE, "");
}

#[test]
fn certificates_are_replaced_as_a_whole() {
    let bench = Bench::new();
    let made = make(&bench, &json!({ "displayName": "Robot" })).json;
    let path = format!("/applications/{}", made["id"].as_str().expect("an id"));
    let key: String = CERTIFICATE
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let patch = |rows: Value| {
        ask(
            &bench,
            HOME,
            ("PATCH", &path),
            &json!({ "keyCredentials": rows }),
        )
    };
    let row = |key: Value, id: &Value| json!({ "type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "CN=robot", "key": key, "keyId": id });
    let seen = patch(json!([row(json!(key), &Value::Null)]));
    assert_eq!(seen.status, 204, "{}", seen.json);
    let shown = get(&bench, HOME, &path).json["keyCredentials"][0].clone();
    assert_eq!(
        (&shown["displayName"], &shown["key"]),
        (&json!("CN=robot"), &Value::Null)
    );
    assert!(shown["endDateTime"].is_string());
    let asked = get(&bench, HOME, &format!("{path}?$select=keyCredentials"));
    assert_eq!(asked.json["keyCredentials"][0]["key"], key.as_str());
    assert_eq!(
        patch(json!([row(Value::Null, &shown["keyId"])])).status,
        204
    );
    refused(
        &patch(json!([row(Value::Null, &json!("x"))])),
        400,
        BAD,
        "A value is required for property 'key'",
    );
    refused(
        &patch(json!([row(json!("eA=="), &Value::Null)])),
        400,
        BAD,
        "Key credential value is invalid",
    );
    let mut signs = row(json!(key), &Value::Null);
    signs["usage"] = "Sign".into();
    refused(&patch(json!([signs])), 400, BAD, "Invalid value 'Sign'");
    assert_eq!(
        get(&bench, HOME, &path).json["keyCredentials"][0]["keyId"],
        shown["keyId"]
    );
    assert_eq!(patch(json!([])).status, 204);
    assert_eq!(get(&bench, HOME, &path).json["keyCredentials"], json!([]));
}
