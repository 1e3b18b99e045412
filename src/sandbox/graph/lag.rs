//! Replication on demand: for some seconds after it was made, an object is not found and stands in no
//! list, and a new member or owner not in that of its group. Source: graph reference §15.13.

use std::collections::HashMap;
use std::time::Duration;

use http::Method;
use serde_json::Value;

use super::access::missing;
use crate::base::clock::{Timestamp, later};
use crate::sandbox::reply::{Content, Reply};
use crate::sandbox::route::{Request, Service};
use crate::sandbox::store::Conditions;

/// Objects that have not arrived everywhere: when they do, by tenant and id; a member's id stands
/// after the path of the list.
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
        let lag = Duration::from_secs(u64::from(conditions.config.graph_lag));
        if let Some(made) = made(request, reply).filter(|_| !lag.is_zero()) {
            let arrives = later(conditions.now, conditions.pace.scale(lag));
            self.arrives.insert(key(request, &made), arrives);
        }
        if self.arrives.is_empty() || request.verb != Method::GET {
            return;
        }
        let Content::Json(answer) = &mut reply.content else {
            return;
        };
        if let Some(items) = answer.get_mut("value").and_then(Value::as_array_mut) {
            items.retain(|item| {
                let id = item["id"].as_str().unwrap_or_default();
                let member = format!("{}/{id}", request.path);
                !self.hides(request, id) && !self.hides(request, &member)
            });
        }
    }

    fn hides(&self, request: &Request, id: &str) -> bool {
        self.arrives.contains_key(&key(request, id))
    }
}

/// Returns what a request has made: an object, or a member of a list.
fn made(request: &Request, reply: &Reply) -> Option<String> {
    match (&reply.content, reply.status) {
        (Content::Json(answer), 201) => answer["id"].as_str().map(str::to_owned),
        (Content::Empty, 204) if request.verb == Method::POST => {
            let list = request.path.strip_suffix("/$ref")?;
            let body: Value = serde_json::from_slice(&request.body).ok()?;
            let (_, id) = body["@odata.id"].as_str()?.rsplit_once('/')?;
            Some(format!("{list}/{id}"))
        }
        _ => None,
    }
}

fn key(request: &Request, id: &str) -> (String, String) {
    let tenant = request.caller.as_ref().map(|caller| caller.tenant.clone());
    (tenant.unwrap_or_default(), id.to_lowercase())
}

#[cfg(test)]
mod tests {
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

        let members = "/v1.0/groups/g/members";
        post.path = format!("{members}/$ref");
        post.body = json!({ "@odata.id": "http://host/v1.0/users/Old" })
            .to_string()
            .into();
        lag.spoil(&post, &conditions, &mut Reply::empty(204));
        let mut get = request("t", "");
        for (path, count) in [(members, 1), ("/v1.0/users", 2)] {
            path.clone_into(&mut get.path);
            let mut list = Reply::ok(json!({ "value": [{ "id": "old" }, { "id": "other" }] }));
            lag.spoil(&get, &conditions, &mut list);
            let Content::Json(list) = list.content else {
                panic!("no list")
            };
            assert_eq!(
                list["value"].as_array().map(Vec::len),
                Some(count),
                "{path}"
            );
        }

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
