//! What stands around a sign-in: signing out, whose domain a name belongs to, and the answer about a
//! user that `OpenID` Connect asks for. Source: identity reference §1.

use serde_json::json;

use super::authorize::is_registered;
use super::directory::tenant;
use super::page;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Auth, Outcome, Request, Route, Service};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[
    Route::login("GET", "/{tenant}/oauth2/logout", logout),
    Route::login("POST", "/{tenant}/oauth2/logout", logout),
    Route::login("GET", "/{tenant}/oauth2/v2.0/logout", logout),
    Route::login("POST", "/{tenant}/oauth2/v2.0/logout", logout),
    Route::login("GET", "/common/userrealm/{upn}", realm),
    Route {
        service: Service::Graph,
        verb: "GET",
        template: "/oidc/userinfo",
        auth: Auth::User,
        handler: userinfo,
    },
];

/// Goes back to an address of an application, or says that there is nothing to close.
fn logout(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let back = request
        .query("post_logout_redirect_uri")
        .unwrap_or_default();
    let mut apps = tx.entra.apps.iter();
    let known = apps.any(|(_, app)| is_registered(app, back).is_some());
    let Some(mut url) = url::Url::parse(back).ok().filter(|_| known) else {
        let text = "It's a good idea to close all browser windows.";
        return Ok(page::message(200, "You signed out of your account", text));
    };
    if let Some(state) = request.query("state") {
        url.query_pairs_mut().append_pair("state", state);
    }
    Ok(Reply::empty(302).header("location", url.as_str()))
}

/// Says who signs users of a name in: every domain of the sandbox is managed here.
fn realm(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let name = request.param("upn");
    let domain = name.rsplit_once('@').map_or("", |(_, domain)| domain);
    let mut answer = json!({
        "ver": "1.0",
        "account_type": "Unknown",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_audience_urn": "urn:federation:MicrosoftOnline",
    });
    if tenant(tx, domain).is_ok() {
        answer["account_type"] = "Managed".into();
        answer["domain_name"] = domain.into();
    }
    Ok(Reply::ok(answer))
}

/// Tells about the user of a token.
fn userinfo(request: &Request, _: &mut Tx<'_>) -> Outcome {
    let caller = request.caller()?;
    Ok(Reply::ok(json!({
        "sub": super::claims::pairwise(&[&caller.app, &caller.object, &caller.tenant]),
        "email": caller.upn,
    })))
}
