//! The applications of a fresh directory: a web application with every kind of credential, a public
//! one, one without any consent, and a managed identity.

use std::time::Duration;

use super::{CLIENT, CONSENTED, EXPIRED_SECRET, HOME, SECRET, SECRET_ID};
use crate::base::clock::{Timestamp, later};
use crate::sandbox::entra::client::of_pem;
use crate::sandbox::entra::scope::{ARM, GRAPH};
use crate::sandbox::store::{
    App, AppCertificate, AppSecret, Consent, FederatedCredential, PrincipalSettings, Redirect,
    RedirectKind, Tx, key,
};

/// Certificate and key (PKCS#8) of the web application, valid from 2020 to 2046.
pub(crate) const CERTIFICATE: &str = include_str!("../files/client.pem");
/// The same in PKCS#12, with the password `sandbox`.
pub(crate) const CERTIFICATE_PFX: &[u8] = include_bytes!("../files/client.pfx");
/// A certificate of the web application that ended in 2021, with its key.
pub(crate) const EXPIRED_CERTIFICATE: &str = include_str!("../files/expired_client.pem");

/// A public client: device and loopback sign-ins, no credential.
pub(crate) const PUBLIC_CLIENT: &str = "7d1e4b2a-9c30-4f58-8a6b-1e2d3c4b5a69";
/// A confidential client that nobody has consented to.
pub(crate) const UNCONSENTED_CLIENT: &str = "c4a8e2f6-1b7d-4930-9e5c-8f6a7b0d2c13";
/// Its secret.
pub(crate) const UNCONSENTED_SECRET: &str = "sandbox~unconsented~secret";
/// The managed identity of the machine that the sandbox stands for.
pub(crate) const MANAGED_IDENTITY: &str = "5b8e1f70-3d2c-4a96-b4e7-0c9d8a7f6e52";
/// Object ids of the service principals.
const PRINCIPALS: [&str; 4] = [
    "6a1c7b62-000a-4000-8000-000000000001",
    "fab71ca0-000a-4000-8000-000000000001",
    "6a1c7b62-000a-4000-8000-000000000002",
    "6a1c7b62-000a-4000-8000-000000000003",
];

/// The issuer of tokens for GitHub's workflows.
pub(crate) const GITHUB_ISSUER: &str = "https://token.actions.githubusercontent.com";
/// The workflow that the sandbox stands for.
pub(crate) const GITHUB_SUBJECT: &str = "repo:contoso/tenantry:ref:refs/heads/main";
/// The workload that the sandbox stands for.
pub(crate) const WORKLOAD_SUBJECT: &str = "system:serviceaccount:ops:tenantry";
/// The audience of tokens that are exchanged.
pub(crate) const TOKEN_EXCHANGE: &str = "api://AzureADTokenExchange";
/// With what a workflow asks GitHub for its token.
pub(crate) const REQUEST_TOKEN: &str = "sandbox-github-request-token";
/// With what a web application asks for the token of its managed identity.
pub(crate) const IDENTITY_HEADER: &str = "sandbox-identity-header";

/// A customer where the public client is consented too.
const FABRIKAM: &str = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b";

/// Registers the applications, and consents to those that are consented in the partner's tenant.
pub(super) fn seed(tx: &mut Tx<'_>) {
    let now = tx.now();
    for app in [web(now), public(), unconsented(now), managed_identity()] {
        let id = app.id.clone();
        tx.entra.apps.put(&id, app);
    }
    let all = grants(&CONSENTED);
    let read = grants(&[(GRAPH, &["Directory.Read.All"])]);
    let none = Vec::new;
    for (tenant, app, principal, scopes, roles) in [
        (HOME, PUBLIC_CLIENT, PRINCIPALS[0], all.clone(), none()),
        (FABRIKAM, PUBLIC_CLIENT, PRINCIPALS[1], all, none()),
        (HOME, UNCONSENTED_CLIENT, PRINCIPALS[2], none(), none()),
        (HOME, MANAGED_IDENTITY, PRINCIPALS[3], none(), read),
    ] {
        let consent = Consent {
            principal: principal.to_owned(),
            scopes,
            roles,
            set: PrincipalSettings::default(),
            created: None,
        };
        tx.entra.consents.put(&key(&[tenant, app]), consent);
    }
}

type Grants = Vec<(String, Vec<String>)>;

fn grants(grants: &[(&str, &[&str])]) -> Grants {
    let owned = |(resource, permissions): &(&str, &[&str])| {
        let permissions = permissions.iter().map(|one| (*one).to_owned()).collect();
        ((*resource).to_owned(), permissions)
    };
    grants.iter().map(owned).collect()
}

/// An application without anything.
fn app(id: &str, name: &str) -> App {
    App {
        id: id.to_owned(),
        name: name.to_owned(),
        tenant: HOME.to_owned(),
        multi_tenant: true,
        public: false,
        disabled: false,
        redirects: Vec::new(),
        secrets: Vec::new(),
        certificates: Vec::new(),
        federated: Vec::new(),
        requires: grants(&CONSENTED),
        requires_roles: grants(&[(GRAPH, &["Directory.Read.All"])]),
        owners: Vec::new(),
        created: None,
        more: serde_json::Map::new(),
    }
}

fn web(now: Timestamp) -> App {
    let certificates = [CERTIFICATE, EXPIRED_CERTIFICATE].into_iter();
    App {
        redirects: vec![redirect(RedirectKind::Web, "http://localhost")],
        secrets: vec![
            secret(SECRET_ID, SECRET, in_years(now, 20)),
            secret(
                "d0a95c3e-41b7-4c08-b6f2-7e1d3a5c9b84",
                EXPIRED_SECRET,
                Timestamp::UNIX_EPOCH,
            ),
        ],
        certificates: certificates
            .filter_map(|pem| {
                Some(AppCertificate {
                    der: of_pem(pem)?,
                    name: None,
                })
            })
            .collect(),
        federated: vec![
            federated("github", GITHUB_ISSUER, GITHUB_SUBJECT),
            federated("workload", "{origin}/workload", WORKLOAD_SUBJECT),
        ],
        ..app(CLIENT, "Tenantry")
    }
}

fn public() -> App {
    App {
        public: true,
        redirects: vec![redirect(RedirectKind::Public, "http://localhost")],
        ..app(PUBLIC_CLIENT, "Tenantry CLI")
    }
}

fn unconsented(now: Timestamp) -> App {
    let id = "a7d3b1c5-6e2f-4809-8b4d-3c9e0f1a2b56";
    App {
        redirects: vec![redirect(RedirectKind::Web, "http://localhost")],
        secrets: vec![secret(id, UNCONSENTED_SECRET, in_years(now, 20))],
        requires: grants(&[
            (GRAPH, &["User.Read", "Directory.Read.All"]),
            (ARM, &["user_impersonation"]),
        ]),
        ..app(UNCONSENTED_CLIENT, "Unconsented Reporter")
    }
}

fn managed_identity() -> App {
    App {
        multi_tenant: false,
        requires: Vec::new(),
        requires_roles: Vec::new(),
        ..app(MANAGED_IDENTITY, "tenantry-vm")
    }
}

fn in_years(now: Timestamp, years: u64) -> Timestamp {
    later(now, Duration::from_secs(years * 365 * 86_400))
}

fn secret(id: &str, value: &str, ends: Timestamp) -> AppSecret {
    AppSecret {
        id: id.to_owned(),
        value: value.to_owned(),
        ends,
        name: None,
        starts: None,
    }
}

fn redirect(kind: RedirectKind, uri: &str) -> Redirect {
    Redirect {
        kind,
        uri: uri.to_owned(),
    }
}

fn federated(name: &str, issuer: &str, subject: &str) -> FederatedCredential {
    FederatedCredential {
        name: name.to_owned(),
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        audience: TOKEN_EXCHANGE.to_owned(),
        description: None,
    }
}
