//! The token endpoint as a client sees it: every refusal that is promised, and what succeeds.

use std::time::Duration;

use serde_json::Value;

use super::{CUSTOMER, GRAPH, PARTNER, app, claims, refuses, user};
use crate::sandbox::entra::seed::*;
use crate::sandbox::testing::Bench;

#[test]
fn an_application_gets_a_token_of_version_1() {
    let bench = Bench::new();
    let seen = bench.token(
        HOME,
        &app(&format!("client_secret={SECRET}&scope={PARTNER}")),
    );
    let claims = claims(&seen);
    assert_eq!(seen.json["expires_in"], 3599);
    assert!(seen.json["refresh_token"].is_null() && seen.json["scope"].is_null());
    assert_eq!(claims["aud"], "https://api.partnercenter.microsoft.com");
    assert_eq!(claims["iss"], format!("https://sts.windows.net/{HOME}/"));
    assert_eq!(
        (&claims["ver"], &claims["idtyp"], &claims["appid"]),
        (&"1.0".into(), &"app".into(), &CLIENT.into())
    );
    assert!(claims["scp"].is_null());
    assert_eq!(seen.header("cache-control"), "no-store, no-cache");
}

#[test]
fn version_1_writes_numbers_as_strings() {
    let bench = Bench::new();
    let form = app(&format!(
        "client_secret={SECRET}&resource=https://graph.windows.net"
    ));
    let seen = bench.form(&format!("/login/{HOME_DOMAIN}/oauth2/token"), &form);
    assert_eq!(seen.json["expires_in"], "3599");
    assert_eq!(seen.json["resource"], "https://graph.windows.net");
    assert_eq!(claims(&seen)["tid"], HOME);
}

#[test]
fn a_user_gets_a_token_and_a_new_refresh_token_while_the_old_stays_valid() {
    let bench = Bench::new();
    let first = bench.token(
        HOME,
        &user(&format!(
            "refresh_token={REFRESH}&scope={PARTNER} offline_access openid&client_info=1"
        )),
    );
    let claims = claims(&first);
    assert_eq!(claims["amr"], serde_json::json!(["pwd", "mfa"]));
    assert_eq!(
        (&claims["scp"], &claims["oid"]),
        (&"user_impersonation".into(), &ADMIN.into())
    );
    assert_eq!(
        first.json["scope"],
        "https://api.partnercenter.microsoft.com/user_impersonation"
    );
    assert!(first.json["id_token"].is_string() && first.json["client_info"].is_string());
    let fresh = first.json["refresh_token"]
        .as_str()
        .expect("a refresh token");
    assert_ne!(fresh, REFRESH);
    for token in [fresh, REFRESH] {
        assert_eq!(
            bench
                .token(HOME, &user(&format!("refresh_token={token}&scope={GRAPH}")))
                .status,
            200
        );
    }
}

#[test]
fn wrong_credentials_are_refused() {
    let bench = Bench::new();
    let token = |form: &str| bench.token(HOME, form);
    refuses(
        &token(&app(&format!("client_secret=wrong&scope={PARTNER}"))),
        401,
        "invalid_client",
        7_000_215,
    );
    refuses(
        &token(&app(&format!("client_secret={SECRET_ID}&scope={PARTNER}"))),
        401,
        "invalid_client",
        7_000_215,
    );
    refuses(
        &token(&app(&format!(
            "client_secret={EXPIRED_SECRET}&scope={PARTNER}"
        ))),
        401,
        "invalid_client",
        7_000_222,
    );
    refuses(
        &token(&app(&format!("scope={PARTNER}"))),
        401,
        "invalid_client",
        7_000_218,
    );
    let stranger = format!(
        "grant_type=client_credentials&client_id={CUSTOMER}&client_secret=x&scope={PARTNER}"
    );
    refuses(&token(&stranger), 400, "unauthorized_client", 700_016);
}

#[test]
fn malformed_requests_are_refused() {
    let bench = Bench::new();
    let token = |form: &str| bench.token(HOME, form);
    let secret = format!("client_secret={SECRET}");
    refuses(&token(""), 400, "invalid_request", 900_144);
    refuses(
        &token("grant_type=password"),
        400,
        "unsupported_grant_type",
        70_003,
    );
    refuses(&token(&app(&secret)), 400, "invalid_request", 900_144);
    refuses(
        &token(&app(&format!(
            "{secret}&resource=https://graph.microsoft.com"
        ))),
        400,
        "invalid_request",
        901_002,
    );
    refuses(
        &token(&app(&format!("{secret}&scope={PARTNER} {GRAPH}"))),
        400,
        "invalid_scope",
        700_022,
    );
    refuses(
        &token(&app(&format!("{secret}&scope=User.Read"))),
        400,
        "invalid_scope",
        70_011,
    );
    refuses(
        &token(&app(&format!(
            "{secret}&scope=https://nobody.example/.default"
        ))),
        400,
        "invalid_resource",
        500_011,
    );
    refuses(
        &bench.token("nowhere.example", &app(&secret)),
        400,
        "invalid_request",
        90_002,
    );
    refuses(
        &bench.token("nowhere", &app(&secret)),
        400,
        "invalid_request",
        900_023,
    );
    refuses(
        &bench.token("common", &app(&secret)),
        400,
        "invalid_request",
        9_001_023,
    );
    let json = [("content-type", "application/json")];
    let seen = bench.send(
        "POST",
        &format!("/login/{HOME}/oauth2/v2.0/token"),
        &json,
        "{}".into(),
    );
    refuses(&seen, 400, "invalid_request", 900_144);
    let seen = bench.send(
        "GET",
        &format!("/login/{HOME}/oauth2/v2.0/token"),
        &[],
        "".into(),
    );
    refuses(&seen, 400, "invalid_request", 900_561);
}

#[test]
fn a_refresh_token_ends() {
    let bench = Bench::new();
    let token = |refresh: &str| {
        bench.token(
            HOME,
            &user(&format!("refresh_token={refresh}&scope={PARTNER}")),
        )
    };
    refuses(
        &bench.token(HOME, &user(&format!("scope={PARTNER}"))),
        400,
        "invalid_request",
        900_144,
    );
    refuses(&token(""), 400, "invalid_request", 9_002_313);
    refuses(&token("garbage"), 400, "invalid_grant", 70_000);
    bench.advance(Duration::from_secs(89 * 86_400));
    assert_eq!(token(REFRESH).status, 200);
    bench.advance(Duration::from_secs(2 * 86_400));
    refuses(&token(REFRESH_WITHOUT_MFA), 400, "invalid_grant", 700_082);
    assert_eq!(token(REFRESH).status, 200, "use keeps it alive");
    bench.change(|tx| {
        let now = tx.now();
        tx.entra
            .refresh_tokens
            .edit(&digest_of(REFRESH))
            .expect("seeded")
            .revoked = Some(now);
    });
    let seen = token(REFRESH);
    refuses(&seen, 400, "invalid_grant", 50_173);
    assert_eq!(seen.json["suberror"], "bad_token");
}

#[test]
fn a_customers_tenant_needs_a_relationship_and_consent() {
    let bench = Bench::new();
    let token = || {
        bench.token(
            CUSTOMER,
            &user(&format!("refresh_token={REFRESH}&scope={GRAPH}")),
        )
    };
    let alone = || {
        bench.token(
            CUSTOMER,
            &app(&format!("client_secret={SECRET}&scope={GRAPH}")),
        )
    };
    refuses(&token(), 400, "invalid_request", 90_002);
    bench.change(|tx| {
        crate::sandbox::entra::add_tenant(tx, CUSTOMER, "Litware", &["litware.onmicrosoft.com"]);
    });
    refuses(&token(), 400, "invalid_grant", 50_020);
    bench.change(|tx| crate::sandbox::entra::gdap::begin(tx, CUSTOMER));
    refuses(&token(), 400, "invalid_grant", 90_099);
    refuses(&alone(), 400, "unauthorized_client", 700_016);
    bench.change(|tx| crate::sandbox::entra::consent(tx, CUSTOMER));
    let claims = claims(&token());
    assert_eq!(claims["tid"], CUSTOMER);
    assert_ne!(
        claims["oid"], ADMIN,
        "another identity in the customer's tenant"
    );
    assert_eq!(alone().status, 200);
    let named = bench.token(
        CUSTOMER,
        &user(&format!("refresh_token={REFRESH}&scope=Mail.Read")),
    );
    refuses(&named, 400, "invalid_grant", 65_001);
    assert_eq!(named.json["suberror"], "consent_required");
    bench.change(|tx| crate::sandbox::entra::gdap::remove(tx, CUSTOMER));
    refuses(&token(), 400, "invalid_grant", 50_020);
}

#[test]
fn the_clients_request_id_is_echoed() {
    let bench = Bench::new();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("client-request-id", CUSTOMER),
        ("return-client-request-id", "true"),
    ];
    let seen = bench.send(
        "POST",
        &format!("/login/{HOME}/oauth2/v2.0/token"),
        &headers,
        "".into(),
    );
    assert_eq!(seen.json["correlation_id"], CUSTOMER);
    assert_eq!(seen.header("client-request-id"), CUSTOMER);
}

#[test]
fn metadata_names_the_tenant_and_the_key_verifies() {
    let bench = Bench::new();
    let get = |path: &str| bench.send("GET", path, &[], "".into());
    let seen = get(&format!(
        "/login/{HOME_DOMAIN}/v2.0/.well-known/openid-configuration"
    ));
    assert_eq!(
        seen.json["issuer"],
        format!("http://127.0.0.1:1/login/{HOME}/v2.0")
    );
    assert_eq!(
        seen.json["jwks_uri"],
        format!("http://127.0.0.1:1/login/{HOME}/discovery/v2.0/keys")
    );
    let keys = get(&format!("/login/{HOME}/discovery/v2.0/keys"));
    assert_eq!(keys.json["keys"][0]["alg"], Value::Null);
    assert_eq!(keys.json["keys"][0]["e"], "AQAB");
    let unknown = get("/login/nowhere.example/v2.0/.well-known/openid-configuration");
    refuses(&unknown, 400, "invalid_tenant", 90_002);
}

#[test]
fn basic_credentials_are_taken_too() {
    use base64::Engine as _;
    let bench = Bench::new();
    let basic =
        base64::prelude::BASE64_STANDARD.encode(format!("{CLIENT}:{}", SECRET.replace('~', "%7E")));
    let basic = format!("Basic {basic}");
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("authorization", basic.as_str()),
    ];
    let form = format!("grant_type=client_credentials&scope={PARTNER}");
    let seen = bench.send(
        "POST",
        &format!("/login/{HOME}/oauth2/v2.0/token"),
        &headers,
        form.into(),
    );
    assert_eq!(seen.status, 200, "{}", seen.json);
}
