//! Managed identity, as machines and web applications ask for it.

use super::browser::encode;
use crate::sandbox::entra::jwt::verify;
use crate::sandbox::entra::seed::*;
use crate::sandbox::testing::{Bench, Seen};

fn ask(bench: &Bench, header: (&str, &str), fields: &[(&str, &str)]) -> Seen {
    let path = format!("/metadata/identity/oauth2/token?{}", encode(fields));
    bench.send("GET", &path, &[header], "".into())
}

const ARM: (&str, &str) = ("resource", "https://management.azure.com/");

#[test]
fn a_machine_gets_the_token_of_its_identity() {
    let bench = Bench::new();
    let version = ("api-version", "2018-02-01");
    let machine = ("metadata", "true");
    for more in [("client_id", MANAGED_IDENTITY), ("bypass_cache", "true")] {
        let seen = ask(&bench, machine, &[version, ARM, more]);
        assert_eq!(seen.status, 200, "{}", seen.json);
        assert_eq!(seen.json["expires_in"], "86399");
        assert_eq!(seen.json["resource"], "https://management.azure.com/");
        let claims = verify(seen.json["access_token"].as_str().expect("a token")).expect("signed");
        assert_eq!(
            (&claims["appid"], &claims["idtyp"]),
            (&MANAGED_IDENTITY.into(), &"app".into())
        );
    }
    let refused = |header, fields: &[(&str, &str)], error: &str| {
        let seen = ask(&bench, header, fields);
        assert_eq!((seen.status, &seen.json["error"]), (400, &error.into()));
        assert!(seen.json["error_description"].is_string());
    };
    refused(("metadata", "True"), &[version, ARM], "bad_request_102");
    refused(machine, &[ARM], "invalid_request");
    refused(machine, &[version], "invalid_request");
    refused(
        machine,
        &[version, ARM, ("client_id", CLIENT)],
        "invalid_request",
    );
    refused(
        machine,
        &[version, ("resource", "https://nobody.example")],
        "invalid_resource",
    );
}

#[test]
fn a_web_application_shows_its_header() {
    let bench = Bench::new();
    let version = ("api-version", "2019-08-01");
    let seen = ask(
        &bench,
        ("x-identity-header", IDENTITY_HEADER),
        &[version, ARM],
    );
    assert_eq!(seen.status, 200, "{}", seen.json);
    let seen = ask(&bench, ("x-identity-header", "wrong"), &[version, ARM]);
    assert_eq!(
        (seen.status, &seen.json["error"]),
        (401, &"unknown_source".into())
    );
}
