//! Where an account is reached, and in which regions its data lie.

use serde_json::{Map, Value, json};

use crate::sandbox::arm::locations;
use crate::sandbox::store::Resource;

/// The services of each kind of account; the reference names the kinds, not which has what.
const SERVICES: [(&str, &[&str]); 5] = [
    ("Storage", &["blob", "queue", "table", "file"]),
    (
        "StorageV2",
        &["dfs", "web", "blob", "queue", "table", "file"],
    ),
    ("BlobStorage", &["dfs", "blob", "table"]),
    ("BlockBlobStorage", &["dfs", "web", "blob"]),
    ("FileStorage", &["file"]),
];

/// Returns the properties that say so.
pub(super) fn of(account: &Resource, sku: &str, kind: &str) -> Map<String, Value> {
    let region = account.location.as_deref().unwrap_or_default();
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| drop(all.insert(name.to_owned(), value));
    put("primaryEndpoints", endpoints(&account.name, kind));
    put("primaryLocation", region.into());
    put("statusOfPrimary", "available".into());
    if let Some(pair) = locations::paired(region).filter(|_| sku.contains('G')) {
        put("secondaryLocation", pair.into());
        put("statusOfSecondary", "available".into());
        if sku.contains("RA") {
            let name = format!("{}-secondary", account.name);
            let mut secondary = endpoints(&name, kind);
            // Nobody mounts a copy of the files.
            secondary.as_object_mut().and_then(|all| all.remove("file"));
            put("secondaryEndpoints", secondary);
        }
    }
    all
}

fn endpoints(name: &str, kind: &str) -> Value {
    let services = SERVICES.iter().find(|(known, _)| *known == kind);
    let (_, services) = services.unwrap_or(&SERVICES[0]);
    let one = |service: &&str| {
        let zone = if *service == "web" { "z6." } else { "" };
        let address = format!("https://{name}.{zone}{service}.core.windows.net/");
        ((*service).to_owned(), json!(address))
    };
    services.iter().map(one).collect::<Map<_, _>>().into()
}
