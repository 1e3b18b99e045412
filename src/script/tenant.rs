//! Whose directory a call is for: a record that names a tenant, a GUID, or a domain. Nothing else is
//! taken for one, and nothing is never "the partner".

use rhai::Dynamic;

use super::error::{a_record, describe};
use super::record::Record;
use crate::api::model::Service;
use crate::base::text::is_guid;
use crate::error::{Code, Error};

/// What may be given.
pub(super) const GIVE: &str = "give a Customer record, a GUID or a domain";

/// Where records name another tenant than the one they are of: service, record type, path.
const NAMES: [(&str, &str, &str); 7] = [
    ("partner", "Customer", "id"),
    ("graph", "Organization", "id"),
    ("graph", "Contract", "customerId"),
    ("graph", "DelegatedAdminCustomer", "tenantId"),
    ("graph", "DelegatedAdminRelationship", "customer.tenantId"),
    ("graph", "TenantInformation", "tenantId"),
    ("arm", "Tenant", "tenantId"),
];

/// Returns whether records of that type may name a tenant: by themselves, or by having one.
pub(super) fn may_name(service: &Service, schema: &str) -> bool {
    service.name != "partner" || place(service, schema).is_some()
}

fn place(service: &Service, schema: &str) -> Option<&'static str> {
    let mut all = NAMES.iter();
    let found = all.find(|(of, name, _)| *of == service.name && *name == schema);
    found.map(|(_, _, path)| *path)
}

/// Returns the tenant that a function of that name is given: its GUID, or a domain, in lower case.
pub(super) fn named(function: &str, value: &Dynamic) -> Result<String, Error> {
    if let Some(record) = value.read_lock::<Record>() {
        return of_record(&record);
    }
    match value.as_immutable_string_ref() {
        Ok(text) if text.trim().is_empty() => Err(missing(function, value)),
        Ok(text) if is_guid(&text) || text.contains('.') => Ok(text.to_lowercase()),
        Ok(text) => {
            let message = format!(
                "{function} cannot tell which tenant {:?} is: it is neither a GUID nor a domain",
                text.as_str()
            );
            Err(Error::new(Code::ScopeTenantUnknown, message).help(GIVE))
        }
        Err(_) if value.is_unit() => Err(missing(function, value)),
        Err(_) => {
            let message = format!("{function} needs a tenant, and got {}", describe(value));
            Err(Error::new(Code::ScopeWrongKind, message).help(GIVE))
        }
    }
}

fn of_record(record: &Record) -> Result<String, Error> {
    let kind = record.kind();
    let Some(path) = place(record.service(), kind) else {
        return record.origin().tenant.clone().ok_or_else(|| {
            let message = format!("{} names no tenant", a_record(kind));
            Error::new(Code::ScopeWrongKind, message).help(GIVE)
        });
    };
    record
        .at_path(path)
        .map(|id| id.to_string().to_lowercase())
        .ok_or_else(|| {
            let message = format!("this {kind} names no tenant: it has no `{path}`");
            Error::new(Code::ScopeTenantUnknown, message).help(GIVE)
        })
}

fn missing(function: &str, value: &Dynamic) -> Error {
    let message = format!("{function} needs a tenant, and got {}", describe(value));
    Error::new(Code::ScopeMissing, message).help(GIVE)
}
