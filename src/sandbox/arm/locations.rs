//! Regions of Azure. Source: arm reference §8, §10.1; which regions there are is this sandbox's
//! choice.

use serde_json::{Value, json};

use super::access::{subscription, version};
use super::page;
use super::subscriptions::VERSIONS;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[Route::arm(
    "GET",
    "/subscriptions/{subscription}/locations",
    list,
)];

/// Normal form and display name.
pub(super) const REGIONS: [(&str, &str); 10] = [
    ("centralus", "Central US"),
    ("eastus", "East US"),
    ("eastus2", "East US 2"),
    ("germanywestcentral", "Germany West Central"),
    ("northeurope", "North Europe"),
    ("swedencentral", "Sweden Central"),
    ("uksouth", "UK South"),
    ("westeurope", "West Europe"),
    ("westus", "West US"),
    ("westus2", "West US 2"),
];

/// Where a region is: geography and its group, longitude, latitude, place, the region that it is paired
/// with. In the order of [`REGIONS`].
const PLACES: [[&str; 6]; 10] = [
    [
        "United States",
        "US",
        "-93.6208",
        "41.5908",
        "Iowa",
        "eastus2",
    ],
    [
        "United States",
        "US",
        "-79.8164",
        "37.3719",
        "Virginia",
        "westus",
    ],
    [
        "United States",
        "US",
        "-78.3889",
        "36.6681",
        "Virginia",
        "centralus",
    ],
    [
        "Germany",
        "Europe",
        "8.682127",
        "50.110924",
        "Frankfurt",
        "germanynorth",
    ],
    [
        "Europe",
        "Europe",
        "-6.2597",
        "53.3478",
        "Ireland",
        "westeurope",
    ],
    [
        "Sweden",
        "Europe",
        "17.14127",
        "60.67488",
        "Gävle",
        "swedensouth",
    ],
    [
        "United Kingdom",
        "UK",
        "-0.799",
        "50.941",
        "London",
        "ukwest",
    ],
    [
        "Europe",
        "Europe",
        "4.9",
        "52.3667",
        "Netherlands",
        "northeurope",
    ],
    [
        "United States",
        "US",
        "-122.417",
        "37.783",
        "California",
        "eastus",
    ],
    [
        "United States",
        "US",
        "-119.852",
        "47.233",
        "Washington",
        "westcentralus",
    ],
];

/// Returns the normal form of a location: `West Europe` is `westeurope`.
pub(super) fn normal(location: &str) -> String {
    location.replace(' ', "").to_lowercase()
}

/// Refuses a location in normal form that there is not.
pub(super) fn check(location: &str) -> Result<(), Refusal> {
    if REGIONS.iter().any(|(name, _)| *name == location) {
        return Ok(());
    }
    let names: Vec<&str> = REGIONS.iter().map(|(name, _)| *name).collect();
    let text = format!(
        "The provided location '{location}' is not available for resource type. List of available regions is '{}'.",
        names.join(",")
    );
    Err(Refusal::new(
        400,
        "LocationNotAvailableForResourceType",
        text,
    ))
}

/// Returns the region that another one is paired with; it may be one that is not served.
pub(super) fn paired(location: &str) -> Option<&'static str> {
    let mut regions = REGIONS.iter().zip(&PLACES);
    let found = regions.find(|((name, _), _)| *name == location);
    found.map(|(_, place)| place[5])
}

/// Lists the regions; there are no edge zones for `includeExtendedLocations` to add.
fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    version(request, VERSIONS)?;
    let azure = subscription(
        request,
        tx,
        "Microsoft.Resources/subscriptions/locations/read",
    )?;
    let regions = REGIONS.iter().zip(&PLACES);
    let shown = regions.map(|(&(name, title), place)| shown(&azure.id, name, title, place));
    page::list(request, shown.collect())
}

fn shown(subscription: &str, name: &str, title: &str, place: &[&str; 6]) -> Value {
    let [geography, group, longitude, latitude, city, pair] = place;
    let id = |name: &str| format!("/subscriptions/{subscription}/locations/{name}");
    json!({
        "id": id(name),
        "name": name,
        "type": "Region",
        "displayName": title,
        "regionalDisplayName": format!("({group}) {title}"),
        "metadata": {
            "regionType": "Physical",
            "regionCategory": "Recommended",
            "geography": geography,
            "geographyGroup": group,
            "longitude": longitude,
            "latitude": latitude,
            "physicalLocation": city,
            "pairedRegion": [{ "name": pair, "id": id(pair) }],
        },
    })
}
