//! What the shop's group holds of Microsoft.Sql.

use serde_json::json;

use crate::sandbox::arm::seed::Seed;
use crate::sandbox::store::Tx;

/// Puts it there.
pub(in crate::sandbox::arm) fn fill(seed: &Seed<'_>, tx: &mut Tx<'_>) {
    let server = "Microsoft.Sql/servers/sql-fabshop";
    seed.put(
        tx,
        server,
        json!({
            "location": "westeurope",
            "properties": { "administratorLogin": "fabsql", "administratorLoginPassword": "Sandbox-Seed-4711" },
        }),
    );
    seed.put(
        tx,
        &format!("{server}/databases/shop"),
        json!({ "location": "westeurope", "sku": { "name": "S0", "tier": "Standard" } }),
    );
    seed.put(
        tx,
        &format!("{server}/firewallRules/office"),
        json!({ "properties": { "startIpAddress": "203.0.113.10", "endIpAddress": "203.0.113.20" } }),
    );
}
