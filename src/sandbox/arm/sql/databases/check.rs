//! What a database may be made from and be given. Source: arm reference §10.11.

use serde_json::{Map, Value, json};

use super::super::refusal::{absent, not_allowed, unknown, value};
use super::super::servers;
use super::super::service::{self, Service};
use super::{TYPE, at_rest};
use crate::sandbox::arm::body::{self, one_of};
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::kind::Draft;
use crate::sandbox::partner::dates::{parse, write};
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::{Resource, Tx};

const MODES: &[&str] = &[
    "Copy",
    "Default",
    "OnlineSecondary",
    "PointInTimeRestore",
    "Recovery",
    "Restore",
    "RestoreExternalBackup",
    "RestoreExternalBackupSecondary",
    "RestoreLongTermRetentionBackup",
    "Secondary",
];

const VALUES: [(&str, &[&str]); 4] = [
    ("readScale", &["Disabled", "Enabled"]),
    ("licenseType", &["BasePrice", "LicenseIncluded"]),
    (
        "requestedBackupStorageRedundancy",
        &["Geo", "GeoZone", "Local", "Zone"],
    ),
    (
        "catalogCollation",
        &["DATABASE_DEFAULT", "SQL_Latin1_General_CP1_CI_AS"],
    ),
];

/// What is said once and not shown.
const ASKED: [&str; 8] = [
    "createMode",
    "sourceDatabaseId",
    "sourceResourceId",
    "restorePointInTime",
    "recoverableDatabaseId",
    "restorableDroppedDatabaseId",
    "longTermRetentionBackupResourceId",
    "recoveryServicesRecoveryPointId",
];

/// What the provider gives once.
const KEPT: [&str; 8] = [
    "databaseId",
    "creationDate",
    "currentServiceObjectiveName",
    "currentSku",
    "currentBackupStorageRedundancy",
    "pausedDate",
    "resumedDate",
    "earliestRestoreDate",
];

/// Checks and completes a database.
pub(super) fn check(tx: &mut Tx<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let server = draft
        .id
        .owner()
        .and_then(|id| tx.arm.resources.get(&id.key()));
    if let Some(server) = server {
        servers::at_rest(server)?;
        if server.location != draft.resource.location {
            return Err(value("location", "It is that of the server."));
        }
    }
    if let Some(before) = draft.before {
        at_rest(before)?;
        if super::status(before) == "Paused" {
            let text = format!("The database '{}' is paused.", before.name);
            return Err(not_allowed(text));
        }
    }
    let properties = &draft.resource.properties;
    for (field, known) in VALUES {
        if let Some(given) = body::text(properties, field)? {
            one_of(field, given, known)?;
        }
    }
    if let Some(pool) = body::text(properties, "elasticPoolId")? {
        return Err(unknown("elasticPoolId", pool));
    }
    let source = source(tx, draft)?;
    same_sku(draft);
    let service = match &source {
        Some(source) if !draft.resource.members.contains_key("sku") => of(source),
        _ => None,
    };
    let service = match service {
        Some(service) => service,
        None => service::wanted(&draft.resource.members, &draft.resource.properties)?,
    };
    serverless(draft, service)?;
    complete(tx, draft, service, source.as_ref())
}

/// Returns the service that a database has.
fn of(database: &Resource) -> Option<&'static Service> {
    service::of(
        database
            .properties
            .get("requestedServiceObjectiveName")?
            .as_str()?,
    )
}

/// A database that is not asked for anything else keeps what it was given; a change of the name
/// alone leaves nothing of the old.
fn same_sku(draft: &mut Draft<'_>) {
    let Some(before) = draft.before.and_then(|before| before.members.get("sku")) else {
        return;
    };
    let old = draft
        .resource
        .properties
        .get("requestedServiceObjectiveName");
    let known = draft
        .before
        .and_then(|before| before.properties.get("requestedServiceObjectiveName"));
    let by_old = old.is_some() && old != known;
    let members = &mut draft.resource.members;
    match members.get_mut("sku") {
        Some(Value::Object(given)) => {
            let same = given.get("name") == before.get("name");
            if draft.patch && by_old && same {
                members.remove("sku");
            } else if draft.patch && !same {
                given.retain(|field, value| field == "name" || before.get(field) != Some(value));
            }
        }
        _ if !by_old => drop(members.insert("sku".to_owned(), before.clone())),
        _ => {}
    }
}

/// Returns the database from which this is made, if it is from one.
fn source(tx: &Tx<'_>, draft: &Draft<'_>) -> Result<Option<Resource>, Refusal> {
    let properties = &draft.resource.properties;
    let mode = body::text(properties, "createMode")?.unwrap_or("Default");
    let mode = one_of("createMode", mode, MODES)?;
    if draft.before.is_some() {
        return Ok(None);
    }
    let field = match mode {
        "Default" => return Ok(None),
        "Copy" | "Secondary" | "OnlineSecondary" | "PointInTimeRestore" => "sourceDatabaseId",
        "Recovery" => "recoverableDatabaseId",
        "Restore" => "restorableDroppedDatabaseId",
        "RestoreLongTermRetentionBackup" => "longTermRetentionBackupResourceId",
        _ => {
            let text = format!("This sandbox makes no databases by '{mode}'.");
            return Err(Refusal::new(501, "NotImplemented", text));
        }
    };
    let id = body::text(properties, field)?.ok_or_else(|| absent(field))?;
    let found = Id::parse(id).and_then(|id| tx.arm.resources.get(&id.key()));
    let found = found.filter(|found| found.kind == TYPE && field == "sourceDatabaseId");
    let source = found.ok_or_else(|| unknown(field, id))?;
    at_rest(source)?;
    if mode == "PointInTimeRestore" {
        let point = body::text(properties, "restorePointInTime")?;
        let point = point.ok_or_else(|| absent("restorePointInTime"))?;
        let earliest = source.properties.get("earliestRestoreDate");
        let earliest = earliest.and_then(|date| parse(date.as_str()?));
        let fits = parse(point)
            .is_some_and(|point| point <= tx.now() && earliest.is_none_or(|first| point >= first));
        if !fits {
            let why = "There is no point to which the database could be restored.";
            return Err(value("restorePointInTime", why));
        }
    }
    Ok(Some(source.clone()))
}

/// What only a database has that pauses by itself.
fn serverless(draft: &mut Draft<'_>, service: &Service) -> Result<(), Refusal> {
    let properties = &mut draft.resource.properties;
    let delay = properties.get("autoPauseDelay").and_then(Value::as_i64);
    let least = properties.get("minCapacity").and_then(Value::as_f64);
    if !service.is_serverless() {
        for (field, given) in [
            ("autoPauseDelay", delay.is_some()),
            ("minCapacity", least.is_some_and(|least| least > 0.0)),
        ] {
            let was = draft
                .before
                .is_some_and(|before| before.properties.contains_key(field));
            if given && !was {
                return Err(value(field, "Only a serverless database has it."));
            }
            properties.remove(field);
        }
        return Ok(());
    }
    if delay.is_some_and(|delay| delay != -1 && !(15..=10_080).contains(&delay)) {
        return Err(value("autoPauseDelay", "It is -1, or 15 to 10080 minutes."));
    }
    properties
        .entry("autoPauseDelay")
        .or_insert_with(|| 60.into());
    properties
        .entry("minCapacity")
        .or_insert_with(|| 0.5.into());
    Ok(())
}

fn complete(
    tx: &mut Tx<'_>,
    draft: &mut Draft<'_>,
    service: &Service,
    source: Option<&Resource>,
) -> Result<(), Refusal> {
    let size = service::size(&draft.resource.properties, service)?;
    let properties = &mut draft.resource.properties;
    for name in ASKED.iter().chain(&KEPT).chain(&["status"]) {
        properties.remove(*name);
    }
    let model = draft.before.or(source).map(|model| &model.properties);
    let collation = model.and_then(|model| model.get("collation")).cloned();
    let usual = collation.unwrap_or_else(|| "SQL_Latin1_General_CP1_CI_AS".into());
    let given = properties.entry("collation").or_insert(usual.clone());
    if draft.before.is_some() && *given != usual {
        return Err(value("collation", "It cannot be changed."));
    }
    for (name, usual) in [
        ("catalogCollation", json!("SQL_Latin1_General_CP1_CI_AS")),
        ("zoneRedundant", json!(false)),
        ("readScale", json!("Disabled")),
        ("requestedBackupStorageRedundancy", json!("Geo")),
        ("isLedgerOn", json!(false)),
    ] {
        properties.entry(name).or_insert(usual);
    }
    properties.insert("maxSizeBytes".to_owned(), size.into());
    let objective = service.objective.into();
    properties.insert("requestedServiceObjectiveName".to_owned(), objective);
    if let Some(before) = draft.before {
        keep(properties, &before.properties);
    } else {
        let id = tx.guid();
        let now = tx.now();
        properties.insert("databaseId".to_owned(), id.into());
        properties.insert("creationDate".to_owned(), write(now).into());
        // A fresh database has no backups from before.
        properties.insert("earliestRestoreDate".to_owned(), write(now).into());
    }
    let members = &mut draft.resource.members;
    members.insert("sku".to_owned(), service.shown());
    Ok(())
}

fn keep(properties: &mut Map<String, Value>, before: &Map<String, Value>) {
    for name in KEPT {
        if let Some(value) = before.get(name) {
            properties.insert(name.to_owned(), value.clone());
        }
    }
}

/// A database that is ready has what it was asked for.
pub(super) fn settled(tx: &mut Tx<'_>, key: &str) {
    let Some(database) = tx.arm.resources.edit(key) else {
        return;
    };
    let properties = &mut database.properties;
    for (current, requested) in [
        (
            "currentServiceObjectiveName",
            "requestedServiceObjectiveName",
        ),
        (
            "currentBackupStorageRedundancy",
            "requestedBackupStorageRedundancy",
        ),
    ] {
        if let Some(value) = properties.get(requested).cloned() {
            properties.insert(current.to_owned(), value);
        }
    }
    if let Some(sku) = database.members.get("sku") {
        properties.insert("currentSku".to_owned(), sku.clone());
    }
}
