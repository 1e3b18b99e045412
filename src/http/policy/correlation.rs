//! The ids that the services ask for. It stands above retry: all attempts of one call carry the same
//! ids, by which Partner Center recognises a repeated write.

use http::HeaderValue;
use http::header::{Entry, HeaderMap, HeaderName};

use crate::base::clock::BoxFuture;
use crate::base::random;
use crate::error::Error;
use crate::http::pipeline::{Next, Policy};
use crate::http::request::Request;
use crate::http::response::Response;

const MS_REQUEST_ID: HeaderName = HeaderName::from_static("ms-requestid");
const MS_CORRELATION_ID: HeaderName = HeaderName::from_static("ms-correlationid");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const ARM_CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");

/// Adds the ids that a service asks for; one that the caller gave stays.
#[derive(Debug)]
pub(crate) struct Correlation;

impl Policy for Correlation {
    fn send<'a>(
        &'a self,
        request: &'a mut Request,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, Error>> {
        identify(request);
        next.send(request)
    }
}

/// Adds the ids to a request that carries none.
pub(crate) fn identify(request: &mut Request) {
    match request.service {
        "partner" => {
            add(&mut request.headers, MS_REQUEST_ID);
            add(&mut request.headers, MS_CORRELATION_ID);
        }
        "graph" => add(&mut request.headers, CLIENT_REQUEST_ID),
        _ => add(&mut request.headers, ARM_CLIENT_REQUEST_ID),
    }
}

fn add(headers: &mut HeaderMap, name: HeaderName) {
    if let Entry::Vacant(place) = headers.entry(name) {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        let id = random::guid().hyphenated();
        let id = id.encode_lower(&mut text);
        place.insert(HeaderValue::from_str(id).expect("a GUID is ASCII"));
    }
}
