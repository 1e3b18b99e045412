//! Entra ID as clients and people see it.

mod around;
mod assertion;
mod browser;
mod code;
mod consents;
mod device;
mod token;
mod workload;

use serde_json::Value;

use super::jwt::verify;
use super::seed::*;
use crate::sandbox::testing::Seen;

const PARTNER: &str = "https://api.partnercenter.microsoft.com/.default";
const GRAPH: &str = "https://graph.microsoft.com/.default";
const MEGAN: &str = "megan@contoso-partner.onmicrosoft.com";
const SAM: &str = "sam@contoso-partner.onmicrosoft.com";
const KIM: &str = "kim@fabrikam.onmicrosoft.com";
const FABRIKAM: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";
const CUSTOMER: &str = "11111111-2222-4333-8444-555555555555";

fn app(extra: &str) -> String {
    format!("grant_type=client_credentials&client_id={CLIENT}&{extra}")
}

fn user(extra: &str) -> String {
    format!("grant_type=refresh_token&client_id={CLIENT}&client_secret={SECRET}&{extra}")
}

fn claims(seen: &Seen) -> Value {
    assert_eq!(seen.status, 200, "{}", seen.json);
    verify(seen.json["access_token"].as_str().expect("a token")).expect("a signed token")
}

#[track_caller]
fn refuses(seen: &Seen, status: u16, error: &str, code: u32) {
    let fields = [
        "error_description",
        "timestamp",
        "trace_id",
        "correlation_id",
        "error_uri",
    ];
    assert_eq!(seen.status, status, "{}", seen.json);
    assert_eq!(
        (&seen.json["error"], &seen.json["error_codes"][0]),
        (&error.into(), &code.into())
    );
    assert!(
        fields.iter().all(|field| seen.json[*field].is_string()),
        "{}",
        seen.json
    );
    let text = seen.json["error_description"].as_str().expect("a text");
    assert!(
        text.starts_with(&format!("AADSTS{code}: ")) && text.contains("Trace ID: "),
        "{text}"
    );
}
