//! What calls of Microsoft Graph cost, and who has used up what: resource units and writes per
//! application and tenant, requests for audit data, and those about conditional access. Source: graph reference §5, §15.12.

use std::time::Duration;

use crate::sandbox::reply::Reply;
use crate::sandbox::route::{Caller, Route, Service};
use crate::sandbox::store::Conditions;
use crate::sandbox::throttle::{self, Bucket, Throttle, Told};

/// The window of resource units, and of requests for audit data.
const UNITS: Duration = Duration::from_secs(10);
/// The window of writes.
const WRITES: Duration = Duration::from_secs(150);
/// The window of requests about conditional access.
const POLICIES: Duration = Duration::from_secs(1);
/// The share of a quota from which answers tell it.
const TOLD: f64 = 0.8;
/// The greatest share that answers tell.
const MOST: f64 = 1.8;

/// Counts a call; gives back what its answer tells of it, or the refusal.
pub(crate) fn count(
    throttle: &mut Throttle,
    conditions: &Conditions,
    route: &Route,
    query: &str,
    caller: &Caller,
) -> Result<Told, Box<Reply>> {
    let cost = cost(route.verb, route.template, query);
    let config = &conditions.config;
    let who = format!("{}/{}", caller.app, caller.tenant);
    let bucket = |kind: &str, limit, window, amount| Bucket {
        key: format!("graph/{kind}/{who}").to_lowercase(),
        limit,
        window,
        amount,
    };
    let mut told = vec![("x-ms-resource-unit", cost.units.to_string())];
    let mut share: f64 = 0.0;
    let quotas = [
        (
            "ResourceUnitLimitExceeded",
            bucket("units", config.graph_units, UNITS, cost.units),
        ),
        (
            "WriteLimitExceeded",
            bucket("writes", config.graph_writes, WRITES, cost.writes),
        ),
        (
            "RequestLimitExceeded",
            bucket("reports", config.graph_reports, UNITS, cost.reports),
        ),
        (
            "RequestLimitExceeded",
            Bucket {
                // All applications of the tenant share it.
                key: format!("graph/policies/{}", caller.tenant).to_lowercase(),
                limit: config.graph_policies,
                window: POLICIES,
                amount: u32::from(is_policy(route.template)),
            },
        ),
    ];
    for (limit, bucket) in quotas {
        if bucket.amount == 0 {
            continue;
        }
        let used = throttle.take(bucket, conditions);
        share = share.max(used.share);
        if let Some(wait) = used.wait {
            return Err(Box::new(refuse(route, &who, limit, wait)));
        }
    }
    if share >= TOLD {
        let share = format!("{:.1}", share.min(MOST));
        told.push(("x-ms-throttle-limit-percentage", share));
    }
    Ok(told)
}

/// Refuses a call. Conditional access does not say how long to wait.
fn refuse(route: &Route, who: &str, limit: &str, wait: Duration) -> Reply {
    let scope = format!("Tenant_Application/ReadWrite/{who}");
    let reply = throttle::too_many()
        .into_reply(Service::Graph)
        .header("x-ms-throttle-scope", &scope)
        .header("x-ms-throttle-information", limit);
    if is_policy(route.template) {
        return reply;
    }
    reply.header("retry-after", &throttle::seconds(wait).to_string())
}

fn is_policy(template: &str) -> bool {
    template.starts_with("/v1.0/identity/conditionalAccess/")
}

/// What a call uses up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    units: u32,
    writes: u32,
    reports: u32,
}

fn cost(verb: &str, template: &str, query: &str) -> Cost {
    let parts: Vec<&str> = template.split('/').skip(2).collect();
    let reads = |units| Cost {
        units,
        writes: 0,
        reports: 0,
    };
    match (verb, parts.as_slice()) {
        // Its parts are counted, each for itself.
        ("POST", ["$batch"]) => reads(0),
        ("POST", [.., "getByIds"]) => reads(3),
        (
            "POST",
            [
                ..,
                "isMemberOf" | "checkMemberGroups" | "checkMemberObjects",
            ],
        ) => reads(4),
        ("POST", [.., "getMemberGroups" | "getMemberObjects"]) => reads(2),
        ("GET", ["auditLogs", ..]) => Cost {
            reports: 1,
            ..reads(1)
        },
        ("GET", parts) => reads(asked(base(parts), query)),
        _ => Cost {
            writes: 1,
            ..reads(1)
        },
    }
}

/// Returns what a read costs, whatever its query.
fn base(parts: &[&str]) -> u32 {
    match parts {
        ["groups", _, "transitiveMembers"] => 5,
        ["domains", _, "domainNameReferences"] => 4,
        ["contracts" | "subscribedSkus"] | ["groups", _, "members"] => 3,
        ["users" | "applications" | "oauth2PermissionGrants"]
        | ["servicePrincipals", _, "appRoleAssignments"]
        | [
            ..,
            "memberOf" | "transitiveMemberOf" | "licenseDetails" | "ownedObjects",
        ] => 2,
        _ => 1,
    }
}

/// Returns what a read costs with its query.
fn asked(base: u32, query: &str) -> u32 {
    let mut units = base;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "$expand" => units += 1,
            "$select" => units = units.saturating_sub(1),
            "$top" if value.parse().is_ok_and(|top: u32| top < 20) => {
                units = units.saturating_sub(1);
            }
            _ => {}
        }
    }
    units.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::config::Config;
    use crate::sandbox::entra::seed::{CLIENT, HOME};
    use crate::sandbox::testing::{Bench, Seen};

    #[test]
    fn a_call_costs_what_it_asks_for() {
        let check = |verb: &str, template: &str, query: &str, expected: (u32, u32)| {
            let cost = cost(verb, template, query);
            assert_eq!(
                (cost.units, cost.writes),
                expected,
                "{verb} {template}?{query}"
            );
        };
        check("GET", "/v1.0/users", "", (2, 0));
        check("GET", "/v1.0/users", "%24select=id", (1, 0));
        check(
            "GET",
            "/v1.0/users",
            "$select=id&$top=5&$expand=manager",
            (1, 0),
        );
        check("GET", "/v1.0/users/{user}", "$expand=manager", (2, 0));
        check(
            "GET",
            "/v1.0/groups/{group}/transitiveMembers",
            "$top=19",
            (4, 0),
        );
        check("GET", "/v1.0/users/{user}/licenseDetails", "", (2, 0));
        check("POST", "/v1.0/users/{user}/checkMemberGroups", "", (4, 0));
        check("POST", "/v1.0/users", "", (1, 1));
        check("DELETE", "/v1.0/users/{user}", "", (1, 1));
        check("POST", "/v1.0/$batch", "", (0, 0));
    }

    fn bench(config: Config) -> Bench {
        let bench = Bench::new();
        bench.engine.configure(config);
        bench
    }

    fn me(bench: &Bench, bearer: &str) -> Seen {
        let headers = [("authorization", bearer)];
        bench.send("GET", "/graph/v1.0/me", &headers, "".into())
    }

    #[test]
    fn an_application_that_has_used_up_its_units_waits() {
        let bench = bench(Config {
            graph_units: 5,
            requests_per_minute: 1,
            ..Config::default()
        });
        let bearer = bench.bearer(HOME, Bench::refreshed(), "https://graph.microsoft.com");
        let shares: Vec<String> = (0..5)
            .map(|_| {
                let seen = me(&bench, &bearer);
                assert_eq!((seen.status, seen.header("x-ms-resource-unit")), (200, "1"));
                seen.header("x-ms-throttle-limit-percentage").to_owned()
            })
            .collect();
        assert_eq!(shares, ["", "", "", "0.8", "1.0"]);
        bench.advance(Duration::from_secs(4));
        let seen = me(&bench, &bearer);
        assert_eq!((seen.status, seen.header("retry-after")), (429, "6"));
        assert_eq!(seen.json["error"]["code"], "TooManyRequests");
        assert_eq!(
            seen.header("x-ms-throttle-scope"),
            format!("Tenant_Application/ReadWrite/{CLIENT}/{HOME}")
        );
        assert_eq!(
            seen.header("x-ms-throttle-information"),
            "ResourceUnitLimitExceeded"
        );
        let elsewhere = crate::sandbox::seed::FABRIKAM;
        let seen = bench.graph(elsewhere, Bench::refreshed(), "/v1.0/organization");
        assert_eq!(seen.status, 200, "another tenant");
        bench.advance(Duration::from_secs(6));
        assert_eq!(me(&bench, &bearer).status, 200);
    }

    #[test]
    fn writes_have_a_quota_of_their_own() {
        let bench = bench(Config {
            graph_writes: 1,
            ..Config::default()
        });
        let revoke = || {
            let bearer = bench.bearer(HOME, Bench::refreshed(), "https://graph.microsoft.com");
            let headers = [("authorization", bearer.as_str())];
            let path = "/graph/v1.0/me/revokeSignInSessions";
            bench.send("POST", path, &headers, "{}".into())
        };
        let bearer = bench.bearer(HOME, Bench::refreshed(), "https://graph.microsoft.com");
        let headers = [("authorization", bearer.as_str())];
        let elsewhere = "/graph/v1.0/me/revokeSignInSessions?$top=1";
        let refused = bench.send("POST", elsewhere, &headers, "{}".into());
        assert_eq!(refused.status, 400, "counted all the same");
        let seen = revoke();
        assert_eq!(
            (seen.status, seen.header("x-ms-throttle-information")),
            (429, "WriteLimitExceeded")
        );
        assert_eq!(me(&bench, &bearer).status, 200, "reads go on");
    }

    #[test]
    fn conditional_access_does_not_say_how_long_to_wait() {
        let route = |template| Route::graph("GET", template, |_, _| Ok(Reply::empty(200)));
        let says = |template| {
            let reply = refuse(&route(template), "a/t", "CPULimitExceeded", UNITS);
            reply.headers.contains_key("retry-after")
        };
        assert!(says("/v1.0/users"));
        assert!(!says("/v1.0/identity/conditionalAccess/policies"));
    }

    #[test]
    fn conditional_access_takes_one_request_a_second_where_it_is_told_to() {
        let bench = bench(Config {
            graph_policies: 1,
            ..Config::default()
        });
        let policies = |grant| {
            let path = "/v1.0/identity/conditionalAccess/policies";
            bench.graph(HOME, grant, path)
        };
        assert_eq!(policies(Bench::refreshed()).status, 200);
        let seen = policies(Bench::itself());
        assert_eq!((seen.status, seen.header("retry-after")), (429, ""));
        let elsewhere = bench.graph(HOME, Bench::refreshed(), "/v1.0/organization");
        assert_eq!(elsewhere.status, 200, "other calls go on");
        bench.advance(Duration::from_secs(1));
        assert_eq!(policies(Bench::refreshed()).status, 200);
    }
}
