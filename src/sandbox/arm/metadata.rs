//! The document that describes the cloud to command line tools: its addresses, for everybody to read.
//! Source: arm reference §1.

use serde_json::json;

use super::access::version;
use crate::sandbox::entra::ARM;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::Tx;

/// Where it is, with and without the service's prefix.
pub(crate) const PATH: &str = "/metadata/endpoints";

pub(super) const ROUTES: &[Route] = &[Route {
    auth: Auth::Open,
    ..Route::arm("GET", PATH, get)
}];

fn get(request: &Request, _tx: &mut Tx<'_>) -> Outcome {
    version(request, &["2019-05-01"])?;
    let origin = &request.origin;
    Ok(Reply::ok(json!([{
        "name": "TenantrySandbox",
        "resourceManager": format!("{origin}/arm/"),
        "portal": format!("{origin}/portal"),
        "authentication": {
            "loginEndpoint": format!("{origin}/login/"),
            "audiences": ["https://management.core.windows.net/", format!("{ARM}/")],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "graphAudience": "https://graph.windows.net/",
        "microsoftGraphResourceId": "https://graph.microsoft.com/",
        "suffixes": {
            "storage": "core.sandbox.local",
            "keyVaultDns": "vault.sandbox.local",
            "sqlServerHostname": "database.sandbox.local",
        },
    }])))
}

#[cfg(test)]
mod tests {
    use crate::sandbox::testing::Bench;

    #[test]
    fn everybody_reads_the_addresses_of_the_cloud() {
        let bench = Bench::new();
        for path in ["/metadata/endpoints", "/arm/metadata/endpoints"] {
            let path = format!("{path}?api-version=2019-05-01");
            let seen = bench.send("GET", &path, &[], "".into());
            let cloud = &seen.json[0];
            assert_eq!(
                cloud["resourceManager"], "http://127.0.0.1:1/arm/",
                "{path}"
            );
            let audience = &cloud["authentication"]["audiences"][0];
            assert_eq!(audience, "https://management.core.windows.net/");
        }
        let identity = bench.send("GET", "/metadata/identity/oauth2/token", &[], "".into());
        assert_eq!(
            identity.status, 400,
            "that of managed identities stays where it was"
        );
    }
}
