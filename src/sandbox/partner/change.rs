//! What a PATCH makes of a subscription (reference §10, §19.10): one pure function from the
//! subscription and the wish to the changed subscription or the refusal.

use jiff::Timestamp;

use super::body::Body;
use super::buying::{CYCLES, WINDOW_DAYS};
use super::catalogue::{self, Kind};
use super::codes::{
    CANCEL_OVER, CYCLE_ON_SUBSCRIPTION, DECREASE_OVER, DELETED, ID_DIFFERS, INVALID_PROPERTY,
    MISSING, NOT_RENEWABLE, PENDING_CHANGE, QUANTITY_RANGE, SCHEDULE_WITHOUT_RENEWAL, SEAT_LIMIT,
    STATUS_CHANGE, SUSPENDED,
};
use super::dates::{midnight, plus_days};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{NextTerm, Refundable, Status, Subscription};

/// What a body wishes. What it leaves out stays, but for auto-renewal and the schedule, which are
/// reset.
#[derive(Debug, Clone, Default)]
pub(super) struct Wish {
    quantity: Option<i64>,
    status: Option<&'static str>,
    auto_renew: bool,
    friendly_name: Option<String>,
    partner_id: Option<String>,
    billing_cycle: Option<&'static str>,
    next_term: Option<NextTerm>,
}

const STATUSES: &[&str] = &[
    "none",
    "active",
    "pending",
    "suspended",
    "expired",
    "disabled",
    "deleted",
];

impl Wish {
    /// Reads a body; its id must be that of the subscription.
    pub(super) fn read(body: &Body<'_>, id: &str) -> Result<Self, Refusal> {
        match body.text("id")? {
            None => return Err(MISSING.about(&[&"id"])),
            Some(given) if !given.eq_ignore_ascii_case(id) => return Err(ID_DIFFERS.refuse()),
            Some(_) => {}
        }
        let next = body.object("scheduledNextTermInstructions")?;
        Ok(Self {
            quantity: body.int("quantity")?,
            status: body.word("status", STATUSES)?,
            auto_renew: body.flag("autoRenewEnabled")?.unwrap_or_default(),
            friendly_name: body.owned("friendlyName")?,
            partner_id: body.owned("partnerId")?,
            billing_cycle: body.word("billingCycle", CYCLES)?,
            next_term: next.map(|next| read_next(&next)).transpose()?,
        })
    }
}

fn read_next(body: &Body<'_>) -> Result<NextTerm, Refusal> {
    let product = body.need_object("product")?;
    let (id, sku_id) = (product.need_text("productId")?, product.need_text("skuId")?);
    let cycle = product.need_word("billingCycle", CYCLES)?;
    let term = product.need_text("termDuration")?;
    let sold = catalogue::sku(id, sku_id).and_then(|sku| {
        let term = sku.terms().iter().find(|known| known.duration == term)?;
        term.sold_with(cycle).then_some(sku)
    });
    let Some(sku) = sold else {
        let reason = "it is not sold for that term and billing cycle";
        return Err(INVALID_PROPERTY.about(&[&body.path("product"), &reason]));
    };
    let quantity = body.need_int("quantity")?;
    in_range(quantity, sku.most)?;
    Ok(NextTerm {
        product: sku.product.to_owned(),
        sku: sku.id.to_owned(),
        availability: product
            .text("availabilityId")?
            .unwrap_or_default()
            .to_owned(),
        billing_cycle: cycle.to_owned(),
        term: term.to_owned(),
        quantity,
    })
}

fn in_range(quantity: i64, most: i64) -> Result<(), Refusal> {
    if (1..=most).contains(&quantity) {
        return Ok(());
    }
    Err(QUANTITY_RANGE.about(&[&quantity, &1, &most]))
}

/// Decides what becomes of a subscription. `seats` is the sandbox's limit.
pub(super) fn decide(
    before: &Subscription,
    wish: &Wish,
    now: Timestamp,
    seats: i64,
) -> Result<Subscription, Refusal> {
    if before.status == Status::Deleted {
        return Err(DELETED.refuse());
    }
    if before.pending {
        return Err(PENDING_CHANGE.refuse());
    }
    if wish
        .billing_cycle
        .is_some_and(|cycle| cycle != before.billing_cycle)
    {
        return Err(CYCLE_ON_SUBSCRIPTION.refuse());
    }
    let mut after = before.clone();
    after.version += 1;
    if let Some(quantity) = wish
        .quantity
        .filter(|quantity| *quantity != before.quantity)
    {
        if before.status == Status::Suspended {
            return Err(SUSPENDED.refuse());
        }
        resize(&mut after, quantity, now, seats)?;
    }
    if let Some(status) = wish
        .status
        .filter(|status| *status != before.status.as_str())
    {
        restate(&mut after, status, now)?;
    }
    renew(before, &mut after, wish)?;
    if let Some(name) = &wish.friendly_name {
        after.friendly_name.clone_from(name);
    }
    if let Some(id) = &wish.partner_id {
        after.partner_id.clone_from(id);
    }
    Ok(after)
}

/// Changes the number of seats: more at any time, fewer only as far as seats may be given back.
fn resize(
    after: &mut Subscription,
    quantity: i64,
    now: Timestamp,
    seats: i64,
) -> Result<(), Refusal> {
    let sku = catalogue::sku_of(&after.offer);
    in_range(quantity, sku.map_or(1, |sku| sku.most))?;
    if quantity > seats {
        return Err(SEAT_LIMIT.about(&[&seats]));
    }
    after.refundable.retain(|part| part.until > now);
    let more = quantity - after.quantity;
    if more > 0 {
        let until = plus_days(midnight(now), WINDOW_DAYS);
        after.refundable.push(Refundable {
            quantity: more,
            until,
        });
    } else {
        give_back(&mut after.refundable, -more)?;
    }
    after.quantity = quantity;
    // A change within the term deletes what was scheduled for the next one.
    after.next_term = None;
    Ok(())
}

/// Takes seats out of what may be given back, the newest first.
fn give_back(refundable: &mut Vec<Refundable>, fewer: i64) -> Result<(), Refusal> {
    let allowed: i64 = refundable.iter().map(|part| part.quantity).sum();
    if fewer > allowed {
        return Err(DECREASE_OVER.about(&[&WINDOW_DAYS]));
    }
    let mut left = fewer;
    while let Some(mut part) = refundable.pop() {
        let taken = left.min(part.quantity);
        left -= taken;
        part.quantity -= taken;
        if part.quantity > 0 {
            refundable.push(part);
        }
        if left == 0 {
            break;
        }
    }
    Ok(())
}

/// Changes the status, where that way exists.
fn restate(after: &mut Subscription, wanted: &str, now: Timestamp) -> Result<(), Refusal> {
    let refused = || STATUS_CHANGE.about(&[&wanted, &after.status.as_str()]);
    after.status = match (after.status, wanted) {
        (Status::Active, "suspended") => Status::Suspended,
        (Status::Suspended, "active") => Status::Active,
        (Status::Active | Status::Suspended, "deleted") => {
            if after.cancel_until.is_none_or(|until| until <= now) {
                return Err(CANCEL_OVER.about(&[&WINDOW_DAYS]));
            }
            Status::Deleted
        }
        _ => return Err(refused()),
    };
    if after.status == Status::Deleted {
        after.auto_renew = false;
        after.next_term = None;
        after.refundable.clear();
    }
    Ok(())
}

/// Sets auto-renewal and the schedule, which a body that leaves them out resets.
fn renew(before: &Subscription, after: &mut Subscription, wish: &Wish) -> Result<(), Refusal> {
    let sku = catalogue::sku_of(&before.offer);
    let renewable = sku.is_some_and(|sku| sku.kind == Kind::Licence && !sku.trial);
    if wish.auto_renew && !renewable {
        return Err(NOT_RENEWABLE.refuse());
    }
    if wish.next_term.is_some() && !wish.auto_renew {
        return Err(SCHEDULE_WITHOUT_RENEWAL.refuse());
    }
    if after.status == Status::Deleted {
        return Ok(());
    }
    after.auto_renew = wish.auto_renew;
    let resized = before.quantity != after.quantity && wish.next_term == before.next_term;
    after.next_term = wish.next_term.clone().filter(|_| !resized);
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::sandbox::partner::dates::parse;
    use crate::sandbox::store::Registered;

    const ID: &str = "1d9e4b7c-6a55-4f0e-8d51-2b9c7a3e6f10";

    fn subscription() -> Subscription {
        let at = |text: &str| parse(text).expect("a date");
        Subscription {
            id: ID.to_owned(),
            customer: "c".to_owned(),
            order: "o".to_owned(),
            offer: "CFQ7TTC0LH18:0001:CFQ7TTC0AAAA".to_owned(),
            friendly_name: "Front desk".to_owned(),
            quantity: 5,
            created: at("2026-03-02T09:15:31Z"),
            started: at("2026-03-02T09:15:31Z"),
            ends: Some(at("2027-03-01")),
            cancel_until: Some(at("2026-03-09")),
            refundable: vec![Refundable {
                quantity: 5,
                until: at("2026-03-09"),
            }],
            status: Status::Active,
            auto_renew: true,
            billing_cycle: "monthly".to_owned(),
            term: "P1Y".to_owned(),
            partner_id: String::new(),
            next_term: None,
            version: 1,
            pending: false,
            registered: Registered::No,
        }
    }

    fn patch(before: &Subscription, day: &str, body: &Value) -> Result<Subscription, u64> {
        let code = |refusal: Refusal| refusal.code.as_u64().unwrap_or_default();
        let wish = Wish::read(&Body::of(body).map_err(code)?, ID).map_err(code)?;
        decide(before, &wish, parse(day).expect("a date"), 25).map_err(code)
    }

    #[test]
    fn refusals() {
        let active = subscription();
        let with = |change: fn(&mut Subscription)| {
            let mut changed = subscription();
            change(&mut changed);
            changed
        };
        let suspended = with(|s| s.status = Status::Suspended);
        let deleted = with(|s| s.status = Status::Deleted);
        let pending = with(|s| s.pending = true);
        let trial = with(|s| s.offer = "CFQ7TTC0LCHC:0009:x".to_owned());
        let (early, late) = ("2026-03-03", "2026-03-10");
        let next = json!({"product": {"productId": "CFQ7TTC0LH18", "skuId": "0001", "billingCycle": "monthly", "termDuration": "P1Y"}, "quantity": 4});
        for (before, day, body, expected) in [
            (&active, early, json!({"quantity": 4}), 3000),
            (&active, early, json!({"id": "x", "quantity": 4}), 2000),
            (&active, early, json!({"id": ID, "quantity": "4"}), 800_002),
            (&active, early, json!({"id": ID, "status": "gone"}), 900_126),
            (&deleted, early, json!({"id": ID, "quantity": 4}), 2011),
            (&pending, early, json!({"id": ID, "quantity": 4}), 900_278),
            (&suspended, early, json!({"id": ID, "quantity": 4}), 800_091),
            (&active, early, json!({"id": ID, "quantity": 0}), 2002),
            (&active, early, json!({"id": ID, "quantity": 301}), 2002),
            (&active, early, json!({"id": ID, "quantity": 26}), 800_067),
            (&active, late, json!({"id": ID, "quantity": 4}), 800_090),
            (
                &active,
                late,
                json!({"id": ID, "status": "deleted"}),
                900_117,
            ),
            (
                &active,
                early,
                json!({"id": ID, "status": "expired"}),
                800_040,
            ),
            (
                &active,
                early,
                json!({"id": ID, "billingCycle": "annual"}),
                2054,
            ),
            (
                &trial,
                early,
                json!({"id": ID, "autoRenewEnabled": true}),
                800_093,
            ),
            (
                &active,
                early,
                json!({"id": ID, "scheduledNextTermInstructions": next}),
                3000,
            ),
        ] {
            assert_eq!(
                patch(before, day, &body).map(|after| after.quantity),
                Err(expected),
                "{body}"
            );
        }
    }

    #[test]
    fn a_partial_body_resets_auto_renewal() {
        let after = patch(
            &subscription(),
            "2026-03-03",
            &json!({"id": ID, "friendlyName": "Bar"}),
        );
        let mut expected = subscription();
        expected.auto_renew = false;
        expected.friendly_name = "Bar".to_owned();
        expected.version = 2;
        assert_eq!(after, Ok(expected));
    }

    #[test]
    fn added_seats_can_be_given_back_for_seven_days() {
        let body =
            |quantity: i64| json!({"id": ID, "quantity": quantity, "autoRenewEnabled": true});
        let grown = patch(&subscription(), "2026-06-01", &body(9)).expect("allowed");
        assert_eq!(
            patch(&grown, "2026-06-03", &body(6)).map(|after| after.refundable[0].quantity),
            Ok(1)
        );
        assert_eq!(patch(&grown, "2026-06-03", &body(4)), Err(800_090));
        assert_eq!(patch(&grown, "2026-06-09", &body(8)), Err(800_090));
    }

    #[test]
    fn a_change_within_the_term_deletes_the_schedule() {
        let next = json!({"product": {"productId": "CFQ7TTC0LH18", "skuId": "0001", "availabilityId": "CFQ7TTC0AAAA", "billingCycle": "annual", "termDuration": "P1Y"}, "quantity": 4});
        let body = |quantity: i64| json!({"id": ID, "quantity": quantity, "autoRenewEnabled": true, "scheduledNextTermInstructions": next});
        let scheduled = patch(&subscription(), "2026-03-03", &body(5)).expect("allowed");
        assert!(scheduled.next_term.is_some());
        let changed = patch(&scheduled, "2026-03-03", &body(6)).expect("allowed");
        assert_eq!((changed.quantity, changed.next_term), (6, None));
    }
}
