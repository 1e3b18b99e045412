//! Replication on demand: for some seconds after it was made, an object is not found and stands in no
//! list. Source: graph reference §15.13.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value;

use super::access::missing;
use crate::base::clock::{Timestamp, later};
use crate::sandbox::reply::{Content, Reply};
use crate::sandbox::route::{Request, Service};
use crate::sandbox::store::Conditions;

/// Objects that have not arrived everywhere: when they do, by tenant and id.
#[derive(Debug, Default)]
pub(crate) struct Lag {
    arrives: HashMap<(String, String), Timestamp>,
}

impl Lag {
    /// Refuses a request for an object that has not arrived yet.
    pub(crate) fn refuse(&mut self, request: &Request, conditions: &Conditions) -> Option<Reply> {
        self.arrives.retain(|_, arrives| *arrives > conditions.now);
        let id = request.params.iter().map(|(_, value)| value);
        let id = id.into_iter().find(|id| self.hides(request, id))?;
        Some(missing(id).into_reply(Service::Graph))
    }

    /// Notes an object that was made, and takes those that have not arrived out of a list.
    pub(crate) fn spoil(&mut self, request: &Request, conditions: &Conditions, reply: &mut Reply) {
        let Content::Json(answer) = &mut reply.content else {
            return;
        };
        let lag = Duration::from_secs(u64::from(conditions.config.graph_lag));
        if reply.status == 201 && !lag.is_zero() {
            let id = answer["id"].as_str().unwrap_or_default();
            let arrives = later(conditions.now, conditions.pace.scale(lag));
            self.arrives.insert(key(request, id), arrives);
        }
        let items = answer.get_mut("value").and_then(Value::as_array_mut);
        if request.verb == http::Method::GET
            && let Some(items) = items.filter(|_| !self.arrives.is_empty())
        {
            items.retain(|item| !self.hides(request, item["id"].as_str().unwrap_or_default()));
        }
    }

    fn hides(&self, request: &Request, id: &str) -> bool {
        self.arrives.contains_key(&key(request, id))
    }
}

fn key(request: &Request, id: &str) -> (String, String) {
    let tenant = request.caller.as_ref().map(|caller| caller.tenant.clone());
    (tenant.unwrap_or_default(), id.to_lowercase())
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::*;
    use crate::sandbox::clock::Pace;
    use crate::sandbox::config::Config;
    use crate::sandbox::limits::Limits;
    use crate::sandbox::route::Principal;
    use crate::sandbox::testing;

    #[test]
    fn a_new_object_arrives_after_some_seconds() {
        let mut conditions = Conditions {
            now: Timestamp::UNIX_EPOCH,
            seed: 1,
            pace: Pace::Virtual,
            limits: Limits::Current,
            config: Config {
                graph_lag: 5,
                ..Config::default()
            },
        };
        let request = |tenant: &str, id: &str| {
            let caller = testing::caller(tenant, (Principal::App, "app"), &[]);
            let mut request = testing::request("/v1.0/users", "", Some(caller));
            request.params.push(("user", id.to_owned()));
            request
        };
        let mut lag = Lag::default();
        let mut post = request("t", "");
        post.verb = Method::POST;
        let mut made = Reply::json(201, json!({ "id": "New" }));
        lag.spoil(&post, &conditions, &mut made);
        let mut list = Reply::ok(json!({ "value": [{ "id": "old" }, { "id": "new" }] }));
        lag.spoil(&request("t", ""), &conditions, &mut list);
        assert_eq!(
            list.content,
            Content::Json(json!({ "value": [{ "id": "old" }] }))
        );

        let mut status = |tenant: &str, second: i64| {
            conditions.now = Timestamp::from_second(second).expect("a time");
            let refused = lag.refuse(&request(tenant, "new"), &conditions);
            refused.map(|reply| reply.status)
        };
        assert_eq!(
            [status("t", 4), status("u", 4), status("t", 5)],
            [Some(404), None, None]
        );
    }
}
