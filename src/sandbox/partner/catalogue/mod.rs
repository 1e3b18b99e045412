//! What is sold: products, SKUs, terms and the licences behind them, and how an id of the catalogue
//! is found. Availability ids are derived and change when the catalogue is issued anew.

mod table;

pub(crate) use table::AZURE_PLAN;
use table::{AZURE_TERMS, LICENCE_TERMS, SKUS, TRIAL_TERMS};

use super::countries;

/// What kind of thing a product is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A licence-based product of the new commerce.
    Licence,
    /// The Azure plan.
    AzurePlan,
}

/// A service plan within a licence.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
}

/// A licence as the directory knows it.
#[derive(Debug)]
pub(crate) struct Licence {
    /// Graph's `skuId`; `provisioningId` in the catalogue.
    pub(crate) id: &'static str,
    pub(crate) part_number: &'static str,
    pub(crate) name: &'static str,
    /// `group1`, or `group2` for what the directory does not manage itself.
    pub(crate) group: &'static str,
    pub(crate) plans: &'static [&'static Plan],
}

/// A SKU of a product.
#[derive(Debug)]
pub(crate) struct Sku {
    pub(crate) product: &'static str,
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) kind: Kind,
    pub(crate) segment: &'static str,
    pub(crate) most: i64,
    pub(crate) trial: bool,
    pub(crate) licence: Option<&'static Licence>,
    /// Price of a seat for a month, in hundredths.
    pub(crate) price: i64,
}

/// What can be bought of a SKU under one availability: a term, with its billing cycles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Term {
    /// `P1M`, `P1Y`; empty for an Azure plan.
    pub(crate) duration: &'static str,
    /// Billing cycles in the casing of the catalogue.
    pub(crate) cycles: &'static [&'static str],
}

/// Returns every SKU; those of one product stand together.
pub(crate) fn skus() -> impl Iterator<Item = &'static Sku> {
    SKUS.iter()
}

/// Returns a SKU by product and id.
pub(crate) fn sku(product: &str, id: &str) -> Option<&'static Sku> {
    skus().find(|sku| sku.product.eq_ignore_ascii_case(product) && sku.id.eq_ignore_ascii_case(id))
}

/// Returns a licence by its id.
pub(crate) fn licence_of(id: &str) -> Option<&'static Licence> {
    skus()
        .filter_map(|sku| sku.licence)
        .find(|licence| licence.id.eq_ignore_ascii_case(id))
}

impl Sku {
    /// Returns the terms that are sold, one availability each.
    pub(crate) fn terms(&self) -> &'static [Term] {
        match (self.kind, self.trial) {
            (Kind::AzurePlan, _) => &AZURE_TERMS,
            (Kind::Licence, true) => &TRIAL_TERMS,
            (Kind::Licence, false) => &LICENCE_TERMS,
        }
    }

    /// Returns the id of the availability of a term in a country.
    pub(crate) fn availability(&self, term: &Term, country: &str, issue: u32) -> String {
        let text = format!(
            "{}:{}:{}:{country}:{issue}",
            self.product, self.id, term.duration
        );
        let mut mixed = fnv(&text);
        let mut id = self.product[..8].to_owned();
        for _ in 0..4 {
            const LETTERS: &[u8; 32] = b"0123456789BCDFGHJKLMNPQRSTVWXZAE";
            id.push(char::from(
                LETTERS[usize::from(mixed.to_le_bytes()[0] % 32)],
            ));
            mixed /= 32;
        }
        id
    }

    /// Returns what the new commerce calls the kind of product.
    pub(crate) fn product_type(&self) -> &'static str {
        match self.kind {
            Kind::Licence => "OnlineServicesNCE",
            Kind::AzurePlan => "Azure",
        }
    }

    /// Returns how much a seat costs for a billing cycle, in hundredths.
    pub(crate) fn price_for(&self, cycle: &str) -> i64 {
        if cycle == "annual" {
            self.price * 12
        } else {
            self.price
        }
    }
}

/// What a catalogue item id stands for.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) sku: &'static Sku,
    pub(crate) term: Term,
    /// The id in the catalogue's own casing.
    pub(crate) id: String,
}

/// Why an id is no catalogue item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoItem {
    /// The text has another form, or names no product or SKU.
    Unknown,
    /// Product and SKU exist, the availability does not (any more).
    Stale,
    /// The availability is one of another country.
    Elsewhere,
}

/// Finds what is bought by `product:sku:availability` in a country, under an issue of the catalogue.
pub(crate) fn item(issue: u32, id: &str, country: &str) -> Result<Item, NoItem> {
    let parts: Vec<&str> = id.split(':').collect();
    let [product, sku_id, availability] = parts[..] else {
        return Err(NoItem::Unknown);
    };
    let sku = sku(product, sku_id).ok_or(NoItem::Unknown)?;
    let of = |country: &str| {
        sku.terms().iter().find(|term| {
            sku.availability(term, country, issue)
                .eq_ignore_ascii_case(availability)
        })
    };
    match of(country) {
        Some(term) => Ok(Item {
            sku,
            term: *term,
            id: id.to_uppercase(),
        }),
        None if countries::codes().any(|code| of(code).is_some()) => Err(NoItem::Elsewhere),
        None => Err(NoItem::Stale),
    }
}

/// Finds the SKU of an id whose availability may be an old one.
pub(crate) fn sku_of(offer: &str) -> Option<&'static Sku> {
    let mut parts = offer.split(':');
    sku(parts.next()?, parts.next()?)
}

/// Mixes a text into a number (FNV-1a).
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_their_country_until_they_are_issued_anew() {
        let sku = sku("CFQ7TTC0LH18", "0001").expect("in the table");
        let yearly = sku.terms()[1];
        let id = |country: &str| {
            let availability = sku.availability(&yearly, country, 0);
            format!("{}:{}:{availability}", sku.product, sku.id)
        };
        let find = |issue: u32, id: &str| item(issue, id, "US").map(|item| item.term);
        assert_eq!(find(0, &id("US")), Ok(yearly));
        assert_eq!(find(0, &id("DE")), Err(NoItem::Elsewhere));
        assert_eq!(find(0, "CFQ7TTC0LH18:0001"), Err(NoItem::Unknown));
        assert_eq!(find(1, &id("US")), Err(NoItem::Stale));
    }

    #[test]
    fn availability_ids_differ_everywhere() {
        let mut seen = std::collections::HashSet::new();
        for sku in skus() {
            for term in sku.terms() {
                for country in countries::codes() {
                    let id = (sku.product, sku.id, sku.availability(term, country, 0));
                    assert!(seen.insert(id), "{} {country}", sku.title);
                }
            }
        }
    }
}
