//! Policies of Azure Backup: when there are backups, and how long they are kept. `check` says what may
//! be written, `schedule` and `retention` reckon with it. Source: recovery reference §6.2.

mod check;
mod retention;
mod schedule;
#[cfg(test)]
mod tests;

pub(super) use retention::expiry;
pub(super) use schedule::Schedule;

use serde_json::{Map, Value, json};

use super::filter::Filter;
use super::items::{self, MANAGEMENT};
use super::operations::{self, About, Begin};
use super::refusal::{in_use, input, one_of};
use super::{VERSIONS, work};
use crate::sandbox::arm::body;
use crate::sandbox::arm::id::Id;
use crate::sandbox::arm::page;
use crate::sandbox::arm::recovery::calls::{Asked, ask, rows};
use crate::sandbox::arm::recovery::object;
use crate::sandbox::arm::recovery::part::Part;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{BackupResult, BackupStep, Tx, VaultObject};

#[derive(Debug)]
pub(super) struct Policies;

impl Part for Policies {
    fn kind(&self) -> &'static str {
        "backupPolicies"
    }

    fn versions(&self) -> &'static [&'static str] {
        VERSIONS
    }

    fn show(
        &self,
        tx: &Tx<'_>,
        object: &VaultObject,
        _request: Option<&Request>,
        properties: &mut Map<String, Value>,
    ) {
        let used = users(tx, object).count();
        properties.insert("protectedItemsCount".to_owned(), used.into());
    }
}

/// Returns the items that name a policy, whether it still makes backups of them or not.
fn users<'a>(
    tx: &'a Tx<'_>,
    policy: &'a VaultObject,
) -> impl Iterator<Item = &'a VaultObject> + use<'a> {
    let vault = object::vault(&Id::parse(&policy.id).unwrap_or_default());
    let items = items::all(tx, &vault.key());
    items.filter(|item| items::text(item, "policyId").eq_ignore_ascii_case(&policy.id))
}

/// Lists the policies that a filter wants.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let filter = Filter::of(request, &["backupManagementType", "workloadType"])?;
    if let Some(kind) = filter.get("backupManagementType") {
        one_of("$filter", kind, &MANAGEMENT)?;
    }
    let mut rows = rows(request, tx)?;
    rows.retain(|one| {
        let kind = items::text(one, "backupManagementType");
        let workload = match one.properties.get("workLoadType").and_then(Value::as_str) {
            None if kind == "AzureIaasVM" => "VM",
            given => given.unwrap_or_default(),
        };
        filter.fits("backupManagementType", kind) && filter.fits("workloadType", workload)
    });
    page::of(request, rows, |one| object::shown(tx, &one, Some(request)))
}

/// Writes a policy: at once, or by an operation when items have to follow it.
pub(super) fn put(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, VERSIONS, "write")?;
    check_name(asked.id.name())?;
    body::object(request)?;
    let mut properties = asked.properties.clone();
    check::check(&mut properties)?;
    same_kind(&asked, &properties)?;
    let draft = object::draft(tx, &asked.id, properties);
    if work::followers(tx, &asked.vault.id, &asked.id).is_empty() {
        let shown = object::shown(tx, &draft, Some(request));
        tx.recovery.objects.put(&asked.id.key(), draft);
        return Ok(Reply::ok(shown));
    }
    let begin = Begin {
        vault: &asked.vault.id,
        about: About::Policy,
        id: &asked.id,
        step: BackupStep::Put(Box::new(draft)),
        result: BackupResult::Object(asked.id.key()),
    };
    Ok(operations::begin(tx, request, begin))
}

/// Refuses names that no policy has; the reference names no rule.
fn check_name(name: &str) -> Result<(), Refusal> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    if begins && (3..=150).contains(&name.len()) && name.chars().all(fits) {
        return Ok(());
    }
    let text = format!(
        "The name '{name}' of a policy has 3 to 150 letters, digits, '-' and '_', and begins with a letter or digit."
    );
    Err(input("policyName", text))
}

fn same_kind(asked: &Asked, properties: &Map<String, Value>) -> Result<(), Refusal> {
    const FIELD: &str = "backupManagementType";
    let before = asked
        .object
        .as_ref()
        .and_then(|one| one.properties.get(FIELD));
    if before.is_none() || before == properties.get(FIELD) {
        return Ok(());
    }
    let text = format!(
        "The policy '{}' cannot become one of another {FIELD}.",
        asked.id.name()
    );
    Err(input(FIELD, text))
}

/// Deletes a policy that no item names.
pub(super) fn delete(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let asked = ask(request, tx, VERSIONS, "delete")?;
    let Some(policy) = &asked.object else {
        return Ok(Reply::empty(204));
    };
    if let Some(item) = users(tx, policy).next() {
        let text = format!(
            "The policy '{}' is used by {} protected items, such as '{}': give them another policy, or delete their data, first.",
            policy.name,
            users(tx, policy).count(),
            item.name
        );
        return Err(in_use(text));
    }
    if work::leads_to(tx, &asked.vault.id, &policy.id) {
        let text = format!(
            "The policy '{}' is about to be used by a protected item: wait until that has ended.",
            policy.name
        );
        return Err(in_use(text));
    }
    let begin = Begin {
        vault: &asked.vault.id,
        about: About::Policy,
        id: &asked.id,
        step: BackupStep::Remove(asked.id.key()),
        result: BackupResult::Nothing,
    };
    Ok(operations::begin(tx, request, begin))
}

/// Returns what a policy that runs every day is: for the seeds.
pub(super) fn daily(time: &str, days: u32) -> Value {
    json!({
        "backupManagementType": "AzureIaasVM",
        "policyType": "V1",
        "instantRpRetentionRangeInDays": 2,
        "timeZone": "UTC",
        "schedulePolicy": {
            "schedulePolicyType": "SimpleSchedulePolicy",
            "scheduleRunFrequency": "Daily",
            "scheduleRunTimes": [time],
        },
        "retentionPolicy": {
            "retentionPolicyType": "LongTermRetentionPolicy",
            "dailySchedule": {
                "retentionTimes": [time],
                "retentionDuration": { "count": days, "durationType": "Days" },
            },
        },
    })
}
