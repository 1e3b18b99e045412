//! A grid of tokens and needs.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use serde_json::{Value, json};

use super::*;
use crate::api::document::{Document, read};

const HOME: &str = "c0000000-0000-4000-8000-000000000000";
const CUSTOMER: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";
const USER_ADMINISTRATOR: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";
const HELPDESK_ADMINISTRATOR: &str = "729827e3-9c14-49f7-bb1b-9608f156bbb8";

/// An operation that needs a permission and a role.
fn operation() -> Operation {
    let document = json!({
        "openapi": "3.1.0", "info": { "title": "Graph", "version": "1" },
        "x-tenantry": { "permissions": ["User.Read.All", "Directory.Read.All"], "roles": ["User Administrator"] },
        "paths": { "/users": { "get": { "operationId": "users", "responses": {} } } },
    });
    let document = Document {
        name: "graph.yaml",
        value: &document,
    };
    let service = read("graph", &[document]).expect("no problem");
    *service.operation("users").expect("an operation")
}

fn claims(body: &Value) -> Claims {
    let body = BASE64URL.encode(body.to_string());
    Claims::of(&format!("e30.{body}.c2ln")).expect("claims")
}

fn denied() -> Error {
    let fault = Fault {
        service: "graph".to_owned(),
        status: 403,
        code: "Authorization_RequestDenied".to_owned(),
        ..Fault::default()
    };
    Error::new(Code::GraphRefused, "graph refused `users`").fault(fault)
}

fn check(token: &Value, code: Code, parts: &[&str]) {
    let error = told_apart(&operation(), &claims(token), HOME, denied());
    assert_eq!(error.code(), code, "{error}");
    let help = error.parts().help.clone().unwrap_or_default();
    let all = format!("{error} | {help}");
    for part in parts {
        assert!(all.contains(part), "{part} in {all}");
    }
    assert!(is_denied(error.parts().fault.as_ref()), "the fault stays");
}

#[test]
fn a_missing_permission_is_told_with_what_the_token_has() {
    let user = json!({ "tid": CUSTOMER, "oid": "o", "scp": "User.Read Mail.Send", "wids": [USER_ADMINISTRATOR] });
    check(
        &user,
        Code::GraphPermission,
        &[
            "the token has User.Read, Mail.Send, and one of these is needed: User.Read.All, Directory.Read.All",
            "delegated permission User.Read.All",
            "partner::consent_application",
            CUSTOMER,
        ],
    );
    check(
        &json!({ "tid": HOME, "oid": "o" }),
        Code::GraphPermission,
        &["no permission", "application permission"],
    );
}

#[test]
fn a_missing_role_is_one_of_gdap_or_of_the_directory() {
    let user = |tenant: &str, wids: Value| json!({ "tid": tenant, "oid": "o", "upn": "ada@contoso.example", "scp": "User.ReadWrite.All", "wids": wids });
    check(
        &user(CUSTOMER, json!([HELPDESK_ADMINISTRATOR])),
        Code::GraphGdapRole,
        &[
            "the GDAP role User Administrator",
            "has Helpdesk Administrator",
            "graph::create_gdap_assignment",
        ],
    );
    check(
        &user(HOME, json!([])),
        Code::GraphDirectoryRole,
        &[
            "ada@contoso.example needs the directory role User Administrator and has none that the token names",
        ],
    );
}

#[test]
fn what_neither_explains_stays_as_the_service_said_it() {
    let whole = json!({ "tid": CUSTOMER, "oid": "o", "scp": "directory.read.all", "wids": [USER_ADMINISTRATOR] });
    check(&whole, Code::GraphRefused, &["graph refused `users`"]);
    let app = json!({ "tid": CUSTOMER, "oid": "o", "roles": ["User.Read.All"] });
    check(&app, Code::GraphRefused, &[]);
    let mut other = denied();
    if let Some(fault) = &mut other.parts_mut().fault {
        NO_LICENCE.clone_into(&mut fault.code);
    }
    assert!(!is_denied(other.parts().fault.as_ref()));
    assert!(of_tenant(other).parts().help.is_some());
}

#[test]
fn missing_consent_names_what_would_be_enough() {
    let error = Error::new(Code::AuthConsentMissing, "no token").help("consent");
    let error = without_consent(&operation(), error);
    assert_eq!(
        error.parts().help.as_deref(),
        Some("consent; this call needs User.Read.All or Directory.Read.All")
    );
}
