//! Values that must never be shown.

use std::fmt;

/// A value that cannot be printed or serialised by accident: `Debug` writes `Secret(..)`, there is
/// no `Display` and no `Serialize`; [`Secret::expose`] is the one way out.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Returns the value itself. Every use is a place to review.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}
