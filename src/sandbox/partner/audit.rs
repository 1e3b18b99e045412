//! The audit trail (reference §14, §19.19): every successful write leaves a record, and the list of
//! records.

use serde_json::{Value, json};

use super::codes::{AUDIT_WINDOW, QUERY_INVALID};
use super::dates::{self, midnight, plus_days};
use super::filter::{self, Filter};
use super::page::{seek, seek_page};
use super::shape::{attributes, audited, lean};
use crate::base::clock::Timestamp;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{Audit, Customer, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::partner("GET", "/v1/auditrecords", Auth::Either, list),
    Route::partner("GET", "/auditactivity/v1/auditrecords", Auth::Either, list),
];

const MOST: usize = 500;
const FIELDS: &[(&str, &[&str])] = &[
    ("CompanyName", &["substring"]),
    ("CustomerId", &["equals"]),
    ("ResourceType", &["equals"]),
];

/// What is to be recorded.
#[derive(Debug)]
pub(crate) struct Written<'a> {
    /// The customer it was for.
    pub(crate) customer: Option<&'a Customer>,
    /// `customer`, `order` and so on.
    pub(crate) resource: &'static str,
    /// `create_order` and so on.
    pub(crate) operation: &'static str,
    /// What was there before.
    pub(crate) old: Option<&'a Value>,
    /// What is there now.
    pub(crate) new: Option<&'a Value>,
    /// `customizedData`.
    pub(crate) data: &'a [(&'a str, &'a str)],
}

/// Records a write.
pub(crate) fn record(
    request: &Request,
    tx: &mut Tx<'_>,
    written: Written<'_>,
) -> Result<(), Refusal> {
    let caller = request.caller()?;
    let number = tx.count("audit");
    let customer = written.customer;
    let row = Audit {
        at: tx.now(),
        partner: caller.tenant.clone(),
        customer: customer.map(|customer| customer.id.clone()),
        customer_name: customer.map(|customer| customer.billing.company_name.clone()),
        upn: caller.upn.clone(),
        app: caller.app.clone(),
        resource: written.resource.to_owned(),
        operation: written.operation.to_owned(),
        old: written.old.map(audited),
        new: written.new.map(audited),
        correlation: request.header("ms-correlationid").map(str::to_owned),
        data: written
            .data
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    };
    tx.partner.audit.put(&format!("{number:012}"), row);
    Ok(())
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let seek = seek(request, MOST)?;
    let filter = filter::read(request, FIELDS)?;
    let (from, to) = window(request, tx.now())?;
    let after = seek.after.clone().unwrap_or_default();
    let rows = tx
        .partner
        .audit
        .from_key(&after)
        .filter(|(number, _)| *number != after)
        .filter(|(_, row)| from <= row.at && row.at < to)
        .filter(|(_, row)| filter.as_ref().is_none_or(|filter| holds(filter, row)))
        .map(|(number, row)| (number.to_owned(), shown(row)));
    Ok(Reply::ok(seek_page(request, &seek, rows)))
}

/// Returns the window of the list: the end day is part of it.
fn window(request: &Request, now: Timestamp) -> Result<(Timestamp, Timestamp), Refusal> {
    let day = |name: &str| match request.query(name) {
        None => Ok(None),
        Some(text) => match dates::parse(text) {
            Some(moment) => Ok(Some(midnight(moment))),
            None => Err(QUERY_INVALID.about(&[&name, &"it is not a date"])),
        },
    };
    let today = midnight(now);
    let from = day("startDate")?.unwrap_or_else(|| plus_days(today, -30));
    let to = day("endDate")?.unwrap_or(today);
    if from < plus_days(today, -90) {
        return Err(AUDIT_WINDOW.refuse());
    }
    Ok((from, plus_days(to, 1)))
}

fn holds(filter: &Filter, row: &Audit) -> bool {
    filter.holds(&|field| match field {
        "CompanyName" => row.customer_name.as_deref(),
        "CustomerId" => row.customer.as_deref(),
        _ => Some(row.resource.as_str()),
    })
}

fn shown(row: &Audit) -> Value {
    let customer = row.customer.as_deref().unwrap_or_default();
    let ticks = row.at.as_nanosecond() / 100 + 621_355_968_000_000_000;
    let data: Vec<Value> = row
        .data
        .iter()
        .map(|(name, value)| json!({ "key": name, "value": value }))
        .collect();
    lean(json!({
        "id": format!("{}_{customer}_{}_{ticks}", row.partner, row.operation.replace('_', "")),
        "partnerId": row.partner,
        "customerId": row.customer,
        "customerName": row.customer_name,
        "userPrincipalName": (!row.upn.is_empty()).then_some(&row.upn),
        "applicationId": row.app,
        "resourceType": row.resource,
        "resourceOldValue": row.old,
        "resourceNewValue": row.new,
        "operationType": row.operation,
        "originalCorrelationId": row.correlation,
        "operationDate": dates::write(row.at),
        "operationStatus": "succeeded",
        "customizedData": data,
        "attributes": attributes("AuditRecord"),
    }))
}
