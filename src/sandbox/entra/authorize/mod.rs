//! The authorize endpoints: what an application asks for, the page where its user signs in and
//! consents, and the answer that goes back. Source: identity reference §6, §12, §18.

mod answer;
mod ask;
mod redirect;

use ask::{Ask, Stop};

use super::aadsts::{Aadsts, Trace};
use super::access::{self, Flow};
use super::consent::{Grants, grant_to_user, missing};
use super::form::{Form, Version};
use super::page::{self, SignInPage};
use super::reach::reachable;
use super::scope::of_asked;
use super::sign_in::Login;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{App, Asked, Signed, Staff, Tx};

pub(super) use redirect::is_registered;

pub(super) const ROUTES: &[Route] = &[
    Route::login("GET", "/{tenant}/oauth2/authorize", v1),
    Route::login("POST", "/{tenant}/oauth2/authorize", v1),
    Route::login("GET", "/{tenant}/oauth2/v2.0/authorize", v2),
    Route::login("POST", "/{tenant}/oauth2/v2.0/authorize", v2),
];

fn v1(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    Ok(authorize(request, tx, Version::V1))
}

fn v2(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    Ok(authorize(request, tx, Version::V2))
}

fn authorize(request: &Request, tx: &mut Tx<'_>, version: Version) -> Reply {
    let form = Form::read(request);
    let login = Login::read(&form);
    // The page's own form has the request in its address; an application may post the request.
    let mut fields = request.query.clone();
    if login.is_none() {
        fields.extend_from_slice(form.fields());
    }
    let outcome = Ask::read(request, tx, version, fields).and_then(|ask| match &login {
        None => Ok(show(request, &ask, None)),
        Some(login) => submit(request, tx, &ask, login),
    });
    match outcome {
        Ok(reply) => reply,
        Err(Stop::Page(refusal)) => {
            let trace = Trace::of(request, tx);
            page::message(
                400,
                "Sorry, but we're having trouble signing you in",
                &refusal.description(&trace),
            )
        }
        Err(Stop::Back(told)) => {
            let (back, refusal) = *told;
            let trace = Trace::of(request, tx);
            back.refuse(&refusal, &trace)
        }
    }
}

/// Shows the page where the user signs in.
fn show(request: &Request, ask: &Ask, problem: Option<(&Login, &Aadsts)>) -> Reply {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&ask.fields)
        .finish();
    let hint = ask.login_hint.as_deref().unwrap_or_default();
    SignInPage {
        action: &format!("/login{}?{query}", request.path),
        app: &ask.app.name,
        username: problem.map_or(hint, |(login, _)| login.username()),
        user_code: None,
        permissions: &permissions(&ask.resources),
        problem: problem.map(|(_, refusal)| refusal),
    }
    .reply()
}

/// Returns what is asked for as people read it.
pub(super) fn permissions(resources: &[(&'static str, Vec<String>)]) -> Vec<String> {
    let line = |(resource, permissions): &(&'static str, Vec<String>)| match permissions.as_slice()
    {
        [] => format!("{resource}: everything that its registration lists"),
        named => format!("{resource}: {}", named.join(", ")),
    };
    resources.iter().map(line).collect()
}

/// Signs the user in and answers the application.
fn submit(request: &Request, tx: &mut Tx<'_>, ask: &Ask, login: &Login) -> Result<Reply, Stop> {
    if !login.accepts {
        return Err(ask.back(Aadsts::of(65_004)));
    }
    let (user, signed) = match login.check(
        tx,
        ask.asked.tenant.as_deref(),
        (&ask.app.id, &ask.app.name),
    ) {
        Ok(known) => known,
        Err(refusal) => return Ok(show(request, ask, Some((login, &refusal)))),
    };
    let wish = Wish {
        asked: &ask.asked,
        resources: &ask.resources,
    };
    match admit(tx, &ask.app, &user, &signed, &wish, Flow::Usual) {
        Ok(()) => Ok(answer::code(tx, ask, &user, signed)),
        // These are for the user to mend, who stays on the page.
        Err(refusal) if [50_020, 50_076, 50_079, 90_099].contains(&refusal.code) => {
            Ok(show(request, ask, Some((login, &refusal))))
        }
        Err(refusal) => Err(ask.back(refusal)),
    }
}

/// What a sign-in asks for, whichever way it goes.
pub(super) struct Wish<'a> {
    pub(super) asked: &'a Asked,
    /// The same by resource, each with its named permissions.
    pub(super) resources: &'a [(&'static str, Vec<String>)],
}

/// Lets a user in who has signed in: conditional access, the tenant, and consent.
pub(super) fn admit(
    tx: &mut Tx<'_>,
    app: &App,
    user: &Staff,
    signed: &Signed,
    wish: &Wish<'_>,
    flow: Flow,
) -> Result<(), Aadsts> {
    access::admit(tx, signed, flow)?;
    if signed.tenant != user.tenant {
        // Nobody consents in somebody else's tenant: what is there has to do.
        let wanted = of_asked(wish.asked)?;
        return reachable(tx, app, user, &signed.tenant, &wanted).map(drop);
    }
    let missing: Grants = missing(tx, app, user, wish.resources)?;
    if missing.is_empty() {
        Ok(())
    } else {
        grant_to_user(tx, app, user, &missing)
    }
}
