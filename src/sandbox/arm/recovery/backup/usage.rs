//! How much of Azure Backup a vault has: counts of items and containers. The reference names the
//! first of the two, and no form of the answer: it is that of a vault's usages (§4.1).

use serde_json::{Value, json};

use super::filter::Filter;
use super::refusal::one_of;
use super::{VERSIONS, containers, items};
use crate::sandbox::arm::access;
use crate::sandbox::arm::calls;
use crate::sandbox::arm::page;
use crate::sandbox::arm::recovery::calls::place;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::Tx;

const KINDS: [&str; 2] = [
    "BackupProtectedItemCountSummary",
    "BackupProtectionContainerCountSummary",
];

/// Lists the summaries of the kind that the filter wants, of items without one.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (vault, _) = place(request)?;
    let kind = "Microsoft.RecoveryServices/vaults/backupUsageSummaries";
    access::version_of(request, kind, VERSIONS)?;
    access::pass(request, tx, &vault, &format!("{kind}/read"))?;
    let vault = calls::found(tx, &vault)?;
    let filter = Filter::of(request, &["type"])?;
    let wanted = one_of("$filter", filter.get("type").unwrap_or(KINDS[0]), &KINDS)?;
    let count = if wanted == KINDS[0] {
        items::count(tx, &vault.id)
    } else {
        containers::count(tx, &vault.id)
    };
    page::list(request, vec![summary("AzureIaasVM", count)])
}

fn summary(name: &str, count: usize) -> Value {
    json!({
        "name": { "value": name, "localizedValue": name },
        "unit": "Count",
        "quotaPeriod": "P1D",
        "currentValue": count,
        "limit": -1,
    })
}
