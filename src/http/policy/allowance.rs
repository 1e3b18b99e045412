//! What a service says is left of its limits: Azure Resource Manager tells it in every answer, by
//! caller and subscription. Source: Azure Resource Manager, "Understand how Azure Resource Manager
//! throttles requests".

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::clock::Timestamp;
use crate::http::request::Request;
use crate::http::response::Response;

/// What stands before the name of a limit.
const PREFIX: &str = "x-ms-ratelimit-remaining-";

/// What was left of a limit when the service last spoke of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// The tenant that was called.
    pub tenant: Arc<str>,
    /// The subscription that was called; `None` for calls to the tenant itself.
    pub subscription: Option<String>,
    /// The limit, as the service names it: `subscription-reads`.
    pub limit: String,
    /// What was left, in the service's words: a number, or numbers by operation.
    pub left: String,
    /// When it said so.
    pub seen: Timestamp,
}

/// Whose limit it is: tenant, subscription, name.
type Key = (Arc<str>, Option<String>, String);

/// What the services have said last.
#[derive(Debug, Default)]
pub(crate) struct Allowances(Mutex<BTreeMap<Key, (String, Timestamp)>>);

impl Allowances {
    /// Notes what an answer says; services that say nothing cost nothing.
    pub(crate) fn note(&self, request: &Request, response: &Response, now: Timestamp) {
        if !matches!(request.service, "arm" | "recovery") {
            return;
        }
        let mut all = self.lock();
        for (name, value) in &response.headers {
            let limit = name.as_str().strip_prefix(PREFIX);
            if let (Some(limit), Ok(left)) = (limit, value.to_str()) {
                let subscription = subscription(request.url.path());
                let key = (Arc::clone(&request.quota), subscription, limit.to_owned());
                all.insert(key, (left.to_owned(), now));
            }
        }
    }

    /// Returns what was said last, by tenant, subscription and name.
    pub(crate) fn all(&self) -> Vec<Allowance> {
        let one = |(key, (left, seen)): (&Key, &(String, Timestamp))| {
            let (tenant, subscription, limit) = key.clone();
            Allowance {
                tenant,
                subscription,
                limit,
                left: left.clone(),
                seen: *seen,
            }
        };
        self.lock().iter().map(one).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Key, (String, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the subscription of a path, in lower case.
fn subscription(path: &str) -> Option<String> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    parts.find(|part| part.eq_ignore_ascii_case("subscriptions"))?;
    parts.next().map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subscription_is_that_of_the_path() {
        let check = |path: &str, expected: Option<&str>| {
            assert_eq!(subscription(path).as_deref(), expected, "{path}");
        };
        check("/arm/Subscriptions/AB/resourceGroups/rg", Some("ab"));
        check("/subscriptions", None);
        check("/tenants", None);
    }
}
