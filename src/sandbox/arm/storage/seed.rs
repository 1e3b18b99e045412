//! What the shop's group holds of Microsoft.Storage.

use serde_json::json;

use crate::sandbox::arm::seed::Seed;
use crate::sandbox::store::Tx;

/// Puts it there.
pub(in crate::sandbox::arm) fn fill(seed: &Seed<'_>, tx: &mut Tx<'_>) {
    let account = json!({
        "location": "westeurope",
        "sku": { "name": "Standard_LRS" },
        "kind": "StorageV2",
        "properties": { "minimumTlsVersion": "TLS1_2" },
    });
    seed.put(tx, "Microsoft.Storage/storageAccounts/stfabshop01", account);
}
