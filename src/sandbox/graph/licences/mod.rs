//! Licences as Graph sees them: who has which, what a directory owns, and the purchases behind it. The
//! accounting is the one of `partner::seats`. Source: graph reference §4, §8, §8.2.

mod assign;
mod of_user;
mod skus;
mod subscriptions;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::access::{READERS, Rule};
use crate::sandbox::entra::roles::{LICENSE_ADMINISTRATOR, USER_ADMINISTRATOR};
use crate::sandbox::partner::catalogue::{self, Plan};
use crate::sandbox::route::Route;
use crate::sandbox::store::Assignment;

/// Every route of licences.
pub(super) const ROUTES: [&[Route]; 4] = [
    assign::ROUTES,
    of_user::ROUTES,
    skus::ROUTES,
    subscriptions::ROUTES,
];

/// Who may change licences.
const WRITE: Rule = Rule {
    scopes: &[
        "LicenseAssignment.ReadWrite.All",
        "User.ReadWrite.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &[
        "LicenseAssignment.ReadWrite.All",
        "User.ReadWrite.All",
        "Directory.ReadWrite.All",
    ],
    roles: &[LICENSE_ADMINISTRATOR, USER_ADMINISTRATOR],
    members: false,
};

/// Who may read what the directory owns.
const READ_OWNED: Rule = Rule {
    scopes: &[
        "Organization.Read.All",
        "Organization.ReadWrite.All",
        "LicenseAssignment.Read.All",
        "LicenseAssignment.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &[
        "Organization.Read.All",
        "Organization.ReadWrite.All",
        "LicenseAssignment.Read.All",
        "LicenseAssignment.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    roles: READERS,
    members: true,
};

/// Returns the service plans of a licence that somebody has, without those that are switched off.
pub(super) fn plans_of(held: &Assignment) -> impl Iterator<Item = &'static Plan> {
    let licence = catalogue::licence_of(&held.sku);
    let plans = licence.map_or(&[][..], |licence| licence.plans);
    let on = move |plan: &&&'static Plan| !held.excluded.iter().any(|id| id == plan.id);
    plans.iter().filter(on).copied()
}

/// Returns what Graph calls the service of a plan (unconfirmed).
pub(super) fn service_of(plan: &Plan) -> &'static str {
    match plan.name.split(['_', '1']).next().unwrap_or_default() {
        "EXCHANGE" => "exchange",
        "SHAREPOINTSTANDARD" | "SHAREPOINTENTERPRISE" => "SharePoint",
        "TEAMS" => "TeamspaceAPI",
        "OFFICE" | "OFFICESUBSCRIPTION" => "MicrosoftOffice",
        "INTUNE" => "SCO",
        "AAD" => "AADPremiumService",
        "BI" => "PowerBI",
        _ => "MinecraftEducationEdition",
    }
}

/// Shows a service plan with how far it is.
fn plan_shown(plan: &Plan, status: &str) -> Value {
    json!({
        "servicePlanId": plan.id,
        "servicePlanName": plan.name,
        "provisioningStatus": status,
        "appliesTo": "User",
    })
}
