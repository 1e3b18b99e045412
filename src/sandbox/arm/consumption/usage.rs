//! Usage: one record a day for each resource that costs something, from the day it was made to
//! yesterday. The prices are this sandbox's choice, and a resource counts as if it had always been as
//! it is now: a machine that is deallocated costs nothing. The reference gives the fields of the older
//! kind of records and calls them unconfirmed; those of the `modern` kind are shown by the same names.
//! Source: arm reference §10.12, §12.15; partner-center reference §18.

use serde_json::{Value, json};

use super::admitted;
use crate::base::clock::Timestamp;
use crate::sandbox::arm::body::one_of;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::page;
use crate::sandbox::derived;
use crate::sandbox::partner::dates::{self, midnight, plus_days};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Resource, Tx};

pub(super) const ROUTES: &[Route] = &[Route::arm(
    "GET",
    "/{*scope}/providers/Microsoft.Consumption/usageDetails",
    list,
)];

/// What a day costs.
#[derive(Debug)]
struct Rate {
    kind: &'static str,
    product: &'static str,
    /// Units of a day, and US dollars of a unit.
    quantity: f64,
    price: f64,
}

const fn rate(kind: &'static str, product: &'static str, quantity: f64, price: f64) -> Rate {
    Rate {
        kind,
        product,
        quantity,
        price,
    }
}

const RATES: [Rate; 5] = [
    rate(
        "Microsoft.Compute/virtualMachines",
        "Virtual Machines",
        24.0,
        0.05,
    ),
    rate("Microsoft.Compute/disks", "Managed Disks", 1.0, 0.25),
    rate(
        "Microsoft.Network/publicIPAddresses",
        "IP Addresses",
        24.0,
        0.005,
    ),
    rate("Microsoft.Sql/servers/databases", "SQL Database", 1.0, 0.5),
    rate("Microsoft.Storage/storageAccounts", "Storage", 1.0, 0.05),
];

fn rate_of(resource: &Resource) -> Option<&'static Rate> {
    let is_off = resource.hidden.get("power") == Some(&json!("deallocated"));
    let rate = RATES
        .iter()
        .find(|rate| rate.kind.eq_ignore_ascii_case(&resource.kind));
    // The database that every server has comes with it.
    let is_free = resource.name == "master";
    rate.filter(|_| !is_off && !is_free)
}

/// Days, each by its beginning: from the first to before the last.
#[derive(Debug, Clone, Copy)]
struct Days {
    from: Timestamp,
    to: Timestamp,
}

impl Days {
    /// The present month, up to yesterday.
    fn of_month(now: Timestamp) -> Self {
        let date = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        Self {
            from: plus_days(midnight(now), 1 - i64::from(date.day())),
            to: midnight(now),
        }
    }

    /// The days of a filter, as far as they are over.
    fn read(filter: &str, now: Timestamp) -> Result<Self, Refusal> {
        let mut days = Self {
            from: Timestamp::UNIX_EPOCH,
            to: midnight(now),
        };
        for part in filter.split(" and ").map(str::trim) {
            let date = part.rsplit_once(' ').and_then(|(head, text)| {
                let text = text.strip_prefix('\'')?.strip_suffix('\'')?;
                Some((head, dates::parse(text)?))
            });
            match date {
                Some(("properties/usageStart ge", date)) => days.from = midnight(date),
                Some(("properties/usageEnd le", date)) => {
                    days.to = days.to.min(plus_days(midnight(date), 1));
                }
                _ => {
                    let text = format!("The filter '{filter}' is not supported.");
                    return Err(Refusal::new(400, "InvalidFilterInQueryString", text));
                }
            }
        }
        Ok(days)
    }

    /// The days since something was made.
    fn since(self, made: Timestamp) -> impl Iterator<Item = Timestamp> {
        let first = self.from.max(midnight(made));
        let next = |day: &Timestamp| Some(plus_days(*day, 1));
        std::iter::successors(Some(first), next).take_while(move |day| *day < self.to)
    }
}

fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let scope = admitted(request, tx, "usageDetails/read")?;
    if let Some(metric) = request.query("metric") {
        one_of("metric", metric, &["actualcost", "amortizedcost", "usage"])?;
    }
    let days = match request.query("$filter") {
        Some(filter) => Days::read(filter, tx.now())?,
        None => Days::of_month(tx.now()),
    };
    let mut records = Vec::new();
    for (_, resource) in tx.arm.resources.under(&scope.key()) {
        let Some(rate) = rate_of(resource) else {
            continue;
        };
        let own = days.since(resource.created.at);
        records.extend(own.map(|day| (day, record(&scope, resource, rate, day))));
    }
    records.sort_by_key(|(day, _)| *day);
    page::list(
        request,
        records.into_iter().map(|(_, record)| record).collect(),
    )
}

fn record(scope: &Id, resource: &Resource, rate: &Rate, day: Timestamp) -> Value {
    let date = dates::write_seconds(day);
    let name = derived::guid(&["usage", &resource.id.to_lowercase(), &date]);
    let id = Id::parse(&resource.id).unwrap_or_default();
    json!({
        "id": format!("{}/providers/Microsoft.Consumption/usageDetails/{name}", scope.text()),
        "name": name,
        "type": "Microsoft.Consumption/usageDetails",
        "kind": "modern",
        "tags": resource.tags,
        "properties": {
            "date": date,
            "product": rate.product,
            "meterId": derived::guid(&["meter", rate.kind]),
            "quantity": rate.quantity,
            "effectivePrice": rate.price,
            "cost": cents(rate.quantity * rate.price),
            "billingCurrency": "USD",
            "resourceLocation": resource.location,
            "consumedService": rate.kind.split('/').next(),
            "resourceId": resource.id,
            "resourceName": resource.name,
            "resourceGroup": id.group,
            "chargeType": "Usage",
        },
    })
}

/// Rounds to hundredths.
fn cents(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}

/// Returns what the present month has cost at a scope, in US dollars.
pub(super) fn spent(tx: &Tx<'_>, scope: &Id) -> f64 {
    let days = Days::of_month(tx.now());
    let all = tx.arm.resources.under(&scope.key());
    let costs = all.filter_map(|(_, resource)| {
        let rate = rate_of(resource)?;
        let count = days.since(resource.created.at).map(|_| 1.0).sum::<f64>();
        Some(count * cents(rate.quantity * rate.price))
    });
    cents(costs.sum())
}

/// Refuses something new that costs money once the month has cost what the integration sandbox
/// allows. The code is this sandbox's choice.
pub(in crate::sandbox::arm) fn capped(tx: &Tx<'_>, id: &Id) -> Result<(), Refusal> {
    let Some(most) = tx.limits().azure_usage() else {
        return Ok(());
    };
    let kind = id.kind().unwrap_or_default();
    let costs = RATES
        .iter()
        .any(|rate| rate.kind.eq_ignore_ascii_case(&kind));
    let root = Id::of_subscription(id.subscription.as_deref().unwrap_or_default());
    if !costs || tx.arm.resources.has(&id.key()) || spent(tx, &root) < most {
        return Ok(());
    }
    let text = format!(
        "The Azure usage of the subscription '{}' has reached the integration sandbox's limit of {most} USD a month; nothing that costs can be created.",
        id.subscription.as_deref().unwrap_or_default()
    );
    Err(Refusal::new(409, "QuotaExceeded", text))
}
