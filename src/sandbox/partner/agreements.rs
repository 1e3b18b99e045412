//! Agreements (reference §13): their metadata, and the confirmations of a customer. User only.

use serde_json::{Value, json};

use super::audit::{Written, record};
use super::body::{Body, one_of};
use super::codes::{
    AGREEMENT_DATE, AGREEMENT_SAME_CONTACT, AGREEMENT_TEMPLATE, INVALID_PROPERTY, UNKNOWN_WORD,
};
use super::create_customer::is_email;
use super::page::own_uri;
use super::scope::{Part, customer, customer_to_change, rows};
use super::shape::{collection, lean, links};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{Agreement, Contact, Tx, key};

pub(super) const ROUTES: &[Route] = &[
    Route::partner("GET", "/v1/agreements", Auth::User, metadata),
    Route::partner(
        "GET",
        "/v1/customers/{customer}/agreements",
        Auth::User,
        list,
    ),
    Route::partner(
        "POST",
        "/v1/customers/{customer}/agreements",
        Auth::User,
        confirm,
    ),
];

/// Template of the customer agreement, as seen in public.
pub(crate) const CUSTOMER_AGREEMENT: &str = "117a77b0-9360-443b-8795-c6dedc750cf9";
/// Template of the older cloud agreement.
const CLOUD_AGREEMENT: &str = "998b88de-aa99-4388-a42c-1b3517d49490";

const KINDS: &[&str] = &["MicrosoftCloudAgreement", "MicrosoftCustomerAgreement"];
const TEMPLATES: [(&str, &str, &str); 2] = [
    (
        "MicrosoftCloudAgreement",
        CLOUD_AGREEMENT,
        "https://docs.microsoft.com/partner-center/agreements",
    ),
    (
        "MicrosoftCustomerAgreement",
        CUSTOMER_AGREEMENT,
        "https://www.microsoft.com/licensing/docs/customeragreement",
    ),
];

/// Reads which agreements are meant; the default is the old one, `*` means all.
fn kind(request: &Request) -> Result<Option<&'static str>, Refusal> {
    match request.query("agreementType") {
        None => Ok(Some(KINDS[0])),
        Some("*") => Ok(None),
        Some(text) => one_of(text, KINDS)
            .map(Some)
            .ok_or_else(|| UNKNOWN_WORD.about(&[&text, &"agreementType"])),
    }
}

fn metadata(request: &Request, _tx: &mut Tx<'_>) -> Outcome {
    let wanted = kind(request)?;
    let items = TEMPLATES
        .iter()
        .filter(|(kind, ..)| wanted.is_none_or(|wanted| wanted == *kind))
        .map(|(kind, template, link)| {
            json!({
                "templateId": template,
                "agreementType": kind,
                "agreementLink": link,
                "versionRank": 1,
            })
        })
        .collect();
    Ok(Reply::ok(collection(items, links(&own_uri(request, &[])))))
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer(request, tx, Part::Other)?;
    let wanted = kind(request)?;
    let items = rows::<Agreement>(tx, &customer.id)
        .iter()
        .filter(|agreement| wanted.is_none_or(|wanted| wanted == agreement.kind))
        .map(|agreement| {
            let mut shown = shown(agreement);
            let template = TEMPLATES.iter().find(|(kind, ..)| *kind == agreement.kind);
            shown["agreementLink"] = template.map_or("", |(.., link)| link).into();
            shown
        })
        .collect();
    Ok(Reply::ok(collection(items, links(&own_uri(request, &[])))))
}

fn confirm(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let customer = customer_to_change(request, tx, Part::Other)?;
    let value = request.json()?;
    let body = Body::of(&value)?;
    let kind = body.need_word("type", KINDS)?;
    let template = body.need_text("templateId")?;
    let known = TEMPLATES
        .iter()
        .any(|(of, id, _)| *of == kind && id.eq_ignore_ascii_case(template));
    if !known {
        return Err(AGREEMENT_TEMPLATE.refuse());
    }
    let agreed = body.need_date("dateAgreed")?;
    if agreed > tx.now() {
        return Err(AGREEMENT_DATE.refuse());
    }
    let agreement = Agreement {
        user: request.caller()?.object.clone(),
        contact: contact(&body.need_object("primaryContact")?)?,
        template: template.to_lowercase(),
        agreed,
        kind: kind.to_owned(),
    };
    let same = rows::<Agreement>(tx, &customer.id)
        .iter()
        .any(|known| known.kind == kind && known.contact == agreement.contact);
    if same {
        return Err(AGREEMENT_SAME_CONTACT.refuse());
    }
    let number = tx.partner.agreements.under(&customer.id).count() + 1;
    tx.partner.agreements.put(
        &key(&[&customer.id, &number.to_string()]),
        agreement.clone(),
    );
    let shown = shown(&agreement);
    let written = Written {
        customer: Some(&customer),
        resource: "agreement",
        operation: "create_agreement",
        old: None,
        new: Some(&shown),
        data: &[("AgreementType", kind)],
    };
    record(request, tx, written)?;
    Ok(Reply::json(201, shown))
}

fn contact(body: &Body<'_>) -> Result<Contact, Refusal> {
    let email = body.need_text("email")?;
    if !is_email(email) {
        return Err(INVALID_PROPERTY.about(&[&body.path("email"), &"it is not an e-mail address"]));
    }
    Ok(Contact {
        first_name: body.need_short("firstName", 50)?,
        last_name: body.need_short("lastName", 50)?,
        email: email.to_owned(),
        phone_number: body.owned("phoneNumber")?,
    })
}

fn shown(agreement: &Agreement) -> Value {
    lean(json!({
        "userId": agreement.user,
        "primaryContact": agreement.contact,
        "templateId": agreement.template,
        "dateAgreed": agreement.agreed.to_string(),
        "type": agreement.kind,
    }))
}
