//! Creating a customer (reference §6, §19.7): every check in the service's order, the tenant, its
//! first user. A wrong notification e-mail is noticed after the tenant exists, as in the service.

use serde_json::json;

use super::address::{self, Names, misfit};
use super::audit::{Written, record};
use super::body::Body;
use super::codes::{
    APP_ONLY, CUSTOMER_LIMIT, DOMAIN_SUFFIX, DOMAIN_TAKEN, EMAIL_INVALID, INVALID_PROPERTY,
    NOT_A_RESELLER, PHONE_MISSING, REGISTRATION_FORMAT, REGISTRATION_MISSING,
    REGISTRATION_UNSUPPORTED, REQUEST_ID_MISSING,
};
use super::countries::{self, Country};
use super::customers::{billing_shown, company_shown};
use super::etag;
use super::shape::attributes;
use crate::sandbox::entra;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Principal, Request};
use crate::sandbox::seed::numbered;
use crate::sandbox::store::{Address, BillingProfile, Customer, Tx, User, World, key};

/// The domains that the integration sandbox gives.
const SUFFIX: &str = ".onmicrosoft.com";

/// What a body asks for, with its form checked.
struct Wanted {
    domain: String,
    registration_number: Option<String>,
    billing: Billing,
}

/// The members of a billing profile, with their form checked.
pub(super) struct Billing {
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) email: String,
    pub(super) culture: String,
    pub(super) language: String,
    pub(super) company_name: String,
    pub(super) address: Address,
    pub(super) country: &'static Country,
}

/// Answers `POST /v1/customers`.
pub(super) fn create(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    if ["ms-requestid", "ms-correlationid"]
        .iter()
        .any(|name| request.header(name).is_none())
    {
        return Err(REQUEST_ID_MISSING.refuse());
    }
    let value = request.json()?;
    let wanted = read(request, &Body::of(&value)?)?;
    if is_taken(tx, &wanted.domain) {
        return Err(DOMAIN_TAKEN.about(&[&wanted.domain]));
    }
    let most = tx.limits().customers();
    if counted(tx) >= most {
        return Err(CUSTOMER_LIMIT.about(&[&most]));
    }
    let customer = row(tx, wanted);
    if !is_email(&customer.email) {
        // The tenant is there by now, and its domain stays taken.
        tx.partner.reserved.put(&customer.domain, true);
        return Err(EMAIL_INVALID.about(&[&customer.email]).keeping_changes());
    }
    let (id, name) = (&customer.id, &customer.billing.company_name);
    entra::add_tenant(tx, id, name, &[&customer.domain]);
    entra::gdap::begin(tx, id);
    let user = first_user(tx, &customer);
    entra::roles::assign(tx, id, &user.id, entra::roles::GLOBAL_ADMINISTRATOR);
    tx.partner.users.put(&key(&[id, &user.id]), user);
    tx.partner.customers.put(id, customer.clone());
    let password = password(tx);
    let shown = json!({
        "id": id,
        "commerceId": customer.commerce_id,
        "companyProfile": company_shown(&customer),
        "billingProfile": billing_shown(&customer),
        "relationshipToPartner": "reseller",
        "allowDelegatedAccess": true,
        "userCredentials": { "userName": "admin", "password": password },
        "attributes": attributes("Customer"),
    });
    let mut audited = shown.clone();
    if let Some(members) = audited.as_object_mut() {
        members.remove("userCredentials");
    }
    let written = Written {
        customer: Some(&customer),
        resource: "customer",
        operation: "add_customer",
        old: None,
        new: Some(&audited),
        data: &[],
    };
    record(request, tx, written)?;
    Ok(Reply::json(201, shown))
}

fn read(request: &Request, body: &Body<'_>) -> Result<Wanted, Refusal> {
    if let Some(reseller) = body.text("associatedPartnerId")? {
        if request.caller()?.principal == Principal::App {
            return Err(APP_ONLY.refuse());
        }
        return Err(NOT_A_RESELLER.about(&[&reseller]));
    }
    let company = body.need_object("companyProfile")?;
    let domain = company.need_text("domain")?.to_lowercase();
    if !is_sandbox_domain(&domain) {
        return Err(DOMAIN_SUFFIX.refuse());
    }
    let billing = read_billing(&body.need_object("billingProfile")?)?;
    let number = company
        .owned("organizationRegistrationNumber")?
        .filter(|text| !text.is_empty());
    registered(
        billing.country,
        number.as_deref(),
        billing.address.phone_number.as_deref(),
    )?;
    Ok(Wanted {
        domain,
        registration_number: number,
        billing,
    })
}

/// Reads a whole billing profile.
pub(super) fn read_billing(body: &Body<'_>) -> Result<Billing, Refusal> {
    let email = body.need_text("email")?.to_owned();
    let culture = body.need_text("culture")?;
    if !countries::is_culture(culture) {
        return Err(INVALID_PROPERTY.about(&[&body.path("culture"), &"there is no such culture"]));
    }
    let language = body.need_text("language")?.to_owned();
    let company_name = body.need_text("companyName")?.to_owned();
    let place = body.need_object("defaultAddress")?;
    let (address, country) = address::read(&place, Names::Required)?;
    if let Some(misfit) = misfit(&address, country) {
        return Err(INVALID_PROPERTY.about(&[&place.path(misfit.member), &misfit.reason]));
    }
    Ok(Billing {
        first_name: body.owned("firstName")?,
        last_name: body.owned("lastName")?,
        email,
        culture: culture.to_owned(),
        language,
        company_name,
        address,
        country,
    })
}

/// Checks the registration number and the phone number by the country's rule.
fn registered(country: &Country, number: Option<&str>, phone: Option<&str>) -> Result<(), Refusal> {
    let forms = &country.registration;
    match number {
        Some(_) if forms.is_empty() => Err(REGISTRATION_UNSUPPORTED.about(&[&country.code])),
        None if forms.is_empty() => Ok(()),
        None => Err(REGISTRATION_MISSING.about(&[&country.code])),
        Some(number) if !countries::fits(forms, number) => {
            Err(REGISTRATION_FORMAT.about(&[&country.code]))
        }
        Some(_) if phone.is_none_or(str::is_empty) => Err(PHONE_MISSING.about(&[&country.code])),
        Some(_) => Ok(()),
    }
}

fn row(tx: &mut Tx<'_>, wanted: Wanted) -> Customer {
    let billing = wanted.billing;
    Customer {
        id: tx.guid(),
        commerce_id: tx.guid(),
        domain: wanted.domain,
        registration_number: wanted.registration_number,
        address: billing.address.clone(),
        email: billing.email.clone(),
        billing: BillingProfile {
            id: tx.guid(),
            first_name: billing.first_name,
            last_name: billing.last_name,
            email: billing.email,
            culture: billing.culture,
            language: billing.language,
            company_name: billing.company_name,
            address: billing.address,
            etag: etag::fresh(tx),
        },
        original_name: None,
        associated_partner: None,
        qualifications: Vec::new(),
        created: tx.now(),
    }
}

/// Returns the administrator that every new tenant has.
fn first_user(tx: &mut Tx<'_>, customer: &Customer) -> User {
    User {
        id: tx.guid(),
        upn: format!("admin@{}", customer.domain),
        first_name: customer.address.first_name.clone(),
        last_name: customer.address.last_name.clone(),
        display_name: format!("{} Admin", customer.billing.company_name),
        immutable_id: None,
        usage_location: Some(customer.address.country.clone()),
        phone_number: None,
        change_password: true,
        licences: Vec::new(),
        deleted: None,
    }
}

/// Returns a first password with every class of characters.
fn password(tx: &mut Tx<'_>) -> String {
    let random = tx.random();
    let (upper, lower) = (
        random.text("ABCDEFGHJKLMNPQRSTUVWXYZ", 1),
        random.text("abcdefghijkmnopqrstuvwxyz", 4),
    );
    format!(
        "{upper}{lower}{}{}",
        random.text("!#$%+", 1),
        random.text("23456789", 4)
    )
}

/// Counts the customers that the sandbox's limit is about; those by number are not.
fn counted(world: &World) -> usize {
    let kept = |id: &&str| !numbered::is_number(world, id);
    world
        .partner
        .customers
        .iter()
        .map(|(id, _)| id)
        .filter(kept)
        .count()
}

/// Tells whether a domain is taken, be it by a tenant that is kept though it was deleted.
pub(super) fn is_taken(world: &World, domain: &str) -> bool {
    world.partner.reserved.has(domain)
        || numbered::has_domain(world, domain)
        || world
            .entra
            .tenants
            .iter()
            .any(|(_, tenant)| tenant.domains.iter().any(|known| known == domain))
}

/// Tells whether the text is a name followed by the sandbox's suffix.
fn is_sandbox_domain(domain: &str) -> bool {
    domain.strip_suffix(SUFFIX).is_some_and(|name| {
        (1..=27).contains(&name.len())
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
            && !name.starts_with('-')
            && !name.ends_with('-')
    })
}

/// Tells whether the text has the form of an e-mail address.
pub(super) fn is_email(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|letter| letter.is_ascii_graphic() && letter != '@')
    };
    text.split_once('@').is_some_and(|(name, domain)| {
        let dotted =
            domain.split('.').count() > 1 && domain.split('.').all(|part| !part.is_empty());
        plain(name) && plain(domain) && dotted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_mail_have_a_name_and_a_dotted_domain() {
        for (text, expected) in [
            ("ada@tailspinhotels.example", true),
            ("ada", false),
            ("@x.example", false),
            ("ada@example", false),
            ("ada@x..example", false),
            ("a da@x.example", false),
            ("ada@x@y.example", false),
        ] {
            assert_eq!(is_email(text), expected, "{text}");
        }
    }

    #[test]
    fn sandbox_domains_are_one_name_with_the_suffix() {
        for (text, expected) in [
            ("tailspinhotels.onmicrosoft.com", true),
            ("a.b.onmicrosoft.com", false),
            (".onmicrosoft.com", false),
            ("-a.onmicrosoft.com", false),
            ("tailspinhotels.example", false),
        ] {
            assert_eq!(is_sandbox_domain(text), expected, "{text}");
        }
    }

    #[test]
    fn registration_numbers_follow_the_country() {
        let check =
            |country: &str, number: Option<&str>, phone: Option<&str>, expected: Option<u32>| {
                let country = countries::country(country).expect("in the table");
                let seen = registered(country, number, phone)
                    .err()
                    .map(|refusal| refusal.code);
                assert_eq!(
                    seen,
                    expected.map(Into::into),
                    "{} {number:?}",
                    country.code
                );
            };
        check("US", None, None, None);
        check("US", Some("1"), None, Some(600_002));
        check("AM", None, Some("1"), Some(600_049));
        check("AM", Some("1"), Some("1"), Some(600_050));
        check("AM", Some("12345678"), None, Some(600_051));
        check("AM", Some("12345678"), Some("374"), None);
    }
}
