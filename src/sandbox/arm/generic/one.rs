//! Calls of whatever an id names. Types with routes of their own are found first; here come HEAD,
//! and what names no type or nothing at all.

use crate::sandbox::arm::calls;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

const ANY: &str = "/{*id}";

pub(super) const ROUTES: &[Route] = &[
    Route::arm("GET", ANY, calls::get),
    Route::arm("HEAD", ANY, exists),
    Route::arm("PUT", ANY, calls::put),
    Route::arm("PATCH", ANY, calls::patch),
    Route::arm("DELETE", ANY, calls::delete),
];

/// Answers 204 when there is such a resource.
fn exists(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    calls::get(request, tx).map(|_| Reply::empty(204))
}
