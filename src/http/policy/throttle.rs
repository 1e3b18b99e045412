//! One pace per quota, shared by all lanes: a quota is a service, a tenant or customer, and reading
//! or writing. When one lane is refused, all that use the same quota wait; nobody else does.
//!
//! Partner Center limits some endpoints per customer and others per partner. When a second customer
//! is refused while the gate of a first is closed, the limit is the partner's: then the whole service
//! waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;

use super::allowance::Allowances;
use super::pace::Pace;
use crate::base::clock::{BoxFuture, Clock, Timestamp};
use crate::error::Error;
use crate::http::pipeline::{Next, Policy};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::http::retry_after::retry_after;

/// The pause after a refusal that names none; retry backs off beyond it.
const UNNAMED_PAUSE: Duration = Duration::from_secs(1);

/// What is limited together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Quota {
    service: &'static str,
    /// `None`: the service as a whole.
    of: Option<Arc<str>>,
    writes: bool,
}

/// All paces of a session.
#[derive(Debug)]
pub(crate) struct Throttle {
    clock: Arc<dyn Clock>,
    paces: Mutex<HashMap<Quota, Pace>>,
    /// What the services say is left.
    pub(crate) allowances: Allowances,
}

impl Throttle {
    /// Takes the clock to wait by.
    pub(crate) fn new(clock: &Arc<dyn Clock>) -> Self {
        Self {
            clock: Arc::clone(clock),
            paces: Mutex::default(),
            allowances: Allowances::default(),
        }
    }

    async fn send(&self, request: &mut Request, next: Next<'_>) -> Result<Response, Error> {
        let quota = Quota::of(request);
        let sent = self.turn(request, std::slice::from_ref(&quota)).await?;
        let response = next.send(request).await?;
        self.learn(&quota, sent, &response);
        self.allowances.note(request, &response, self.clock.now());
        Ok(response)
    }

    /// Waits until a request may go that counts against these quotas, once for each time that one is
    /// named. Returns when it goes.
    pub(crate) async fn turn(
        &self,
        request: &Request,
        quotas: &[Quota],
    ) -> Result<Timestamp, Error> {
        loop {
            let each = quotas.iter().map(|quota| self.admit(quota));
            let at = each.max().unwrap_or_else(|| self.clock.now());
            if at <= self.clock.now() {
                break;
            }
            request.wait_until(&*self.clock, at).await?;
            if !quotas.iter().any(|quota| self.closed(quota)) {
                break; // it has waited for its turn, and no gate was closed meanwhile
            }
        }
        Ok(self.clock.now())
    }

    /// Learns from the answer to what was sent at `sent`.
    pub(crate) fn learn(&self, quota: &Quota, sent: Timestamp, response: &Response) {
        if response.status == StatusCode::TOO_MANY_REQUESTS {
            let now = self.clock.now();
            let pause = retry_after(&response.headers, now).unwrap_or(UNNAMED_PAUSE);
            self.refused(quota, sent, now, pause);
        }
    }

    /// Returns when a call may go.
    fn admit(&self, quota: &Quota) -> Timestamp {
        let now = self.clock.now();
        let mut paces = self.lock();
        let whole = paces.entry(quota.whole()).or_default().admit(now);
        match paces.get_mut(quota) {
            Some(pace) => pace.admit(now).max(whole),
            None => paces
                .entry(quota.clone())
                .or_default()
                .admit(now)
                .max(whole),
        }
    }

    /// Returns whether a gate is closed now.
    fn closed(&self, quota: &Quota) -> bool {
        let now = self.clock.now();
        let paces = self.lock();
        [quota, &quota.whole()]
            .into_iter()
            .any(|quota| paces.get(quota).is_some_and(|pace| pace.closed(now)))
    }

    /// Learns of a refusal.
    fn refused(&self, quota: &Quota, sent: Timestamp, now: Timestamp, pause: Duration) {
        let mut paces = self.lock();
        let whole = quota.whole();
        let another = paces.iter().any(|(other, pace)| {
            other != quota && *other != whole && other.whole() == whole && pace.closed(now)
        });
        if another {
            paces.entry(whole).or_default().refused(sent, now, pause);
        }
        let own = paces.entry(quota.clone()).or_default();
        own.refused(sent, now, pause);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Quota, Pace>> {
        self.paces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Quota {
    /// Returns what a request counts against.
    pub(crate) fn of(request: &Request) -> Self {
        Self {
            service: request.service,
            of: Some(Arc::clone(&request.quota)),
            writes: !request.reads(),
        }
    }

    /// Returns the quota of the service as a whole.
    fn whole(&self) -> Self {
        Self {
            of: None,
            ..self.clone()
        }
    }
}

impl Policy for Throttle {
    fn send<'a>(
        &'a self,
        request: &'a mut Request,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, Error>> {
        Box::pin(self.send(request, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn quota(of: &str, writes: bool) -> Quota {
        Quota {
            service: "partner",
            of: Some(of.into()),
            writes,
        }
    }

    #[test]
    fn a_refusal_closes_the_gate_of_its_own_quota_alone() {
        let throttle = Throttle::new(&testing::clock());
        let pause = Duration::from_secs(9);
        throttle.refused(&quota("a", false), NOW, NOW, pause);
        assert!(throttle.closed(&quota("a", false)));
        assert_eq!(throttle.admit(&quota("a", false)).as_second(), 9);
        for other in [quota("a", true), quota("b", false)] {
            assert_eq!(throttle.admit(&other), NOW, "{other:?}");
        }
    }

    #[test]
    fn two_refused_customers_mean_that_the_partner_is_refused() {
        let throttle = Throttle::new(&testing::clock());
        let pause = Duration::from_secs(9);
        throttle.refused(&quota("a", false), NOW, NOW, pause);
        throttle.refused(&quota("b", false), NOW, NOW, pause);
        assert_eq!(throttle.admit(&quota("c", false)).as_second(), 9);
        assert_eq!(throttle.admit(&quota("c", true)), NOW);
        let graph = Quota {
            service: "graph",
            ..quota("c", false)
        };
        assert_eq!(throttle.admit(&graph), NOW);
    }
}
