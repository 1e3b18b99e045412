//! What every way to sign in works with: the profile, its secrets, the service's time.

use super::proof::Prover;
use super::safe::Safe;
use super::surroundings::Surroundings;
use super::time::ServiceTime;
use crate::config::Profile;

/// What every way to sign in works with.
#[derive(Debug)]
pub(crate) struct Desk {
    /// Who signs in, and where.
    pub profile: Profile,
    /// Its secrets.
    pub safe: Safe,
    /// The service's time.
    pub time: ServiceTime,
    /// The process's environment.
    pub surroundings: Surroundings,
    /// Proves that the application is itself.
    pub prover: Prover,
}
