//! MSAL for Python, unmodified, signs in to our sandbox.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{python, wanted};
use crate::program::{Ended, Program};
use crate::served::Served;

const HOME: &str = "6a1c7b62-3f0e-4c55-9d4a-0b7c1f2e3d40";
const MEGAN: &str = "megan@contoso-partner.onmicrosoft.com";

/// Runs MSAL against a sandbox and returns what came of each flow.
fn signed_in() -> Value {
    let host = Program::new();
    let sandbox = Served::start(&host, &["--tls"]);
    let mut client = python("msal_client.py")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut input = client.stdin.take().expect("a pipe");
    writeln!(input, "{}", sandbox.line).expect("it reads");
    drop(input);
    Ended::from(client.wait_with_output().expect("it ends"))
        .exit(0)
        .json()
}

#[test]
fn msal_for_python_signs_in_to_the_sandbox() {
    if !wanted() {
        return;
    }
    let graph = "https://graph.microsoft.com";
    let partner = "https://api.partnercenter.microsoft.com";
    let app = |source: &str, proof: &str| {
        json!({
            "claims": { "aud": graph, "tid": HOME, "appidacr": proof },
            "refresh_token": false,
            "id_token": null,
            "source": source,
            "type": "Bearer",
        })
    };
    let user = |resource: &str, scopes: &str, proof: &str| {
        json!({
            "claims": {
                "aud": resource, "tid": HOME, "appidacr": proof,
                "upn": MEGAN, "scp": scopes, "amr": ["pwd", "mfa"],
            },
            "refresh_token": true,
            "id_token": MEGAN,
            "source": "identity_provider",
            "type": "Bearer",
        })
    };
    let found = signed_in();
    let graph_scopes = found["silent"]["graph"]["claims"]["scp"].clone();
    let graph_scopes = graph_scopes.as_str().expect("scopes");
    assert!(
        graph_scopes.contains("Directory.AccessAsUser.All"),
        "{graph_scopes}"
    );
    let refused =
        |error: &str, codes: Value| json!({ "error": error, "codes": codes, "suberror": null });
    let pending = refused("authorization_pending", json!([70_016]));
    let partner_user = |proof: &str| user(partner, "user_impersonation", proof);
    let (nothing, secret, key) = ("0", "1", "2");
    let expected = json!({
        "client_credentials": [app("identity_provider", secret), app("cache", secret)],
        "client_credentials_refused": refused("invalid_client", json!([7_000_215])),
        "certificate": app("identity_provider", key),
        "refresh_token": partner_user(secret),
        "silent": { "username": MEGAN, "graph": user(graph, graph_scopes, secret) },
        "authorization_code": partner_user(nothing),
        "authorization_code_confidential": partner_user(secret),
        "authorization_code_declined": refused("access_denied", Value::Null),
        "device_code": [pending, partner_user(nothing)],
        "device_code_declined": [pending, refused("authorization_declined", json!([70_020]))],
    });
    assert_eq!(found, expected, "{found:#}");
}
