//! Calls of whatever an id names. Types with routes of their own are found first; here come HEAD,
//! and what names no type or nothing at all.

use crate::sandbox::arm::id::Place;
use crate::sandbox::arm::{calls, kind, shape};
use crate::sandbox::render::unserved;
use crate::sandbox::reply::Reply;
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

/// Calls what the path names, if it is a resource. Anything else is broken, of another verb, or
/// perhaps documented and not served.
fn any(request: &Request, tx: &mut Tx<'_>, handler: Handler) -> Outcome {
    match Place::parse(&request.path) {
        Some(Place::One(id)) if id.kind().is_some() => return handler(request, tx),
        // Namespaces that there are may have lists that this sandbox does not.
        Some(Place::Many(list)) => match kind::of(&list.kind) {
            Err(refusal) if refusal.code == "InvalidResourceNamespace" => return Err(refusal),
            _ => {}
        },
        _ => {}
    }
    match shape::astray(&request.path) {
        Some(route) => (route.handler)(request, tx),
        None => Ok(unserved(Service::Arm, &request.verb, &request.path)),
    }
}
