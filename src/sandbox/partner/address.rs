//! Addresses (reference §6): how they are read from a body, and the rules of the countries.

use super::body::Body;
use super::codes::{INVALID_PROPERTY, MISSING};
use super::countries::{self, Country, fits};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::Address;

/// Which members must be there besides street, city and country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// A person's names.
    Required,
    /// None.
    Optional,
}

/// Reads an address whose required members are there; its country is one that the service knows.
pub(crate) fn read(body: &Body<'_>, names: Names) -> Result<(Address, &'static Country), Refusal> {
    let code = body.need_text("country")?;
    let country = countries::country(code).ok_or_else(|| {
        INVALID_PROPERTY.about(&[&body.path("country"), &"there is no such country"])
    })?;
    let name = |name: &str| match names {
        Names::Required => body.need_short(name, 50).map(Some),
        Names::Optional => body.owned(name),
    };
    let address = Address {
        country: country.code.to_owned(),
        region: body.owned("region")?,
        city: Some(body.need_text("city")?.to_owned()),
        state: body.owned("state")?,
        district: body.owned("district")?,
        address_line1: Some(body.need_short("addressLine1", 200)?),
        address_line2: body.owned("addressLine2")?,
        address_line3: body.owned("addressLine3")?,
        postal_code: body.owned("postalCode")?,
        first_name: name("firstName")?,
        middle_name: body.owned("middleName")?,
        last_name: name("lastName")?,
        phone_number: body.owned("phoneNumber")?,
        email_address: body.owned("emailAddress")?,
    };
    for (member, value, needed) in [
        ("state", &address.state, !country.states.is_empty()),
        (
            "postalCode",
            &address.postal_code,
            !country.postal.is_empty(),
        ),
    ] {
        if needed && value.as_deref().is_none_or(str::is_empty) {
            return Err(MISSING.about(&[&body.path(member)]));
        }
    }
    Ok((address, country))
}

/// What does not fit the country's rules: the member, and what the address checker calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub(crate) member: &'static str,
    pub(crate) word: &'static str,
    pub(crate) reason: &'static str,
}

/// Compares an address with the rules of its country.
pub(crate) fn misfit(address: &Address, country: &Country) -> Option<Misfit> {
    let state = address.state.as_deref().unwrap_or_default();
    let known = country
        .states
        .iter()
        .any(|known| known.eq_ignore_ascii_case(state));
    if !country.states.is_empty() && !known {
        let reason = "it is not a state of the country";
        return Some(Misfit {
            member: "state",
            word: "State",
            reason,
        });
    }
    let postal = address.postal_code.as_deref().unwrap_or_default();
    if !country.postal.is_empty() && !fits(&country.postal, postal) {
        let reason = "it has not the form of the country's postal codes";
        return Some(Misfit {
            member: "postalCode",
            word: "PostalCode",
            reason,
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(country: &str, state: &str, postal: &str, expected: Option<&str>) {
        let address = Address {
            state: Some(state.to_owned()),
            postal_code: Some(postal.to_owned()),
            ..Address::default()
        };
        let rules = countries::country(country).expect("in the table");
        let seen = misfit(&address, rules).map(|misfit| misfit.member);
        assert_eq!(seen, expected, "{country} {state} {postal}");
    }

    #[test]
    fn states_and_postal_codes_follow_the_country() {
        check("US", "WA", "98101", None);
        check("US", "wa", "98101-2210", None);
        check("US", "Washington", "98101", Some("state"));
        check("US", "WA", "9810", Some("postalCode"));
        check("DE", "anything", "20457", None);
        check("IE", "", "", None);
    }
}
