//! Regions of Azure. Source: arm reference §8, §10.1; which regions there are is this sandbox's
//! choice.

use crate::sandbox::reply::Refusal;

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
