//! Tokens in memory: one request at a time for each, renewed five minutes before they expire.
//! Whoever waits for another's request does not hold time still, and gets its failure too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::api::Principal;
use crate::base::clock::{self, BoxFuture, Clock, Timestamp, later};
use crate::error::Error;
use crate::http::{Token, TokenWire};

/// A token is renewed when it has less than this left. Source: MSAL, "Token cache".
const MARGIN: Duration = Duration::from_secs(300);

/// What a token is for. The cloud is the profile's, and each profile has its own cache.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// Id of the tenant that issues it.
    pub tenant: Arc<str>,
    /// Resource that accepts it.
    pub resource: &'static str,
    /// As whom.
    pub principal: Principal,
}

/// A token as it was issued.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    /// The token.
    pub token: Token,
    /// How long it lives from now.
    pub lives: Duration,
    /// After how long the service wants it renewed, though it lives on.
    pub soon: Option<Duration>,
}

/// The tokens of one profile.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<HashMap<Key, Arc<Entry>>>);

#[derive(Debug, Default)]
struct Entry {
    held: Mutex<Held>,
    /// Held by the one who asks for a token.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Held {
    token: Option<Kept>,
    /// Requests that have ended.
    flights: u64,
    failure: Option<Error>,
    /// What a service demanded of the token last: the next one is asked for with it.
    claims: Option<String>,
}

#[derive(Debug)]
struct Kept {
    token: Token,
    /// The service wants it renewed; whoever needs it meanwhile still gets it.
    soon: Timestamp,
    /// It is not given out any more.
    renew: Timestamp,
    expires: Timestamp,
}

/// What is held at some time.
enum State {
    /// A token that is good for some time.
    Fresh(Token),
    /// One that is good, and should be renewed.
    Soon(Token),
    /// None; so many requests have ended.
    None(u64),
}

impl Cache {
    /// Returns the token of `key`; `ask` is only begun when that is missing or about to expire. It
    /// is given the claims that a service demanded.
    pub(crate) async fn get<'a>(
        &self,
        key: &Key,
        clock: &dyn Clock,
        wire: &TokenWire,
        ask: impl FnOnce(Option<String>) -> BoxFuture<'a, Result<Issued, Error>>,
    ) -> Result<Token, Error> {
        let entry = self.entry(key);
        let (_flight, flights) = match entry.state(clock.now()) {
            State::Fresh(token) => return Ok(token),
            State::Soon(token) => match entry.flight.try_lock() {
                Ok(flight) => (flight, None),
                Err(_) => return Ok(token),
            },
            State::None(flights) => (take_off(&entry.flight, clock, wire).await?, Some(flights)),
        };
        match entry.state(clock.now()) {
            State::Fresh(token) => return Ok(token),
            State::None(now) if flights.is_some_and(|flights| now != flights) => {
                if let Some(error) = &lock(&entry.held).failure {
                    return Err(error.clone());
                }
            }
            State::Soon(_) | State::None(_) => {}
        }
        let claims = lock(&entry.held).claims.clone();
        let issued = ask(claims).await;
        entry.land(issued, clock.now())
    }

    /// Forgets a token, unless another one is kept by now; remembers what was demanded of it.
    pub(crate) fn forget(&self, key: &Key, token: &Token, claims: Option<String>) {
        let entry = self.entry(key);
        let mut held = lock(&entry.held);
        if held.token.as_ref().is_some_and(|kept| kept.token == *token) {
            held.token = None;
            held.claims = claims.or(held.claims.take());
        }
    }

    fn entry(&self, key: &Key) -> Arc<Entry> {
        let mut entries = lock(&self.0);
        match entries.get(key) {
            Some(entry) => Arc::clone(entry),
            None => Arc::clone(entries.entry(key.clone()).or_default()),
        }
    }
}

impl Entry {
    fn state(&self, now: Timestamp) -> State {
        let held = lock(&self.held);
        match &held.token {
            Some(kept) if now < kept.soon => State::Fresh(kept.token.clone()),
            Some(kept) if now < kept.renew => State::Soon(kept.token.clone()),
            _ => State::None(held.flights),
        }
    }

    /// Keeps what a request brought. A token that need not be renewed yet outlives any failure, and
    /// one that has not yet expired a failure of the network.
    fn land(&self, issued: Result<Issued, Error>, now: Timestamp) -> Result<Token, Error> {
        let mut held = lock(&self.held);
        held.flights += 1;
        held.failure = None;
        match issued {
            Ok(Issued { token, lives, soon }) => {
                let renew = lives.saturating_sub(MARGIN).max(lives / 2);
                held.token = Some(Kept {
                    token: token.clone(),
                    soon: later(now, soon.unwrap_or(renew).min(renew)),
                    renew: later(now, renew),
                    expires: later(now, lives),
                });
                Ok(token)
            }
            Err(error) => match &mut held.token {
                Some(kept) if now < kept.renew => {
                    kept.soon = later(now, MARGIN);
                    Ok(kept.token.clone())
                }
                Some(kept) if error.code().family() == "http" && now < kept.expires => {
                    Ok(kept.token.clone())
                }
                _ => {
                    held.failure = Some(error.clone());
                    Err(error)
                }
            },
        }
    }
}

/// Waits until nobody else asks for the same.
pub(super) async fn take_off<'a>(
    flight: &'a tokio::sync::Mutex<()>,
    clock: &dyn Clock,
    wire: &TokenWire,
) -> Result<tokio::sync::MutexGuard<'a, ()>, Error> {
    if let Ok(flight) = flight.try_lock() {
        return Ok(flight);
    }
    tokio::select! {
        biased;
        flight = clock::idle(clock, flight.lock()) => Ok(flight),
        error = wire.stopped() => Err(error),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn issued(text: &str, lives: u64) -> Result<Issued, Error> {
        Ok(Issued {
            token: Token::new(text)?,
            lives: Duration::from_secs(lives),
            soon: None,
        })
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn is_fresh(entry: &Entry, second: i64) -> bool {
        matches!(entry.state(at(second)), State::Fresh(_))
    }

    #[test]
    fn a_token_is_renewed_five_minutes_before_it_expires() {
        let entry = Entry::default();
        entry.land(issued("a", 3600), at(0)).expect("a token");
        assert!(is_fresh(&entry, 3299));
        assert!(matches!(entry.state(at(3300)), State::None(1)));
        entry.land(issued("b", 60), at(0)).expect("a token");
        assert!(is_fresh(&entry, 29), "a short one lives half its time");
        assert!(!is_fresh(&entry, 30));
    }

    #[test]
    fn a_token_is_renewed_when_the_service_wants_it_and_serves_on_if_that_fails() {
        let entry = Entry::default();
        let long = |text: &str| {
            let soon = Some(Duration::from_secs(7200));
            issued(text, 86_400).map(|issued| Issued { soon, ..issued })
        };
        entry.land(long("a"), at(0)).expect("a token");
        assert!(is_fresh(&entry, 7199));
        assert!(matches!(entry.state(at(7200)), State::Soon(_)));
        let refused = Err(Error::new(Code::AuthRefused, "no"));
        assert!(entry.land(refused, at(7200)).is_ok());
        assert!(is_fresh(&entry, 7499), "it is not asked for again at once");
        assert!(!is_fresh(&entry, 7500));
        entry.land(long("b"), at(7500)).expect("a token");
        assert!(is_fresh(&entry, 14_699));
    }

    #[test]
    fn a_network_failure_leaves_a_token_that_has_not_expired() {
        let entry = Entry::default();
        entry.land(issued("a", 3600), at(0)).expect("a token");
        let broken = || Err(Error::new(Code::HttpConnect, "refused"));
        let revoked = || Err(Error::new(Code::AuthRevoked, "revoked"));
        assert!(entry.land(broken(), at(3500)).is_ok());
        assert!(entry.land(revoked(), at(3500)).is_err());
        assert!(entry.land(broken(), at(3600)).is_err());
    }
}
