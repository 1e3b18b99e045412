//! Whether what is deleted stays for a while, and for how long: the vault's own word. Source: recovery
//! reference §4.2, §9.8.

use serde_json::Value;

use crate::sandbox::arm::body::at;
use crate::sandbox::store::Tx;

/// Days that deleted items stay without another word.
const DAYS: i64 = 14;

/// Returns the days that a deleted item of a vault stays; `None` where it goes at once.
pub(super) fn days(tx: &Tx<'_>, vault: &str) -> Option<i64> {
    let vault = tx.arm.resources.get(vault)?;
    let soft = |name: &str| {
        let path = format!("securitySettings.softDeleteSettings.{name}");
        at(&vault.properties, &path)
    };
    if soft("softDeleteState").and_then(Value::as_str) == Some("Disabled") {
        return None;
    }
    let days = soft("softDeleteRetentionPeriodInDays").and_then(Value::as_i64);
    Some(days.unwrap_or(DAYS))
}
