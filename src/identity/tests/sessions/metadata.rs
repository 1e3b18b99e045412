//! What a service says about itself decides where requests go and what they ask for.

use super::*;

#[test]
fn addresses_of_another_origin_get_no_secret() {
    let service = Service::new(|_, _| {
        json(
            200,
            r#"{"issuer":"i","token_endpoint":"https://evil.example/token"}"#,
        )
    });
    let stage = stage(&service, |_| {});
    let error = stage
        .sign_in(Way::Device, None, &nobody())
        .expect_err("foreign");
    assert_eq!(error.code(), Code::HttpForeignLink);
    assert_eq!(service.received().len(), 1);
}

#[test]
fn a_service_that_lists_scopes_is_asked_for_all_of_ours_and_for_consent() {
    let (nonce, asked) = (Nonce::default(), Arc::new(Mutex::new(None::<Url>)));
    let known = Arc::clone(&nonce);
    let service = Service::new(move |_, request| {
        if is_token(request) {
            return tokens(Some(&known.lock().expect("no panic")), &Value::Null);
        }
        let listed = [
            "openid",
            "https://api.partnercenter.microsoft.com/.default",
            "https://graph.microsoft.com/.default",
            "https://other.example/.default",
        ];
        json(200, &value!({ "scopes_supported": listed }).to_string())
    });
    let stage = stage(&service, |_| {});
    let (seen, obedient) = (Arc::clone(&asked), obedient(&nonce));
    let person = person(move |url| {
        *seen.lock().expect("no panic") = Some(url.clone());
        obedient.visit(url.as_str());
    });
    stage
        .sign_in(Way::Browser, None, &person)
        .expect("signed in");
    let url = asked.lock().expect("no panic").clone().expect("an address");
    assert_eq!(
        query(&url, "scope"),
        "https://graph.microsoft.com/.default https://api.partnercenter.microsoft.com/.default \
         openid profile offline_access"
    );
    assert_eq!(query(&url, "prompt"), "consent");
}
