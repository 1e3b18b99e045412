//! Azure's clouds and what is left of its limits. Source: Azure CLI, `cloud list`; the metadata
//! document of a cloud; Azure Resource Manager, "Understand how Azure Resource Manager throttles
//! requests".

use std::sync::Arc;

use rhai::{Array, Dynamic};
use url::Url;

use super::map;
use crate::api::ServiceName;
use crate::api::model::Ty;
use crate::error::{Code, Error};
use crate::script::date::Date;
use crate::script::decode;
use crate::script::error::{argument, describe};
use crate::script::host::Host;
use crate::script::record::{Origin, Secrets};

/// A cloud: its name, the addresses of management, sign-in, Microsoft Graph and portal, the audience
/// of management's tokens, and the ends of the names of storage, SQL servers and vaults.
type Cloud = [&'static str; 9];

const NAMES: Cloud = [
    "name", "arm", "audience", "login", "graph", "portal", "storage", "sql", "vault",
];

const CLOUDS: [Cloud; 4] = [
    [
        "AzureCloud",
        "https://management.azure.com",
        "https://management.core.windows.net/",
        "https://login.microsoftonline.com",
        "https://graph.microsoft.com",
        "https://portal.azure.com",
        "core.windows.net",
        ".database.windows.net",
        ".vault.azure.net",
    ],
    [
        "AzureUSGovernment",
        "https://management.usgovcloudapi.net",
        "https://management.core.usgovcloudapi.net/",
        "https://login.microsoftonline.us",
        "https://graph.microsoft.us",
        "https://portal.azure.us",
        "core.usgovcloudapi.net",
        ".database.usgovcloudapi.net",
        ".vault.usgovcloudapi.net",
    ],
    [
        "AzureChinaCloud",
        "https://management.chinacloudapi.cn",
        "https://management.core.chinacloudapi.cn/",
        "https://login.chinacloudapi.cn",
        "https://microsoftgraph.chinacloudapi.cn",
        "https://portal.azure.cn",
        "core.chinacloudapi.cn",
        ".database.chinacloudapi.cn",
        ".vault.azure.cn",
    ],
    [
        "AzureBleuCloud",
        "https://management.sovcloud-api.fr",
        "https://management.sovcloud-api.fr/",
        "https://login.sovcloud-identity.fr",
        "https://graph.svc.sovcloud.fr",
        "https://portal.sovcloud-azure.fr",
        "",
        "",
        "",
    ],
];

/// `clouds()`.
pub(super) fn clouds() -> Dynamic {
    let one = |cloud: &Cloud| -> Dynamic {
        let known = |text: &&'static str| !text.is_empty();
        let value = |text: &'static str| Some(text).filter(known).map_or(Dynamic::UNIT, Into::into);
        let entries = NAMES.iter().zip(cloud);
        let entries = entries.map(|(name, text)| ((*name).into(), value(text)));
        entries.collect::<rhai::Map>().into()
    };
    CLOUDS.iter().map(one).collect::<Array>().into()
}

/// `cloud_metadata([url])`: nothing is signed in for it, and no token leaves.
pub(super) fn metadata(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let root = match args.first() {
        Some(given) => address(given)?,
        None => host.settings.door.root(ServiceName::Arm)?,
    };
    let mut url = root.clone();
    let path = root.path().trim_end_matches('/');
    url.set_path(&format!("{path}/metadata/endpoints"));
    url.set_query(Some("api-version=2019-05-01"));
    let response = host.settings.door.look(ServiceName::Arm, url.clone())?;
    if !response.status.is_success() {
        let status = response.status;
        return Err(argument(format!(
            "{url} answered {status}: no cloud tells of itself there"
        )));
    }
    let service = crate::api::service("arm")
        .ok_or_else(|| Error::new(Code::Internal, "there is no description of Azure"))?;
    let origin = Origin {
        service,
        operation: "cloud_metadata",
        keys: Vec::new(),
        tenant: None,
        asked: None,
        secrets: Secrets::of(service, Ty(u16::MAX)),
    };
    decode::body(&response.body, Ty(u16::MAX), &Arc::new(origin))
}

fn address(given: &Dynamic) -> Result<Url, Error> {
    let wrong = || {
        argument(format!(
            "`url` must be the address of a cloud's management, not {}",
            describe(given)
        ))
        .help("give one such as \"https://management.azure.com\"")
    };
    let text = given.as_immutable_string_ref().map_err(|_| wrong())?;
    let url = Url::parse(&text).map_err(|_| wrong())?;
    if matches!(url.scheme(), "https" | "http") && url.has_host() {
        return Ok(url);
    }
    Err(wrong())
}

/// `rate_limits()`.
pub(super) fn rate_limits(host: &Host) -> Dynamic {
    let all = host.settings.door.allowances().into_iter();
    let one = |told: crate::http::Allowance| -> Dynamic {
        let left = told.left.parse::<i64>();
        map([
            ("tenant", told.tenant.as_ref().into()),
            (
                "subscription",
                told.subscription.map_or(Dynamic::UNIT, Into::into),
            ),
            ("limit", told.limit.into()),
            (
                "left",
                left.map_or_else(|_| told.left.clone().into(), Into::into),
            ),
            ("seen", Dynamic::from(Date::new(told.seen))),
        ])
        .into()
    };
    all.map(one).collect::<Array>().into()
}
