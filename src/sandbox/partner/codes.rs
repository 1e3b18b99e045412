//! Every refusal of the Partner Center emulator: status, code and text, in one table.
//!
//! `Documented` lines are pairs of status and code that the reference lists (sections 4 and 19);
//! `Choice` lines are the emulator's own where the reference names none, or calls it unconfirmed. A
//! choice is corrected here and nowhere else. The texts are the emulator's wording of the documented
//! descriptions.

use crate::sandbox::reply::Refusal;

/// One line of the table. `{}` in the text stands for a detail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    status: u16,
    code: u32,
    text: &'static str,
}

impl Rule {
    /// Refuses with the text as it stands.
    pub(crate) fn refuse(self) -> Refusal {
        Refusal::new(self.status, self.code, self.text)
    }

    /// Refuses with the details filled in, in order.
    pub(crate) fn about(self, details: &[&dyn std::fmt::Display]) -> Refusal {
        let mut parts = self.text.split("{}");
        let mut text = parts.next().unwrap_or_default().to_owned();
        let mut details = details.iter();
        for part in parts {
            if let Some(detail) = details.next() {
                text.push_str(&detail.to_string());
            }
            text.push_str(part);
        }
        Refusal::new(self.status, self.code, text)
    }
}

/// Where a line comes from; only the test of the table reads it.
#[cfg(test)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Documented,
    Choice,
}

macro_rules! rules {
    ($($origin:ident $name:ident = $status:literal $code:literal $text:literal;)*) => {
        $(pub(crate) const $name: Rule = Rule { status: $status, code: $code, text: $text };)*

        #[cfg(test)]
        const TABLE: &[(Origin, &str, Rule)] = &[$((Origin::$origin, stringify!($name), $name),)*];
    };
}

rules! {
    // Input in general (§19.3, §19.6, §19.17, §19.18).
    Documented NOT_A_GUID = 400 2000 "{} must be a GUID.";
    Documented BAD_SIZE = 400 2000 "The value '{}' of '{}' is not a number of items.";
    Documented BAD_FILTER = 400 2000 "The filter is not valid: {}.";
    Documented ID_DIFFERS = 400 2000 "The id in the body is not the id in the path.";
    Documented INVALID_INPUT = 400 800_002 "Invalid request input: {}.";
    Documented MISSING = 400 3000 "The property '{}' is required.";
    Documented INVALID_PROPERTY = 400 3000 "The property '{}' is not valid: {}.";
    Documented UNKNOWN_WORD = 400 900_126 "The value '{}' is not a valid {}.";
    Documented NOT_SUPPORTED = 400 900_141 "The value '{}' of '{}' is not supported.";
    Choice TOKEN_MISSING = 400 2000 "The header MS-ContinuationToken is required with seekOperation=Next.";
    Choice TOKEN_INVALID = 400 2000 "The continuation token is not valid for this request.";
    Choice QUERY_MISSING = 400 2000 "The query parameter '{}' is required.";
    Choice QUERY_INVALID = 400 2000 "The query parameter '{}' is not valid: {}.";
    Documented NOT_FOUND = 404 1000 "The {} was not found.";
    Choice NOT_ACCEPTABLE = 406 800_002 "The answer is only available as {}.";

    // Whose customer (§19.2).
    Choice NO_TENANT = 404 60_003 "The tenant was not found.";
    Choice NO_RELATIONSHIP = 403 20_002 "There is no commerce relationship between the partner and the customer.";
    Choice NO_CUSTOMER = 404 1000 "The customer was not found.";
    Documented NO_PRIVILEGE = 403 900_308 "Insufficient privileges to complete the operation in the customer's directory.";

    // Customers (§19.7, §19.16).
    Choice REQUEST_ID_MISSING = 400 800_002 "Invalid request input: MS-RequestId and MS-CorrelationId are required.";
    Choice DOMAIN_TAKEN = 409 1003 "The domain {} is used by another tenant.";
    Choice DOMAIN_SUFFIX = 400 3000 "The property 'companyProfile.domain' is not valid: it must be a name followed by .onmicrosoft.com.";
    Documented EMAIL_INVALID = 400 27_002 "The notification e-mail address '{}' is not valid.";
    Documented CUSTOMER_LIMIT = 400 800_018 "The sandbox limit of {} customers is met.";
    Documented REGISTRATION_UNSUPPORTED = 400 600_002 "An organization registration number is not supported in {}.";
    Documented REGISTRATION_MISSING = 400 600_049 "An organization registration number is required in {}.";
    Documented REGISTRATION_FORMAT = 400 600_050 "The organization registration number has the wrong format for {}.";
    Documented PHONE_MISSING = 400 600_051 "A phone number is required in {}.";
    Documented NOT_A_RESELLER = 400 800_016 "The tenant {} is not an indirect reseller of the partner.";
    Documented APP_ONLY = 403 900_329 "The operation doesn't support application-only authentication.";
    Choice STILL_ACTIVE = 400 800_002 "Invalid request input: the customer still has active subscriptions; suspend or cancel them first.";

    // ETags (§19.9, §19.10).
    Documented STALE = 400 2055 "The ETag is no longer valid.";
    Choice IF_MATCH_MISSING = 412 2055 "The header If-Match is required.";

    // Agreements (§13).
    Documented AGREEMENT_MISSING = 403 13_605 "The customer has not confirmed the Microsoft Customer Agreement.";
    Documented AGREEMENT_SAME_CONTACT = 400 600_061 "An agreement with the same contact exists already.";
    Choice AGREEMENT_DATE = 400 3000 "The property 'dateAgreed' is not valid: it lies in the future.";
    Choice AGREEMENT_TEMPLATE = 400 3000 "The property 'templateId' is not valid: there is no such template of that type.";

    // Catalogue (§19.14).
    Documented NO_PRODUCT = 404 400_013 "The product {} was not found.";
    Documented NO_SKU = 404 400_018 "The SKU {} was not found.";
    Documented NO_AVAILABILITY = 404 400_019 "The availability {} was not found.";
    Documented SEGMENT_NOT_ALLOWED = 403 400_030 "The target segment '{}' is not allowed.";
    Documented VIEW_NOT_ALLOWED = 403 400_036 "The target view '{}' is not allowed.";

    // Carts and orders (§19.11 to §19.13).
    Documented NO_CART = 404 800_008 "The cart was not found.";
    Documented CART_ITEM_ERROR = 400 800_009 "There is an error in a cart item.";
    Documented CART_SUBMITTED = 400 800_065 "The cart was already submitted.";
    Choice LENGTH_REQUIRED = 411 800_002 "A request without a body must say Content-Length: 0.";
    Documented NO_ORDER = 404 20_000 "The order was not found.";
    Documented ORDER_STATUS = 400 0 "The value '{}' is not a valid OrderStatus.";
    Documented PARENT_ON_POST = 400 2000 "ParentSubscriptionId is not allowed when an order is created.";
    Documented LINE_NUMBER = 400 800_071 "The line item number {} is out of range.";
    Documented OFFER_UNKNOWN = 400 800_004 "The offer id '{}' is not valid.";
    Documented OFFER_STALE = 403 2091 "The offer '{}' is no longer sold.";
    Documented OFFER_COUNTRY = 400 800_070 "The offer '{}' is not available in {}.";
    Documented OFFER_TERM = 403 800_028 "The offer '{}' is not sold for the term '{}'.";
    Choice ORDER_CYCLE = 400 800_085 "The offer '{}' is not sold with the billing cycle '{}'.";
    Documented QUANTITY_RANGE = 400 2002 "The quantity {} is outside of what is allowed ({} to {}).";
    Documented SUBSCRIPTION_LIMIT = 403 800_066 "The sandbox limit of {} subscriptions per customer is met.";
    Documented SEAT_LIMIT = 403 800_067 "The sandbox limit of {} seats per subscription is met.";
    Documented AZURE_PLANS_LIMIT = 400 900_116 "The sandbox limit of {} Azure plans is met.";
    Documented AZURE_PLAN_LIMIT = 400 900_116 "The customer has an Azure plan already.";

    // Subscriptions (§19.10).
    Documented NO_SUBSCRIPTION = 404 20_003 "The subscription was not found.";
    Documented DELETED = 400 2011 "A deleted subscription cannot be updated.";
    Documented CYCLE_ON_SUBSCRIPTION = 400 2054 "The billing cycle must be changed through the order.";
    Documented SUSPENDED = 400 800_091 "A suspended subscription cannot be updated.";
    Documented NOT_RENEWABLE = 400 800_093 "The subscription cannot be renewed automatically.";
    Documented STATUS_CHANGE = 400 800_040 "The status cannot be changed to {} from {}.";
    Documented DECREASE_OVER = 400 800_090 "The quantity cannot be decreased: the window of {} days is over.";
    Documented CANCEL_OVER = 400 900_117 "The cancellation window of {} days is over.";
    Documented PENDING_CHANGE = 409 900_278 "An operation is pending on the subscription.";
    Choice SCHEDULE_WITHOUT_RENEWAL = 400 3000 "The property 'scheduledNextTermInstructions' is not valid: it needs autoRenewEnabled.";
    Choice CANNOT_REGISTER = 400 800_011 "The subscription is not an Azure subscription.";

    // Users and licences (§19.15).
    Documented NO_USER = 404 60_002 "The user was not found.";
    Choice UPN_TAKEN = 409 3000 "The property 'userPrincipalName' is not valid: another user has it.";
    Choice UPN_SUFFIX = 400 3000 "The property 'userPrincipalName' is not valid: its domain is not a verified domain of the customer.";
    Choice PASSWORD_WEAK = 400 3000 "The property 'passwordProfile.password' is not valid: it needs 8 characters of 3 classes.";
    Choice LOCATION_NEEDED = 400 800_002 "Invalid request input: the user needs a usageLocation before a licence can be assigned.";
    Documented OUT_OF_LICENCES = 400 60_012 "The tenant is out of licences.";
    Choice TWO_GROUPS = 400 800_002 "Invalid request input: one request can change licences of one group only.";
    Choice PLAN_UNKNOWN = 400 800_002 "Invalid request input: the SKU has no service plan {}.";
    Choice LICENCE_ABSENT = 400 800_002 "Invalid request input: the user has no licence {}.";

    // Application consents (identity reference §13).
    Choice CONSENT_EXISTS = 409 409 "Permission entry already exists.";

    // Qualifications (§6).
    Choice VALIDATION_CODE = 400 800_002 "Invalid request input: a government qualification needs a known validation code.";

    // Audit (§19.19).
    Choice AUDIT_WINDOW = 400 2000 "The start date lies more than 90 days back.";
}

/// What can be wrong with a line of a cart (reference, end of section 4). It stands in the cart;
/// the answer stays 201. That the code is sent as a number is the emulator's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineRule {
    /// The documented code.
    pub(crate) code: u32,
    /// The emulator's wording.
    pub(crate) text: &'static str,
}

const fn line(code: u32, text: &'static str) -> LineRule {
    LineRule { code, text }
}

pub(crate) const LINE_ITEM: LineRule = line(10_001, "The catalog item id is not valid.");
pub(crate) const LINE_PROCESS: LineRule = line(10_006, "The line item cannot be processed.");
pub(crate) const LINE_LIMIT: LineRule = line(10_009, "The sandbox limit is exceeded.");
pub(crate) const LINE_INPUT: LineRule = line(10_010, "The input is not valid.");
pub(crate) const LINE_PLAN: LineRule =
    line(10_013, "The billing plan is not available for the item.");
pub(crate) const LINE_PROMOTION: LineRule = line(10_014, "The promotion id is not valid.");
pub(crate) const LINE_SEATS: LineRule = line(
    10_015,
    "The number of seats is outside of what the item allows.",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_filled_in_in_order() {
        let refusal = QUANTITY_RANGE.about(&[&0, &1, &300]);
        assert_eq!(
            (refusal.status, refusal.text.as_str()),
            (
                400,
                "The quantity 0 is outside of what is allowed (1 to 300)."
            )
        );
    }

    #[test]
    fn choices_do_not_shadow_a_documented_line() {
        for (origin, name, rule) in TABLE {
            assert!((400..500).contains(&rule.status), "{name}");
            if *origin == Origin::Choice {
                assert!(
                    TABLE.iter().all(
                        |(other, _, known)| *other == Origin::Choice || known.text != rule.text
                    ),
                    "{name}"
                );
            }
        }
    }
}
