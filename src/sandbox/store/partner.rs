//! Tables of Partner Center, its future work, and the rows about customers and the partner itself.
//! Rows hold facts; how an answer looks is decided in `sandbox::partner`.

use serde::{Deserialize, Serialize};

use super::partner_commerce::{Cart, Invoice, Order, Subscription};
use super::table::tables;
use crate::base::clock::Timestamp;

/// Partner Center's future work.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum PartnerDue {
    /// An order is fulfilled: its subscriptions come into being.
    Provision {
        /// The customer.
        customer: String,
        /// The order.
        order: String,
    },
    /// A slow change of a subscription takes effect.
    Change {
        /// The subscription as it will be.
        changed: Box<Subscription>,
    },
    /// A subscription is registered.
    Register {
        /// The customer.
        customer: String,
        /// The subscription.
        subscription: String,
    },
    /// A qualification is approved.
    Approve {
        /// The customer.
        customer: String,
        /// The qualification.
        qualification: String,
    },
    /// A term ends: the subscription renews or expires.
    EndTerm {
        /// The customer.
        customer: String,
        /// The subscription.
        subscription: String,
        /// The end that was meant; another one by now means that the term has changed.
        end: Timestamp,
    },
}

/// An address, as it is kept and as it is answered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    clippy::struct_field_names,
    reason = "the service's own names, which answers carry"
)]
pub(crate) struct Address {
    /// Two letters, upper case.
    pub(crate) country: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) district: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address_line1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address_line2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address_line3: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) middle_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email_address: Option<String>,
}

/// A customer's billing profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BillingProfile {
    pub(crate) id: String,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) email: String,
    pub(crate) culture: String,
    pub(crate) language: String,
    pub(crate) company_name: String,
    pub(crate) address: Address,
    /// A signed number that is new after every write.
    pub(crate) etag: i64,
}

/// A qualification of a customer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Qualification {
    /// `Education`, `GovernmentCommunityCloud`, `StateOwnedEntity`.
    pub(crate) name: String,
    /// `InReview`, then `Approved`.
    pub(crate) status: String,
    pub(crate) segment: Option<String>,
    pub(crate) created: Timestamp,
}

/// A customer; the key is its tenant id. Its verified domains stand with the tenant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) commerce_id: String,
    /// The initial domain.
    pub(crate) domain: String,
    pub(crate) registration_number: Option<String>,
    /// The address and e-mail of the company, as they were when it was created.
    pub(crate) address: Address,
    pub(crate) email: String,
    pub(crate) billing: BillingProfile,
    /// The company's name when the relation began, if it was changed since.
    #[serde(default)]
    pub(crate) original_name: Option<String>,
    /// Tenant of the indirect reseller.
    pub(crate) associated_partner: Option<String>,
    pub(crate) qualifications: Vec<Qualification>,
    pub(crate) created: Timestamp,
}

/// Who signed for the customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Contact {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_number: Option<String>,
}

/// A confirmation of an agreement; the key is `customer/number`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Agreement {
    /// Object id of the partner's user who confirmed it.
    pub(crate) user: String,
    pub(crate) contact: Contact,
    pub(crate) template: String,
    pub(crate) agreed: Timestamp,
    /// `MicrosoftCustomerAgreement` or `MicrosoftCloudAgreement`.
    pub(crate) kind: String,
}

/// A licence that a user holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Assignment {
    /// Id of the licence SKU (Graph's `skuId`).
    pub(crate) sku: String,
    /// Service plans that are switched off.
    pub(crate) excluded: Vec<String>,
    /// When it was assigned; none if it came with the user.
    #[serde(default)]
    pub(crate) since: Option<Timestamp>,
}

/// A user of a customer's directory; the key is `customer/user`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) upn: String,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) display_name: String,
    pub(crate) immutable_id: Option<String>,
    pub(crate) usage_location: Option<String>,
    pub(crate) phone_number: Option<String>,
    /// Whether the password must be changed at the next sign-in. The password itself is not kept.
    pub(crate) change_password: bool,
    pub(crate) licences: Vec<Assignment>,
    /// When the user was deleted, and the name it had.
    pub(crate) deleted: Option<(Timestamp, String)>,
}

/// A record of the audit trail; the key is its number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Audit {
    pub(crate) at: Timestamp,
    pub(crate) partner: String,
    pub(crate) customer: Option<String>,
    pub(crate) customer_name: Option<String>,
    /// Empty for an application.
    pub(crate) upn: String,
    pub(crate) app: String,
    pub(crate) resource: String,
    pub(crate) operation: String,
    /// JSON text with members in Pascal case.
    pub(crate) old: Option<String>,
    pub(crate) new: Option<String>,
    pub(crate) correlation: Option<String>,
    pub(crate) data: Vec<(String, String)>,
}

/// The partner's organisation; the key is its tenant id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Organization {
    pub(crate) tenant: String,
    pub(crate) company_name: String,
    pub(crate) domain: String,
    pub(crate) email: String,
    pub(crate) language: String,
    pub(crate) culture: String,
    pub(crate) address: Address,
    pub(crate) etag: i64,
}

/// How many customers there are by number alone; they are made when they are looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Numbered {
    /// The number of the last; the first is 1.
    pub(crate) last: u32,
    /// When they came.
    pub(crate) since: Timestamp,
}

tables! {
    /// Tables of Partner Center.
    "partner" PartnerTables {
        /// Customers by tenant id.
        customers: Customer,
        /// Confirmed agreements by `customer/number`.
        agreements: Agreement,
        /// Carts by `customer/cart`.
        carts: Cart,
        /// Orders by `customer/order`.
        orders: Order,
        /// Subscriptions by `customer/subscription`.
        subscriptions: Subscription,
        /// Users of the customers' directories by `customer/user`.
        users: User,
        /// Invoices by id.
        invoices: Invoice,
        /// The audit trail by number.
        audit: Audit,
        /// The partner's organisation by tenant id.
        organizations: Organization,
        /// Customers by number: one row, `customers`.
        numbered: Numbered,
        /// Numbered customers that were deleted.
        gone: bool,
        /// Domains that were once taken and stay so, though no tenant has them.
        reserved: bool,
    }
}
