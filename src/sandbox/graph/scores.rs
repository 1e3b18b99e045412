//! How secure a tenant is found, day by day, and the controls that make it so.
//! Source: graph reference §13.

use serde_json::{Value, json};

use super::access::{Rule, admit, missing};
use super::odata::{Kind, entity, listed};
use crate::sandbox::entra::roles::{GLOBAL_READER, SECURITY_ADMINISTRATOR};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Score, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/security/secureScores", scores),
    Route::graph("GET", "/v1.0/security/secureScoreControlProfiles", profiles),
    Route::graph(
        "GET",
        "/v1.0/security/secureScoreControlProfiles/{profile}",
        profile,
    ),
];

const READ: Rule = Rule {
    scopes: &["SecurityEvents.Read.All", "SecurityEvents.ReadWrite.All"],
    apps: &["SecurityEvents.Read.All", "SecurityEvents.ReadWrite.All"],
    roles: &[SECURITY_ADMINISTRATOR, GLOBAL_READER],
    members: false,
};

const SCORE: Kind = Kind {
    name: "SecureScore",
    filter: &[("createdDateTime", "eq ge le gt lt")],
    ..Kind::PLAIN
};

const PROFILE: Kind = Kind {
    name: "SecureScoreControlProfile",
    filter: &[("controlCategory", "eq"), ("service", "eq")],
    ..Kind::PLAIN
};

/// What a control is.
struct Control {
    name: &'static str,
    category: &'static str,
    title: &'static str,
    /// The most points that it gives.
    most: u32,
}

/// The controls that the sandbox knows.
const CONTROLS: [Control; 3] = [
    Control {
        name: "AdminMFAV2",
        category: "Identity",
        title: "Require multifactor authentication for administrative roles",
        most: 10,
    },
    Control {
        name: "MFARegistrationV2",
        category: "Identity",
        title: "Ensure all users can complete multifactor authentication",
        most: 9,
    },
    Control {
        name: "OneAdmin",
        category: "Identity",
        title: "Designate more than one global admin",
        most: 1,
    },
];

fn vendor() -> Value {
    json!({ "provider": "SecureScore", "providerVersion": null, "subProvider": null, "vendor": "Microsoft" })
}

fn scores(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let rows = tx.policy.scores.under(&caller.tenant);
    let mut rows: Vec<&Score> = rows.map(|(_, row)| row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    let users =
        crate::sandbox::partner::scope::rows::<crate::sandbox::store::User>(tx, &caller.tenant);
    let active = users.iter().filter(|user| user.deleted.is_none());
    let licensed = active.clone().filter(|user| !user.licences.is_empty());
    let counts = (active.count(), licensed.count());
    let rows = rows
        .into_iter()
        .map(|row| score(&caller.tenant, counts, row));
    let rows: Vec<Value> = rows.collect();
    listed(request, &SCORE, "security/secureScores", rows)
}

fn score(tenant: &str, (active, licensed): (usize, usize), row: &Score) -> Value {
    let controls = row.points.iter().map(|(name, points)| {
        let control = CONTROLS.iter().find(|control| control.name == name);
        json!({
            "controlName": name,
            "controlCategory": control.map(|control| control.category),
            "score": points,
            "description": control.map(|control| control.title),
        })
    });
    let current: u32 = row.points.iter().map(|(_, points)| points).sum();
    let most: u32 = CONTROLS.iter().map(|control| control.most).sum();
    json!({
        "id": row.id,
        "azureTenantId": tenant,
        "activeUserCount": active,
        "createdDateTime": row.at,
        "currentScore": current,
        "enabledServices": [],
        "licensedUserCount": licensed,
        "maxScore": most,
        "averageComparativeScores": [],
        "controlScores": controls.collect::<Vec<_>>(),
        "vendorInformation": vendor(),
    })
}

fn shown(tenant: &str, control: &Control) -> Value {
    json!({
        "id": control.name,
        "azureTenantId": tenant,
        "controlCategory": control.category,
        "deprecated": false,
        "maxScore": control.most,
        "service": "AzureAD",
        "title": control.title,
        "vendorInformation": vendor(),
    })
}

fn profiles(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let rows = CONTROLS.iter().map(|row| shown(&caller.tenant, row));
    listed(
        request,
        &PROFILE,
        "security/secureScoreControlProfiles",
        rows,
    )
}

fn profile(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let name = request.param("profile");
    let mut controls = CONTROLS.iter();
    let control = controls.find(|control| control.name.eq_ignore_ascii_case(name));
    let control = control.ok_or_else(|| missing(name))?;
    let part = "security/secureScoreControlProfiles/$entity";
    entity(request, &PROFILE, part, shown(&caller.tenant, control))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::graph::bench::{Megan, ids};
    use crate::sandbox::seed::FABRIKAM;
    use crate::sandbox::testing::Bench;

    #[test]
    fn the_newest_score_comes_first_and_its_controls_have_profiles() {
        let bench = Bench::new();
        let megan = Megan::with(
            &bench,
            FABRIKAM,
            &["SecurityEvents.Read.All"],
            &[GLOBAL_READER],
        );
        let seen = megan.get("/v1.0/security/secureScores?$top=1");
        let score = &seen.json["value"][0];
        assert_eq!(
            (&score["currentScore"], &score["maxScore"]),
            (&6.into(), &20.into())
        );
        assert_eq!(score["licensedUserCount"], 2);
        let profiles = megan.get("/v1.0/security/secureScoreControlProfiles");
        for control in score["controlScores"].as_array().into_iter().flatten() {
            let name = control["controlName"].as_str().unwrap_or_default();
            assert!(ids(&profiles).contains(&name), "{name}");
        }
        let own = "/v1.0/security/secureScoreControlProfiles/OneAdmin";
        assert_eq!(megan.get(own).json["maxScore"], 1);
    }
}
