//! Qualifications of a customer (reference §6): a bare array, and setting one, which is in review at
//! first and approved later.

use std::time::Duration;

use serde_json::{Value, json};

use super::audit::{Written, record};
use super::body::Body;
use super::codes::{NOT_SUPPORTED, VALIDATION_CODE};
use super::dates::write;
use super::scope::{Part, customer, customer_to_change};
use super::shape::lean;
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{Due, PartnerDue, Qualification, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::partner(
        "GET",
        "/v1/customers/{customer}/qualifications",
        Auth::Either,
        list,
    ),
    Route::partner(
        "POST",
        "/v1/customers/{customer}/qualifications",
        Auth::User,
        set,
    ),
];

const WORDS: &[&str] = &[
    "None",
    "Education",
    "GovernmentCommunityCloud",
    "Nonprofit",
    "StateOwnedEntity",
];
/// Those that can be set.
const SETTABLE: [&str; 3] = ["Education", "GovernmentCommunityCloud", "StateOwnedEntity"];
const SEGMENTS: &[&str] = &["K12", "HigherEducation"];
/// The validation code that the emulator accepts for a government qualification.
const CODE: &str = "424242";
/// How long the vetting takes here.
const VETTING: Duration = Duration::from_secs(600);

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Other)?;
    let items: Vec<Value> = customer.qualifications.iter().map(shown).collect();
    Ok(Reply::ok(items))
}

fn shown(qualification: &Qualification) -> Value {
    lean(json!({
        "qualification": qualification.name,
        "educationSegment": qualification.segment,
        "vettingStatus": qualification.status,
        "vettingCreateDate": write(qualification.created),
    }))
}

fn set(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let mut customer = customer_to_change(request, tx, Part::Other)?;
    let value = request.json()?;
    let body = Body::of(&value)?;
    let name = body.need_word("qualification", WORDS)?;
    if !SETTABLE.contains(&name) {
        return Err(NOT_SUPPORTED.about(&[&name, &"qualification"]));
    }
    if name == "GovernmentCommunityCloud" && request.query("code") != Some(CODE) {
        return Err(VALIDATION_CODE.refuse());
    }
    let segment = body.word("educationSegment", SEGMENTS)?.map(str::to_owned);
    let qualification = Qualification {
        name: name.to_owned(),
        status: "InReview".to_owned(),
        segment,
        created: tx.now(),
    };
    let new = shown(&qualification);
    customer.qualifications.retain(|known| known.name != name);
    customer.qualifications.push(qualification);
    tx.partner.customers.put(&customer.id, customer.clone());
    let due = PartnerDue::Approve {
        customer: customer.id.clone(),
        qualification: name.to_owned(),
    };
    tx.later(VETTING, Due::Partner(due));
    let written = Written {
        customer: Some(&customer),
        resource: "customer",
        operation: "update_customer_qualification",
        old: None,
        new: Some(&new),
        data: &[],
    };
    record(request, tx, written)?;
    Ok(Reply::json(201, new))
}

/// Ends the vetting.
pub(super) fn approve(tx: &mut Tx<'_>, customer: &str, qualification: &str) {
    let Some(customer) = tx.partner.customers.edit(customer) else {
        return;
    };
    let mut all = customer.qualifications.iter_mut();
    if let Some(known) = all.find(|known| known.name == qualification) {
        "Approved".clone_into(&mut known.status);
    }
}
