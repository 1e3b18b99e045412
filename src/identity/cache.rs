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
}

#[derive(Debug)]
struct Kept {
    token: Token,
    renew: Timestamp,
    expires: Timestamp,
}

impl Cache {
    /// Returns the token of `key`; `ask` is only begun when that is missing or about to expire.
    pub(crate) async fn get(
        &self,
        key: &Key,
        clock: &dyn Clock,
        wire: &TokenWire,
        ask: BoxFuture<'_, Result<Issued, Error>>,
    ) -> Result<Token, Error> {
        let entry = self.entry(key);
        let flights = match entry.fresh(clock.now()) {
            Ok(token) => return Ok(token),
            Err(flights) => flights,
        };
        let _flight = take_off(&entry.flight, clock, wire).await?;
        match entry.fresh(clock.now()) {
            Ok(token) => return Ok(token),
            Err(now) if now != flights => {
                if let Some(error) = &lock(&entry.held).failure {
                    return Err(error.clone());
                }
            }
            Err(_) => {}
        }
        let issued = ask.await;
        entry.land(issued, clock.now())
    }

    /// Forgets a token, unless another one is kept by now.
    pub(crate) fn forget(&self, key: &Key, token: &Token) {
        let entry = self.entry(key);
        let mut held = lock(&entry.held);
        if held.token.as_ref().is_some_and(|kept| kept.token == *token) {
            held.token = None;
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
    /// Returns the token if it is good for some time yet, else how many requests have ended.
    fn fresh(&self, now: Timestamp) -> Result<Token, u64> {
        let held = lock(&self.held);
        match &held.token {
            Some(kept) if now < kept.renew => Ok(kept.token.clone()),
            _ => Err(held.flights),
        }
    }

    /// Keeps what a request brought. A token that has not yet expired outlives a network failure.
    fn land(&self, issued: Result<Issued, Error>, now: Timestamp) -> Result<Token, Error> {
        let mut held = lock(&self.held);
        held.flights += 1;
        held.failure = None;
        match issued {
            Ok(Issued { token, lives }) => {
                held.token = Some(Kept {
                    token: token.clone(),
                    renew: later(now, lives.saturating_sub(MARGIN).max(lives / 2)),
                    expires: later(now, lives),
                });
                Ok(token)
            }
            Err(error) => match &held.token {
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
        })
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn a_token_is_renewed_five_minutes_before_it_expires() {
        let entry = Entry::default();
        entry.land(issued("a", 3600), at(0)).expect("a token");
        assert!(entry.fresh(at(3299)).is_ok());
        assert!(entry.fresh(at(3300)).is_err());
        entry.land(issued("b", 60), at(0)).expect("a token");
        assert!(
            entry.fresh(at(29)).is_ok(),
            "a short one lives half its time"
        );
        assert!(entry.fresh(at(30)).is_err());
    }

    #[test]
    fn a_network_failure_leaves_a_token_that_has_not_expired() {
        let entry = Entry::default();
        entry.land(issued("a", 3600), at(0)).expect("a token");
        let broken = || Err(Error::new(Code::HttpConnect, "refused"));
        assert!(entry.land(broken(), at(3500)).is_ok());
        assert!(entry.land(broken(), at(3600)).is_err());
        let revoked = Err(Error::new(Code::AuthRevoked, "revoked"));
        assert!(entry.land(revoked, at(10)).is_err());
    }
}
