//! Policies, domains, devices and findings of a few customers.

use serde_json::{Value, json};

use super::customers::id_of;
use super::days_before;
use super::plans::{FABRIKAM, NORTHWIND};
use crate::sandbox::entra::roles::GLOBAL_ADMINISTRATOR;
use crate::sandbox::entra::{domains, seed::CLIENT};
use crate::sandbox::store::{
    AccessPolicy, Alert, Device, DirectoryAudit, ManagedDevice, Management, Score, SignInRecord,
    Tx, key,
};

/// Puts them into a world that has its customers.
pub(super) fn fill(tx: &mut Tx<'_>) {
    domains::add(tx, FABRIKAM, "shop.fabrikam.example");
    tx.policy.defaults.put(NORTHWIND, true);
    devices(tx);
    sign_ins(tx);
    audits(tx);
    alert(tx);
    scores(tx);
    access(tx);
}

/// Kim's notebook, which is managed, and Lee's telephone, which is not.
fn devices(tx: &mut Tx<'_>) {
    let now = tx.now();
    let notebook = Device {
        id: id_of(FABRIKAM, 11, 1),
        own_id: id_of(FABRIKAM, 12, 1),
        name: "KIM-NOTEBOOK".to_owned(),
        enabled: true,
        system: "Windows".to_owned(),
        version: "10.0.26100.1742".to_owned(),
        trust: "AzureAd".to_owned(),
        compliant: Some(true),
        managed: Some(true),
        registered: days_before(now, 300),
        seen: days_before(now, 1),
    };
    let phone = Device {
        id: id_of(FABRIKAM, 11, 2),
        own_id: id_of(FABRIKAM, 12, 2),
        name: "LEE-PHONE".to_owned(),
        system: "IPhone".to_owned(),
        version: "18.1".to_owned(),
        trust: "Workplace".to_owned(),
        compliant: None,
        managed: None,
        registered: days_before(now, 250),
        seen: days_before(now, 120),
        ..notebook.clone()
    };
    let managed = ManagedDevice {
        id: id_of(FABRIKAM, 13, 1),
        name: notebook.name.clone(),
        user: "kim@fabrikam.onmicrosoft.com".to_owned(),
        system: notebook.system.clone(),
        version: notebook.version.clone(),
        compliance: "compliant".to_owned(),
        serial: "5CG1234ABC".to_owned(),
        device: notebook.own_id.clone(),
        enrolled: notebook.registered,
        synced: notebook.seen,
        state: Management::Managed,
    };
    for row in [notebook, phone] {
        tx.policy.devices.put(&key(&[FABRIKAM, &row.id]), row);
    }
    let key = key(&[FABRIKAM, &managed.id]);
    tx.policy.managed_devices.put(&key, managed);
}

/// Five sign-ins at Fabrikam; Lee's of three days ago had a wrong password. The last of
/// each is what the users' own rows say.
fn sign_ins(tx: &mut Tx<'_>) {
    let people = [
        (1, "admin", "Fabrikam Admin", 6, 0),
        (2, "kim", "Kim Abe", 5, 0),
        (3, "lee", "Lee Gu", 3, 50_126),
        (3, "lee", "Lee Gu", 2, 0),
        (2, "kim", "Kim Abe", 1, 0),
    ];
    for (number, (user, name, display, days, error)) in (1..).zip(people) {
        let failed = error != 0;
        let row = SignInRecord {
            id: id_of(FABRIKAM, 14, number),
            at: days_before(tx.now(), days),
            user: (
                id_of(FABRIKAM, 1, user),
                format!("{name}@fabrikam.onmicrosoft.com"),
                display.to_owned(),
            ),
            app: (CLIENT.to_owned(), "Tenantry".to_owned()),
            address: "203.0.113.7".to_owned(),
            error,
            reason: if failed {
                "Error validating credentials due to invalid username or password.".to_owned()
            } else {
                String::new()
            },
            city: "Portland".to_owned(),
            country: "US".to_owned(),
        };
        tx.policy.sign_ins.put(&key(&[FABRIKAM, &row.id]), row);
    }
}

/// Three changes in Fabrikam's directory, all by its administrator.
fn audits(tx: &mut Tx<'_>) {
    let changes = [
        ("Add user", "Add", (4, "Sam Holt"), None),
        (
            "Update user",
            "Update",
            (2, "Kim Abe"),
            Some(("Department", "[\"Sales\"]")),
        ),
        ("Delete user", "Delete", (5, "Pat Roe"), None),
    ];
    for (number, (activity, operation, target, changed)) in (1..).zip(changes) {
        let (user, display) = target;
        let row = DirectoryAudit {
            id: id_of(FABRIKAM, 15, number),
            at: days_before(tx.now(), 6 - i64::from(number)),
            activity: activity.to_owned(),
            category: "UserManagement".to_owned(),
            operation: operation.to_owned(),
            by: (
                id_of(FABRIKAM, 1, 1),
                "admin@fabrikam.onmicrosoft.com".to_owned(),
            ),
            by_app: false,
            target: (
                id_of(FABRIKAM, 1, user),
                display.to_owned(),
                "User".to_owned(),
            ),
            changed: changed
                .map(|(name, new)| (name.to_owned(), Some("[]".to_owned()), Some(new.to_owned())))
                .into_iter()
                .collect(),
        };
        tx.policy.audits.put(&key(&[FABRIKAM, &row.id]), row);
    }
}

fn alert(tx: &mut Tx<'_>) {
    let created = days_before(tx.now(), 1);
    let row = Alert {
        id: id_of(FABRIKAM, 16, 1),
        title: "Suspicious inbox forwarding".to_owned(),
        about: "A rule forwards all mail of a user to an address outside of the organization."
            .to_owned(),
        severity: "high".to_owned(),
        status: "new".to_owned(),
        category: "Exfiltration".to_owned(),
        source: "microsoftDefenderForOffice365".to_owned(),
        advice: "Remove the rule and reset the password of the user.".to_owned(),
        actor: Some("Lee Gu".to_owned()),
        classification: None,
        determination: None,
        assigned: None,
        created,
        changed: created,
        resolved: None,
    };
    tx.policy.alerts.put(&key(&[FABRIKAM, &row.id]), row);
}

/// Fabrikam's score of the last three days: it went up once.
fn scores(tx: &mut Tx<'_>) {
    for (number, (days, registration)) in (1..).zip([(2, 3), (1, 3), (0, 6)]) {
        let point = |name: &str, points: u32| (name.to_owned(), points);
        let row = Score {
            id: id_of(FABRIKAM, 17, number),
            at: days_before(tx.now(), days),
            points: vec![
                point("AdminMFAV2", 0),
                point("MFARegistrationV2", registration),
                point("OneAdmin", 0),
            ],
        };
        tx.policy.scores.put(&key(&[FABRIKAM, &row.id]), row);
    }
}

/// Fabrikam tries out whether its administrators could be asked for a second factor.
fn access(tx: &mut Tx<'_>) {
    let written = json!({
        "displayName": "Require MFA for admins",
        "state": "enabledForReportingButNotEnforced",
        "conditions": {
            "users": { "includeRoles": [GLOBAL_ADMINISTRATOR] },
            "applications": { "includeApplications": ["All"] },
            "clientAppTypes": ["all"],
        },
        "grantControls": { "operator": "OR", "builtInControls": ["mfa"] },
    });
    let Value::Object(written) = written else {
        return;
    };
    let row = AccessPolicy {
        id: id_of(FABRIKAM, 18, 1),
        created: days_before(tx.now(), 30),
        modified: None,
        written,
    };
    tx.policy.access.put(&key(&[FABRIKAM, &row.id]), row);
}
