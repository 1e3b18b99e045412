//! Invoices (reference §12): a list by size and offset with a filter on the date, one invoice, and
//! its statement as a PDF. One invoice and the statement are User only.

use serde_json::{Value, json};

use super::codes::{NOT_ACCEPTABLE, NOT_FOUND};
use super::dates::write_seconds;
use super::filter;
use super::orders::amount;
use super::page::offset_page;
use super::pdf;
use super::shape::{attributes, lean, link, links};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{Invoice, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::partner("GET", "/v1/invoices", Auth::Either, list),
    Route::partner("GET", "/v1/invoices/{invoice}", Auth::User, get),
    Route::partner(
        "GET",
        "/v1/invoices/{invoice}/documents/statement",
        Auth::User,
        statement,
    ),
];

/// The most that one page has; the reference names none.
const MOST: usize = 200;
const FIELDS: &[(&str, &[&str])] = &[(
    "InvoiceDate",
    &[
        "equals",
        "greater_than",
        "greater_than_or_equals",
        "less_than",
        "less_than_or_equals",
    ],
)];

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let filter = filter::read(request, FIELDS)?;
    let items = tx
        .partner
        .invoices
        .iter()
        .map(|(_, invoice)| (write_seconds(invoice.date), invoice))
        .filter(|(date, _)| {
            // Dates of one form compare as texts; a day alone comes before every time in it.
            filter
                .as_ref()
                .is_none_or(|filter| filter.holds(&|_| Some(date)))
        })
        .map(|(_, invoice)| shown(invoice, None))
        .collect();
    Ok(Reply::ok(offset_page(request, MOST, items)?))
}

fn find<'t>(request: &Request, tx: &'t Tx<'_>) -> Result<&'t Invoice, Refusal> {
    let invoice = tx.partner.invoices.get(request.param("invoice"));
    invoice.ok_or_else(|| NOT_FOUND.about(&[&"invoice"]))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let invoice = find(request, tx)?;
    let pdf = format!(
        "{}/partner/v1/invoices/{}/documents/statement",
        request.origin, invoice.id
    );
    Ok(Reply::ok(shown(invoice, Some(pdf))))
}

fn statement(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let invoice = find(request, tx)?;
    let accepts = request.header("accept").unwrap_or("*/*").to_lowercase();
    if !["application/pdf", "application/*", "*/*"]
        .iter()
        .any(|kind| accepts.contains(kind))
    {
        return Err(NOT_ACCEPTABLE.about(&[&"application/pdf"]));
    }
    let lines = [
        format!("Invoice {}", invoice.id),
        format!("Date: {}", write_seconds(invoice.date)),
        format!("Total: {} {}", amount(invoice.total), invoice.currency.0),
        "Integration sandbox: not payable".to_owned(),
    ];
    Ok(Reply::bytes("application/pdf", pdf::page(&lines)))
}

fn shown(invoice: &Invoice, pdf: Option<String>) -> Value {
    let uri = format!("/invoices/{}", invoice.id);
    let lines = format!("{uri}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems");
    lean(json!({
        "id": invoice.id,
        "invoiceDate": write_seconds(invoice.date),
        "billingPeriodStartDate": write_seconds(invoice.from),
        "billingPeriodEndDate": write_seconds(invoice.to),
        "totalCharges": amount(invoice.total),
        "paidAmount": amount(invoice.paid),
        "currencyCode": invoice.currency.0,
        "currencySymbol": invoice.currency.1,
        "pdfDownloadLink": pdf,
        "invoiceDetails": [{
            "invoiceLineItemType": "billing_line_items",
            "billingProvider": "one_time",
            "links": { "self": link(&lines) },
            "attributes": attributes("InvoiceDetail"),
        }],
        "documentType": "invoice",
        "invoiceType": "OneTime",
        "links": links(&uri),
        "attributes": attributes("Invoice"),
    }))
}
