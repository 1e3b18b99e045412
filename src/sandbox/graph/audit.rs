//! What happened in a tenant: sign-ins and changes of the directory, newest first.
//! Source: graph reference §13.

use serde_json::{Value, json};

use super::access::{Rule, admit};
use super::odata::{Kind, listed};
use super::registration::is_premium;
use crate::sandbox::entra::roles::{GLOBAL_READER, SECURITY_ADMINISTRATOR};
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{DirectoryAudit, SignInRecord, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/auditLogs/signIns", sign_ins),
    Route::graph("GET", "/v1.0/auditLogs/directoryAudits", audits),
];

const READ: Rule = Rule {
    scopes: &["AuditLog.Read.All"],
    apps: &["AuditLog.Read.All"],
    roles: &[GLOBAL_READER, SECURITY_ADMINISTRATOR],
    members: false,
};

const SIGN_IN: Kind = Kind {
    name: "SignIn",
    filter: &[
        ("id", "eq"),
        ("createdDateTime", "eq ge le gt lt"),
        ("userId", "eq"),
        ("userPrincipalName", "eq startsWith"),
        ("userDisplayName", "eq startsWith"),
        ("appId", "eq"),
        ("appDisplayName", "eq startsWith"),
        ("ipAddress", "eq startsWith"),
        ("clientAppUsed", "eq"),
        ("conditionalAccessStatus", "eq"),
        ("status/errorCode", "eq"),
        ("correlationId", "eq"),
    ],
    order: (&["createdDateTime"], &[]),
    most: 1000,
    page: 1000,
    ..Kind::PLAIN
};

const AUDIT: Kind = Kind {
    name: "DirectoryAudit",
    filter: &[
        ("id", "eq"),
        ("activityDateTime", "eq ge le gt lt"),
        ("activityDisplayName", "eq startsWith"),
        ("category", "eq"),
        ("operationType", "eq"),
        ("result", "eq"),
        ("correlationId", "eq"),
        ("loggedByService", "eq"),
        ("initiatedBy/user/userPrincipalName", "eq startsWith"),
        ("initiatedBy/user/id", "eq"),
    ],
    order: (&["activityDateTime"], &[]),
    most: 1000,
    page: 1000,
    ..Kind::PLAIN
};

/// Answers the sign-ins, which only a tenant with the premium directory may read.
fn sign_ins(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    if !is_premium(tx, &caller.tenant) {
        let text = "Neither tenant is B2C or tenant doesn't have premium license";
        let code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";
        return Err(Refusal::new(403, code, text));
    }
    let rows = tx.policy.sign_ins.under(&caller.tenant);
    let mut rows: Vec<&SignInRecord> = rows.map(|(_, row)| row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    let rows = rows.into_iter().map(|row| sign_in(&caller.tenant, row));
    let rows: Vec<Value> = rows.collect();
    listed(request, &SIGN_IN, "auditLogs/signIns", rows)
}

fn sign_in(tenant: &str, row: &SignInRecord) -> Value {
    let (user, upn, name) = &row.user;
    let failed = row.error != 0;
    json!({
        "id": row.id,
        "createdDateTime": row.at,
        "userId": user,
        "userDisplayName": name,
        "userPrincipalName": upn,
        "appId": row.app.0,
        "appDisplayName": row.app.1,
        "ipAddress": row.address,
        "clientAppUsed": "Browser",
        "correlationId": row.id,
        "conditionalAccessStatus": "notApplied",
        "isInteractive": true,
        "status": {
            "errorCode": row.error,
            "failureReason": if failed { row.reason.as_str() } else { "Other." },
            "additionalDetails": null,
        },
        "deviceDetail": {
            "deviceId": "",
            "displayName": "",
            "operatingSystem": "Windows10",
            "browser": "Edge",
            "isCompliant": false,
            "isManaged": false,
            "trustType": "",
        },
        "location": {
            "city": row.city,
            "state": null,
            "countryOrRegion": row.country,
            "geoCoordinates": null,
        },
        "riskState": "none",
        "riskLevelDuringSignIn": "none",
        "resourceDisplayName": "Microsoft Graph",
        "resourceId": "00000003-0000-0000-c000-000000000000",
        "homeTenantId": tenant,
        "resourceTenantId": tenant,
        "appliedConditionalAccessPolicies": [],
    })
}

fn audits(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let rows = tx.policy.audits.under(&caller.tenant);
    let mut rows: Vec<&DirectoryAudit> = rows.map(|(_, row)| row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    let rows: Vec<Value> = rows.into_iter().map(audit).collect();
    listed(request, &AUDIT, "auditLogs/directoryAudits", rows)
}

fn initiator(row: &DirectoryAudit) -> Value {
    let (id, name) = &row.by;
    if row.by_app {
        return json!({
            "app": { "appId": id, "displayName": name, "servicePrincipalId": null },
            "user": null,
        });
    }
    json!({
        "app": null,
        "user": { "id": id, "userPrincipalName": name, "ipAddress": null },
    })
}

fn audit(row: &DirectoryAudit) -> Value {
    let changed: Vec<Value> = row
        .changed
        .iter()
        .map(|(name, old, new)| json!({ "displayName": name, "oldValue": old, "newValue": new }))
        .collect();
    let (id, name, kind) = &row.target;
    json!({
        "id": row.id,
        "activityDateTime": row.at,
        "activityDisplayName": row.activity,
        "category": row.category,
        "operationType": row.operation,
        "result": "success",
        "resultReason": "",
        "correlationId": row.id,
        "loggedByService": "Core Directory",
        "initiatedBy": initiator(row),
        "targetResources": [{
            "id": id,
            "displayName": name,
            "type": kind,
            "modifiedProperties": changed,
        }],
        "additionalDetails": [],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::entra::roles::USER_ADMINISTRATOR;
    use crate::sandbox::entra::seed::{CLIENT, PASSWORD};
    use crate::sandbox::graph::bench::{Megan, refused};
    use crate::sandbox::seed::{FABRIKAM, NORTHWIND};
    use crate::sandbox::testing::{Bench, Seen};

    const SIGN_INS: &str = "/v1.0/auditLogs/signIns";

    fn values(seen: &Seen, name: &str) -> Vec<String> {
        let rows = seen.json["value"].as_array().into_iter().flatten();
        rows.map(|row| row[name].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn what_happened_comes_newest_first() {
        let bench = Bench::new();
        let megan = Megan::with(&bench, FABRIKAM, &["AuditLog.Read.All"], &[GLOBAL_READER]);
        let seen = megan.get(SIGN_INS);
        let mut times = values(&seen, "createdDateTime");
        assert_eq!(times.len(), 5, "{}", seen.json);
        times.reverse();
        assert!(times.is_sorted());
        let failed = &seen.json["value"][2]["status"];
        assert_eq!(failed["errorCode"], 50_126);
        let seen = megan.get("/v1.0/auditLogs/directoryAudits");
        let mut times = values(&seen, "activityDateTime");
        times.reverse();
        assert!(times.len() == 3 && times.is_sorted());
    }

    #[test]
    fn a_write_is_told_with_what_it_has_changed() {
        let bench = Bench::new();
        let scopes = ["AuditLog.Read.All", "User.ReadWrite.All"];
        let roles = [GLOBAL_READER, USER_ADMINISTRATOR];
        let megan = Megan::with(&bench, FABRIKAM, &scopes, &roles);
        let kim = "/v1.0/users/kim@fabrikam.onmicrosoft.com";
        let body = json!({ "jobTitle": "Buyer", "displayName": "Kim Abe" });
        assert_eq!(megan.patch(kim, &body).status, 204);
        let refused = megan.patch(kim, &json!({ "userType": "Nobody" }));
        assert_eq!(refused.status, 400);
        let path =
            "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Update%20user'";
        let seen = megan.get(path);
        assert_eq!(values(&seen, "id").len(), 2, "{}", seen.json);
        let row = &seen.json["value"][0];
        let by = &row["initiatedBy"]["user"]["userPrincipalName"];
        assert!(by.as_str().is_some_and(|upn| upn.starts_with("megan@")));
        let target = &row["targetResources"][0];
        assert_eq!(
            (&target["displayName"], &target["type"]),
            (&json!("Kim Abe"), &json!("User"))
        );
        let changed =
            json!([{ "displayName": "jobTitle", "oldValue": null, "newValue": "[\"Buyer\"]" }]);
        assert_eq!(target["modifiedProperties"], changed);
        let body = json!({ "accountEnabled": false, "passwordProfile": { "password": "Brisk-Otter-4182" } });
        assert_eq!(megan.patch(kim, &body).status, 204);
        let row = megan.get(path).json["value"].to_string();
        assert!(
            row.contains("accountEnabled") && !row.contains("Otter"),
            "{row}"
        );
    }

    #[test]
    fn a_sign_in_is_told_whether_it_worked_or_not() {
        let bench = Bench::new();
        for (password, error) in [("wrong", 50_126), (PASSWORD, 0)] {
            let path = format!(
                "/login/organizations/oauth2/v2.0/authorize?client_id={CLIENT}&response_type=code&redirect_uri=http%3A%2F%2Flocalhost&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
            );
            let form = format!(
                "username=kim%40fabrikam.onmicrosoft.com&password={password}&mfa=on&decision=accept"
            );
            bench.send(
                "POST",
                &path,
                &[("content-type", "application/x-www-form-urlencoded")],
                form.into(),
            );
            let megan = Megan::with(&bench, FABRIKAM, &["AuditLog.Read.All"], &[GLOBAL_READER]);
            let row = megan.get(SIGN_INS).json["value"][0].clone();
            assert_eq!(row["status"]["errorCode"], error, "{row}");
            assert_eq!(row["userPrincipalName"], "kim@fabrikam.onmicrosoft.com");
            assert_eq!(row["appId"], CLIENT);
            bench.advance(std::time::Duration::from_secs(1));
        }
    }

    #[test]
    fn sign_ins_take_the_premium_directory() {
        let bench = Bench::new();
        let megan = Megan::with(&bench, NORTHWIND, &["AuditLog.Read.All"], &[GLOBAL_READER]);
        let expected = (
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Neither tenant is B2C or tenant doesn't have premium license",
        );
        assert_eq!(refused(&megan.get(SIGN_INS)), expected);
        let seen = megan.get("/v1.0/auditLogs/directoryAudits");
        assert_eq!((seen.status, values(&seen, "id").len()), (200, 0));
    }
}
