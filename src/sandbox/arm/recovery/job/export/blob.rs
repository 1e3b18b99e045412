//! The address of an export: a blob that is read without a token, by a signature that ends. Source:
//! recovery reference §5.5; how the signature is written is that of storage.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use ring::hmac;

use super::{file, seconds};
use crate::base::clock::Timestamp;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Auth, Outcome, Request, Route, Service};
use crate::sandbox::store::Tx;

/// The sandbox's own address: the service's blobs lie on hosts of storage.
pub(super) const ROUTE: Route = Route {
    service: Service::Arm,
    verb: "GET",
    template: "/asrexports/{job}/{file}",
    auth: Auth::Open,
    handler: read,
};

/// Version of the signature's form.
const VERSION: &str = "2015-04-05";

/// Returns the address of a file.
pub(super) fn address(origin: &str, job: &str, file: &str) -> String {
    format!("{origin}/arm/asrexports/{job}/{file}")
}

/// Signs the address of a file.
pub(super) fn sign(secret: &str, job: &str, file: &str, expires: Timestamp) -> String {
    let text = ["r", "b", &seconds(expires), job, file, VERSION].join("\n");
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    BASE64.encode(hmac::sign(&key, text.as_bytes()))
}

/// Returns what is to follow the address.
pub(super) fn token(signature: &str, expires: Timestamp) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("sv", VERSION);
    query.append_pair("sr", "b");
    query.append_pair("sp", "r");
    query.append_pair("se", &seconds(expires));
    query.append_pair("sig", signature);
    query.finish()
}

fn read(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let found = tx.recovery.exports.get(request.param("job"));
    let found = found.filter(|export| export.file == request.param("file"));
    let Some(export) = found else {
        return Ok(error(
            404,
            "BlobNotFound",
            "The specified blob does not exist.",
        ));
    };
    let is = |name: &str, wanted: &str| request.query(name) == Some(wanted);
    let is_signed = is("sig", &export.signature) && is("se", &seconds(export.expires));
    if !is_signed || tx.now() >= export.expires {
        let text = if is_signed {
            "Server failed to authenticate the request. Signed expiry time is over."
        } else {
            "Server failed to authenticate the request. Make sure the value of the signature is formed correctly."
        };
        return Ok(error(403, "AuthenticationFailed", text));
    }
    let kind = match export.file.as_str() {
        file::JSON => "application/json",
        _ => "application/xml",
    };
    Ok(Reply::bytes(kind, export.content.clone()))
}

/// Answers as storage does, which is no provider of Azure Resource Manager.
fn error(status: u16, code: &str, text: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{text}</Message></Error>"
    );
    Reply {
        status,
        ..Reply::bytes("application/xml", body)
    }
}
