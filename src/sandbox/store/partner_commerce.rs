//! Rows of Partner Center about buying: carts, orders, subscriptions, invoices.

use serde::{Deserialize, Serialize};

use crate::base::clock::Timestamp;

/// An error of a cart's line: code and text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LineError {
    pub(crate) code: u32,
    pub(crate) text: String,
}

/// A line of a cart.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CartLine {
    pub(crate) id: i64,
    pub(crate) item: String,
    pub(crate) quantity: i64,
    pub(crate) billing_cycle: String,
    pub(crate) term: Option<String>,
    pub(crate) friendly_name: Option<String>,
    /// Set by the service.
    pub(crate) currency: String,
    /// Set by the service: lines of one group become one order.
    pub(crate) group: String,
    pub(crate) error: Option<LineError>,
}

/// A cart; the key is `customer/cart`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Cart {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) changed: Timestamp,
    pub(crate) expires: Timestamp,
    /// Object id of who changed it last.
    pub(crate) user: String,
    pub(crate) ordered: bool,
    pub(crate) lines: Vec<CartLine>,
}

/// A line of an order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OrderLine {
    pub(crate) number: i64,
    pub(crate) offer: String,
    pub(crate) quantity: i64,
    pub(crate) subscription: Option<String>,
    pub(crate) friendly_name: String,
    pub(crate) term: Option<String>,
    pub(crate) partner_id: Option<String>,
    /// Price of one seat for one billing cycle, in hundredths.
    pub(crate) price: i64,
}

/// An order; the key is `customer/order`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) billing_cycle: String,
    pub(crate) currency: (String, String),
    pub(crate) lines: Vec<OrderLine>,
    pub(crate) created: Timestamp,
    /// Lists show it from then on.
    pub(crate) listed: Timestamp,
    /// Whether it is fulfilled.
    pub(crate) completed: bool,
    pub(crate) country: String,
}

/// States of a subscription that the sandbox knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    Active,
    Suspended,
    Expired,
    Deleted,
}

impl Status {
    /// Returns the word of the answers.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::Deleted => "deleted",
        }
    }
}

/// How far a subscription's registration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Registered {
    No,
    InProgress,
    Yes,
}

/// Seats that may still be given back, and until when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Refundable {
    pub(crate) quantity: i64,
    pub(crate) until: Timestamp,
}

/// What shall happen when the term ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct NextTerm {
    pub(crate) product: String,
    pub(crate) sku: String,
    pub(crate) availability: String,
    pub(crate) billing_cycle: String,
    pub(crate) term: String,
    pub(crate) quantity: i64,
}

/// A subscription; the key is `customer/subscription`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) order: String,
    /// `product:sku:availability`.
    pub(crate) offer: String,
    pub(crate) friendly_name: String,
    pub(crate) quantity: i64,
    pub(crate) created: Timestamp,
    /// When the present term began.
    pub(crate) started: Timestamp,
    /// The last day of the term; none for an Azure plan.
    pub(crate) ends: Option<Timestamp>,
    pub(crate) cancel_until: Option<Timestamp>,
    pub(crate) refundable: Vec<Refundable>,
    pub(crate) status: Status,
    pub(crate) auto_renew: bool,
    pub(crate) billing_cycle: String,
    /// Empty for an Azure plan.
    pub(crate) term: String,
    pub(crate) partner_id: String,
    pub(crate) next_term: Option<NextTerm>,
    /// Counts the changes; the entity tag is made from it.
    pub(crate) version: u64,
    /// Whether a slow change is on its way.
    pub(crate) pending: bool,
    pub(crate) registered: Registered,
}

/// An invoice; the key is its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Invoice {
    pub(crate) id: String,
    pub(crate) date: Timestamp,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    /// In hundredths.
    pub(crate) total: i64,
    pub(crate) paid: i64,
    pub(crate) currency: (String, String),
}
