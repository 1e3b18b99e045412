//! Calls of whatever an id names. Types with routes of their own are found first; here come HEAD,
//! and what names no type or nothing at all.

use http::Method;

use crate::sandbox::arm::id::{Collection, Id, Place};
use crate::sandbox::arm::{access, calls, kind, page, providers, shape};
use crate::sandbox::render::unserved;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Handler, Outcome, Request, Route, Service};
use crate::sandbox::store::Tx;

const ANY: &str = "/{*id}";

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", ANY, |request, tx| any(request, tx, calls::get)),
    Route::arm("HEAD", ANY, |request, tx| any(request, tx, exists)),
    Route::arm("PUT", ANY, |request, tx| any(request, tx, calls::put)),
    Route::arm("PATCH", ANY, |request, tx| any(request, tx, calls::patch)),
    Route::arm("DELETE", ANY, |request, tx| any(request, tx, calls::delete)),
];

/// Answers 204 when there is such a resource.
fn exists(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    calls::get(request, tx).map(|_| Reply::empty(204))
}

/// Refuses a change of a type that is not served, where its provider is not even registered: that
/// comes first.
fn usable(request: &Request, tx: &Tx<'_>, id: &Id) -> Result<(), Refusal> {
    let kind = id.kind().unwrap_or_default();
    if matches!(request.verb, Method::GET | Method::HEAD) || kind::known(&kind) {
        return Ok(());
    }
    let verb = if request.verb == Method::DELETE {
        "delete"
    } else {
        "write"
    };
    access::pass(request, tx, id, &format!("{kind}/{verb}")).map(drop)
}

/// Tells whether a list is of a provider that the subscription has not registered: it has nothing.
fn is_unused(tx: &Tx<'_>, list: &Collection) -> bool {
    let namespace = list.kind.split('/').next().unwrap_or_default();
    let subscription = list.scope.subscription.as_deref();
    subscription.is_some_and(|id| providers::registered(tx, id, namespace).is_err())
}

/// Calls what the path names, if it is a resource. Anything else is broken, of another verb, or
/// perhaps documented and not served.
fn any(request: &Request, tx: &mut Tx<'_>, handler: Handler) -> Outcome {
    match Place::parse(&request.path) {
        Some(Place::One(id)) if id.kind().is_some() => {
            usable(request, tx, &id)?;
            return handler(request, tx);
        }
        // Namespaces that there are may have lists that this sandbox does not.
        Some(Place::Many(list)) => match kind::of(&list.kind) {
            Err(refusal) if refusal.code == "InvalidResourceNamespace" => return Err(refusal),
            Err(_) if request.verb == Method::GET && is_unused(tx, &list) => {
                access::pass(request, tx, &list.scope, &format!("{}/read", list.kind))?;
                return page::list(request, Vec::new());
            }
            _ => {}
        },
        _ => {}
    }
    match shape::astray(&request.path) {
        Some(route) => (route.handler)(request, tx),
        None => Ok(unserved(Service::Arm, &request.verb, &request.path)),
    }
}
