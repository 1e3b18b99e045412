//! What the sandbox has served: requests per route, and the writes that took effect.

use std::collections::BTreeMap;

use serde::Serialize;

use super::route::Service;

/// What one route has served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Requests that reached the route or a fault on its path.
    pub requests: u64,
    /// Requests that changed the state of a service.
    pub effects: u64,
    /// Requests that got the answer of an earlier one.
    pub repeats: u64,
}

/// One line of the statistics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The service.
    pub service: Service,
    /// The method.
    pub method: String,
    /// The route's template, or the path where no route is served.
    pub template: String,
    /// What it has served.
    #[serde(flatten)]
    pub tally: Tally,
}

/// The statistics since the start or the last reset.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    counts: BTreeMap<(Service, String, String), Tally>,
}

impl Stats {
    /// Returns the count of a route.
    pub(crate) fn of(&mut self, service: Service, verb: &str, template: &str) -> &mut Tally {
        let key = (service, verb.to_owned(), template.to_owned());
        self.counts.entry(key).or_default()
    }

    /// Returns one line per route that was called, in order.
    pub(crate) fn list(&self) -> Vec<Count> {
        let line =
            |((service, verb, template), count): (&(Service, String, String), &Tally)| Count {
                service: *service,
                method: verb.clone(),
                template: template.clone(),
                tally: *count,
            };
        self.counts.iter().map(line).collect()
    }

    /// Counts the writes that took effect, in all services but the sign-in.
    pub(crate) fn effects(&self) -> u64 {
        let writes = self
            .counts
            .iter()
            .filter(|((service, ..), _)| *service != Service::Login);
        writes.map(|(_, count)| count.effects).sum()
    }
}
