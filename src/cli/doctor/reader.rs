//! Reads of the services for people who look after an identity: any path, as either principal, with
//! whatever comes back as plain JSON.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use crate::api::model::{Auth, Effect, Idempotency, Paging, Verb};
use crate::api::{Principal, ServiceName};
use crate::error::Error;
use crate::http::{Call, Claims, Client, Response, StepKey, Tenant};

/// Reads the services.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Reader(pub(in crate::cli) Arc<Client>);

impl Reader {
    /// Returns what the token says about itself with which a service would be read.
    pub(in crate::cli) fn claims(
        &self,
        service: ServiceName,
        tenant: &Tenant,
        principal: Principal,
    ) -> Result<Claims, Error> {
        self.0.claims(&call(service, tenant, principal, "/"))
    }

    /// Reads a path, with headers beside the usual ones.
    pub(super) fn get(
        &self,
        service: ServiceName,
        tenant: &Tenant,
        principal: Principal,
        target: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Response, Error> {
        let headers = headers.iter();
        let headers = headers.map(|(name, value)| (Cow::Borrowed(*name), (*value).to_owned()));
        self.0.call(&Call {
            headers: headers.collect(),
            ..call(service, tenant, principal, target)
        })
    }

    /// Reads all items of a list.
    pub(super) fn list(
        &self,
        service: ServiceName,
        tenant: &Tenant,
        principal: Principal,
        target: &str,
    ) -> Result<Vec<Value>, Error> {
        let call = call(service, tenant, principal, target);
        let mut pages = self.0.pages(call, Paging::Link);
        let mut items = Vec::new();
        while let Some(page) = pages.next_page()? {
            let texts = page.items.iter();
            let texts = texts.map(|at| &page.body[at.start as usize..at.end as usize]);
            items.extend(texts.filter_map(|text| serde_json::from_slice(text).ok()));
        }
        Ok(items)
    }
}

fn call(service: ServiceName, tenant: &Tenant, principal: Principal, target: &str) -> Call {
    Call {
        service,
        operation: Cow::Owned(format!("{}::get", service.as_str())),
        verb: Verb::Get,
        target: target.to_owned(),
        headers: Vec::new(),
        body: None,
        effect: Effect::Read,
        idempotency: Idempotency::Idempotent,
        auth: Auth::Either,
        principal: Some(principal),
        tenant: tenant.clone(),
        about: None,
        absent_is_answer: false,
        step: StepKey(String::new()),
    }
}
