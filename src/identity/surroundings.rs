//! The process's environment, as far as signing in needs it: what a machine or a build service sets
//! about the identity of what runs there. Tests give their own.

use std::fmt;
use std::sync::Arc;

type Get = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where environment variables are read.
#[derive(Clone)]
pub(crate) struct Surroundings(Arc<Get>);

impl Surroundings {
    /// Reads what `get` returns.
    #[cfg(test)]
    pub(crate) fn of(get: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(get))
    }

    /// Returns a variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }
}

impl Default for Surroundings {
    fn default() -> Self {
        Self(Arc::new(|name| std::env::var(name).ok()))
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surroundings")
    }
}
