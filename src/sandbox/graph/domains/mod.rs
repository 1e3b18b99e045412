//! The domains of a tenant: listed, added, verified by a DNS record, changed, removed.
//! Source: graph reference §11, §15.9.

mod records;
mod removal;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::access::{Rule, admit, missing};
use super::body::{self, Body, bad};
use super::odata::{Kind, created, entity, listed, only};
use crate::sandbox::entra::domains::{self, Known};
use crate::sandbox::entra::roles::{DOMAIN_NAME_ADMINISTRATOR, GLOBAL_READER};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/domains", list),
    Route::graph("POST", "/v1.0/domains", create),
    Route::graph("GET", "/v1.0/domains/{domain}", get),
    Route::graph("PATCH", "/v1.0/domains/{domain}", update),
    Route::graph("DELETE", "/v1.0/domains/{domain}", removal::delete),
    Route::graph("POST", "/v1.0/domains/{domain}/verify", verify),
    Route::graph("POST", "/v1.0/domains/{domain}/promote", promote),
    Route::graph(
        "POST",
        "/v1.0/domains/{domain}/forceDelete",
        removal::by_force,
    ),
    Route::graph(
        "GET",
        "/v1.0/domains/{domain}/verificationDnsRecords",
        records::verification,
    ),
    Route::graph(
        "GET",
        "/v1.0/domains/{domain}/serviceConfigurationRecords",
        records::services,
    ),
    Route::graph(
        "GET",
        "/v1.0/domains/{domain}/domainNameReferences",
        removal::references,
    ),
];

const READ: Rule = Rule {
    scopes: &[
        "Domain.Read.All",
        "Domain.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &[
        "Domain.Read.All",
        "Domain.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    roles: &[DOMAIN_NAME_ADMINISTRATOR, GLOBAL_READER],
    members: false,
};

const WRITE: Rule = Rule {
    scopes: &["Domain.ReadWrite.All", "Directory.AccessAsUser.All"],
    apps: &["Domain.ReadWrite.All"],
    roles: &[DOMAIN_NAME_ADMINISTRATOR],
    members: false,
};

const DOMAIN: Kind = Kind {
    name: "Domain",
    most: 0,
    ..Kind::PLAIN
};

/// Finds the domain of a path.
fn find(request: &Request, tx: &Tx<'_>, tenant: &str) -> Result<Known, Refusal> {
    let name = request.param("domain");
    domains::find(tx, tenant, name).ok_or_else(|| missing(name))
}

fn shown(known: &Known) -> Value {
    let state = known.domain.leaving.map(|since| {
        json!({ "status": "InProgress", "operation": "ForceDelete", "lastActionDateTime": since })
    });
    json!({
        "id": known.domain.name,
        "authenticationType": "Managed",
        "availabilityStatus": null,
        "isAdminManaged": true,
        "isDefault": known.domain.default,
        "isInitial": known.initial,
        "isRoot": known.root,
        "isVerified": known.verified,
        "supportedServices": known.domain.services,
        "passwordValidityPeriodInDays": null,
        "passwordNotificationWindowInDays": null,
        "state": state,
        "manufacturer": null,
        "model": null,
    })
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let rows = domains::of(tx, &caller.tenant);
    listed(request, &DOMAIN, "domains", rows.iter().map(shown))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let known = find(request, tx, &caller.tenant)?;
    entity(request, &DOMAIN, "domains/$entity", shown(&known))
}

fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    only(request, &[])?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["@odata.type", "id"])?;
    let name = body.need_text("id")?.to_lowercase();
    if !is_name(&name) {
        let text = format!(
            "Invalid value specified for property 'id' of resource 'Domain': '{name}' is no domain name."
        );
        return Err(bad(text));
    }
    if domains::find(tx, &tenant, &name).is_some() {
        let text = "Another object with the same value for property id already exists.";
        return Err(bad(text));
    }
    domains::add(tx, &tenant, &name);
    let known = domains::find(tx, &tenant, &name).ok_or_else(|| missing(&name))?;
    let path = format!("domains/{name}");
    created(request, &DOMAIN, "domains/$entity", shown(&known), &path)
}

/// Tells whether a text is a name of two labels or more.
fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let ends = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len()) && label.bytes().all(plain) && !ends
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(is_label)
}

fn verify(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    only(request, &[])?;
    let known = find(request, tx, &tenant)?;
    let name = known.domain.name;
    if known.verified {
        return Err(bad("Domain is already verified."));
    }
    if domains::owner(tx, &name).is_some() {
        return Err(unverified("the domain is verified in another tenant"));
    }
    if !tx.policy.published.has(&name) {
        let record = domains::proof(&tenant, &name);
        let text = format!("no DNS record of the domain holds 'MS={record}'");
        return Err(unverified(&text));
    }
    domains::verify(tx, &tenant, &name);
    let known = find(request, tx, &tenant)?;
    entity(request, &DOMAIN, "domains/$entity", shown(&known))
}

fn unverified(why: &str) -> Refusal {
    bad(format!(
        "Domain verification failed with the following error: {why}."
    ))
}

fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    only(request, &[])?;
    let known = find(request, tx, &tenant)?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["@odata.type", "isDefault", "supportedServices"])?;
    let services = body.texts("supportedServices")?;
    let unknown = services
        .iter()
        .flatten()
        .find(|service| !SERVICES.contains(service));
    if let Some(service) = unknown {
        let text = format!(
            "Invalid value specified for property 'supportedServices' of resource 'Domain': '{service}'."
        );
        return Err(bad(text));
    }
    let name = known.domain.name;
    if !known.verified {
        return Err(bad(format!("The domain '{name}' is not verified.")));
    }
    match body.flag("isDefault")? {
        Some(true) => domains::make_default(tx, &tenant, &name),
        Some(false) if known.domain.default => {
            let text = "A default domain stays so until another one becomes the default.";
            return Err(bad(text));
        }
        Some(false) | None => {}
    }
    if let (Some(services), Some(row)) = (services, domains::edit(tx, &tenant, &name)) {
        row.services = services.into_iter().map(str::to_owned).collect();
    }
    Ok(Reply::empty(204))
}

/// What a domain can be used for.
const SERVICES: [&str; 10] = [
    "Email",
    "Sharepoint",
    "EmailInternalRelayOnly",
    "OfficeCommunicationsOnline",
    "SharePointDefaultDomain",
    "FullRedelegation",
    "SharePointPublic",
    "OrgIdAuthentication",
    "Yammer",
    "Intune",
];

/// Makes a subdomain a root of its own. That the answer is `true` is unconfirmed.
fn promote(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &WRITE)?.tenant.clone();
    only(request, &[])?;
    let known = find(request, tx, &tenant)?;
    let name = known.domain.name;
    if known.root || !known.verified {
        let text = format!("The domain '{name}' is not a verified subdomain.");
        return Err(bad(text));
    }
    if let Some(row) = domains::edit(tx, &tenant, &name) {
        row.promoted = true;
    }
    Ok(Reply::ok(json!({
        "@odata.context": super::odata::context(request, "Edm.Boolean"),
        "value": true,
    })))
}
