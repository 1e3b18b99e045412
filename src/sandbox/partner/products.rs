//! The catalogue (reference §8, §19.14): products, SKUs, availabilities of a country.

use serde_json::{Value, json};

use super::body::one_of;
use super::catalogue::{self, Kind, Sku, Term};
use super::codes::{
    NO_AVAILABILITY, NO_PRODUCT, NO_SKU, QUERY_INVALID, QUERY_MISSING, SEGMENT_NOT_ALLOWED,
    VIEW_NOT_ALLOWED,
};
use super::countries::{self, Country};
use super::page::own_uri;
use super::shape::{collection, lean, link, links};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Auth, Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[
    Route::partner("GET", "/v1/products", Auth::Either, products),
    Route::partner("GET", "/v1/products/{product}", Auth::Either, product),
    Route::partner("GET", "/v1/products/{product}/skus", Auth::Either, skus),
    Route::partner(
        "GET",
        "/v1/products/{product}/skus/{sku}",
        Auth::Either,
        sku,
    ),
    Route::partner(
        "GET",
        "/v1/products/{product}/skus/{sku}/availabilities",
        Auth::Either,
        availabilities,
    ),
    Route::partner(
        "GET",
        "/v1/products/{product}/skus/{sku}/availabilities/{availability}",
        Auth::Either,
        availability,
    ),
];

const VIEWS: &[&str] = &[
    "Azure",
    "AzureReservations",
    "AzureReservationsVM",
    "AzureReservationsSQL",
    "AzureReservationsCosmosDb",
    "MicrosoftAzure",
    "OnlineServices",
    "Software",
    "SoftwareSUSELinux",
    "SoftwarePerpetual",
    "SoftwareSubscriptions",
    "MarketplaceSaaS",
];
const SEGMENTS: &[&str] = &["commercial", "education", "government", "nonprofit"];

/// What part of the catalogue a call is about.
struct Part {
    country: &'static Country,
    segment: Option<&'static str>,
}

impl Part {
    fn read(request: &Request) -> Result<Self, Refusal> {
        let code = request
            .query("country")
            .ok_or_else(|| QUERY_MISSING.about(&[&"country"]))?;
        let country = countries::country(code)
            .ok_or_else(|| QUERY_INVALID.about(&[&"country", &"there is no such country"]))?;
        let segment = match request.query("targetSegment") {
            None => None,
            Some(text) => {
                Some(one_of(text, SEGMENTS).ok_or_else(|| SEGMENT_NOT_ALLOWED.about(&[&text]))?)
            }
        };
        Ok(Self { country, segment })
    }

    /// Returns whether a SKU belongs to it; by default all segments but nonprofit do.
    fn has(&self, sku: &Sku) -> bool {
        self.segment
            .map_or(sku.segment != "nonprofit", |segment| sku.segment == segment)
    }

    /// Returns the SKUs of a product, or the refusal for an unknown one.
    fn skus_of(&self, product: &str) -> Result<Vec<&'static Sku>, Refusal> {
        let skus: Vec<_> = catalogue::skus()
            .filter(|sku| sku.product.eq_ignore_ascii_case(product) && self.has(sku))
            .collect();
        if skus.is_empty() {
            return Err(NO_PRODUCT.about(&[&product]));
        }
        Ok(skus)
    }

    fn sku_of(&self, request: &Request) -> Result<&'static Sku, Refusal> {
        let (product, id) = (request.param("product"), request.param("sku"));
        let skus = self.skus_of(product)?;
        skus.into_iter()
            .find(|sku| sku.id.eq_ignore_ascii_case(id))
            .ok_or_else(|| NO_SKU.about(&[&id]))
    }
}

fn products(request: &Request, _tx: &mut Tx<'_>) -> Outcome {
    let part = Part::read(request)?;
    let view = request
        .query("targetView")
        .ok_or_else(|| QUERY_MISSING.about(&[&"targetView"]))?;
    let view = one_of(view, VIEWS).ok_or_else(|| VIEW_NOT_ALLOWED.about(&[&view]))?;
    let in_view = |sku: &Sku| match sku.kind {
        Kind::Licence => view == "OnlineServices",
        Kind::AzurePlan => view == "MicrosoftAzure",
    };
    let mut skus: Vec<&Sku> = catalogue::skus()
        .filter(|sku| in_view(sku) && part.has(sku))
        .collect();
    skus.dedup_by_key(|sku| sku.product);
    let items = skus
        .into_iter()
        .map(|sku| product_shown(sku, part.country))
        .collect();
    Ok(Reply::ok(collection(items, links(&own_uri(request, &[])))))
}

fn product(request: &Request, _tx: &mut Tx<'_>) -> Outcome {
    let part = Part::read(request)?;
    let skus = part.skus_of(request.param("product"))?;
    Ok(Reply::ok(product_shown(skus[0], part.country)))
}

fn skus(request: &Request, _tx: &mut Tx<'_>) -> Outcome {
    let part = Part::read(request)?;
    let skus = part.skus_of(request.param("product"))?;
    let items = skus
        .into_iter()
        .map(|sku| sku_shown(sku, part.country))
        .collect();
    Ok(Reply::ok(collection(items, links(&own_uri(request, &[])))))
}

fn sku(request: &Request, _tx: &mut Tx<'_>) -> Outcome {
    let part = Part::read(request)?;
    Ok(Reply::ok(sku_shown(part.sku_of(request)?, part.country)))
}

fn availabilities(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let part = Part::read(request)?;
    let sku = part.sku_of(request)?;
    let issue = tx.config().catalogue_issue;
    let items = sku
        .terms()
        .iter()
        .map(|term| availability_shown(sku, term, part.country, issue))
        .collect();
    Ok(Reply::ok(collection(items, links(&own_uri(request, &[])))))
}

fn availability(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let part = Part::read(request)?;
    let sku = part.sku_of(request)?;
    let issue = tx.config().catalogue_issue;
    let id = request.param("availability");
    let term = sku
        .terms()
        .iter()
        .find(|term| {
            sku.availability(term, part.country.code, issue)
                .eq_ignore_ascii_case(id)
        })
        .ok_or_else(|| NO_AVAILABILITY.about(&[&id]))?;
    Ok(Reply::ok(availability_shown(
        sku,
        term,
        part.country,
        issue,
    )))
}

/// A product is called after its first SKU.
fn product_shown(sku: &Sku, country: &Country) -> Value {
    let uri = format!("/products/{}", sku.product);
    let query = format!("country={}", country.code);
    json!({
        "id": sku.product,
        "title": sku.title,
        "description": sku.title,
        "productType": { "id": sku.product_type(), "displayName": sku.product_type() },
        "isMicrosoftProduct": true,
        "publisherName": "Microsoft Corporation",
        "links": {
            "skus": link(&format!("{uri}/skus?{query}")),
            "self": link(&format!("{uri}?{query}")),
        },
    })
}

fn sku_shown(sku: &Sku, country: &Country) -> Value {
    let uri = format!("/products/{}/skus/{}", sku.product, sku.id);
    let query = format!("country={}", country.code);
    let licence = sku.licence.map(|licence| licence.id);
    let mut cycles: Vec<String> = Vec::new();
    for cycle in sku.terms().iter().flat_map(|term| term.cycles) {
        let cycle = cycle.to_lowercase();
        if !cycles.contains(&cycle) {
            cycles.push(cycle);
        }
    }
    lean(json!({
        "id": sku.id,
        "productId": sku.product,
        "title": sku.title,
        "description": sku.title,
        "minimumQuantity": 1,
        "maximumQuantity": sku.most,
        "isTrial": sku.trial,
        "supportedBillingCycles": cycles,
        "purchasePrerequisites": ["MicrosoftCustomerAgreement"],
        "inventoryVariables": [],
        "provisioningVariables": [],
        "actions": [],
        "dynamicAttributes": {
            "isMicrosoftProduct": true,
            "hasConstraints": false,
            "isAddon": false,
            "prerequisiteSkus": [],
            "upgradeTargetOffers": [],
            "conversionInstructions": [],
            "provisioningId": licence,
            "billingType": if licence.is_some() { "license" } else { "usage" },
            "unitType": if licence.is_some() { "Licenses" } else { "Usage-based" },
        },
        "links": {
            "availabilities": link(&format!("{uri}/availabilities?{query}")),
            "self": link(&format!("{uri}?{query}")),
        },
    }))
}

fn availability_shown(sku: &Sku, term: &Term, country: &Country, issue: u32) -> Value {
    let id = sku.availability(term, country.code, issue);
    let uri = format!(
        "/products/{}/skus/{}/availabilities/{id}",
        sku.product, sku.id
    );
    let terms: Vec<Value> = (1..)
        .zip(term.cycles)
        .map(|(number, cycle)| term_shown(term, number, cycle))
        .collect();
    let ids: Vec<&Value> = terms.iter().map(|term| &term["id"]).collect();
    let renewable = !sku.trial && !term.duration.is_empty();
    let renewal = renewable.then(|| {
        json!([{
            "applicableTermIds": ids,
            "renewalOptions": [{
                "renewToId": format!("{}:{}", sku.product, sku.id),
                "isAutoRenewable": true,
            }],
        }])
    });
    lean(json!({
        "id": id,
        "productId": sku.product,
        "skuId": sku.id,
        "catalogItemId": format!("{}:{}:{id}", sku.product, sku.id),
        "defaultCurrency": { "code": country.currency.0, "symbol": country.currency.1 },
        "segment": sku.segment,
        "country": country.code,
        "isPurchasable": true,
        "isRenewable": renewable,
        "renewalInstructions": renewal,
        "terms": terms,
        "links": links(&format!("{uri}?country={}", country.code)),
    }))
}

fn term_shown(term: &Term, number: u32, cycle: &str) -> Value {
    let duration = (!term.duration.is_empty()).then_some(term.duration);
    let description = match term.duration {
        "P1M" => "One-month commitment",
        "P1Y" => "One-year commitment",
        _ => "No commitment",
    };
    lean(json!({
        "id": format!("t{number}"),
        "duration": duration,
        "description": description,
        "billingCycle": cycle,
        "cancellationPolicies": [{
            "refundOptions": [{ "sequenceId": 0, "type": "Full", "expiresAfter": "P7D" }],
        }],
    }))
}
