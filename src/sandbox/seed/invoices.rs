//! A year of monthly invoices, made up but always the same.

use jiff::Span;
use jiff::tz::TimeZone;

use crate::base::clock::Timestamp;
use crate::sandbox::partner::dates::{midnight, plus_days, plus_seconds};
use crate::sandbox::store::{Invoice, Tx};

/// Puts the invoices of the twelve months before now into a fresh world, the oldest first.
pub(super) fn fill(tx: &mut Tx<'_>) {
    for number in 1..=12 {
        let id = format!("G{:09}", 200_000 + number);
        if let Some(invoice) = invoice(tx.now(), number, &id) {
            tx.partner.invoices.put(&id, invoice);
        }
    }
}

fn invoice(now: Timestamp, number: i64, id: &str) -> Option<Invoice> {
    let month = now
        .to_zoned(TimeZone::UTC)
        .checked_sub(Span::new().months(13 - number))
        .ok()?;
    let first = midnight(month.first_of_month().ok()?.timestamp());
    let next = midnight(month.last_of_month().ok()?.timestamp());
    let total = 184_250 + number * 1_375;
    Some(Invoice {
        id: id.to_owned(),
        date: plus_days(next, 7),
        from: first,
        to: plus_seconds(plus_days(next, 1), -1),
        total,
        paid: if number < 12 { -total } else { 0 },
        currency: ("USD".to_owned(), "$".to_owned()),
    })
}
