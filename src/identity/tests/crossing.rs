//! Many lanes call for many tenants at once, as either principal and to every service, while tokens
//! are refused and asked for anew: no call may carry a token that is not exactly its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use super::{customer, is_token, issue, lane, tenant};
use crate::api::ServiceName;
use crate::api::model::Auth;
use crate::base::clock::{Work, idle_blocking};
use crate::http::testing::{Received, Service, get, json};
use crate::http::{Call, Tenant};

const CALLS: usize = 10_000;
const TENANTS: usize = 250;
const LANES: usize = 64;

/// What has been seen by a service whose tokens say whom they are for.
#[derive(Debug, Default)]
struct Seen {
    /// Calls that carried the right token and were answered.
    answered: usize,
    /// Calls that carried another, or none.
    wrong: BTreeSet<String>,
    /// How often each token was issued.
    issued: BTreeMap<String, usize>,
}

/// Returns whom a token is for, as its request says.
fn named(request: &Received) -> String {
    let scope = |part: &str| request.body.contains(part);
    let service = match () {
        () if scope("partnercenter") => "partner",
        () if scope("graph.microsoft") => "graph",
        () if scope("management") => "arm",
        () => panic!("{}", request.body),
    };
    let principal = if request.body.contains("grant_type=refresh_token") {
        "user"
    } else {
        "app"
    };
    format!("{}/{service}/{principal}", tenant(request))
}

/// Starts a service that takes only the tokens it issued for the path of a call, and refuses
/// even those now and then.
fn strict(seen: &Arc<Mutex<Seen>>) -> Service {
    let seen = Arc::clone(seen);
    let count = AtomicUsize::new(0);
    Service::new(move |_, request| {
        let mut seen = seen.lock().expect("no panic");
        if is_token(request) {
            let whose = named(request);
            let token = issue(&whose);
            *seen.issued.entry(whose).or_default() += 1;
            return token;
        }
        let path = request.line.split(' ').nth(1).unwrap_or_default();
        let whose = path.trim_start_matches("/pc/");
        if request.headers.get("authorization") != Some(&format!("Bearer {whose}")) {
            seen.wrong.insert(format!("{:?}", request.headers));
        }
        if count.fetch_add(1, Ordering::Relaxed) % 499 == 3 {
            return json(401, "{}");
        }
        seen.answered += 1;
        json(200, "{}")
    })
}

/// Returns the call of that number: neighbours are for other tenants, services and principals.
fn call(number: usize) -> Call {
    let place = number * 7919;
    let (service, name) = match place / TENANTS % 3 {
        0 => (ServiceName::Partner, "partner"),
        1 => (ServiceName::Graph, "graph"),
        _ => (ServiceName::Arm, "arm"),
    };
    let (auth, principal) = match number % 2 {
        0 => (Auth::User, "user"),
        _ => (Auth::App, "app"),
    };
    let tenant = customer(place % TENANTS);
    Call {
        service,
        auth,
        tenant: Tenant::Of(tenant.clone()),
        ..get(&format!("/{tenant}/{name}/{principal}"))
    }
}

#[test]
fn ten_thousand_interleaved_calls_cross_no_token() {
    let seen = Arc::default();
    let service = strict(&seen);
    let lane = lane(&service);
    let clock = lane.client.clock();
    let client = &lane.client;
    idle_blocking(&**clock, || {
        thread::scope(|scope| {
            for number in 0..LANES {
                let work = Work::begin(clock);
                scope.spawn(move || {
                    let _work = work;
                    for number in (number..CALLS).step_by(LANES) {
                        client.call(&call(number)).expect("an answer");
                    }
                });
            }
        });
    });
    let seen = seen.lock().expect("no panic");
    assert_eq!(seen.wrong, BTreeSet::new());
    assert_eq!(seen.answered, CALLS);
    let tenants: BTreeSet<_> = seen
        .issued
        .keys()
        .filter_map(|key| key.split('/').next())
        .collect();
    assert_eq!(tenants.len(), TENANTS);
    let issued: usize = seen.issued.values().sum();
    assert!(
        issued > seen.issued.len(),
        "what was refused is asked for anew"
    );
}
