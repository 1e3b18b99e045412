//! Whether what is deleted stays for a while, and for how long. Source: recovery reference §4.2, §9.8.

use crate::sandbox::store::Tx;

/// Days that deleted items stay without another word.
const DAYS: i64 = 14;

/// Returns the days that a deleted item of a vault stays; `None` where it goes at once.
pub(super) fn days(_tx: &Tx<'_>, _vault: &str) -> Option<i64> {
    Some(DAYS)
}
