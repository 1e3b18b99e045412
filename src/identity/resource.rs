//! Which resource (App ID URI) a service's tokens are for: the one of the cloud that its address
//! belongs to, and the public cloud's behind an address of one's own. Source: Microsoft identity
//! platform, "National clouds"; Partner Center, "Partner Center for 21Vianet".

use crate::api::ServiceName;
use crate::config::Endpoints;

/// Hosts whose resource is their own address, beside those of the public cloud.
const NATIONAL: [&str; 6] = [
    "https://graph.microsoft.us",
    "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn",
    "https://management.usgovcloudapi.net",
    "https://management.chinacloudapi.cn",
    "https://partner.partnercenterapi.microsoftonline.cn",
];

/// Returns the resource of a service at these addresses.
pub(crate) fn of(endpoints: &Endpoints, service: ServiceName) -> &'static str {
    let host = endpoints.of(service).host_str().unwrap_or_default();
    NATIONAL
        .into_iter()
        .find(|resource| resource.strip_prefix("https://") == Some(host))
        .unwrap_or_else(|| service.resource())
}

#[cfg(test)]
mod tests {
    use super::*;

    use ServiceName::{Arm, Graph, Partner, Recovery};

    #[test]
    fn a_national_cloud_has_resources_of_its_own() {
        let check = |service, address: &str, expected: &str| {
            let url: url::Url = address.parse().expect("a URL");
            let endpoints = Endpoints {
                login: url.clone(),
                partner: url.clone(),
                graph: url.clone(),
                arm: url,
            };
            assert_eq!(of(&endpoints, service), expected, "{address}");
        };
        check(
            Graph,
            "https://graph.microsoft.us/",
            "https://graph.microsoft.us",
        );
        check(
            Recovery,
            "https://management.chinacloudapi.cn",
            "https://management.chinacloudapi.cn",
        );
        check(
            Partner,
            "https://partner.partnercenterapi.microsoftonline.cn",
            "https://partner.partnercenterapi.microsoftonline.cn",
        );
        check(
            Arm,
            "http://127.0.0.1:8080/arm",
            "https://management.azure.com",
        );
        check(
            Graph,
            "https://graph.microsoft.com",
            "https://graph.microsoft.com",
        );
    }
}
