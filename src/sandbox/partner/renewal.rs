//! What happens when a term ends: the subscription renews, with what was scheduled, or expires.

use super::buying::WINDOW_DAYS;
use super::dates::{midnight, plus_days, term_end};
use crate::base::clock::Timestamp;
use crate::sandbox::store::{Due, NextTerm, PartnerDue, Refundable, Status, Subscription, Tx, key};

/// Puts the end of the term into the queue.
pub(crate) fn watch(tx: &mut Tx<'_>, subscription: &Subscription) {
    let Some(end) = subscription.ends else { return };
    let due = PartnerDue::EndTerm {
        customer: subscription.customer.clone(),
        subscription: subscription.id.clone(),
        end,
    };
    // The last day is inclusive.
    tx.at(plus_days(end, 1), Due::Partner(due));
}

/// Ends a term that was meant to end then.
pub(crate) fn end_term(tx: &mut Tx<'_>, customer: &str, id: &str, end: Timestamp) {
    let place = key(&[customer, id]);
    let Some(subscription) = tx.partner.subscriptions.edit(&place) else {
        return;
    };
    let alive = matches!(subscription.status, Status::Active | Status::Suspended);
    if subscription.ends != Some(end) || !alive {
        return;
    }
    subscription.version += 1;
    if subscription.auto_renew {
        renew(subscription, end);
        let renewed = subscription.clone();
        watch(tx, &renewed);
    } else {
        subscription.status = Status::Expired;
    }
}

fn renew(subscription: &mut Subscription, end: Timestamp) {
    if let Some(next) = subscription.next_term.take() {
        let NextTerm {
            product,
            sku,
            availability,
            billing_cycle,
            term,
            quantity,
        } = next;
        subscription.offer = format!("{product}:{sku}:{availability}");
        subscription.billing_cycle = billing_cycle;
        subscription.term = term;
        subscription.quantity = quantity;
    }
    let start = midnight(plus_days(end, 1));
    let until = plus_days(start, WINDOW_DAYS);
    subscription.started = start;
    subscription.ends = term_end(start, &subscription.term);
    subscription.cancel_until = Some(until);
    subscription.refundable = vec![Refundable {
        quantity: subscription.quantity,
        until,
    }];
}
