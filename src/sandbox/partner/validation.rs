//! Checks before a customer is created (reference §6): whether a domain is taken, an address, the
//! rules of a country.

use serde_json::json;

use super::address::{self, Names, misfit};
use super::body::Body;
use super::codes::NOT_FOUND;
use super::countries::{self, Country, regex, sample};
use super::create_customer::is_taken;
use super::shape::{attributes, lean};
use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::{Address, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::partner("HEAD", "/v1/domains/{domain}", Auth::Either, domain),
    Route::partner("POST", "/v1/validations/address", Auth::Either, validate),
    Route::partner(
        "GET",
        "/v1/countryvalidationrules/{country}",
        Auth::Either,
        rules,
    ),
];

/// 200 means taken, 404 free; never a body (§19.8).
fn domain(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let taken = is_taken(tx, &request.param("domain").to_lowercase());
    Ok(Reply::empty(if taken { 200 } else { 404 }))
}

fn validate(request: &Request, _tx: &mut Tx<'_>) -> Outcome {
    let value = request.json()?;
    let (original, country) = address::read(&Body::of(&value)?, Names::Optional)?;
    let (status, suggested, message) = judge(&original, country);
    Ok(Reply::ok(json!({
        "originalAddress": original,
        "suggestedAddresses": suggested.into_iter().collect::<Vec<_>>(),
        "status": status,
        "validationMessage": message,
    })))
}

/// Judges an address: status, suggestion, message. What the real checker knows of streets is stood
/// in for by one rule: a street without a house number is partial.
fn judge(original: &Address, country: &Country) -> (&'static str, Option<Address>, String) {
    if let Some(misfit) = misfit(original, country) {
        let message = format!("Address field invalid for property: '{}'", misfit.word);
        return ("None", None, message);
    }
    let mut suggestion = tidy(original);
    let street = suggestion.address_line1.clone().unwrap_or_default();
    if street.contains(|letter: char| letter.is_ascii_digit()) {
        return (
            "VerifiedShippable",
            Some(suggestion),
            "No validation errors".to_owned(),
        );
    }
    suggestion.address_line1 = Some(format!("1 {street}"));
    let message = "Address field invalid for property: 'Street'".to_owned();
    ("StreetPartial", Some(suggestion), message)
}

/// Returns the address without spare blanks, the state and postal code in capitals.
fn tidy(address: &Address) -> Address {
    let spaced = |text: &Option<String>| {
        text.as_ref()
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let capital = |text: &Option<String>| spaced(text).map(|text| text.to_uppercase());
    Address {
        city: spaced(&address.city),
        state: match address.country.as_str() {
            "CN" => spaced(&address.state),
            _ => capital(&address.state),
        },
        address_line1: spaced(&address.address_line1),
        postal_code: capital(&address.postal_code),
        ..address.clone()
    }
}

fn rules(request: &Request, _tx: &mut Tx<'_>) -> Outcome {
    let country = countries::country(request.param("country"))
        .ok_or_else(|| NOT_FOUND.about(&[&"country"]))?;
    let languages: Vec<&str> = country
        .cultures
        .iter()
        .map(|culture| &culture[..2])
        .collect();
    let numbered = !country.registration.is_empty();
    Ok(Reply::ok(lean(json!({
        "iso2Code": country.code,
        "defaultCulture": country.cultures[0],
        "isStateRequired": !country.states.is_empty(),
        "supportedStatesList": country.states,
        "supportedLanguagesList": languages,
        "supportedCulturesList": country.cultures,
        "isPostalCodeRequired": !country.postal.is_empty(),
        "postalCodeRegex": (!country.postal.is_empty()).then(|| regex(&country.postal)),
        "isCityRequired": true,
        "isVatIdSupported": false,
        "phoneNumberRegex": r"^[0-9\-\+\(\) ]{6,20}$",
        "isTaxIdSupported": false,
        "isTaxIdOptional": true,
        "customerOrganizationRegistrationNumberRegex": numbered.then(|| regex(&country.registration)),
        "customerOrganizationRegistrationNumberSample": country.registration.first().map(|form| sample(form)),
        "customerOrganizationRegistrationNumberRequired": numbered,
        "customerOrganizationPhoneNumberRequired": numbered,
        "countryCallingCodesList": [country.calling],
        "attributes": attributes("CountryInformation"),
    }))))
}
